"""The native module, for type checkers."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, final

from apimall._status import ImageStatus

__version__: str
GET: int
WAIT: int
GENERATE: int
DOWNLOAD: int
HISTORY: int
BALANCES: int

@final
class ImageTask:
    """One answer about one image task: an immutable snapshot.

    Equal if they say the same of the same task, hashable, picklable, and usable in `match`.

        >>> task = client.images.wait("img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M")
        >>> task.status
        <ImageStatus.COMPLETED: 'completed'>
        >>> task.result_urls[0]
        'https://cdn.apimall.ai/generated/image-01.webp'
    """

    __match_args__ = ("task_id", "status", "result_urls")
    @property
    def task_id(self) -> str | None:
        """The task's id, or None if the gateway left it out."""
    @property
    def model(self) -> str | None:
        """The model that makes it, or None."""
    @property
    def status(self) -> ImageStatus:
        """The state, as an ImageStatus; `status.raw` is the gateway's own word."""
    @property
    def result_urls(self) -> tuple[str, ...]:
        """Where the pictures are: a tuple in order, each URL once."""
    @property
    def primary_url(self) -> str | None:
        """The field as it came, or None."""
    @property
    def image_url(self) -> str | None:
        """The field as it came, or None."""
    @property
    def error_message(self) -> str | None:
        """Why the task failed, or None."""
    @property
    def credits_used(self) -> int | None:
        """What the task cost in credits, or None."""
    @property
    def credits_refunded(self) -> int | None:
        """What came back; it can be less than the cost. None if not said."""
    @property
    def created_at(self) -> datetime | None:
        """When the task was accepted: an aware datetime in UTC, or None."""
    @property
    def updated_at(self) -> datetime | None:
        """When it last changed: an aware datetime in UTC, or None."""
    @property
    def completed_at(self) -> datetime | None:
        """When it ended: an aware datetime in UTC, or None."""
    @property
    def duration(self) -> timedelta | None:
        """From `created_at` to `completed_at`: a timedelta, or None."""
    @property
    def request_id(self) -> str | None:
        """The gateway's id of the request that gave this answer, or None."""
    @property
    def raw(self) -> bytes:
        """The gateway's whole answer as it came: JSON, as bytes."""
    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values that `json.dumps` takes."""
    def raise_for_status(self) -> ImageTask:
        """Raise TaskFailed if the task failed; return the task otherwise."""
    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]: ...
    def _times_as_written(self) -> tuple[str | None, str | None, str | None]: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> ImageTask: ...
    def __deepcopy__(self, memo: object, /) -> ImageTask: ...

def parse_image_task(json: bytes | bytearray | memoryview | str, /) -> ImageTask:
    """Read the gateway's whole answer about a task: JSON as bytes, str or any buffer.

    Needs no client and sends nothing. Raises ProtocolError if it is not the documented shape, and the error
    of its kind if it is the gateway's refusal.

        >>> apimall.parse_image_task(task.raw) == task
        True
    """

@final
class Poller:
    """A queue of work and of its events, for one thread or event loop."""

    @property
    def outstanding(self) -> int: ...
    @property
    def closed(self) -> bool: ...
    def wait(
        self,
        sink: object,
        task_id: str,
        timeout_ms: int,
        priority: int,
        on_status: Callable[[ImageTask], object] | None,
        /,
    ) -> int: ...
    def submit(
        self,
        kind: int,
        sink: object,
        task_id: str | None = None,
        body: str | None = None,
        folder: str | bytes | None = None,
        task: ImageTask | None = None,
        page: int = 0,
        page_size: int = 0,
        timeout_ms: int = 0,
        priority: int = 0,
        on_status: Callable[[ImageTask], object] | None = None,
    ) -> int: ...
    def cancel(self, token: int, /) -> None: ...
    def sinks(self) -> list[Any]: ...
    def drain(self) -> None: ...
    def take(self, signals: bool, /) -> list[tuple[Any, bool, Any]]: ...
    def await_events(self) -> None: ...
    def close(self) -> None: ...
    def fileno(self) -> int: ...

class Client:
    """One engine: settings, an I/O thread, connections and a rate budget."""

    def __init__(self, settings: Iterable[tuple[str, str]]) -> None: ...
    def poller(self, on_closed: Callable[[int], object] | None = None) -> Poller: ...
    def stats(self) -> tuple[int, ...]: ...
    def close(self) -> None: ...

def close_all_clients() -> None: ...
