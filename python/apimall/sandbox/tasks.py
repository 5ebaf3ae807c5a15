"""Image tasks: what the gateway knows of each, and what it tells.

Nothing happens when a task ends: its state is worked out from the clock whenever somebody asks. So a hundred
thousand tasks cost no timers.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Deque, Dict, List, Mapping, Optional, Sequence, Tuple

from apimall.sandbox.envelope import pretty
from apimall.sandbox.faults.spec import Fault
from apimall.sandbox.times import iso_milliseconds

RESULT_FIELDS = ("output", "primary_url", "image_url")
OUTCOMES = ("completed", "failed", "never")
TERMINAL = ("completed", "failed")
_MARK = "\x00request_id\x00"


class Task:
    """One image task, with the truth about when and how it ends."""

    __slots__ = (
        "task_id", "model", "parameters", "created", "processing_at", "ends_at", "outcome", "error_message",
        "credits_used", "refund", "num_images", "image_format", "running_status", "result_fields", "faults",
        "download_faults", "settled", "polls", "first_poll", "terminal_seen_at", "revision", "_rendered",
    )  # fmt: skip

    def __init__(
        self,
        task_id: str,
        model: str,
        parameters: Mapping[str, object],
        *,
        created: float,
        pending_seconds: float,
        duration_seconds: float,
        outcome: str = "completed",
        error_message: Optional[str] = None,
        credits_used: int = 0,
        refund: int = 0,
        num_images: int = 1,
        image_format: str = "webp",
        running_status: str = "processing",
        result_fields: Sequence[str] = RESULT_FIELDS,
        faults: Sequence[Fault] = (),
        download_faults: Sequence[Fault] = (),
    ) -> None:
        self.task_id = task_id
        self.model = model
        self.parameters = parameters
        self.created = created
        self.processing_at = created + min(pending_seconds, duration_seconds)
        self.ends_at = math.inf if outcome == "never" else created + duration_seconds
        self.outcome = outcome
        self.error_message = error_message
        self.credits_used = credits_used
        self.refund = refund
        self.num_images = num_images
        self.image_format = image_format
        self.running_status = running_status
        self.result_fields = tuple(result_fields)
        self.faults: Deque[Fault] = deque(faults)
        self.download_faults: Deque[Fault] = deque(download_faults)
        self.settled = False
        self.polls = 0
        self.first_poll: Optional[float] = None
        self.terminal_seen_at: Optional[float] = None
        self.revision = 0  # of the pictures: grows when the CDN is told to change them
        self._rendered: Optional[Tuple[str, int, bytes, bytes]] = None

    def status(self, now: float) -> str:
        """Return the status as the gateway words it."""
        if now >= self.ends_at:
            return self.outcome
        return self.running_status if now >= self.processing_at else "pending"

    def finish(self, now: float, outcome: str) -> None:
        """End the task at once."""
        self.outcome = outcome
        self.processing_at = min(self.processing_at, now)
        self.ends_at = now
        self._rendered = None

    def image_paths(self) -> List[str]:
        """Return the paths of the pictures at the CDN."""
        return [
            f"/generated/{self.task_id}-{n:02d}.{self.image_format}" for n in range(1, self.num_images + 1)
        ]

    def data(self, now: float, urls: Sequence[str]) -> Dict[str, object]:
        """Return `data` of GET /api/v1/images/{task_id}, fields in the documented order."""
        status = self.status(now)
        completed, ended = status == "completed", status in TERMINAL
        fields = self.result_fields if completed else ()
        first_url = urls[0] if urls else None
        changed = self.created if status == "pending" else self.processing_at
        return {
            "task_id": self.task_id,
            "model": self.model,
            "status": status,
            "output": {"resultUrls": list(urls)} if "output" in fields else None,
            "primary_url": first_url if "primary_url" in fields else None,
            "image_url": first_url if "image_url" in fields else None,
            "error_message": self.error_message if status == "failed" else None,
            "credits_used": self.credits_used,
            "credits_refunded": self.refund if status == "failed" else 0,
            "created_at": iso_milliseconds(self.created),
            "updated_at": iso_milliseconds(self.ends_at if ended else changed),
            "completed_at": iso_milliseconds(self.ends_at) if ended else None,
        }

    def body(self, now: float, urls: Sequence[str], url_version: int, request_id: str) -> bytes:
        """Render the whole answer; a negative url_version says that these URLs are not worth keeping."""
        status = self.status(now)
        kept = self._rendered
        # Only the request id differs between two answers in the same state, and this is the hot path.
        if kept is None or kept[0] != status or kept[1] != url_version:
            text = pretty({"success": True, "data": self.data(now, urls), "request_id": _MARK})
            head, _, tail = text.partition(b"\\u0000request_id\\u0000")
            kept = (status, url_version, head, tail)
            self._rendered = kept if url_version >= 0 else None
        return kept[2] + request_id.encode() + kept[3]

    def history_item(self, now: float, image_url: Optional[str]) -> Dict[str, object]:
        """Return an element of `items` of GET /api/v1/images/history."""
        status = self.status(now)
        return {
            "task_id": self.task_id,
            "model": self.model,
            "source": "api",
            "created_at": iso_milliseconds(self.created),
            "status": status,
            "image_url": image_url if status == "completed" else None,
            "credits_used": self.credits_used,
            "credits_refunded": self.refund if status == "failed" else 0,
            "completed_at": iso_milliseconds(self.ends_at) if status in TERMINAL else None,
        }

    def truth(self, now: float) -> Dict[str, object]:
        """Return what the control API tells: the future too."""
        ends = self.ends_at if math.isfinite(self.ends_at) else None
        return {
            "task_id": self.task_id,
            "model": self.model,
            "status": self.status(now),
            "outcome": self.outcome,
            "created": self.created,
            "processing": self.processing_at if math.isfinite(self.processing_at) else None,
            "completed": ends,
            "completed_at": None if ends is None else iso_milliseconds(ends),
            "duration_seconds": None if ends is None else ends - self.created,
            "num_images": self.num_images,
            "credits_used": self.credits_used,
            "credits_refunded": self.refund if self.outcome == "failed" else 0,
            "error_message": self.error_message,
            "polls": self.polls,
            "first_poll": self.first_poll,
            "terminal_seen": self.terminal_seen_at,
            "faults_left": [str(fault) for fault in self.faults],
            "download_faults_left": [str(fault) for fault in self.download_faults],
        }
