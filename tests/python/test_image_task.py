"""An ImageTask is an immutable, typed value."""

from __future__ import annotations

import ast
import copy
import inspect
import json
import pickle
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import apimall
from sample import REQUEST_ID, TASK_ID, URL, answer


def test_the_documented_answer_gives_exactly_its_values() -> None:
    task = apimall.parse_image_task(answer())
    assert task.task_id == TASK_ID
    assert task.model == "nano-banana"
    assert task.status is apimall.ImageStatus.COMPLETED
    assert task.result_urls == (URL,)
    assert task.primary_url == task.image_url == URL
    assert task.error_message is None
    assert (task.credits_used, task.credits_refunded) == (8, 0)
    assert task.created_at == datetime(2026, 3, 12, 9, 30, tzinfo=timezone.utc)
    assert task.updated_at == task.completed_at == datetime(2026, 3, 12, 9, 31, 6, tzinfo=timezone.utc)
    assert task.duration == timedelta(seconds=66)
    assert task.request_id == REQUEST_ID
    assert task.raw == answer()


def test_a_field_is_made_once() -> None:
    task = apimall.parse_image_task(answer())
    assert task.result_urls is task.result_urls
    assert task.created_at is task.created_at


@pytest.mark.parametrize("given", [answer(), answer().decode(), bytearray(answer()), memoryview(answer())])
def test_json_comes_as_bytes_text_or_buffer(given: bytes) -> None:
    assert apimall.parse_image_task(given).task_id == TASK_ID


def test_it_cannot_be_made_or_changed_by_hand() -> None:
    task = apimall.parse_image_task(answer())
    with pytest.raises(TypeError):
        apimall.ImageTask()
    with pytest.raises(AttributeError):
        task.model = "other"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        task.note = "mine"  # type: ignore[attr-defined]


def test_tasks_that_say_the_same_are_equal_whatever_the_request() -> None:
    task, again = apimall.parse_image_task(answer()), apimall.parse_image_task(answer(request_id="req_2"))
    other = apimall.parse_image_task(answer(status="failed"))
    assert task == again
    assert hash(task) == hash(again)
    assert task != other
    assert len({task, again, other}) == 2
    assert task != TASK_ID


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_pickles_and_copies(protocol: int) -> None:
    task = apimall.parse_image_task(answer(status="archived"))
    loaded = pickle.loads(pickle.dumps(task, protocol))
    assert loaded == task
    assert loaded.request_id == task.request_id
    assert loaded.raw == task.raw
    assert copy.copy(task) is task
    assert copy.deepcopy(task) is task


def test_to_dict_is_plain_json() -> None:
    task = apimall.parse_image_task(answer())
    plain = json.loads(json.dumps(task.to_dict()))
    assert plain["status"] == "completed"
    assert plain["result_urls"] == [URL]
    assert plain["created_at"] == "2026-03-12T09:30:00.000Z"
    assert set(plain) >= {"task_id", "model", "error_message", "credits_used", "request_id", "completed_at"}


def test_repr_is_one_short_line_without_urls() -> None:
    text = repr(apimall.parse_image_task(answer()))
    assert text == f"ImageTask('{TASK_ID}', 'completed', model='nano-banana', 1 result URL)"


def test_it_names_what_match_takes() -> None:
    assert apimall.ImageTask.__match_args__ == ("task_id", "status", "result_urls")


@pytest.mark.skipif(sys.version_info < (3, 10), reason="match came with Python 3.10")
def test_match_takes_it_apart() -> None:
    code = """
def tell(task):
    match task:
        case ImageTask(task_id, "completed", [first, *_]):
            return task_id, first
        case ImageTask(status=ImageStatus.FAILED, error_message=why):
            return why
        case ImageTask(status=status):
            return status.raw
"""
    found = {"ImageTask": apimall.ImageTask, "ImageStatus": apimall.ImageStatus}
    exec(code, found)
    tell: Any = found["tell"]
    assert tell(apimall.parse_image_task(answer())) == (TASK_ID, URL)
    assert tell(apimall.parse_image_task(answer(status="failed", error_message="No."))) == "No."
    assert tell(apimall.parse_image_task(answer(status="archived"))) == "archived"


