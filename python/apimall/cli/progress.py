"""Progress on stderr: lines that redraw themselves on a terminal, a summary every few seconds elsewhere."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Callable

from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from apimall.cli.consoles import can_redraw, colour, notes
from apimall.cli.pulse import Pulse
from apimall.cli.spans import rate, span

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from rich.console import Console

    from apimall import ClientStats
    from apimall.cli.tracker import Tracker
    from apimall.cli.writers import Writer

_REDRAW_SECONDS = 0.1
_LINE_SECONDS = 5.0
_BAR_WIDTH = 20


@asynccontextmanager
async def showing(tracker: Tracker, writer: Writer, stats: Callable[[], ClientStats]) -> AsyncIterator[None]:
    """Show a tracker's progress for as long as the block lasts; the format quiet shows none."""
    if writer.form == "quiet":
        yield
        return
    console = notes()
    loop = _redraw if can_redraw(console) else _write_lines
    shower = asyncio.create_task(loop(console, tracker, writer, Pulse(stats)))
    try:
        yield
    finally:
        shower.cancel()
        with suppress(asyncio.CancelledError):
            await shower


async def _redraw(console: Console, tracker: Tracker, writer: Writer, pulse: Pulse) -> None:
    def show() -> Live:
        picture = _picture(tracker, pulse.trouble(), console.width)
        live = Live(picture, console=console, auto_refresh=False, transient=True)
        live.start(refresh=True)
        return live

    live = show()

    @contextmanager
    def pausing() -> Iterator[None]:
        # Results go to another stream, but to the same screen: they need the place of the progress lines.
        nonlocal live
        live.stop()
        try:
            yield
        finally:
            # A new one: the old one remembers how many lines it had, and would take them from the results.
            live = show()

    if sys.stdout.isatty():
        writer.pausing = pausing
    try:
        while True:
            await asyncio.sleep(_REDRAW_SECONDS)
            live.update(_picture(tracker, pulse.trouble(), console.width), refresh=True)
    finally:
        writer.pausing = nullcontext
        live.stop()


async def _write_lines(console: Console, tracker: Tracker, writer: Writer, pulse: Pulse) -> None:  # noqa: ARG001
    while True:
        await asyncio.sleep(_LINE_SECONDS)
        console.print(summary(tracker, pulse.trouble()))


def _picture(tracker: Tracker, trouble: str | None, width: int) -> Group:
    """Return the bar and all facts, on as many lines as the width makes it."""
    bar = Table.grid(padding=(0, 1))
    done = f"{tracker.ended:,}/{tracker.total:,}"
    counts, facts = _counts(tracker), _facts(tracker, trouble)
    first = Text.assemble(counts, facts)
    fits = _BAR_WIDTH + len(done) + first.cell_len + 2 <= width
    bar.add_row(
        ProgressBar(total=max(1, tracker.total), completed=tracker.ended, width=_BAR_WIDTH),
        done,
        _one_line(first if fits else counts),
    )
    return Group(bar) if fits else Group(bar, _one_line(facts))


def summary(tracker: Tracker, trouble: str | None = None) -> Text:
    """Return counts by status, the age of the oldest task, the rate and what is left, on one line."""
    return _one_line(Text.assemble(_counts(tracker), _facts(tracker, trouble)))


def _counts(tracker: Tracker) -> Text:
    text = Text()
    for state, count in tracker.counts().items():
        text.append(f"{count:,} {state}", style=colour(state)).append("  ")
    return text


def _facts(tracker: Tracker, trouble: str | None) -> Text:
    facts = [span(tracker.seconds)]
    age = tracker.oldest_age()
    if age is not None:
        facts.append(f"oldest {span(age)}")
    if tracker.done:
        facts.append(rate(tracker.rate()))
    left = tracker.seconds_left()
    if left:
        facts.append(f"about {span(left)} left")
    text = Text("  ".join(facts), style="dim")
    return Text.assemble(text, "  ", (trouble, colour("error"))) if trouble else text


def _one_line(text: Text) -> Text:
    text.no_wrap, text.overflow = True, "ellipsis"
    return text
