"""Writes outcomes of tasks, and tells people of what went wrong where results cannot."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Callable

import click

from apimall.cli.failures import describe

if TYPE_CHECKING:
    from apimall.cli.outcomes import Outcome
    from apimall.cli.writers import Writer


class Teller:
    """Writes one outcome after the other; `essence` are its lines in the format quiet.

    What goes wrong in the same way for many tasks is told in full for the first and in a word for the others.
    """

    def __init__(self, writer: Writer, essence: Callable[[Outcome], list[str]]) -> None:
        self._writer = writer
        self._essence = essence
        self._told: set[str] = set()

    def __call__(self, outcome: Outcome) -> None:
        """Write it."""
        briefly = self._was_told(outcome)
        if outcome.error is not None and self._writer.form != "human":
            words = f"as before: {outcome.error.code}" if briefly else describe(outcome.error)
            with self._writer.pausing():
                click.echo(f"{outcome.task_id or outcome.prompt}: {words}", err=True)
        self._writer.add(outcome.record, self._essence(outcome), partial(outcome.line, briefly=briefly))

    def _was_told(self, outcome: Outcome) -> bool:
        if outcome.error is None:
            return False
        # Not what differs from task to task.
        words = str(outcome.error)
        for part in (outcome.task_id, outcome.error.request_id):
            words = words.replace(part, "") if part else words
        told = words in self._told
        self._told.add(words)
        return told


def completed_id(outcome: Outcome) -> list[str]:
    """Return the id if the task is completed: what the next command of a pipe can use."""
    done = outcome.error is None and outcome.task is not None and outcome.task.status == "completed"
    return [outcome.task_id] if done else []


def started_id(outcome: Outcome) -> list[str]:
    """Return the id if there is one."""
    return [outcome.task_id] if outcome.task_id else []


def status(outcome: Outcome) -> list[str]:
    """Return the status's word."""
    return [outcome.task.status.raw] if outcome.task is not None else []


def files(outcome: Outcome) -> list[str]:
    """Return the paths of the files."""
    return [str(file) for file in outcome.files]
