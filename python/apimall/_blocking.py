"""Blocking calls: submit to a poller of one's own, and wait for it with an ear for Ctrl-C."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apimall._load import ImageTask, native


class BlockingCalls:
    """A client's pollers for calls that block; any thread may call."""

    __slots__ = ("_client", "_idle")

    def __init__(self, client: native.Client) -> None:
        self._client = client
        self._idle: list[native.Poller] = []

    def call(self, kind: int, *, on_status: Callable[[ImageTask], object] | None = None, **work: Any) -> Any:
        """Do one piece of work; return its answer or raise its error."""
        with self.poller() as poller:
            poller.submit(kind, True, on_status=on_status, **work)
            while True:
                for _, final, value in take(poller):
                    if not final:
                        if on_status is not None:
                            on_status(value)
                    elif isinstance(value, BaseException):
                        raise value
                    else:
                        return value

    @contextmanager
    def poller(self) -> Iterator[native.Poller]:
        """Lend a poller. What is outstanding when the block ends early is cancelled with it."""
        try:
            poller = self._idle.pop()
        except IndexError:
            poller = self._client.poller()
        try:
            yield poller
        finally:
            if poller.outstanding:
                poller.close()
            else:
                self._idle.append(poller)


def take(poller: native.Poller) -> list[tuple[Any, bool, Any]]:
    """Wait for news. Python's main thread is the one that has signals to handle."""
    return poller.take(threading.current_thread() is threading.main_thread())
