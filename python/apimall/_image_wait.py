"""What `AsyncImages.wait` returns inside an asyncio loop: a future that is a coroutine too.

`asyncio.gather` makes a task of each coroutine, which costs more than all that a wait does here, and takes a
future as it is. What runs coroutines (`create_task`, task groups, anyio) takes no future, though. So this is
both.

Two places look for a coroutine first: `gather` in Python 3.9, which makes its tasks as ever, and
`asyncio.wait` from Python 3.11 on, which refuses coroutines: it wants what `create_task` returns.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from apimall._arguments import TaskOrId, id_of, priority_of
from apimall._durations import Duration, timeout_ms
from apimall._load import ImageTask

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from types import TracebackType
    from typing import Callable

    from apimall._event_loops import EventLoops, LoopQueue


class ImageWait(asyncio.Future[ImageTask]):
    """One wait that is under way; cancelling it ends the wait in the engine, and not the task at the gateway.

    Any number of awaiters get the same answer, and cancelling one of them ends the wait of all: use
    `asyncio.shield` to prevent that. It belongs to the loop in which it was made.
    """

    __slots__ = ("_queue", "_token")

    _queue: LoopQueue  # and so the client, which may have no other owner
    _token: int

    def begin(
        self,
        loops: EventLoops,
        running: asyncio.AbstractEventLoop,
        task: TaskOrId,
        timeout: Duration | None,
        priority: str,
        on_status: Callable[[ImageTask], object] | None,
    ) -> Coroutine[Any, Any, ImageTask]:
        """Submit it to the running loop, once, and return it. Those who await it are told what is wrong."""
        try:
            queue = self._queue = loops.of(running)
            self._token = queue.poller.wait(
                self,
                task if type(task) is str else id_of(task),
                0 if timeout is None else timeout_ms(timeout),
                0 if priority == "interactive" else priority_of(priority),
                on_status,
            )
        except Exception as error:  # noqa: BLE001 - a coroutine's errors come when it is awaited
            # A traceback would hold this frame, and so the future that holds the error.
            self.set_exception(error.with_traceback(None))
        as_coroutine: Any = self  # which `collections.abc.Coroutine` finds it is, by its methods
        return as_coroutine  # type: ignore[no-any-return]

    def cancel(self, msg: Any = None) -> bool:
        """End the wait; False if it has ended already."""
        if not super().cancel(msg):
            return False
        self._queue.poller.cancel(self._token)
        return True

    # A coroutine's methods. They keep no state, so that two tasks of one wait both get its answer.

    def send(self, value: Any, /) -> Any:
        """Go on as a coroutine does: yield this future, or return its answer by StopIteration."""
        return self.__await__().send(value)

    def throw(
        self,
        kind: Any,
        value: BaseException | object = None,
        traceback: TracebackType | None = None,
        /,
    ) -> Any:
        """Raise an exception where the wait is awaited, which ends it."""
        self.cancel()
        error = kind if isinstance(kind, BaseException) else kind() if value is None else value
        if not isinstance(error, BaseException):
            error = kind(error)
        raise error if traceback is None else error.with_traceback(traceback)

    def close(self) -> None:
        """End the wait."""
        self.cancel()
