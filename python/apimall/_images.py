"""`client.images`: the calls about image tasks that block."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, Literal, overload

from apimall._answers import Download, Generation, HistoryPage, ImageTaskList
from apimall._arguments import Folder, TaskOrId, download_of, generate_body, id_of, priority_of
from apimall._blocking import BlockingCalls, take
from apimall._display import remember_download
from apimall._durations import Duration, timeout_ms
from apimall._errors import ApimallError
from apimall._load import ImageTask, native
from apimall._public import public

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from typing import Callable

    Priority = Literal["interactive", "batch"]


@public
class Images:
    """The image tasks of an account; `client.images` is one.

    All calls raise `ApimallError`. `timeout` is the limit of the whole call, retries included: seconds, a
    timedelta, text such as `10min`, or `math.inf` for no limit; without it the client's settings hold.
    `priority` is `interactive`, or `batch` for work that should take what interactive work leaves of the rate
    limit.
    """

    __slots__ = ("_calls",)

    def __init__(self, calls: BlockingCalls) -> None:
        self._calls = calls

    def get(
        self, task: TaskOrId, *, timeout: Duration | None = None, priority: Priority = "interactive"
    ) -> ImageTask:
        """Look at a task once. A failed task is returned like any other.

            >>> client.images.get("img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M").status
            <ImageStatus.PROCESSING: 'processing'>

        Raises:
            NotFoundError: The gateway knows no such task under this key.

        """
        answer: ImageTask = self._calls.call(
            native.GET, task_id=id_of(task), timeout_ms=timeout_ms(timeout), priority=priority_of(priority)
        )
        return answer

    def wait(
        self,
        task: TaskOrId,
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        on_status: Callable[[ImageTask], object] | None = None,
    ) -> ImageTask:
        """Wait until a task is completed or failed, and return it.

        A failed task is returned, not raised; see `ImageTask.raise_for_status`. `on_status` is called with a
        snapshot on each change of status on the way.

            >>> task = client.images.wait("img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M", timeout=120)

        Raises:
            DeadlineError: The timeout passed (10 minutes, unless said otherwise). The task still runs, and
                waiting again costs nothing.

        """
        answer: ImageTask = self._calls.call(
            native.WAIT,
            on_status=on_status,
            task_id=id_of(task),
            timeout_ms=timeout_ms(timeout),
            priority=priority_of(priority),
        )
        return answer

    @overload
    def wait_many(
        self,
        tasks: Iterable[TaskOrId],
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        on_progress: Callable[[ImageTask, int, int], object] | None = None,
        return_exceptions: Literal[False] = False,
    ) -> ImageTaskList[ImageTask]: ...
    @overload
    def wait_many(
        self,
        tasks: Iterable[TaskOrId],
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        on_progress: Callable[[ImageTask, int, int], object] | None = None,
        return_exceptions: Literal[True],
    ) -> ImageTaskList[ImageTask | ApimallError]: ...
    def wait_many(
        self,
        tasks: Iterable[TaskOrId],
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        on_progress: Callable[[ImageTask, int, int], object] | None = None,
        return_exceptions: bool = False,
    ) -> ImageTaskList[Any]:
        """Wait for many tasks together, and return them in the order given.

        `on_progress(task, done, total)` is called on each change of any task's status. The first error is
        raised and ends the other waits (not the tasks). With `return_exceptions` errors stand among the
        results.

            >>> show = lambda task, done, total: print(f"{done} of {total}")
            >>> tasks = client.images.wait_many(ids, on_progress=show)
        """
        ids = [id_of(task) for task in tasks]
        results: ImageTaskList[Any] = ImageTaskList([None] * len(ids))
        done = 0
        # Closed in any case: a traceback would keep the generator, and its waits, alive.
        with closing(self._follow(ids, timeout, priority, each_status=on_progress is not None)) as news:
            for index, value in news:
                if isinstance(value, ApimallError):
                    if not return_exceptions:
                        raise value
                    results[index], done = value, done + 1
                    continue
                if value.status.is_final:
                    results[index], done = value, done + 1
                if on_progress is not None:
                    on_progress(value, done, len(ids))
        return results

    @overload
    def as_completed(
        self,
        tasks: Iterable[TaskOrId],
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        return_exceptions: Literal[False] = False,
    ) -> Iterator[ImageTask]: ...
    @overload
    def as_completed(
        self,
        tasks: Iterable[TaskOrId],
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        return_exceptions: Literal[True],
    ) -> Iterator[ImageTask | ApimallError]: ...
    def as_completed(
        self,
        tasks: Iterable[TaskOrId],
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        return_exceptions: bool = False,
    ) -> Iterator[Any]:
        """Wait for many tasks together, and yield each as soon as it ends.

        Errors are raised, or yielded with `return_exceptions`; each has its `task_id`. Leaving the loop ends
        the other waits.

            >>> for task in client.images.as_completed(ids):
            ...     client.images.download(task, "pictures")
        """
        ids = [id_of(task) for task in tasks]
        with closing(self._follow(ids, timeout, priority, each_status=False)) as news:
            for _, value in news:
                if isinstance(value, ApimallError) and not return_exceptions:
                    raise value
                yield value

    def _follow(
        self, ids: list[str], timeout: Duration | None, priority: Priority, *, each_status: bool
    ) -> Generator[tuple[int, Any], None, None]:
        """Yield index and snapshot or error as they come, until all have ended."""
        limit, rank = timeout_ms(timeout), priority_of(priority)
        on_status = _not_called if each_status else None
        with self._calls.poller() as poller:
            for index, task_id in enumerate(ids):
                try:
                    poller.wait(index, task_id, limit, rank, on_status)
                except ApimallError as error:  # noqa: PERF203 - one bad id of many
                    yield index, error
            while poller.outstanding:
                for index, _, value in take(poller):
                    yield index, value

    def generate(
        self,
        *,
        model: str,
        prompt: str,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        **more: Any,
    ) -> Generation:
        """Start an image task, which costs credits, and return its id.

        `more` is sent as it is: `num_images`, `aspect_ratio`, `image_urls` and whatever else the model takes.
        It is repeated only when the request surely was not accepted; any other error says that the task may
        have been started.

            >>> client.images.generate(model="nano-banana", prompt="a lighthouse at dusk").task_id
            'img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M'

        Raises:
            InsufficientCreditsError: The account has too few credits.
            InvalidRequestError: The gateway found a parameter invalid.

        """
        answer: Generation = self._calls.call(
            native.GENERATE,
            body=generate_body(model, prompt, more),
            timeout_ms=timeout_ms(timeout),
            priority=priority_of(priority),
        )
        return answer

    def generate_and_wait(
        self,
        *,
        model: str,
        prompt: str,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
        on_status: Callable[[ImageTask], object] | None = None,
        **more: Any,
    ) -> ImageTask:
        """Start an image task, wait for it, and return it completed. `timeout` is that of the wait.

        Raises:
            TaskFailed: The task failed.
            DeadlineError: The timeout passed; wait again for its `task_id` rather than generate again.

        """
        started = self.generate(model=model, prompt=prompt, priority=priority, **more)
        task = self.wait(started.task_id, timeout=timeout, priority=priority, on_status=on_status)
        return task.raise_for_status()

    def download(
        self,
        task: TaskOrId,
        folder: Folder = ".",
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
    ) -> Download:
        """Write the pictures of a completed task into a folder, which is made if it is not there.

        Each file appears whole or not at all. URLs that have expired are renewed once.

            >>> client.images.download(task, "pictures").paths
            ['pictures/img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M.webp']

        Raises:
            FileError: A file could not be written.
            DownloadFailedError: The host of the pictures refused.

        """
        answer: Download = self._calls.call(
            native.DOWNLOAD,
            timeout_ms=timeout_ms(timeout),
            priority=priority_of(priority),
            **download_of(task, folder),
        )
        remember_download(answer)
        return answer

    def history(
        self,
        page: int = 1,
        limit: int = 50,
        *,
        timeout: Duration | None = None,
        priority: Priority = "interactive",
    ) -> Iterator[HistoryPage]:
        """Yield the pages of the account's tasks, from `page` on, until one is not full.

        Pages count from 1 and have `limit` tasks, 1 to 50. Each is asked for when the iterator comes to it,
        so one page is `next` of it. The first is there even if it is empty. `timeout` is that of one page.

            >>> newest = next(client.images.history(limit=5))
            >>> pages = client.images.history()
            >>> failed = [item for page in pages for item in page.items if item.status == "failed"]

        Raises:
            InvalidArgumentError: `page` or `limit` is out of range.

        """
        first = page
        while True:
            one: HistoryPage = self._calls.call(
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


def _not_called(task: ImageTask) -> None:
    """Ask for news of each status; `take` gives them back itself."""
