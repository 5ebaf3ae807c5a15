"""`apimall demo`: the whole job on the sandbox, without a key."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from apimall.cli.sandbox_extra import explained

_MOST_SPEED = 100.0


@click.command()
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-pictures"),
    show_default=True,
    help="Where the pictures go.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Another seed, other luck."
)
@click.option(
    "--speed",
    type=click.FloatRange(0.5, _MOST_SPEED),
    default=8.0,
    show_default=True,
    metavar="X",
    help="Tasks take 1/X of the time that they would take in life.",
)
def demo(folder: Path, seed: int, speed: float) -> None:
    """Generate a dozen pictures on a sandbox gateway, without a key.

    A gateway starts on this machine, with a rate limit and a few faults. All pictures are waited for side
    by side, downloaded and checked. It ends with an error if anything is lost or wrong.
    """
    with explained():
        from apimall.cli.demo.run import run

        code = run(folder, seed, speed)
    sys.exit(code)
