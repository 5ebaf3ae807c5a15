"""The API key shows up nowhere."""

from __future__ import annotations

import logging
import pickle
import traceback
from pathlib import Path
from typing import Callable

import pytest

import apimall
from apimall.sandbox import Sandbox


def test_the_key_is_nowhere(
    sandbox: Sandbox, make_task: Callable[..., str], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    key = sandbox.api_key
    seen: list[str] = []
    caplog.set_level(logging.DEBUG, logger="apimall")
    with apimall.Client(key, sandbox.base_url, retry_timeout=0, poll_price=0.002) as client:
        task = client.images.wait(make_task(duration=0.1, faults=["http_500", "html_200"]))
        client.images.download(task, tmp_path)
        seen += [repr(client), str(client), repr(client.__dict__ if hasattr(client, "__dict__") else "")]
        seen += [repr(task), repr(client.stats()), repr(pickle.dumps(task))]
        for fault in ("http_401", "http_500", "reset", "html_200"):
            with pytest.raises(apimall.ApimallError) as caught:
                client.images.get(make_task(faults=[fault] * 5))
            seen += [str(caught.value), repr(caught.value), repr(pickle.dumps(caught.value))]
            seen += traceback.format_exception(type(caught.value), caught.value, caught.value.__traceback__)
        with pytest.raises(TypeError):
            pickle.dumps(client)
    with pytest.raises(apimall.InvalidSettingError) as wrong:
        apimall.Client(key + "\n")
    seen += [str(wrong.value), repr(wrong.value)]
    seen += [record.getMessage() for record in caplog.records]
    assert caplog.records
    assert not [text for text in seen if key in text or key[3:20] in text]
    assert {entry["authorization"] for entry in sandbox.requests(origin="cdn")} == {"absent"}


def test_lines_go_to_the_logger_that_asks_for_them(
    sandbox: Sandbox, make_task: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="apimall")
    with apimall.Client() as client:
        client.images.wait(make_task(faults=["reset"]))
    del client  # lines that wait are delivered first
    assert {record.name for record in caplog.records} == {"apimall"}


def test_a_url_with_a_password_is_not_shown(sandbox: Sandbox) -> None:
    with apimall.Client(base_url=sandbox.base_url) as client:
        assert sandbox.base_url in repr(client)
