"""The exceptions, by cause as in the C ABI's codes.

A failed *task* is not an exception: `wait` returns it. An exception tells that the observation failed, and
never loses the task's id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from apimall._public import public

if TYPE_CHECKING:
    from apimall._load import ImageTask

_DETAILS = ("task_id", "request_id", "http_status", "gateway_code", "retryable", "retry_after", "last_task")


@public
class ApimallError(Exception):
    """The root of all exceptions of this package.

    Attributes:
        code: The cause in one word, as in the C ABI, such as `deadline`.
        task_id: The task that the call was about, or None.
        request_id: The gateway's id of the request, for its support, or None.
        http_status: The status of the gateway's answer, or None when there was none.
        gateway_code: The gateway's own word, such as `not_found`, or None.
        retryable: True when trying the same later can succeed. For `generate`, only when the request surely
            was not accepted.
        retry_after: Seconds that the gateway asked to wait, counted from the answer, or None.
        last_task: The last ImageTask that was seen, or None.

    Every exception pickles, so it can come from another process.

    """

    code: str = "error"

    def __init__(
        self,
        message: str = "",
        *,
        task_id: str | None = None,
        request_id: str | None = None,
        http_status: int | None = None,
        gateway_code: str | None = None,
        retryable: bool = False,
        retry_after: float | None = None,
        last_task: ImageTask | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.task_id = task_id
        self.request_id = request_id
        self.http_status = http_status
        self.gateway_code = gateway_code
        self.retryable = retryable
        self.retry_after = retry_after
        self.last_task = last_task

    def __str__(self) -> str:
        known = [
            f"{name} {value}" for name, value in self._to_name() if value and str(value) not in self.message
        ]
        return f"{self.message} ({', '.join(known)})" if known else self.message

    def _to_name(self) -> list[tuple[str, object]]:
        return [("task", self.task_id), ("request", self.request_id)]

    def __reduce__(self) -> tuple[Any, ...]:
        details = {name: getattr(self, name) for name in _DETAILS}
        # Notes and whatever else a caller has hung on it.
        more = {name: value for name, value in self.__dict__.items() if name not in {*_DETAILS, "message"}}
        return _rebuild, (type(self), self.message, details, more)


def _rebuild(
    kind: type[ApimallError], message: str, details: dict[str, Any], more: dict[str, Any]
) -> ApimallError:
    error = kind(message, **details)
    error.__dict__.update(more)
    return error


@public
class InvalidArgumentError(ApimallError, ValueError):
    """A parameter is out of range, not text, or contradicts another. Nothing was sent."""

    code = "invalid_argument"


@public
class InvalidSettingError(ApimallError, ValueError):
    """A setting is unknown, outside its range, or missing: the API key is one that is needed."""

    code = "invalid_setting"


@public
class OutOfMemoryError(ApimallError, MemoryError):
    """Memory could not be had."""

    code = "out_of_memory"


@public
class QueueFullError(ApimallError):
    """As much is outstanding as the setting `max_outstanding` allows. Wait for some, then try again."""

    code = "queue_full"


@public
class ClosedError(ApimallError):
    """The client was closed. A task that was waited for goes on at the gateway."""

    code = "closed"


@public
class ForkedError(ApimallError):
    """The client was made before a fork, in the parent process. Make a new one in this process."""

    code = "forked"


@public
class OperationCancelledError(ApimallError):
    """The call was cancelled. Neither the task nor its cost stops."""

    code = "cancelled"


@public
class DeadlineError(ApimallError, TimeoutError):
    """The time limit passed. Of a wait: the task still runs, and `last_task` is what was last seen of it.

    Waiting again costs nothing; submitting it again costs credits.

        try:
            task = client.images.wait(task_id, timeout=60)
        except apimall.DeadlineError as error:
            task = client.images.wait(error.task_id, timeout=600)
    """

    code = "deadline"


@public
class InternalError(ApimallError):
    """A defect of this library. The message says where; please report it."""

    code = "internal"


@public
class InvalidRequestError(ApimallError):
    """The gateway found the parameters invalid (HTTP 400, 413 to 415, 422)."""

    code = "invalid_request"


@public
class UnauthorizedError(ApimallError):
    """The API key is missing, wrong or revoked (HTTP 401)."""

    code = "unauthorized"


@public
class InsufficientCreditsError(ApimallError):
    """The account has too few credits for the call (HTTP 402)."""

    code = "insufficient_credits"


@public
class ForbiddenError(ApimallError):
    """Access is not approved, or the base URL is not that of a gateway host (HTTP 403)."""

    code = "forbidden"


@public
class NotFoundError(ApimallError):
    """The gateway knows no such task under this key (HTTP 404, 410)."""

    code = "not_found"


@public
class ConflictError(ApimallError):
    """The request conflicts with the state at the gateway (HTTP 409, and any 4xx without its own class)."""

    code = "conflict"


@public
class RateLimitedError(ApimallError):
    """Too many requests or jobs at once, for longer than the retries allow (HTTP 429). See `retry_after`."""

    code = "rate_limited"


@public
class GatewayError(ApimallError):
    """The gateway failed (any 5xx), for longer than the retries allow."""

    code = "gateway_error"


@public
class ConnectionFailedError(ApimallError, ConnectionError):
    """No connection could be made, or it broke before the whole answer was there."""

    code = "connection_failed"


@public
class TlsFailedError(ApimallError, ConnectionError):
    """The TLS handshake or the certificate's check failed. The message lists the CA bundles tried."""

    code = "tls_failed"


