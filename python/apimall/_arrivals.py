"""Events of many waits, in the order in which they come, for one task that awaits them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from apimall._event_loops import LoopQueue


class Arrivals:
    """Collects pairs of index and value; one task awaits them, in batches."""

    __slots__ = ("_arrived", "_queue", "_waiter")

    def __init__(self, queue: LoopQueue) -> None:
        self._queue = queue
        self._arrived: list[tuple[int, Any]] = []
        self._waiter: Any = None

    def sink(self, index: int) -> tuple[Any, ...]:
        """Return what the poller fills by itself when a wait ends."""
        return self._arrived, index, self._wake

    def status_sink(self, index: int) -> Callable[[Any], None]:
        """Return what is told of a wait's changes of status."""

        def add(task: Any) -> None:
            self.add(index, task)

        return add

    def add(self, index: int, value: Any) -> None:
        """Take an event."""
        self._arrived.append((index, value))
        if len(self._arrived) == 1:
            self._wake()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    async def batch(self) -> list[tuple[int, Any]]:
        """Return what has come and was not returned: one event at least."""
        while not self._arrived:
            self._waiter = self._queue.future()
            await self._waiter
        batch = self._arrived[:]
        self._arrived.clear()
        return batch
