"""The state of each order, written by the threads that do the work and read by the display."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from apimall import ImageTask
    from apimall.cli.demo.orders import Order

# Every state that an order can be in, in the order in which they come.
ORDERING, DOWNLOADING, SAVED, FAILED, LOST = "ordering", "downloading", "saved", "failed", "lost"
ENDED = {SAVED, FAILED, LOST}


@dataclass
class Row:
    """One order and what has become of it."""

    number: int
    order: Order
    state: str = ORDERING
    task_id: str | None = None
    task: ImageTask | None = None
    files: list[Path] = field(default_factory=list)
    bytes: int = 0
    error: str | None = None
    started: float = field(default_factory=time.monotonic)
    ended: float | None = None

    @property
    def seconds(self) -> float:
        """How long it has taken so far, or took."""
        return (self.ended or time.monotonic()) - self.started


class Board:
    """All rows. Threads write their own row; `counts` reads them all."""

    def __init__(self, orders: Sequence[Order]) -> None:
        self.rows = [Row(number, order) for number, order in enumerate(orders, 1)]
        self.started = time.monotonic()
        self._lock = Lock()

    def move(self, row: Row, state: str) -> None:
        """Put a row into another state."""
        with self._lock:
            row.state = state
            if state in ENDED:
                row.ended = time.monotonic()

    def counts(self) -> dict[str, int]:
        """Return how many rows are in each state."""
        with self._lock:
            return dict(Counter(row.state for row in self.rows))

    @property
    def seconds(self) -> float:
        """How long the demo has run."""
        return time.monotonic() - self.started
