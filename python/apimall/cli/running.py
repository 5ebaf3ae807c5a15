"""Runs a command's asyncio part, and ends it well when it is interrupted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

import click

from apimall.cli.consoles import notes
from apimall.cli.exits import Exit, gravest
from apimall.cli.progress import summary
from apimall.cli.resume import tell_how_to_resume, tell_how_to_try_again

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from apimall.cli.outcomes import Outcome
    from apimall.cli.tracker import Tracker
    from apimall.cli.writers import Writer

_Result = TypeVar("_Result")


def run(work: Coroutine[Any, Any, _Result], tracker: Tracker, writer: Writer, resume_with: str) -> _Result:
    """Run it; on Ctrl-C close the output and tell how to go on."""
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        click.echo(err=True)  # the terminal has written ^C
        writer.close()
        _sum_up(tracker, writer)
        tell_how_to_resume(tracker.open_ids(), resume_with, "Interrupted")
        raise


def finish(outcomes: Sequence[Outcome], writer: Writer, tracker: Tracker, resume_with: str) -> Exit:
    """Close the output, tell how it went, and return the exit code."""
    writer.close()
    _sum_up(tracker, writer)
    late = [outcome.task_id for outcome in outcomes if outcome.exit is Exit.DEADLINE]
    tell_how_to_resume(late, resume_with, "The deadline passed")
    missed = [outcome.task_id for outcome in outcomes if outcome.can_be_tried_again]
    tell_how_to_try_again(missed, resume_with)
    return gravest(outcome.exit for outcome in outcomes)


def _sum_up(tracker: Tracker, writer: Writer) -> None:
    if writer.form != "quiet" and tracker.total > 1:
        notes().print(summary(tracker))
