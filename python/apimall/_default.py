"""The calls as functions, for one-liners: they share one client, made from the environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from apimall._client import Client

if TYPE_CHECKING:
    from apimall._answers import Download, Generation, ImageTaskList
    from apimall._arguments import Folder, TaskOrId
    from apimall._load import ImageTask

_clients: dict[int, Client] = {}  # by process: a forked child needs its own


def default_client() -> Client:
    """Return the client that the functions share."""
    process = os.getpid()
    client = _clients.get(process)
    # Threads may get here together; the client that loses has started nothing yet.
    return client if client is not None else _clients.setdefault(process, Client())


def get(task: TaskOrId, **options: Any) -> ImageTask:
    """Look at a task once; see `Images.get`."""
    return default_client().images.get(task, **options)


def wait(task: TaskOrId, **options: Any) -> ImageTask:
    """Wait until a task is completed or failed, and return it; see `Images.wait`.

    >>> apimall.wait("img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M", timeout=120).result_urls
    ('https://cdn.apimall.ai/generated/image-01.webp',)
    """
    return default_client().images.wait(task, **options)


def wait_many(tasks: Any, **options: Any) -> ImageTaskList[Any]:
    """Wait for many tasks together, and return them in the order given; see `Images.wait_many`."""
    return default_client().images.wait_many(tasks, **options)


def generate(*, model: str, prompt: str, **more: Any) -> Generation:
    """Start an image task, which costs credits; see `Images.generate`."""
    return default_client().images.generate(model=model, prompt=prompt, **more)


def generate_and_wait(*, model: str, prompt: str, **more: Any) -> ImageTask:
    """Start an image task, wait for it, and return it completed; see `Images.generate_and_wait`."""
    return default_client().images.generate_and_wait(model=model, prompt=prompt, **more)


def download(task: TaskOrId, folder: Folder = ".", **options: Any) -> Download:
    """Write the pictures of a completed task into a folder; see `Images.download`."""
    return default_client().images.download(task, folder, **options)
