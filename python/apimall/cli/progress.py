"""Progress on stderr: a line that redraws itself on a terminal, a summary every few seconds elsewhere."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from apimall.cli.consoles import can_redraw, colour, notes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from rich.console import Console

    from apimall.cli.tracker import Tracker
    from apimall.cli.writers import Writer

_REDRAW_SECONDS = 0.1
_LINE_SECONDS = 5.0


@asynccontextmanager
async def showing(tracker: Tracker, writer: Writer) -> AsyncIterator[None]:
    """Show a tracker's progress for as long as the block lasts; the format quiet shows none."""
    if writer.form == "quiet":
        yield
        return
    console = notes()
    loop = _redraw if can_redraw(console) else _write_lines
    shower = asyncio.create_task(loop(console, tracker, writer))
    try:
        yield
    finally:
        shower.cancel()
        with suppress(asyncio.CancelledError):
            await shower


async def _redraw(console: Console, tracker: Tracker, writer: Writer) -> None:
    live = Live(console=console, auto_refresh=False, transient=True)

    @contextmanager
    def pausing() -> Iterator[None]:
        # Results go to another stream, but to the same screen: they need the place of the progress line.
        live.stop()
        try:
            yield
        finally:
            live.start()

    with live:
        if sys.stdout.isatty():
            writer.pausing = pausing
        try:
            while True:
                live.update(_picture(tracker), refresh=True)
                await asyncio.sleep(_REDRAW_SECONDS)
        finally:
            writer.pausing = nullcontext


async def _write_lines(console: Console, tracker: Tracker, writer: Writer) -> None:  # noqa: ARG001 - as _redraw
    while True:
        await asyncio.sleep(_LINE_SECONDS)
        console.print(summary(tracker))


def _picture(tracker: Tracker) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_row(
        ProgressBar(total=max(1, tracker.total), completed=tracker.ended, width=20),
        f"{tracker.ended}/{tracker.total}",
        summary(tracker),
    )
    return table


def summary(tracker: Tracker) -> Text:
    """Return counts by status, the age of the oldest task, the rate and what is left, on one line."""
    text = Text(no_wrap=True, overflow="ellipsis")
    for state, count in tracker.counts().items():
        text.append(f"{count} {state}", style=colour(state)).append("  ")
    facts = [_span(tracker.seconds)]
    age = tracker.oldest_age()
    if age is not None:
        facts.append(f"oldest {_span(age)}")
    if tracker.ended:
        facts.append(f"{tracker.rate():.2g}/s")
    left = tracker.seconds_left()
    if left:
        facts.append(f"about {_span(left)} left")
    return text.append("  ".join(facts), style="dim")


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
