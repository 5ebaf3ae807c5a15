"""From arguments of the public calls to what the native module takes."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Union

from apimall._errors import InvalidArgumentError
from apimall._load import ImageTask
from apimall._status import ImageStatus

if TYPE_CHECKING:
    from apimall._answers import Generation, HistoryItem

TaskOrId = Union[str, "ImageTask", "Generation", "HistoryItem"]
"""A task's id, or anything that has one."""

Folder = Union[str, "os.PathLike[str]"]

_PRIORITIES = {"interactive": 0, "batch": 1}


def id_of(task: TaskOrId) -> str:
    """Return the id of a task."""
    if type(task) is str:
        return task
    task_id = getattr(task, "task_id", task)
    if not isinstance(task_id, str):
        raise InvalidArgumentError(
            f"task is {type(task).__name__}; it must be a task id or something with a task_id"
        )
    return task_id


def priority_of(priority: str) -> int:
    """Return the C ABI's number of a priority."""
    try:
        return _PRIORITIES[priority]
    except KeyError:
        raise InvalidArgumentError(f"priority is {priority!r}; it must be 'interactive' or 'batch'") from None


def generate_body(model: str, prompt: str, more: dict[str, Any]) -> str:
    """Return the JSON to send. What a model takes only the gateway knows, so all is passed through."""
    return json.dumps({"model": model, "prompt": prompt, **more}, ensure_ascii=False, allow_nan=False)


def download_of(task: TaskOrId, folder: Folder) -> dict[str, Any]:
    """Return what a download submits; a completed snapshot saves a request."""
    work: dict[str, Any] = {"task_id": id_of(task), "folder": os.fsencode(folder)}
    if isinstance(task, ImageTask) and task.status is ImageStatus.COMPLETED:
        work["task"] = task
    return work
