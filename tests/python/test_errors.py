"""Exceptions tell the cause by class, keep the task's id, and travel between processes."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import pytest

import apimall
from apimall import _errors
from apimall.sandbox import Sandbox
from sample import answer

CLASSES = sorted(
    {
        kind
        for kind in vars(_errors).values()
        if isinstance(kind, type) and issubclass(kind, apimall.ApimallError)
    },
    key=lambda kind: kind.__name__,
)


def test_each_code_of_the_library_has_a_class() -> None:
    description = Path(__file__).parents[2] / "capi" / "REFERENCE.md"
    codes = {kind.code for kind in CLASSES}
    names = [name.lower() for name in _names_of_codes(description.read_text())]
    assert len(names) > 20
    assert [name for name in names if name not in codes] == []


def _names_of_codes(text: str) -> set[str]:
    import re

    return set(re.findall(r"APIMALL_ERROR_([A-Z_]+)\b", text))


@pytest.mark.parametrize("kind", CLASSES)
def test_every_class_pickles_with_all_it_knows(kind: type[apimall.ApimallError]) -> None:
    task = apimall.parse_image_task(answer())
    details: dict[str, Any] = {
        "task_id": "img_1",
        "request_id": "req_1",
        "http_status": 429,
        "gateway_code": "slow_down",
        "retryable": True,
        "retry_after": 1.5,
        "last_task": task,
    }
    error = kind("It went wrong.", **details)
    error.mine = 1  # type: ignore[attr-defined]
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is kind
        assert str(again) == str(error) == "It went wrong. (task img_1, request req_1)"
        assert {name: getattr(again, name) for name in details} == details
        assert again.mine == 1
    assert kind.__module__ == "apimall"
    assert kind.__doc__


def test_builtin_classes_catch_their_likes() -> None:
    assert issubclass(apimall.DeadlineError, TimeoutError)
    assert issubclass(apimall.ConnectionFailedError, ConnectionError)
    assert issubclass(apimall.InvalidSettingError, ValueError)


@pytest.mark.parametrize(
    ("fault", "kind", "status"),
    [
        ("http_400", apimall.InvalidRequestError, 400),
        ("http_401", apimall.UnauthorizedError, 401),
        ("http_402", apimall.InsufficientCreditsError, 402),
        ("http_403", apimall.ForbiddenError, 403),
        ("http_404", apimall.NotFoundError, 404),
        ("http_409", apimall.ConflictError, 409),
        ("http_422", apimall.InvalidRequestError, 422),
        ("html_200", apimall.ProtocolError, 200),
    ],
)
def test_the_gateways_refusals(
    sandbox: Sandbox, client: apimall.Client, fault: str, kind: type[apimall.ApimallError], status: int
) -> None:
    task_id = sandbox.add_task(faults=[fault] * 20)
    with pytest.raises(kind) as caught:
        client.images.get(task_id)
    assert caught.value.task_id == task_id
    assert caught.value.http_status == status
    assert caught.value.code == kind.code


def test_rate_limits_tell_when_to_come_back(sandbox: Sandbox) -> None:
    sandbox.set_fault("http_429:retry_after=7", endpoint="task")
    task_id = sandbox.add_task()
    with apimall.Client(retry_timeout=0.2) as client, pytest.raises(apimall.RateLimitedError) as caught:
        client.images.get(task_id)
    assert caught.value.retryable
    assert caught.value.retry_after == pytest.approx(7, abs=1)


def test_nobody_there(sandbox: Sandbox) -> None:
    with apimall.Client(base_url="http://127.0.0.1:1", retry_timeout=0) as client:
        with pytest.raises(apimall.ConnectionFailedError) as caught:
            client.images.get("img_x")
        assert caught.value.http_status is None


@pytest.mark.parametrize("task_id", ["", "history", "generate", "..", "a\nb", "x" * 300])
def test_impossible_ids_are_refused_before_they_are_sent(
    sandbox: Sandbox, client: apimall.Client, task_id: str
) -> None:
    with pytest.raises(apimall.InvalidArgumentError):
        client.images.get(task_id)
    assert sandbox.requests() == []


def test_arguments_of_the_wrong_kind(client: apimall.Client) -> None:
    with pytest.raises(apimall.InvalidArgumentError):
        client.images.get(42)  # type: ignore[arg-type]
    with pytest.raises(apimall.InvalidArgumentError, match="priority"):
        client.images.get("img_1", priority="urgent")  # type: ignore[arg-type]
    with pytest.raises(apimall.InvalidArgumentError, match="timeout"):
        client.images.wait("img_1", timeout=-1)
