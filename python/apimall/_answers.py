"""What the calls return, other than image tasks: plain typed tuples, immutable, comparable, picklable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, List, NamedTuple, Optional, Tuple, TypeVar

from apimall._public import public

if TYPE_CHECKING:
    from datetime import datetime

    from apimall._status import ImageStatus

_Result = TypeVar("_Result")


@public
class Generation(NamedTuple):
    """The gateway's answer that a task was accepted. Wait for its `task_id`."""

    task_id: str
    """The new task."""
    model: Optional[str]
    """The model that makes it."""
    credits_used: Optional[int]
    """What the task costs, in credits."""
    remaining_credits: Optional[int]
    """What the account has left."""
    provider_request_id: Optional[str]
    """The id at the provider behind the gateway."""
    request_id: Optional[str]
    """The gateway's id of the request."""
    raw: bytes
    """The gateway's whole answer: JSON."""

    def __repr__(self) -> str:
        return f"Generation(task_id={self.task_id!r}, model={self.model!r}, credits_used={self.credits_used})"


@public
class HistoryItem(NamedTuple):
    """One task in the history."""

    task_id: Optional[str]
    """The task's id."""
    model: Optional[str]
    """The model that makes it."""
    source: Optional[str]
    """Where the task came from, in the gateway's word."""
    status: ImageStatus
    """Its state when the page was made."""
    image_url: Optional[str]
    """The first result, if there is one."""
    credits_used: Optional[int]
    """What it cost."""
    credits_refunded: Optional[int]
    """What came back."""
    created_at: Optional[datetime]
    """When it was accepted, in UTC."""
    completed_at: Optional[datetime]
    """When it ended, in UTC."""


@public
class HistoryPage(NamedTuple):
    """One page of the account's tasks, newest first as far as is known."""

    items: Tuple[HistoryItem, ...]
    """The tasks of this page."""
    page: int
    """Which page it is, from 1."""
    limit: int
    """How many tasks a full page has."""
    request_id: Optional[str]
    """The gateway's id of the request."""
    raw: bytes
    """The gateway's whole answer: JSON."""

    def __repr__(self) -> str:
        return f"HistoryPage(page={self.page}, limit={self.limit}, {len(self.items)} items)"


@public
class Balances(NamedTuple):
    """The account's credits at one moment."""

    credits: Optional[int]
    """The account's credits."""
    api_credits: Optional[int]
    """The account's API credits."""
    request_id: Optional[str]
    """The gateway's id of the request."""


@public
class DownloadedFile(NamedTuple):
    """One file that a download wrote."""

    path: str
    """Where it is, beginning with the folder as given."""
    url: str
    """Where it came from."""
    media_type: Optional[str]
    """Its type, such as image/webp."""
    bytes: int
    """Its length."""

    def __fspath__(self) -> str:
        return self.path

    def __repr__(self) -> str:
        # A URL may be signed: whoever has it has the picture.
        return f"DownloadedFile(path={self.path!r}, bytes={self.bytes})"


@public
class Download(NamedTuple):
    """The files of one task, in the order of its result URLs."""

    task_id: str
    """The task they belong to."""
    files: Tuple[DownloadedFile, ...]
    """What was written."""
    total_bytes: int
    """The sum of their lengths."""

    @property
    def paths(self) -> List[str]:
        """Where the files are."""
        return [file.path for file in self.files]


@public
class ClientStats(NamedTuple):
    """What a client did; `in_flight`, `waits_outstanding` and `events_undelivered` tell the present."""

    requests: int
    """Requests sent to the gateway."""
    responses: int
    """Whole answers received."""
    polls: int
    """Requests that were made for waits."""
    rate_limited: int
    """Answers with status 429."""
    retries: int
    """Requests that repeated an earlier one which failed."""
    failures: int
    """Requests without a whole answer."""
    bytes_received: int
    """Length of all answers with their headers, those of downloads too."""
    connections: int
    """Connections opened."""
    in_flight: int
    """Requests under way now."""
    waits_outstanding: int
    """Submissions not yet ended."""
    submissions: int
    """Work accepted, from blocking calls and others."""
    events_delivered: int
    """Events given to those who asked for them."""
    events_undelivered: int
    """Events that wait to be read now."""
    downloads: int
    """Files written."""
    download_bytes: int
    """Length of the files written."""
    log_lines_dropped: int
    """Log lines lost because a logging handler was slow."""


@public
class ImageTaskList(List[_Result]):
    """A list of image tasks, and of exceptions where asked for, that a notebook shows as a table."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002
        from apimall._display import tasks_mimebundle

        return tasks_mimebundle(self)
