"""Waits for many tasks at once, and fetches each as soon as it is completed."""

from __future__ import annotations

import asyncio
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from apimall import ApimallError, AsyncClient
from apimall.cli.connect import Connection
from apimall.cli.exits import Exit, exit_of
from apimall.cli.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from apimall.cli.naming import OutputTemplate
    from apimall.cli.tracker import Tracker


@dataclass(frozen=True)
class Plan:
    """What to do with each task; without a folder nothing is fetched."""

    timeout: float | None = None
    folder: Path | None = None
    template: OutputTemplate | None = None
    connection: Connection = field(default_factory=Connection)

    def resume_with(self) -> str:
        """Return the command that goes on with what was not finished."""
        reach = self.connection.words()
        if self.folder is None:
            return shlex.join(["wait", *reach])
        place = [] if self.folder == Path() else ["--folder", str(self.folder)]
        name = ["--output-template", self.template.text] if self.template is not None else []
        return shlex.join(["download", *place, *name, *reach])


async def wait_for(
    client: AsyncClient,
    task_id: str,
    plan: Plan,
    tracker: Tracker,
    *,
    index: int = 1,
    prompt: str | None = None,
) -> Outcome:
    """Wait for one task, fetch its files if the plan says so, and return what became of it."""
    outcome = Outcome(task_id, prompt=prompt)
    try:
        task = await client.images.wait(task_id, timeout=plan.timeout, on_status=tracker.saw)
        outcome.task = task
        if plan.folder is not None and task.status == "completed":
            tracker.move(task_id, "downloading")
            download = await client.images.download(task, plan.folder)
            outcome.files = [Path(path) for path in download.paths]
            if plan.template is not None:
                outcome.files = plan.template.rename(download.paths, plan.folder, task, index, prompt)
    except ApimallError as error:
        outcome.task = outcome.task or error.last_task
        outcome.error = error
    tracker.move(task_id, _state(outcome))
    return outcome


def _state(outcome: Outcome) -> str:
    if outcome.error is not None:
        return "still running" if exit_of(outcome.error) is Exit.DEADLINE else "error"
    if outcome.task is not None and outcome.task.status == "failed":
        return "failed"
    return "saved" if outcome.files else "completed"


async def all_of(work: Sequence[Awaitable[Outcome]], tell: Callable[[Outcome], None]) -> list[Outcome]:
    """Do all of it side by side and return the outcomes in order, telling of each when it comes.

    An outcome that says that the key is wrong ends the rest: nothing else would come of it.
    """
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        for ended in asyncio.as_completed(tasks):
            outcome = await ended
            if outcome.exit is Exit.AUTHENTICATION and outcome.error is not None:
                raise outcome.error
            tell(outcome)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return [task.result() for task in tasks]
