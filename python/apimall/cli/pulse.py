"""Whether the gateway answers: what a person who waits wants to know when nothing moves."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Callable

from apimall.cli.spans import span

if TYPE_CHECKING:
    from apimall import ClientStats


class Pulse:
    """Watches a client's counters."""

    def __init__(self, stats: Callable[[], ClientStats], clock: Callable[[], float] = time.monotonic) -> None:
        self._stats = stats
        self._clock = clock
        self._last = stats()
        self._since = clock()

    def trouble(self) -> str | None:
        """Return what is wrong; None as long as answers come, or none is due."""
        now = self._stats()
        if now.responses != self._last.responses:
            self._last, self._since = now, self._clock()
        if now.failures == self._last.failures:
            return None
        return f"no answer from the gateway for {span(self._clock() - self._since)}, trying again"
