"""How to go on with tasks that still run."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_ON_A_LINE = 6


def tell_how_to_resume(ids: Sequence[str], command: str, why: str) -> None:
    """Print the ids of tasks that still run, and the command that goes on with them."""
    tasks = "1 task goes on" if len(ids) == 1 else f"{len(ids):,} tasks go on"
    _tell(ids, command, f"{why}: {tasks} at the gateway. Waiting again costs nothing:")


def tell_how_to_try_again(ids: Sequence[str], command: str) -> None:
    """Print the ids of tasks that errors came in the way of, and the command that tries again."""
    tasks = "1 task" if len(ids) == 1 else f"{len(ids):,} tasks"
    _tell(ids, command, f"Errors came in the way of {tasks}. Trying again costs nothing:")


def _tell(ids: Sequence[str], command: str, words: str) -> None:
    if not ids:
        return
    click.echo(words, err=True)
    if len(ids) <= _MOST_ON_A_LINE:
        click.echo(f"  apimall {command} {shlex.join(ids)}", err=True)
        return
    click.echo(f"  apimall {command} <<'END'", err=True)
    for task_id in ids:
        click.echo(task_id, err=True)
    # Long lists push what was said before them off the screen; a comment does no harm when all is pasted.
    click.echo(f"END\n# The command above goes on with {len(ids):,} tasks.", err=True)
