"""The queue of one trio run."""

from __future__ import annotations

import sys
import weakref
from typing import TYPE_CHECKING, Any, Callable

import trio

if TYPE_CHECKING:
    from collections.abc import Generator

    from apimall._load import native


def current_run() -> Any:
    """Return an object that lives as long as the trio run of the caller; RuntimeError if there is none."""
    return trio.lowlevel.current_trio_token()


class TrioFuture:
    """A future as asyncio's, for one task to await."""

    __slots__ = ("_done", "_exception", "_result", "_task")

    def __init__(self) -> None:
        self._done = False
        self._result: Any = None
        self._exception: BaseException | None = None
        self._task: Any = None

    def done(self) -> bool:
        """Tell whether it has been resolved."""
        return self._done

    def set_result(self, result: Any) -> None:
        """Resolve it."""
        self._done, self._result = True, result
        self._wake()

    def set_exception(self, exception: BaseException) -> None:
        """Resolve it with an exception."""
        self._done, self._exception = True, exception
        self._wake()

    def _wake(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            trio.lowlevel.reschedule(task)

    def __await__(self) -> Generator[Any, None, Any]:
        return self._wait().__await__()

    async def _wait(self) -> Any:
        if self._done:
            await trio.lowlevel.checkpoint()
        else:
            self._task = trio.lowlevel.current_task()

            def abort(_: object) -> Any:
                self._done, self._task = True, None
                return trio.lowlevel.Abort.SUCCEEDED

            await trio.lowlevel.wait_task_rescheduled(abort)
        if self._exception is not None:
            raise self._exception
        return self._result


class TrioQueue:
    """A poller that a system task of the run watches."""

    __slots__ = ("loop", "poller")

    future = TrioFuture

    def __init__(self, client: native.Client, run: Any, forget: Callable[[object], None]) -> None:
        self.loop = weakref.ref(run, forget)
        self.poller = client.poller()
        trio.lowlevel.spawn_system_task(_watch, self.poller, name="apimall events")


async def _watch(poller: native.Poller) -> None:
    handle = poller.fileno()
    while not poller.closed:
        if sys.platform == "win32":
            await trio.lowlevel.WaitForSingleObject(handle)
        else:
            await trio.lowlevel.wait_readable(handle)
        poller.drain()
