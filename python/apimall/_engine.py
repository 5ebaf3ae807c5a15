"""The native client behind each client, and what becomes of it when the interpreter ends."""

from __future__ import annotations

import atexit
from typing import Any

from apimall import _logging
from apimall._answers import ClientStats
from apimall._load import native
from apimall._settings import as_texts

_exit_is_known = False


def make_native_client(settings: dict[str, Any]) -> native.Client:
    """Make the engine from settings, the environment going before them."""
    global _exit_is_known  # noqa: PLW0603 - once in a process
    if not _exit_is_known:
        _exit_is_known = True
        # Threads of the library must not reach for an interpreter that is gone.
        atexit.register(native.close_all_clients)
    if settings.get("log_level") is None:
        settings = {**settings, "log_level": _logging.wanted_level()}
    return native.Client(as_texts(settings))


def read_stats(client: native.Client) -> ClientStats:
    """Return the counters."""
    return ClientStats(*client.stats())
