"""The calls as functions, for one-liners: they share one client, made from the environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from apimall._client import Client

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Callable, Literal

    from apimall._answers import Balances, Download, Generation, HistoryPage, ImageTaskList
    from apimall._arguments import Folder, TaskOrId
    from apimall._durations import Duration
    from apimall._load import ImageTask

    Priority = Literal["interactive", "batch"]

_clients: dict[int, Client] = {}  # by process: a forked child needs its own


def default_client() -> Client:
    """Return the client that the functions share."""
    process = os.getpid()
    client = _clients.get(process)
    # Threads may get here together; the client that loses has started nothing yet.
    return client if client is not None else _clients.setdefault(process, Client())


def get(task: TaskOrId, *, timeout: Duration | None = None, priority: Priority = "interactive") -> ImageTask:
    """Look at a task once; see `Images.get`."""
    return default_client().images.get(task, timeout=timeout, priority=priority)


def wait(
    task: TaskOrId,
    *,
    timeout: Duration | None = None,
    priority: Priority = "interactive",
    on_status: Callable[[ImageTask], object] | None = None,
) -> ImageTask:
    """Wait until a task is completed or failed, and return it; see `Images.wait`.

    >>> apimall.wait("img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M", timeout=120).status
    <ImageStatus.COMPLETED: 'completed'>
    """
    return default_client().images.wait(task, timeout=timeout, priority=priority, on_status=on_status)


def wait_many(
    tasks: Iterable[TaskOrId],
    *,
    timeout: Duration | None = None,
    priority: Priority = "interactive",
    on_progress: Callable[[ImageTask, int, int], object] | None = None,
    return_exceptions: bool = False,
) -> ImageTaskList[Any]:
    """Wait for many tasks together, and return them in the order given; see `Images.wait_many`."""
    call: Callable[..., ImageTaskList[Any]] = default_client().images.wait_many
    return call(
        tasks,
        timeout=timeout,
        priority=priority,
        on_progress=on_progress,
        return_exceptions=return_exceptions,
    )


def as_completed(
    tasks: Iterable[TaskOrId],
    *,
    timeout: Duration | None = None,
    priority: Priority = "interactive",
    return_exceptions: bool = False,
) -> Iterator[Any]:
    """Wait for many tasks together, and yield each as soon as it ends; see `Images.as_completed`."""
    call: Callable[..., Iterator[Any]] = default_client().images.as_completed
    return call(tasks, timeout=timeout, priority=priority, return_exceptions=return_exceptions)


def generate(
    *,
    model: str,
    prompt: str,
    timeout: Duration | None = None,
    priority: Priority = "interactive",
    **more: Any,
) -> Generation:
    """Start an image task, which costs credits; see `Images.generate`."""
    return default_client().images.generate(
        model=model, prompt=prompt, timeout=timeout, priority=priority, **more
    )


def generate_and_wait(
    *,
    model: str,
    prompt: str,
    timeout: Duration | None = None,
    priority: Priority = "interactive",
    on_status: Callable[[ImageTask], object] | None = None,
    **more: Any,
) -> ImageTask:
    """Start an image task, wait for it, and return it completed; see `Images.generate_and_wait`."""
    return default_client().images.generate_and_wait(
        model=model, prompt=prompt, timeout=timeout, priority=priority, on_status=on_status, **more
    )


def download(
    task: TaskOrId,
    folder: Folder = ".",
    *,
    timeout: Duration | None = None,
    priority: Priority = "interactive",
) -> Download:
    """Write the pictures of a completed task into a folder; see `Images.download`."""
    return default_client().images.download(task, folder, timeout=timeout, priority=priority)


def history(
    page: int = 1, limit: int = 50, *, timeout: Duration | None = None, priority: Priority = "interactive"
) -> Iterator[HistoryPage]:
    """Yield the pages of the account's tasks; see `Images.history`."""
    return default_client().images.history(page, limit, timeout=timeout, priority=priority)


def balances(*, timeout: Duration | None = None) -> Balances:
    """Read the account's credits; see `Account.balances`."""
    return default_client().account.balances(timeout=timeout)
