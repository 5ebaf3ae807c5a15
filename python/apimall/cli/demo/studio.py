"""Makes the pictures: each order is asked for, waited for and fetched, all of them side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from apimall.cli.demo.board import DOWNLOADING, FAILED, LOST, SAVED, Board, Row

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

    from apimall import Client, ImageTask

_WAIT_SECONDS = 120.0


def start_all(client: Client, board: Board, folder: Path, threads: ThreadPoolExecutor) -> list[Future[None]]:
    """Begin with all orders; they share the client, and so its connections and its rate budget."""
    return [threads.submit(_make, client, board, row, folder) for row in board.rows]


def _make(client: Client, board: Board, row: Row, folder: Path) -> None:
    from apimall import ApimallError

    def on_status(task: ImageTask) -> None:
        if not task.status.is_final:
            board.move(row, task.status.raw)

    try:
        row.task_id = client.images.generate(**row.order.body()).task_id
        board.move(row, "pending")
        row.task = client.images.wait(row.task_id, timeout=_WAIT_SECONDS, on_status=on_status)
        if row.task.status == "failed":
            row.error = row.task.error_message
            board.move(row, FAILED)
            return
        board.move(row, DOWNLOADING)
        download = client.images.download(row.task, folder)
        row.bytes = download.total_bytes
        row.files = _name_by_prompt(download.paths, folder, row)
        board.move(row, SAVED)
    except (ApimallError, OSError) as error:
        row.error = str(error)
        board.move(row, LOST)


def _name_by_prompt(paths: list[str], folder: Path, row: Row) -> list[Path]:
    """Rename the files, so that a second demo replaces those of the first."""
    stem = row.order.file_stem(row.number)
    named = []
    for number, path in enumerate(map(Path, paths), 1):
        end = f"-{number}" if len(paths) > 1 else ""
        named.append(path.replace(folder / f"{stem}{end}{path.suffix}"))
    return named
