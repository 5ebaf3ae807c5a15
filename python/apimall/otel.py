"""OpenTelemetry: one span for each wait. Needs `apimall[otel]`; costs nothing before `instrument` is called.

    import apimall.otel

    apimall.otel.instrument()

A span is named `apimall.wait`, is a child of the span that was current when the wait began, and has the
attributes

- `apimall.task.id`, `apimall.task.model`, `apimall.task.status`: as the wait found them at its end,
- `apimall.request.id`: the gateway's id of the last answer,
- `error.type`: why it is an error: `task_failed`, the `code` of an `ApimallError` such as `deadline`, or
  `cancelled` when the caller went away.

Waits are those of `wait`, `wait_many`, `as_completed` and `generate_and_wait`, of every client.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Callable

from apimall._async_images import AsyncImages
from apimall._errors import ApimallError
from apimall._images import Images
from apimall._load import ImageTask, __version__

try:
    from opentelemetry import trace
except ImportError as error:
    raise ImportError(
        "apimall.otel needs OpenTelemetry: pip install 'apimall[otel]'", name=error.name
    ) from error

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Iterable

__all__ = ["instrument", "uninstrument"]

_NAME = "apimall.wait"
_originals: list[tuple[type, str, Callable[..., Any]]] = []


def instrument(tracer_provider: trace.TracerProvider | None = None) -> None:
    """Make a span of each wait that begins from now on; again, to change the provider.

    Args:
        tracer_provider: Where the spans go; OpenTelemetry's global provider if it is not given.

    """
    uninstrument()
    tracer = trace.get_tracer("apimall", __version__, tracer_provider)
    # The four places that every wait passes. They are replaced, so that nobody pays who does not trace.
    _replace(Images, "wait", functools.partial(_traced_wait, tracer))
    _replace(Images, "_follow", functools.partial(_traced_follow, tracer))
    _replace(AsyncImages, "wait", functools.partial(_traced_async_wait, tracer))
    _replace(AsyncImages, "_follow", functools.partial(_traced_async_follow, tracer))


def uninstrument() -> None:
    """Make no more spans; those of waits under way are still ended."""
    while _originals:
        kind, name, original = _originals.pop()
        setattr(kind, name, original)


def _replace(kind: type, name: str, traced: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    original = getattr(kind, name)
    _originals.append((kind, name, original))
    setattr(kind, name, functools.wraps(original)(traced(original)))


def _traced_wait(tracer: trace.Tracer, original: Callable[..., ImageTask]) -> Callable[..., ImageTask]:
    def wait(self: Images, task: Any, **options: Any) -> ImageTask:
        with _Span(tracer, task) as span:
            return span.end(original(self, task, **options))

    return wait


def _traced_async_wait(tracer: trace.Tracer, original: Callable[..., Any]) -> Callable[..., Any]:
    async def wait(self: AsyncImages, task: Any, **options: Any) -> ImageTask:
        with _Span(tracer, task) as span:
            return span.end(await original(self, task, **options))

    return wait


def _traced_follow(tracer: trace.Tracer, original: Callable[..., Any]) -> Callable[..., Any]:
    def follow(
        self: Images, ids: list[str], *rest: Any, **options: Any
    ) -> Generator[tuple[int, Any], None, None]:
        news = original(self, ids, *rest, **options)
        with _Spans(tracer, ids) as spans:
            try:
                for index, value in news:
                    spans.tell(index, value)
                    yield index, value
            finally:
                news.close()

    return follow


def _traced_async_follow(tracer: trace.Tracer, original: Callable[..., Any]) -> Callable[..., Any]:
    async def follow(
        self: AsyncImages, ids: list[str], *rest: Any, **options: Any
    ) -> AsyncGenerator[list[tuple[int, Any]], None]:
        news = original(self, ids, *rest, **options)
        with _Spans(tracer, ids) as spans:
            try:
                async for batch in news:
                    for index, value in batch:
                        spans.tell(index, value)
                    yield batch
            finally:
                await news.aclose()

    return follow


class _Span:
    """The span of one wait, ended once."""

    __slots__ = ("_span",)

    def __init__(self, tracer: trace.Tracer, task: Any) -> None:
        self._span = tracer.start_span(_NAME, kind=trace.SpanKind.CLIENT)
        self._set("task.id", task if isinstance(task, str) else getattr(task, "task_id", None))

    def end(self, task: ImageTask) -> ImageTask:
        """End it with the task as the wait found it."""
        self._describe(task)
        if task.status == "failed":
            self._fail("task_failed", task.error_message)
        self._span.end()
        return task

    def end_with(self, error: BaseException) -> None:
        """End it with what the wait raised."""
        if isinstance(error, ApimallError):
            if error.last_task is not None:
                self._describe(error.last_task)
            self._set("request.id", error.request_id)
            self._fail(error.code, error.message)
            self._span.record_exception(error)
        elif isinstance(error, Exception):  # of the caller's own callback, or about its arguments
            self._fail(type(error).__qualname__, None)
            self._span.record_exception(error)
        else:  # cancelled, interrupted, or the loop over as_completed was left: nothing went wrong
            self._span.set_attribute("error.type", "cancelled")
        self._span.end()

    def __enter__(self) -> _Span:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if error is not None:
            self.end_with(error)

    def _describe(self, task: ImageTask) -> None:
        self._set("task.model", task.model)
        self._set("task.status", task.status.raw)
        self._set("request.id", task.request_id)

    def _set(self, name: str, value: str | None) -> None:
        if value is not None:
            self._span.set_attribute(f"apimall.{name}", value)

    def _fail(self, cause: str, message: str | None) -> None:
        self._span.set_attribute("error.type", cause)
        self._span.set_status(trace.Status(trace.StatusCode.ERROR, message))


class _Spans:
    """The spans of waits that were begun together."""

    __slots__ = ("_open",)

    def __init__(self, tracer: trace.Tracer, ids: Iterable[str]) -> None:
        self._open = {index: _Span(tracer, task_id) for index, task_id in enumerate(ids)}

    def tell(self, index: int, value: Any) -> None:
        """Take news of one wait, which may be its end."""
        if isinstance(value, ApimallError):
            self._open.pop(index).end_with(value)
        elif value.status.is_final:
            self._open.pop(index).end(value)

    def __enter__(self) -> _Spans:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        while self._open:
            self._open.popitem()[1].end_with(error or GeneratorExit())
