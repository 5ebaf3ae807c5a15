"""One sandbox for the whole run, reset before each test, and clients for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Callable

import pytest

import apimall
from apimall.sandbox import Sandbox


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Sandbox]:
    """One server for the whole run."""
    with Sandbox(seed=7, image_edge=64, speed=20) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The server as it was at its start, and the environment pointing to it."""
    running_sandbox.reset()
    monkeypatch.setenv("APIMALL_API_KEY", running_sandbox.api_key)
    monkeypatch.setenv("APIMALL_BASE_URL", running_sandbox.base_url)
    return running_sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[apimall.Client]:
    """A client from the environment, which would rather ask once more than be late."""
    with apimall.Client(poll_price=0.002) as made:
        yield made


@pytest.fixture
def make_task(sandbox: Sandbox) -> Callable[..., str]:
    """Make a task that takes a moment, unless told otherwise."""

    def make(**order: Any) -> str:
        return sandbox.add_task(**{"duration": 1, **order})

    return make
