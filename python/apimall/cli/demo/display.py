"""Shows the orders while they are made: a table that redraws itself, or a line every few seconds."""

from __future__ import annotations

import time
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from typing import TYPE_CHECKING, Callable

from rich.console import Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from apimall.cli.consoles import can_redraw, colour
from apimall.cli.demo.board import DOWNLOADING, ENDED, FAILED, LOST, ORDERING, SAVED, Board, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from apimall.cli.demo.orders import Order

_REDRAW_SECONDS = 0.1
_LINE_SECONDS = 2.0
_WIDE = 96  # columns; with fewer, the prompt has the place of what it was ordered as
_ORDER_OF_STATES = (ORDERING, "pending", "processing", DOWNLOADING, SAVED, FAILED, LOST)


def show_until_done(
    console: Console, board: Board, futures: Sequence[Future[None]], traffic: Callable[[], str]
) -> None:
    """Show the board until all orders have ended; `traffic` tells of requests so far."""
    if can_redraw(console):
        _redraw(console, board, futures, traffic)
    else:
        _write_lines(console, board, futures, traffic)


def _redraw(
    console: Console, board: Board, futures: Sequence[Future[None]], traffic: Callable[[], str]
) -> None:
    spinner = Spinner("dots")
    with Live(console=console, auto_refresh=False) as live:
        pending = {*futures}
        while pending:
            _, pending = wait_for(pending, timeout=_REDRAW_SECONDS)
            table = _table(board, spinner, with_shapes=console.width >= _WIDE)
            footer = Group(_counts(board), Text(f"        {traffic()}", "dim", no_wrap=True))
            live.update(Group(table, footer), refresh=True)


def _write_lines(
    console: Console, board: Board, futures: Sequence[Future[None]], traffic: Callable[[], str]
) -> None:
    pending = {*futures}
    while pending:
        _, pending = wait_for(pending, timeout=_LINE_SECONDS)
        console.print(_counts(board).append(traffic()))


def _table(board: Board, spinner: Spinner, *, with_shapes: bool) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    table.add_column("", justify="right", style="dim", min_width=2)
    table.add_column("model", no_wrap=True, style="bold", min_width=15)
    table.add_column("prompt", no_wrap=True, overflow="ellipsis", ratio=1)
    if with_shapes:
        table.add_column("shape", no_wrap=True, style="dim", min_width=12)
    table.add_column("status", no_wrap=True, min_width=20)
    table.add_column("time", justify="right", no_wrap=True, min_width=6)
    for row in board.rows:
        cells: list[str | Text] = [str(row.number), row.order.model, row.order.prompt]
        if with_shapes:
            cells.append(_shape(row.order))
        table.add_row(*cells, _status(row, spinner), f"{row.seconds:.1f} s")
    return table


def _shape(order: Order) -> str:
    count = f"{order.num_images} x " if order.num_images > 1 else ""
    return f"{count}{order.aspect_ratio} {order.output_format}"


def _status(row: Row, spinner: Spinner) -> Text:
    style = colour(row.state)
    if row.state not in ENDED:
        frame = spinner.render(time.monotonic())
        return Text.assemble((str(frame), style), " ", (row.state, style))
    if row.state == SAVED:
        return Text(f"  saved {row.bytes / 1024:.0f} KiB", style)
    if row.state == FAILED and row.task is not None:
        return Text(f"  failed, {row.task.credits_refunded or 0} refunded", style)
    return Text(f"  {row.state}", style)


def _counts(board: Board) -> Text:
    counts = board.counts()
    text = Text(f"{board.seconds:4.1f} s  ", no_wrap=True)
    for state in [*_ORDER_OF_STATES, *sorted(counts.keys() - {*_ORDER_OF_STATES})]:
        if state in counts:
            text.append(f"{counts[state]} {state}", style=colour(state)).append("  ")
    return text
