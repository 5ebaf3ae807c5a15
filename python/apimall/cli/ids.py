"""Task ids from the command line or from stdin, and the prompts that came with them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from apimall.cli.connect import KEY_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

# Ids in the order in which they came, each with its prompt if that is known.
Prompts = dict[str, "str | None"]


def read_ids(arguments: Iterable[str]) -> Prompts:
    """Return the ids, each once and in order; stdin is read without arguments and for `-`.

    Stdin has ids, one a line, or JSON with a `task_id` and perhaps a `prompt`: what other commands write.
    """
    given = list(arguments)
    if not given:
        if sys.stdin.isatty():
            raise click.UsageError(
                "Give task ids, or pipe them in: one a line, or JSON lines with a task_id."
            )
        given = ["-"]
    prompts: Prompts = {}
    for argument in given:
        found = _from_text(sys.stdin.read()) if argument == "-" else [(argument, None)]
        for task_id, prompt in found:
            prompts[task_id] = prompts.get(task_id) or prompt
    if not prompts:
        raise click.UsageError("There was no task id on stdin.")
    if any(task_id.startswith("sk-") for task_id in prompts):
        # It would be sent as a part of a URL, and shown in the results.
        raise click.UsageError(
            f"An API key is no task id. Keys go into the environment variable {KEY_VARIABLE}."
        )
    return prompts


def _from_text(text: str) -> list[tuple[str, str | None]]:
    whole = _from_json(text)
    if whole is not None:
        return whole
    found: list[tuple[str, str | None]] = []
    for line in map(str.strip, text.splitlines()):
        if line and not line.startswith("#"):
            from_json = _from_json(line)
            found += [(line, None)] if from_json is None else from_json
    return found


def _from_json(text: str) -> list[tuple[str, str | None]] | None:
    """Return what a JSON object or array holds; None if the text is neither."""
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        document = json.loads(text)
    except ValueError:
        return None
    items = document if isinstance(document, list) else [document]
    return [_from_item(item) for item in items if not _was_never_started(item)]


def _was_never_started(item: Any) -> bool:
    """Tell whether it is what `generate` writes of a prompt that was refused, and has told of already."""
    return isinstance(item, dict) and item.get("task_id", "") is None and "error" in item


def _from_item(item: Any) -> tuple[str, str | None]:
    task_id, prompt = (item.get("task_id"), item.get("prompt")) if isinstance(item, dict) else (item, None)
    if not isinstance(task_id, str):
        raise click.UsageError(f"Stdin has JSON without a task_id: {json.dumps(item)[:80]}")
    return task_id, prompt if isinstance(prompt, str) else None
