"""Task ids from the command line or from stdin."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from apimall.cli.connect import KEY_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterable


def read_ids(arguments: Iterable[str]) -> list[str]:
    """Return the ids, each once and in order; stdin is read without arguments and for `-`.

    Stdin has ids, one a line, or JSON with a `task_id`: what other commands write.
    """
    given = list(arguments)
    if not given:
        if sys.stdin.isatty():
            raise click.UsageError(
                "Give task ids, or pipe them in: one a line, or JSON lines with a task_id."
            )
        given = ["-"]
    ids: list[str] = []
    for argument in given:
        ids += _from_lines(sys.stdin) if argument == "-" else [argument]
    if not ids:
        raise click.UsageError("There was no task id on stdin.")
    if any(task_id.startswith("sk-") for task_id in ids):
        # It would be sent as a part of a URL, and shown in the results.
        raise click.UsageError(
            f"An API key is no task id. Keys go into the environment variable {KEY_VARIABLE}."
        )
    return list(dict.fromkeys(ids))


def _from_lines(lines: Iterable[str]) -> list[str]:
    text = "".join(lines)
    whole = _task_ids(text)
    if whole is not None:
        return whole
    ids: list[str] = []
    for line in text.splitlines():
        line = line.strip()  # noqa: PLW2901
        if line and not line.startswith("#"):
            found = _task_ids(line)
            ids += [line] if found is None else found
    return ids


def _task_ids(text: str) -> list[str] | None:
    """Return the ids of a JSON object or array; None if the text is neither."""
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        document = json.loads(text)
    except ValueError:
        return None
    items = document if isinstance(document, list) else [document]
    ids = [item.get("task_id") if isinstance(item, dict) else item for item in items]
    wrong = [item for item, task_id in zip(items, ids) if not isinstance(task_id, str)]
    if wrong:
        raise click.UsageError(f"Stdin has JSON without a task_id: {json.dumps(wrong[0])[:80]}")
    return [str(task_id) for task_id in ids]
