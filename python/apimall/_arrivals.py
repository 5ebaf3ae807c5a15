"""Events of many waits, in the order in which they come, for one task that awaits them."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from apimall._event_loops import LoopQueue


class Arrivals:
    """Collects `(index, value)`; one task awaits the next."""

    __slots__ = ("_arrived", "_queue", "_waiter")

    def __init__(self, queue: LoopQueue) -> None:
        self._queue = queue
        self._arrived: deque[tuple[int, Any]] = deque()
        self._waiter: Any = None

    def sink(self, index: int) -> Arrival:
        """Return what is told of the end of one wait."""
        return Arrival(self, index)

    def status_sink(self, index: int) -> Callable[[Any], None]:
        """Return what is told of a wait's changes of status."""

        def add(task: Any) -> None:
            self.add(index, task)

        return add

    def add(self, index: int, value: Any) -> None:
        """Take an event."""
        self._arrived.append((index, value))
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    async def next(self) -> tuple[int, Any]:
        """Return the oldest event that was not returned."""
        while not self._arrived:
            self._waiter = self._queue.future()
            await self._waiter
        return self._arrived.popleft()


class Arrival:
    """One wait's end, as a future that nobody awaits."""

    __slots__ = ("_arrivals", "_index")

    def __init__(self, arrivals: Arrivals, index: int) -> None:
        self._arrivals = arrivals
        self._index = index

    def done(self) -> bool:
        """Tell whether it was cancelled: it is never."""
        return False

    def set_result(self, result: Any) -> None:
        """Take the task."""
        self._arrivals.add(self._index, result)

    def set_exception(self, exception: BaseException) -> None:
        """Take the error."""
        self._arrivals.add(self._index, exception)
