"""Holds what came back against what was ordered and against the sandbox's own books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apimall.cli.demo.board import FAILED, SAVED, Board, Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from apimall.sandbox import Sandbox


def problems(board: Board, sandbox: Sandbox, spent: int) -> list[str]:
    """Return everything that is lost or wrong; nothing if all is well."""
    found = [f"order {row.number}: {problem}" for row in board.rows for problem in _of_row(row)]
    booked = sum(
        (row.task.credits_used or 0) - (row.task.credits_refunded or 0) for row in board.rows if row.task
    )
    if booked != spent:
        found.append(f"the tasks cost {booked} credits and the account paid {spent}")
    ids = [row.task_id for row in board.rows if row.task_id]
    if len(set(ids)) != len(ids):
        found.append("two orders got the same task")
    leaked = sandbox.stats()["by_authorization"].get("cdn: leaked", 0)
    if leaked:
        found.append(f"the API key was sent to the CDN {leaked} times")
    return found


def _of_row(row: Row) -> Iterator[str]:
    expected = FAILED if row.order.fails else SAVED
    if row.state != expected:
        yield f"should be {expected}, is {row.state}: {row.error or 'no reason given'}"
        return
    if len(row.files) != row.order.files:
        yield f"{row.order.files} pictures were promised, {len(row.files)} came"
    for file in row.files:
        yield from _of_file(file, row)
    if row.order.fails and row.task is not None and not row.task.credits_refunded:
        yield "it failed, and nothing was refunded"


def _of_file(file: Path, row: Row) -> Iterator[str]:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(file) as picture:
            picture.load()
            size, kind = picture.size, str(picture.format).lower()
    except (OSError, UnidentifiedImageError, SyntaxError) as error:
        yield f"{file} is no picture: {error}"
        return
    if size != row.order.size:
        yield f"{file} is {size[0]}x{size[1]}, not {row.order.size[0]}x{row.order.size[1]}"
    if kind != row.order.output_format:
        yield f"{file} is {kind}, not {row.order.output_format}"
