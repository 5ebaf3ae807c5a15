"""Runs the demo: a sandbox, a client, all orders side by side, and a look at what came of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from apimall import Client
from apimall.cli.consoles import mark, notes, results, show
from apimall.cli.demo.board import Board, Row
from apimall.cli.demo.display import show_until_done
from apimall.cli.demo.inspection import problems
from apimall.cli.demo.orders import ORDERS
from apimall.cli.demo.report import report
from apimall.cli.demo.scenario import scenario
from apimall.cli.demo.studio import start_all
from apimall.cli.downloads import make_ready
from apimall.cli.exits import Exit
from apimall.cli.gallery import write_gallery
from apimall.cli.outcomes import Outcome
from apimall.sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

_PAGE = "index.html"
_POLL_PRICE_SECONDS = 0.25  # the library's default


def run(folder: Path, seed: int, speed: float) -> Exit:
    """Run the demo and return its exit code."""
    make_ready(folder)
    board = Board(ORDERS)
    with Sandbox(scenario=scenario(seed, speed)) as sandbox:
        # The sandbox's own key: whatever the environment holds stays where it is.
        # Where a second counts for more, so does a second's delay.
        price = _POLL_PRICE_SECONDS / speed
        with Client(sandbox.api_key, sandbox.base_url, poll_price=price) as client:
            out = results()
            out.print(f"A sandbox gateway runs at {sandbox.base_url}. No key, no cost, no network.")
            before = client.account.balances().credits or 0
            try:
                _make_all(client, board, folder, notes())
            except KeyboardInterrupt:
                _clear_up(board, folder)
                raise
            spent = before - (client.account.balances().credits or 0)
            seconds = max((row.ended or board.started) for row in board.rows) - board.started
            show(out, report(board, sandbox, client.stats(), seconds))
        found = problems(board, sandbox, spent)
    if not found:
        write_gallery([_outcome(row) for row in board.rows], folder / _PAGE)
    return _verdict(out, found, folder)


def _make_all(client: Client, board: Board, folder: Path, console: Console) -> None:
    def traffic() -> str:
        stats = client.stats()
        return f"{stats.requests} requests, {stats.rate_limited} x 429, {stats.retries} retries"

    with ThreadPoolExecutor(len(board.rows), thread_name_prefix="apimall-demo") as threads:
        futures = start_all(client, board, folder, threads)
        try:
            show_until_done(console, board, futures, traffic)
        except BaseException:
            client.close()  # ends the calls of all threads, so that the pool can end too
            raise
    for future in futures:
        future.result()


def _clear_up(board: Board, folder: Path) -> None:
    """Remove what was half fetched: the sandbox ends, so nobody can go on with it."""
    for row in board.rows:
        for file in folder.glob(f"{row.task_id}*") if row.task_id else ():
            file.unlink(missing_ok=True)
    saved = sum(len(row.files) for row in board.rows)
    what = "1 picture is" if saved == 1 else f"{saved} pictures are"
    notes().print(f"\nInterrupted; {what} in {folder}/.", markup=False)


def _verdict(console: Console, found: list[str], folder: Path) -> Exit:
    for problem in found:
        console.print(f"{mark(console, '✗', 'x')} {problem}", style="red", markup=False)
    if found:
        return Exit.ERROR
    words = f"Nothing lost, nothing wrong. Look at the pictures: {folder / _PAGE}"
    console.print(f"{mark(console, '✓', 'ok:')} {words}", style="green", markup=False)
    return Exit.DONE


def _outcome(row: Row) -> Outcome:
    return Outcome(row.task_id or "", row.task, files=row.files, prompt=row.order.prompt)
