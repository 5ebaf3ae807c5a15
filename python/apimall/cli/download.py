"""`apimall download`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from apimall.cli.downloads import download_options, make_ready, write_gallery_of
from apimall.cli.follow import Plan, all_of, wait_for
from apimall.cli.ids import read_ids
from apimall.cli.options import connection_of, connection_options, format_option, ids_argument, timeout_option
from apimall.cli.progress import showing
from apimall.cli.running import finish, run
from apimall.cli.telling import Teller, files
from apimall.cli.tracker import Tracker
from apimall.cli.writers import Writer

if TYPE_CHECKING:
    from apimall.cli.outcomes import Outcome


@click.command()
@ids_argument
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Where the pictures go; made if it is not there.  [default: here]",
)
@download_options
@timeout_option
@format_option
@connection_options
def download(ids: tuple[str, ...], folder: Path, timeout: float, form: str, **options: Any) -> None:
    """Wait for tasks and fetch their pictures.

    Ids come from the command line or, one a line, from stdin. Tasks that still run are waited for, and each
    is fetched as soon as it is completed. A file appears whole or not at all.

    The format quiet writes the paths of the files.
    """
    connection = connection_of(options)
    gallery: Path | None = options.pop("gallery")
    plan = Plan(timeout, folder, options.pop("output_template"), connection)
    connection.require_key()
    prompts = read_ids(ids)
    make_ready(folder, gallery)
    tracker, writer = Tracker(prompts), Writer(form)

    async def work() -> list[Outcome]:
        async with connection.async_client() as client, showing(tracker, writer, client.stats):
            waits = [
                wait_for(client, task_id, plan, tracker, index=index, prompt=prompt)
                for index, (task_id, prompt) in enumerate(prompts.items(), 1)
            ]
            return await all_of(waits, Teller(writer, files))

    outcomes = run(work(), tracker, writer, plan.resume_with())
    write_gallery_of(outcomes, gallery, writer)
    sys.exit(int(finish(outcomes, writer, tracker, plan.resume_with())))
