"""Writes outcomes of tasks, and tells people of what went wrong where results cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

import click

from apimall.cli.failures import describe

if TYPE_CHECKING:
    from apimall.cli.outcomes import Outcome
    from apimall.cli.writers import Writer


def teller(writer: Writer, essence: Callable[[Outcome], list[str]]) -> Callable[[Outcome], None]:
    """Return what writes one outcome; `essence` are its lines in the format quiet."""

    def tell(outcome: Outcome) -> None:
        if outcome.error is not None and writer.form != "human":
            with writer.pausing():
                click.echo(f"{outcome.task_id or outcome.prompt}: {describe(outcome.error)}", err=True)
        writer.add(outcome.record, essence(outcome), outcome.line)

    return tell


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
