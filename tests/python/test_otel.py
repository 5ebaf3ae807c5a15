"""One span for each wait, with what it found, and nothing at all unless asked for."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Callable

import pytest

import apimall
from apimall.sandbox import Sandbox

pytest.importorskip("opentelemetry.sdk")

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

import apimall.otel

Taken = Callable[[], list[ReadableSpan]]


@pytest.fixture
def provider() -> TracerProvider:
    return TracerProvider()


@pytest.fixture
def taken(provider: TracerProvider) -> Iterator[Taken]:
    """The spans that have ended since the last call."""
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    apimall.otel.instrument(provider)

    def take() -> list[ReadableSpan]:
        spans = list(exporter.get_finished_spans())
        exporter.clear()
        return spans

    yield take
    apimall.otel.uninstrument()


def about(span: ReadableSpan) -> dict[str, Any]:
    assert span.name == "apimall.wait"
    attributes = {name.replace("apimall.", ""): value for name, value in (span.attributes or {}).items()}
    request_id = attributes.pop("request.id", None)
    assert request_id is None or str(request_id).startswith("req_")
    return attributes


def test_a_wait_is_a_span_below_the_callers(
    client: apimall.Client, make_task: Callable[..., str], provider: TracerProvider, taken: Taken
) -> None:
    task_id = make_task()
    with provider.get_tracer("mine").start_as_current_span("mine") as mine:
        client.images.wait(task_id)
    span, _ = taken()
    assert about(span) == {"task.id": task_id, "task.model": "nano-banana", "task.status": "completed"}
    assert span.status.status_code is StatusCode.UNSET
    assert span.parent is not None and span.parent.span_id == mine.get_span_context().span_id


def test_what_went_wrong_is_told(client: apimall.Client, make_task: Callable[..., str], taken: Taken) -> None:
    failed, never = make_task(outcome="failed", error_message="No."), make_task(outcome="never")
    client.images.wait(failed)
    with pytest.raises(apimall.DeadlineError):
        client.images.wait(never, timeout=0.2)
    with pytest.raises(apimall.InvalidArgumentError):
        client.images.wait("history")

    def stop(task: apimall.ImageTask) -> None:
        raise LookupError(task.task_id)

    with pytest.raises(LookupError):
        client.images.wait(never, on_status=stop)
    spans = taken()
    assert [span.attributes["error.type"] for span in spans if span.attributes] == [
        "task_failed",
        "deadline",
        "invalid_argument",
        "LookupError",
    ]
    assert {span.status.status_code for span in spans} == {StatusCode.ERROR}
    assert spans[0].status.description == "No."
    assert about(spans[1])["task.status"] in {"pending", "processing"}
    assert [event.name for event in spans[1].events] == ["exception"]


def test_each_of_many_has_its_own(
    client: apimall.Client, make_task: Callable[..., str], taken: Taken
) -> None:
    ids = [make_task(), make_task()]
    client.images.wait_many([*ids, "img_unknown"], return_exceptions=True, on_progress=lambda *_: None)
    spans = {about(span)["task.id"]: about(span) for span in taken()}
    assert set(spans) == {*ids, "img_unknown"}
    assert spans["img_unknown"]["error.type"] == "not_found"
    for task in client.images.as_completed([make_task(outcome="never"), ids[0]]):
        assert task.task_id == ids[0]
        break
    assert [about(span).get("error.type") for span in taken()] == [None, "cancelled"]
    client.images.generate_and_wait(model="z-image", prompt="a pier")
    assert [about(span)["task.model"] for span in taken()] == ["z-image"]


def test_awaited_waits_too(make_task: Callable[..., str], taken: Taken) -> None:
    ids = [make_task(), make_task()]
    never = make_task(outcome="never")

    async def main() -> None:
        async with apimall.AsyncClient(poll_price=0.002) as client:
            await asyncio.gather(*map(client.images.wait, ids))
            await client.images.wait_many([*ids, "img_unknown"], return_exceptions=True)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.images.wait(never), 0.2)
            with pytest.raises(apimall.NotFoundError):
                await client.images.wait_many([never, "img_unknown"])

    asyncio.run(main())
    found = [(about(span)["task.id"], about(span).get("error.type")) for span in taken()]
    assert sorted(found[:2]) == sorted((one, None) for one in ids)
    assert sorted(found[2:5], key=str) == sorted(
        [*((one, None) for one in ids), ("img_unknown", "not_found")], key=str
    )
    assert found[5:] == [(never, "cancelled"), ("img_unknown", "not_found"), (never, "cancelled")]


def test_nothing_is_left_when_it_is_taken_back(
    client: apimall.Client, make_task: Callable[..., str], provider: TracerProvider
) -> None:
    before = [
        vars(kind)[name] for kind in (apimall.Images, apimall.AsyncImages) for name in ("wait", "_follow")
    ]
    apimall.otel.instrument(provider)
    apimall.otel.instrument(provider)
    assert apimall.Images.wait is not before[0]
    assert apimall.Images.wait.__doc__ == before[0].__doc__
    apimall.otel.uninstrument()
    apimall.otel.uninstrument()
    after = [
        vars(kind)[name] for kind in (apimall.Images, apimall.AsyncImages) for name in ("wait", "_follow")
    ]
    assert all(one is other for one, other in zip(before, after))


def test_the_key_is_in_no_span(sandbox: Sandbox, client: apimall.Client, taken: Taken) -> None:
    sandbox.set_fault("http_401", endpoint="task")
    with pytest.raises(apimall.UnauthorizedError):
        client.images.wait(sandbox.add_task())
    (span,) = taken()
    assert sandbox.api_key not in span.to_json()


def test_it_is_not_imported_unasked() -> None:
    code = (
        "import apimall, sys; apimall.Client, apimall.AsyncClient; assert 'opentelemetry' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_opentelemetry_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['opentelemetry'] = None; import apimall.otel"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "pip install 'apimall[otel]'" in run.stderr