def test_a_failed_task_raises_only_when_asked() -> None:
    failed = apimall.parse_image_task(
        answer(status="failed", error_message="The prompt was refused.", credits_refunded=4)
    )
    with pytest.raises(apimall.TaskFailed, match=r"refused\. 4 of 8 credits came back") as caught:
        failed.raise_for_status()
    assert caught.value.last_task is failed
    assert caught.value.task_id == TASK_ID
    assert caught.value.request_id == REQUEST_ID
    completed = apimall.parse_image_task(answer())
    assert completed.raise_for_status() is completed


def test_a_word_that_nobody_knows_is_unknown_and_kept() -> None:
    status = apimall.parse_image_task(answer(status="archived")).status
    assert status == apimall.ImageStatus.UNKNOWN
    assert status.raw == "archived"
    assert not status.is_final
    assert pickle.loads(pickle.dumps(status)).raw == "archived"
    assert repr(status) == "<ImageStatus.UNKNOWN: 'archived'>"


def test_a_status_is_text() -> None:
    status = apimall.parse_image_task(answer()).status
    assert status == "completed"
    assert f"{status}" == str(status) == "completed"
    assert {"completed": 1}[status] == 1
    assert status.is_final
    assert pickle.loads(pickle.dumps(status)) is status


def test_absent_fields_are_none() -> None:
    body = json.dumps({"success": True, "data": {"task_id": TASK_ID, "status": "pending"}, "request_id": "r"})
    task = apimall.parse_image_task(body)
    assert task.result_urls == ()
    assert task.model is task.error_message is task.credits_used is task.completed_at is task.duration is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1969-12-31T23:59:59.999Z", datetime(1969, 12, 31, 23, 59, 59, 999000, timezone.utc)),
        ("2024-02-29T12:00:00Z", datetime(2024, 2, 29, 12, tzinfo=timezone.utc)),
        ("2000-03-01T00:00:00.001Z", datetime(2000, 3, 1, 0, 0, 0, 1000, timezone.utc)),
        ("2099-12-31T23:59:59Z", datetime(2099, 12, 31, 23, 59, 59, tzinfo=timezone.utc)),
        ("yesterday", None),
    ],
)
def test_times_are_aware_and_exact(text: str, expected: datetime | None) -> None:
    task = apimall.parse_image_task(answer(created_at=text))
    assert task.created_at == expected
    assert task.to_dict()["created_at"] == text


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"<html>", answer()[:-30]])
def test_what_is_no_answer_raises(body: bytes) -> None:
    with pytest.raises(apimall.ProtocolError):
        apimall.parse_image_task(body)


def test_a_notebook_shows_a_table_that_is_safe() -> None:
    task = apimall.parse_image_task(answer(model="<script>"))
    shown = task._repr_mimebundle_(include=None, exclude=None)
    assert "&lt;script&gt;" in shown["text/html"]
    assert URL not in shown["text/html"]
    many = apimall.ImageTaskList([task, apimall.NotFoundError("<gone>", task_id="img_x")])
    assert "&lt;gone&gt;" in many._repr_mimebundle_()["text/html"]


def test_the_type_checkers_read_what_help_shows() -> None:
    stub = ast.parse((Path(apimall.__file__).parent / "_native.pyi").read_text(encoding="utf-8"))
    (told,) = (one for one in stub.body if isinstance(one, ast.ClassDef) and one.name == "ImageTask")
    documented = [
        one for one in told.body if isinstance(one, ast.FunctionDef) and not one.name.startswith("_")
    ]
    assert len(documented) > 10
    for one in documented:
        assert ast.get_docstring(one) == inspect.getdoc(getattr(apimall.ImageTask, one.name)), one.name
    assert ast.get_docstring(told) == inspect.getdoc(apimall.ImageTask)
