"""A sandbox for all tests of the sandbox, reset before each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

try:
    import apimall.sandbox  # noqa: F401  an installed package goes first
except ImportError:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python"))

from sandbox_client import Client

from apimall.sandbox import Sandbox


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Sandbox]:
    """One server for the whole run."""
    with Sandbox(seed=7, image_edge=64) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Sandbox:
    """The server as it was at its start."""
    running_sandbox.reset()
    return running_sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    """A client with the right key."""
    return Client(sandbox)
