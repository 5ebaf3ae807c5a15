"""`client.images` of an `AsyncClient`: the calls about image tasks, to be awaited."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any, Literal, overload

from apimall._answers import Download, Generation, HistoryPage, ImageTaskList
from apimall._arguments import Folder, TaskOrId, download_of, generate_body, id_of, priority_of
from apimall._arrivals import Arrivals
from apimall._coroutine_function import coroutine_function
from apimall._display import remember_download
from apimall._durations import Duration, timeout_ms
from apimall._errors import ApimallError
from apimall._image_wait import ImageWait
from apimall._load import ImageTask, native
from apimall._public import public

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Iterable
    from typing import Callable

    from apimall._event_loops import EventLoops

    Priority = Literal["interactive", "batch"]


@public
class AsyncImages:
    """The image tasks of an account; `client.images` of an AsyncClient is one.

    The calls, their arguments and their errors are those of `Images`. Cancelling an `await` cancels the call
    in the engine, and leaves the task as it is: it can be waited for again. Callbacks run in the event loop's
    thread.
    """

    __slots__ = ("_loops",)

    def __init__(self, loops: EventLoops) -> None:
        self._loops = loops

    async def get(
        self, task: TaskOrId, *, timeout: Duration | None = None, priority: Priority = "interactive"
    ) -> ImageTask:
        """Look at a task once. A failed task is returned like any other; see `Images.get`."""
        answer: ImageTask = await self._loops.call(
            native.GET, task_id=id_of(task), timeout_ms=timeout_ms(timeout), priority=priority_of(priority)
        )
        return answer

    @coroutine_function
    def wait(
        self,
        task: TaskOrId,
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        on_status: Callable[[ImageTask], object] | None = None,
    ) -> Coroutine[Any, Any, ImageTask]:
        """Wait until a task is completed or failed, and return it; see `Images.wait`.

        Thousands of these at once cost one thread and one poller:

            >>> tasks = await asyncio.gather(*[client.images.wait(task_id) for task_id in ids])

        Inside an asyncio loop the wait begins with the call, and what is returned is an `asyncio.Future` of
        that loop as well as a coroutine: `gather`, `as_completed`, `wait_for` and `shield` take it without a
        task of its own, `create_task` and task groups make one. `asyncio.wait` takes tasks only, so give it
        what `create_task` returns. Cancelling it ends the wait in the engine, for all who await it;
        `asyncio.shield` prevents that. Elsewhere (under trio, or where no loop runs yet, as in
        `asyncio.run(client.images.wait(task_id))`) it is a coroutine, and begins when awaited.

        Raises:
            DeadlineError: The timeout passed. The task still runs, and waiting again costs nothing.

        """
        running = asyncio._get_running_loop()  # noqa: SLF001 - documented, and does not raise
        if running is None or ("anyio" in sys.modules and _called_by_anyio()):
            return self._wait_once_awaited(task, timeout, priority, on_status)
        return ImageWait().begin(self._loops, running, task, timeout, priority, on_status)

    async def _wait_once_awaited(
        self,
        task: TaskOrId,
        timeout: Duration | None,
        priority: Priority,
        on_status: Callable[[ImageTask], object] | None,
    ) -> ImageTask:
        answer: ImageTask = await self._loops.call(
            native.WAIT,
            task_id=id_of(task),
            timeout_ms=timeout_ms(timeout),
            priority=priority_of(priority),
            on_status=on_status,
        )
        return answer

    @overload
    async def wait_many(
        self,
        tasks: Iterable[TaskOrId],
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        on_progress: Callable[[ImageTask, int, int], object] | None = None,
        return_exceptions: Literal[False] = False,
    ) -> ImageTaskList[ImageTask]: ...
    @overload
    async def wait_many(
        self,
        tasks: Iterable[TaskOrId],
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        on_progress: Callable[[ImageTask, int, int], object] | None = None,
        return_exceptions: Literal[True],
    ) -> ImageTaskList[ImageTask | ApimallError]: ...
    async def wait_many(
        self,
        tasks: Iterable[TaskOrId],
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        on_progress: Callable[[ImageTask, int, int], object] | None = None,
        return_exceptions: bool = False,
    ) -> ImageTaskList[Any]:
        """Wait for many tasks together, and return them in the order given; see `Images.wait_many`."""
        ids = [id_of(task) for task in tasks]
        results: ImageTaskList[Any] = ImageTaskList([None] * len(ids))
        done = 0
        news = self._follow(ids, timeout, priority, each_status=on_progress is not None)
        try:
            async for batch in news:
                for index, value in batch:
                    if isinstance(value, ApimallError):
                        if not return_exceptions:
                            raise value
                        results[index], done = value, done + 1
                        continue
                    if value.status.is_final:
                        results[index], done = value, done + 1
                    if on_progress is not None:
                        on_progress(value, done, len(ids))
        finally:
            await news.aclose()
        return results

    @overload
    def as_completed(
        self,
        tasks: Iterable[TaskOrId],
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        return_exceptions: Literal[False] = False,
    ) -> AsyncIterator[ImageTask]: ...
    @overload
    def as_completed(
        self,
        tasks: Iterable[TaskOrId],
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        return_exceptions: Literal[True],
    ) -> AsyncIterator[ImageTask | ApimallError]: ...
    async def as_completed(
        self,
        tasks: Iterable[TaskOrId],
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        return_exceptions: bool = False,
    ) -> AsyncIterator[Any]:
        """Wait for many tasks together, and yield each as soon as it ends; see `Images.as_completed`.

        >>> async for task in client.images.as_completed(ids):
        ...     await client.images.download(task, "pictures")
        """
        news = self._follow([id_of(task) for task in tasks], timeout, priority, each_status=False)
        try:
            async for batch in news:
                for _, value in batch:
                    if isinstance(value, ApimallError) and not return_exceptions:
                        raise value
                    yield value
        finally:
            await news.aclose()

    async def _follow(
        self, ids: list[str], timeout: Duration | None, priority: Priority, *, each_status: bool
    ) -> AsyncGenerator[list[tuple[int, Any]], None]:
        """Yield index and snapshot or error, in batches as they come, until all have ended."""
        limit, rank = timeout_ms(timeout), priority_of(priority)
        queue = self._loops.current()
        poller, arrivals = queue.poller, Arrivals(queue)
        tokens: list[int] = []
        ended = 0
        try:
            for index, task_id in enumerate(ids):
                on_status = arrivals.status_sink(index) if each_status else None
                try:
                    tokens.append(poller.wait(arrivals.sink(index), task_id, limit, rank, on_status))
                except ApimallError as error:
                    arrivals.add(index, error)
            while ended < len(ids):
                batch = await arrivals.batch()
                if each_status:
                    ended += sum(
                        isinstance(value, ApimallError) or value.status.is_final for _, value in batch
                    )
                else:
                    ended += len(batch)
                yield batch
        finally:
            if ended < len(ids):
                for token in tokens:
                    poller.cancel(token)  # does nothing to those that have ended

    async def generate(
        self,
        *,
        model: str,
        prompt: str,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        **more: Any,
    ) -> Generation:
        """Start an image task, which costs credits, and return its id; see `Images.generate`."""
        answer: Generation = await self._loops.call(
            native.GENERATE,
            body=generate_body(model, prompt, more),
            timeout_ms=timeout_ms(timeout),
            priority=priority_of(priority),
        )
        return answer

    async def generate_and_wait(
        self,
        *,
        model: str,
        prompt: str,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        on_status: Callable[[ImageTask], object] | None = None,
        **more: Any,
    ) -> ImageTask:
        """Start an image task, wait for it, and return it completed; see `Images.generate_and_wait`.

        Raises:
            TaskFailed: The task failed.
            DeadlineError: The timeout of the wait passed; wait again for its `task_id` rather than generate
                again.

        """
        started = await self.generate(model=model, prompt=prompt, priority=priority, **more)
        task = await self.wait(started.task_id, timeout=timeout, priority=priority, on_status=on_status)
        return task.raise_for_status()

    async def download(
        self,
        task: TaskOrId,
        folder: Folder = ".",
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
    ) -> Download:
        """Write the pictures of a completed task into a folder; see `Images.download`."""
        answer: Download = await self._loops.call(
            native.DOWNLOAD,
            timeout_ms=timeout_ms(timeout),
            priority=priority_of(priority),
            **download_of(task, folder),
        )
        remember_download(answer)
        return answer

    async def history(
        self,
        page: int = 1,
        limit: int = 50,
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
    ) -> AsyncIterator[HistoryPage]:
        """Yield the pages of the account's tasks, from `page` on; see `Images.history`.

        >>> async for page in client.images.history():
        ...     print(len(page.items))
        """
        first = page
        while True:
            one: HistoryPage = await self._loops.call(
                native.HISTORY,
                page=page,
                page_size=limit,
                timeout_ms=timeout_ms(timeout),
                priority=priority_of(priority),
            )
            if one.items or page == first:
                yield one
            if len(one.items) < limit:
                return
            page += 1


def _called_by_anyio() -> bool:
    # Up to 4.12 at least, `start_soon(client.images.wait, …)` of its task groups took no coroutine but the
    # interpreter's own.
    caller = sys._getframe(2)  # noqa: SLF001 - there is no other way to know
    return bool(caller.f_globals.get("__name__", "").startswith("anyio."))
