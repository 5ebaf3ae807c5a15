"""One queue of events for each event loop, held weakly, and watched by the loop as it watches a socket.

No thread per wait, and none between: the library's own thread makes a descriptor readable, and the loop
drains the queue, in C, resolving one future for each event.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Callable, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable

    from apimall._load import native


class Sink(Protocol):
    """What an event resolves: a future of the event loop."""

    def done(self) -> bool:
        """Tell whether it has been resolved or cancelled."""

    def set_result(self, result: Any, /) -> None:
        """Resolve it."""

    def set_exception(self, exception: Any, /) -> None:
        """Resolve it with an exception."""


class LoopQueue(Protocol):
    """A poller with the event loop that it belongs to."""

    poller: native.Poller
    loop: weakref.ref[Any]

    def future(self) -> Any:
        """Make a future of the loop, which is a Sink and can be awaited."""


class AsyncioQueue:
    """The queue of one asyncio loop, uvloop's included."""

    __slots__ = ("_client", "loop", "poller")

    future = asyncio.Future  # of the running loop, which is this one

    def __init__(
        self, client: native.Client, loop: asyncio.AbstractEventLoop, forget: Callable[[object], None]
    ) -> None:
        self._client = client  # which lives as long as a wait of its own
        self.loop = weakref.ref(loop, forget)
        end_of_watch = _EndOfWatch(self.loop)
        self.poller = client.poller(end_of_watch)
        handle = self.poller.fileno()
        watch = _Watch(self.poller)
        end_of_watch.watch = weakref.ref(watch)
        try:
            loop.add_reader(handle, watch.drain)
        except NotImplementedError:  # Windows' proactor loop watches no such thing
            watch.end()
            _watch_from_thread(loop, self.poller)


class _Watch:
    """What the loop holds: the poller, whose descriptor it watches, and an ear for its own end.

    When a loop shuts down, `asyncio.run` cancels its tasks, but waits that are futures are none. It also
    closes the asynchronous generators that were begun in it, and by one of those the rest of the waits is
    cancelled. The loop alone holds this, for a generator holds its loop.
    """

    __slots__ = ("__weakref__", "_poller", "_shutdown")

    def __init__(self, poller: native.Poller) -> None:
        self._poller = poller
        self._shutdown = _cancel_at_shutdown(poller)
        _step(self._shutdown.__anext__())

    def drain(self) -> None:
        """Tell all futures of what has happened."""
        self._poller.drain()

    def end(self) -> None:
        """Listen no more."""
        _step(self._shutdown.aclose())


async def _cancel_at_shutdown(poller: native.Poller) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        for sink in poller.sinks():
            if isinstance(sink, asyncio.Future):
                sink.cancel()


def _step(steps: Awaitable[None]) -> None:
    """Run what awaits nothing."""
    with suppress(StopIteration):
        steps.__await__().send(None)


class _EndOfWatch:
    """Lets go of a loop when its poller has nothing more to tell."""

    __slots__ = ("_loop", "watch")

    watch: Callable[[], _Watch | None]

    def __init__(self, loop: weakref.ref[asyncio.AbstractEventLoop]) -> None:
        self._loop = loop

    def __call__(self, handle: int) -> None:
        watch, running = self.watch(), self._loop()
        if running is not None and not running.is_closed():
            with suppress(NotImplementedError):
                running.remove_reader(handle)
        if watch is not None:
            watch.end()


def _watch_from_thread(loop: asyncio.AbstractEventLoop, poller: native.Poller) -> None:
    """Watch with a thread, for loops that cannot."""
    weakref.finalize(loop, poller.close)
    reference = weakref.ref(loop)

    def watch() -> None:
        while not poller.closed:
            poller.await_events()
            drained = threading.Event()

            def drain(drained: threading.Event = drained) -> None:
                poller.drain()
                drained.set()

            running = reference()
            try:
                if running is None:
                    return
                running.call_soon_threadsafe(drain)
            except RuntimeError:  # the loop has closed
                return
            del running
            while not drained.wait(1):
                running = reference()
                if running is None or running.is_closed():
                    return
                del running

    threading.Thread(target=watch, name="apimall-events", daemon=True).start()


class EventLoops:
    """The queues of an AsyncClient; any number of loops, in any threads, one after the other or at once."""

    __slots__ = ("__weakref__", "_client", "_last", "_queues")

    def __init__(self, client: native.Client) -> None:
        self._client = client
        self._queues: dict[int, LoopQueue] = {}
        self._last: LoopQueue | None = None

    def current(self) -> LoopQueue:
        """Return the queue of the loop that runs the caller."""
        running = asyncio._get_running_loop()  # noqa: SLF001 - documented, and does not raise
        return self.of(running) if running is not None else self._find(*_running_trio())

    def of(self, running: asyncio.AbstractEventLoop) -> LoopQueue:
        """Return the queue of the asyncio loop that runs the caller, who knows it."""
        last = self._last
        return last if last is not None and last.loop() is running else self._find(running, AsyncioQueue)

    def _find(self, loop: Any, kind: _MakeQueue) -> LoopQueue:
        queue = self._queues.get(id(loop))
        if queue is None or queue.loop() is not loop:
            self._drop_closed()
            queue = self._queues[id(loop)] = kind(self._client, loop, _forgetter(weakref.ref(self), id(loop)))
        self._last = queue
        return queue

    def _drop_closed(self) -> None:
        """Drop the queues of loops that were closed with waits pending: their futures keep the loop alive."""
        for key, queue in list(self._queues.items()):
            loop = queue.loop()
            if isinstance(loop, asyncio.AbstractEventLoop) and loop.is_closed():
                queue.poller.close()
                self.forget(key)

    def forget(self, key: int) -> None:
        """Drop the queue of a loop that is gone."""
        queue = self._queues.pop(key, None)
        if queue is self._last:
            self._last = None

    async def call(self, kind: int, **work: Any) -> Any:
        """Do one piece of work; return its answer or raise its error. Cancelling this cancels it natively."""
        queue = self.current()
        future = queue.future()
        token = queue.poller.submit(kind, future, **work)
        try:
            return await future
        except BaseException:
            queue.poller.cancel(token)  # does nothing if it has ended
            raise

    def drain_current(self) -> None:
        """Resolve what the running loop waits for; after a close, that is all of it."""
        with suppress(RuntimeError):  # no loop runs here
            running = asyncio._get_running_loop() or _running_trio()[0]  # noqa: SLF001
            queue = self._queues.get(id(running))
            if queue is not None:
                queue.poller.drain()


_MakeQueue = Callable[["native.Client", Any, Callable[[object], None]], LoopQueue]


def _running_trio() -> tuple[Any, _MakeQueue]:
    """Return the trio run of the caller and its kind of queue; RuntimeError if no event loop runs at all."""
    if "trio" not in sys.modules:
        asyncio.get_running_loop()  # which raises
    from apimall._trio_queue import TrioQueue, current_run

    return current_run(), TrioQueue


def _forgetter(owner: weakref.ref[EventLoops], key: int) -> Callable[[object], None]:
    def forget(_: object) -> None:
        loops = owner()
        if loops is not None:
            loops.forget(key)

    return forget
