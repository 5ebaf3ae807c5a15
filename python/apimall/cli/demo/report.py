"""What happened, from the client's counters and from the sandbox's books, which know the truth."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from apimall import ClientStats
    from apimall.cli.demo.board import Board
    from apimall.sandbox import Sandbox

_MILLISECONDS_UP_TO = 10.0


def report(board: Board, sandbox: Sandbox, stats: ClientStats, seconds: float) -> Table:
    """Return the table that the demo ends with."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for name, value in (
        ("tasks", _tasks(board, seconds)),
        ("requests", _requests(sandbox, stats)),
        ("faults met", _faults(sandbox)),
        ("delay", _delays(board, sandbox)),
        ("credits", _credits(board)),
        ("pictures", _pictures(board)),
    ):
        table.add_row(name, Text(value))
    return table


def _tasks(board: Board, seconds: float) -> str:
    ended = [row.task for row in board.rows if row.task is not None]
    failed = sum(task.status == "failed" for task in ended)
    busy = sum(task.duration.total_seconds() for task in ended if task.duration)
    return (
        f"{len(ended) - failed} completed, {failed} failed in {seconds:.1f} s; "
        f"one after another they would have taken {busy:.0f} s"
    )


def _requests(sandbox: Sandbox, stats: ClientStats) -> str:
    most = sandbox.stats()["max_requests_in_one_second"]
    return (
        f"{stats.requests}, of which {stats.polls} polls; {stats.rate_limited} answered with 429, "
        f"{stats.retries} retries; at most {most} in one second"
    )


def _faults(sandbox: Sandbox) -> str:
    faults = sandbox.stats()["by_fault"]
    return ", ".join(f"{count} x {name}" for name, count in sorted(faults.items())) or "none"


def detection_delays(board: Board, sandbox: Sandbox) -> list[float]:
    """Return for each task how long after its end the client was told of it, in seconds."""
    delays = []
    for row in board.rows:
        truth = sandbox.task(row.task_id) if row.task_id else {}
        if truth.get("terminal_seen") and truth.get("completed"):
            delays.append(truth["terminal_seen"] - truth["completed"])
    return delays


def _delays(board: Board, sandbox: Sandbox) -> str:
    delays = detection_delays(board, sandbox)
    if not delays:
        return "no task ended"
    return (
        f"{_span(median(delays))} from a task's end to our knowing it (median), {_span(max(delays))} at most"
    )


def _span(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < _MILLISECONDS_UP_TO else f"{seconds:.1f} s"


def _credits(board: Board) -> str:
    tasks = [row.task for row in board.rows if row.task is not None]
    used = sum(task.credits_used or 0 for task in tasks)
    refunded = sum(task.credits_refunded or 0 for task in tasks)
    return f"{used} used, {refunded} refunded for what failed"


def _pictures(board: Board) -> str:
    files = sum(len(row.files) for row in board.rows)
    size = sum(row.bytes for row in board.rows)
    return f"{files}, {size / 1024:.0f} KiB, each decoded and of the size that was asked for"
