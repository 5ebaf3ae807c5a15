"""`apimall get`."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import click

from apimall import ApimallError
from apimall.cli.exits import Exit, gravest
from apimall.cli.follow import all_of
from apimall.cli.ids import read_ids
from apimall.cli.options import connection_of, connection_options, format_option, ids_argument
from apimall.cli.outcomes import Outcome
from apimall.cli.telling import Teller, status
from apimall.cli.writers import Writer

if TYPE_CHECKING:
    from apimall import AsyncClient


@click.command()
@ids_argument
@format_option
@connection_options
def get(ids: tuple[str, ...], form: str, **options: Any) -> None:
    """Look at tasks once.

    Ids come from the command line or, one a line, from stdin. A task that failed is told of like any other,
    and ends the command with exit code 3.

    The format quiet writes the status.
    """
    connection = connection_of(options)
    connection.require_key()
    prompts = read_ids(ids)
    writer = Writer(form)

    async def work() -> list[Outcome]:
        async with connection.async_client() as client:
            looks = [_look(client, task_id, prompt) for task_id, prompt in prompts.items()]
            return await all_of(looks, Teller(writer, status))

    outcomes = asyncio.run(work())
    writer.close()
    sys.exit(int(gravest(Exit(outcome.exit) for outcome in outcomes)))


async def _look(client: AsyncClient, task_id: str, prompt: str | None) -> Outcome:
    try:
        return Outcome(task_id, await client.images.get(task_id), prompt=prompt)
    except ApimallError as error:
        return Outcome(task_id, error=error, prompt=prompt)
