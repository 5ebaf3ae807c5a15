"""The state of many waits: what progress shows, and which ids are still open."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apimall import ImageTask

_BEFORE = ("waiting", "pending", "processing", "downloading")
# Of these a tracker counts as ended.
_AFTER = ("saved", "completed", "failed", "still running", "error")


_FIRST_GUESS = 2.0  # seconds; at first what has ended long ago comes in at once


def _place(state: str) -> int:
    """Return a state's place among the others; one that nobody knows is on the way."""
    if state in _BEFORE:
        return _BEFORE.index(state)
    return len(_BEFORE) + 1 + _AFTER.index(state) if state in _AFTER else len(_BEFORE)


@dataclass
class _Seen:
    state: str
    created: float | None = None


class Tracker:
    """What is known of each id; times are those of this machine's clock."""

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self.started = time.monotonic()
        self._seen: dict[str, _Seen] = {}
        for task_id in ids:
            self.add(task_id)

    def add(self, task_id: str) -> None:
        """Begin to follow a task."""
        self._seen[task_id] = _Seen("waiting")

    def saw(self, task: ImageTask) -> None:
        """Take note of a snapshot on the way."""
        seen = self._seen.get(task.task_id or "")
        if seen is None:
            return
        if not task.status.is_final:
            seen.state = task.status.raw
        seen.created = task.created_at.timestamp() if task.created_at else None

    def move(self, task_id: str, state: str) -> None:
        """Put a task into another state."""
        self._seen[task_id].state = state

    def counts(self) -> dict[str, int]:
        """Return how many tasks are in each state, in the order in which states come."""
        counts = Counter(seen.state for seen in self._seen.values())
        return {state: counts[state] for state in sorted(counts, key=_place)}

    def open_ids(self) -> list[str]:
        """Return the ids of tasks that go on, as far as is known."""
        return [
            task_id
            for task_id, seen in self._seen.items()
            if seen.state not in _AFTER or seen.state == "still running"
        ]

    @property
    def total(self) -> int:
        """How many tasks are followed."""
        return len(self._seen)

    @property
    def ended(self) -> int:
        """How many are done with."""
        return sum(seen.state in _AFTER for seen in self._seen.values())

    @property
    def done(self) -> int:
        """How many have come to an end of their own, and not only to their deadline."""
        return self.ended - sum(seen.state == "still running" for seen in self._seen.values())

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self.started

    def oldest_age(self) -> float | None:
        """Return the age in seconds of the oldest task that goes on."""
        created = [seen.created for seen in self._seen.values() if seen.created and seen.state not in _AFTER]
        if not created:
            return None
        return max(0.0, datetime.now(timezone.utc).timestamp() - min(created))

    def rate(self) -> float:
        """Return how many tasks end in a second, on average."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    def seconds_left(self) -> float | None:
        """Guess when all have ended, from how it went so far; None as long as that says nothing."""
        rate = self.rate()
        return (self.total - self.ended) / rate if rate > 0 and self.seconds >= _FIRST_GUESS else None
