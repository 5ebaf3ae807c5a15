"""What was asked of the sandbox: a bounded log, and counts."""

from __future__ import annotations

from collections import Counter, deque
from typing import Counter as CounterType
from typing import Deque, Dict, List, Optional, Sequence, Tuple

from apimall.sandbox.times import iso_milliseconds

LOG_SIZE = 20_000


class Entry:
    """One request; the status comes when the answer is on its way, and never after a reset."""

    __slots__ = (
        "time",
        "origin",
        "method",
        "path",
        "endpoint",
        "task_id",
        "headers",
        "authorization",
        "fault",
        "status",
    )

    def __init__(
        self,
        time: float,
        origin: str,
        method: str,
        path: str,
        endpoint: str,
        task_id: Optional[str],
        headers: Sequence[Tuple[bytes, bytes]],
        authorization: str,
    ) -> None:
        self.time = time
        self.origin = origin
        self.method = method
        self.path = path
        self.endpoint = endpoint
        self.task_id = task_id
        # Names only: a log must not hold keys.
        self.headers = [name for name, _ in headers]
        self.authorization = authorization
        self.fault: Optional[str] = None
        self.status: Optional[int] = None

    def describe(self) -> Dict[str, object]:
        """Return the entry as the control API shows it."""
        return {
            "time": self.time,
            "at": iso_milliseconds(self.time),
            "origin": self.origin,
            "method": self.method,
            "path": self.path,
            "endpoint": self.endpoint,
            "task_id": self.task_id,
            "status": self.status,
            "fault": self.fault,
            "authorization": self.authorization,
            "headers": [name.decode("latin-1") for name in self.headers],
        }


class RequestLog:
    """The last requests of both origins, and counts of all of them."""

    def __init__(self) -> None:
        self.entries: Deque[Entry] = deque(maxlen=LOG_SIZE)
        self.total = 0
        self.max_in_one_second = 0
        self._last_second: Deque[float] = deque()
        self._statuses: CounterType[Optional[int]] = Counter()
        self._endpoints: CounterType[str] = Counter()
        self._faults: CounterType[str] = Counter()
        self._authorizations: CounterType[str] = Counter()

    def add(self, entry: Entry) -> None:
        """Note that a request has come."""
        self.entries.append(entry)
        self.total += 1
        self._endpoints[entry.endpoint] += 1
        self._authorizations[f"{entry.origin}: {entry.authorization}"] += 1
        if entry.origin == "api":
            window = self._last_second
            window.append(entry.time)
            oldest = entry.time - 1.0
            while window[0] <= oldest:
                window.popleft()
            if len(window) > self.max_in_one_second:
                self.max_in_one_second = len(window)

    def answered(self, entry: Entry, status: Optional[int], fault: Optional[str]) -> None:
        """Note what became of it; no status means that no HTTP answer was sent."""
        entry.status = status
        self._statuses[status] += 1
        if fault is not None:
            entry.fault = fault
            self._faults[fault.partition(":")[0]] += 1

    def describe(
        self, limit: Optional[int], origin: Optional[str], task_id: Optional[str]
    ) -> Dict[str, object]:
        """Return the newest entries, oldest of them first."""
        chosen: List[Entry] = [
            entry
            for entry in self.entries
            if (origin is None or entry.origin == origin) and (task_id is None or entry.task_id == task_id)
        ]
        if limit is not None:
            chosen = chosen[-limit:] if limit else []
        return {
            "total": self.total,
            "dropped": self.total - len(self.entries),
            "requests": [entry.describe() for entry in chosen],
        }

    def statistics(self) -> Dict[str, object]:
        """Return the counts."""
        return {
            "total": self.total,
            "by_status": {
                "none" if status is None else str(status): n for status, n in self._statuses.items()
            },
            "by_endpoint": dict(self._endpoints),
            "by_fault": dict(self._faults),
            "by_authorization": dict(self._authorizations),
            "rate_limited": self._statuses[429],
            "max_requests_in_one_second": self.max_in_one_second,
        }