@public
class RequestTimedOutError(ApimallError, TimeoutError):
    """One HTTP request took longer than the setting `request_timeout`, or the gateway said so (HTTP 408)."""

    code = "request_timed_out"


@public
class ProtocolError(ApimallError):
    """The answer is not what the gateway documents: no JSON, cut short, or about another task."""

    code = "protocol"


@public
class ResponseTooLargeError(ApimallError):
    """The answer is longer than the setting `max_response_bytes`."""

    code = "response_too_large"


@public
class FileError(ApimallError, OSError):
    """A file or folder could not be made, written or renamed."""

    code = "file_error"


@public
class DownloadFailedError(ApimallError):
    """The host of a result refused, or kept sending broken files. Downloading again is free."""

    code = "download_failed"


@public
class TaskFailed(ApimallError):  # noqa: N818 - it is the task that failed, and not the call
    """The task itself failed: raised by `generate_and_wait` and by `task.raise_for_status()` alone.

    `last_task` has its `error_message` and the credits that came back.
    """

    code = "task_failed"


_CAUSES: dict[str, type[ApimallError]] = {kind.code: kind for kind in ApimallError.__subclasses__()}


def from_code(
    name: str,
    number: int,
    message: str | None,
    http_status: int,
    retryable: bool,
    retry_after: float | None,
    gateway_code: str | None,
    request_id: str | None,
    task_id: str | None,
    last_task: ImageTask | None,
) -> ApimallError:
    """Make the exception for a code of the C ABI; one from a newer library is the root's own."""
    kind = _CAUSES.get(name, ApimallError)
    if not message:
        message = f"{(kind.__doc__ or '').splitlines()[0]} (code {number}, {name})"
    if task_id is None and last_task is not None:
        task_id = last_task.task_id
    return kind(
        message,
        task_id=task_id,
        request_id=request_id,
        http_status=http_status or None,
        gateway_code=gateway_code,
        retryable=retryable,
        retry_after=retry_after,
        last_task=last_task,
    )


def raise_task_failed(task: ImageTask) -> NoReturn:
    """Raise TaskFailed about a task."""
    reason = task.error_message or "the gateway gave no reason"
    back = ""
    if task.credits_used is not None:
        back = f" {task.credits_refunded or 0} of {task.credits_used} credits came back."
    raise TaskFailed(
        f"Task {task.task_id} failed: {reason.rstrip('.')}.{back}",
        task_id=task.task_id,
        request_id=task.request_id,
        last_task=task,
    )
