"""`apimall wait`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from apimall.cli.follow import Plan, all_of, wait_for
from apimall.cli.ids import read_ids
from apimall.cli.options import connection_of, connection_options, format_option, ids_argument, timeout_option
from apimall.cli.progress import showing
from apimall.cli.running import finish, run
from apimall.cli.telling import Teller, completed_id
from apimall.cli.tracker import Tracker
from apimall.cli.writers import Writer

if TYPE_CHECKING:
    from apimall.cli.outcomes import Outcome


@click.command()
@ids_argument
@timeout_option
@format_option
@connection_options
def wait(ids: tuple[str, ...], timeout: float, form: str, **options: Any) -> None:
    """Wait until tasks are completed or failed.

    Ids come from the command line or, one a line, from stdin; so do JSON lines with a task_id. Each task is
    written as soon as it ends. Waiting costs nothing, and giving up stops no task.

    The format quiet writes the ids of the completed ones.
    """
    connection = connection_of(options)
    connection.require_key()
    prompts = read_ids(ids)
    tracker, writer, plan = Tracker(prompts), Writer(form), Plan(timeout, connection=connection)

    async def work() -> list[Outcome]:
        async with connection.async_client() as client, showing(tracker, writer, client.stats):
            waits = [
                wait_for(client, task_id, plan, tracker, prompt=prompt) for task_id, prompt in prompts.items()
            ]
            return await all_of(waits, Teller(writer, completed_id))

    outcomes = run(work(), tracker, writer, plan.resume_with())
    sys.exit(int(finish(outcomes, writer, tracker, plan.resume_with())))
