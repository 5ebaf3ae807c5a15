"""The work of `apimall generate`: many prompts at once, and no id lost."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from apimall import ApimallError
from apimall.cli.downloads import make_ready, write_gallery_of
from apimall.cli.follow import Plan, all_of, wait_for
from apimall.cli.outcomes import Outcome, Started
from apimall.cli.progress import showing
from apimall.cli.running import finish, run
from apimall.cli.telling import Teller, completed_id, files, started_id
from apimall.cli.tracker import Tracker
from apimall.cli.writers import Writer

if TYPE_CHECKING:
    from pathlib import Path

    from apimall import AsyncClient
    from apimall.cli.connect import Connection
    from apimall.cli.exits import Exit
    from apimall.cli.naming import OutputTemplate


_MOST_IN_A_HINT = 6


@dataclass
class Job:
    """What the command line asks for."""

    prompts: list[str]
    model: str
    parameters: dict[str, Any]
    form: str
    wait: bool
    folder: Path | None
    timeout: float
    output_template: OutputTemplate | None
    gallery: Path | None
    connection: Connection
    unanswered: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if self.folder is None and (self.output_template or self.gallery):
            raise click.UsageError("--output-template and --gallery need --folder.")

    @property
    def plan(self) -> Plan:
        """What to do with each task once it is accepted."""
        return Plan(self.timeout, self.folder, self.output_template, self.connection)

    @property
    def stays(self) -> bool:
        """Whether the tasks are waited for."""
        return self.wait or self.folder is not None


def generate_all(job: Job) -> Exit:
    """Start all tasks and follow them as far as was asked; return the exit code."""
    if job.folder is not None:
        make_ready(job.folder, job.gallery)
    tracker, writer = Tracker(), Writer(job.form)
    essence = started_id if not job.stays else completed_id if job.folder is None else files

    async def work() -> list[Outcome]:
        async with job.connection.async_client() as client, showing(tracker, writer, client.stats):
            orders = [_one(client, job, tracker, index) for index in range(1, len(job.prompts) + 1)]
            return await all_of(orders, Teller(writer, essence))

    try:
        outcomes = run(work(), tracker, writer, job.plan.resume_with())
    finally:
        if job.unanswered:
            requests = "1 request" if job.unanswered == 1 else f"{job.unanswered} requests"
            click.echo(
                f"{requests} may have been accepted without our knowing; see: apimall history", err=True
            )
    write_gallery_of(outcomes, job.gallery, writer)
    if not job.stays:
        tracker = Tracker()
        _hint(outcomes, job)
    return finish(outcomes, writer, tracker, job.plan.resume_with())


async def _one(client: AsyncClient, job: Job, tracker: Tracker, index: int) -> Outcome:
    prompt = job.prompts[index - 1]
    job.unanswered += 1
    try:
        answer = await client.images.generate(model=job.model, prompt=prompt, **job.parameters)
    except ApimallError as error:
        job.unanswered -= 1
        return Outcome("", error=error, prompt=prompt)
    job.unanswered -= 1
    tracker.add(answer.task_id)
    if not job.stays:
        return Started(answer.task_id, prompt=prompt, generation=answer)
    return await wait_for(client, answer.task_id, job.plan, tracker, index=index, prompt=prompt)


def _hint(outcomes: list[Outcome], job: Job) -> None:
    ids = [outcome.task_id for outcome in outcomes if outcome.task_id]
    if job.form != "human" or not ids:
        return
    command = shlex.join(["apimall", "download", *job.connection.words()])
    if len(ids) <= _MOST_IN_A_HINT:
        click.echo(f"To fetch what comes of it: {command} {shlex.join(ids)}", err=True)
    else:
        click.echo(f"To fetch what comes of them, give these ids to: {command}", err=True)
