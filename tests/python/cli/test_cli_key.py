"""The key never appears in any output."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "words",
    [
        ["balances"],
        ["history", "--format", "human"],
        ["doctor", "--format", "human"],
        ["doctor", "--format", "json"],
        ["get", "img_nothing", "-vv"],
        ["wait", "img_never", "--timeout", "200ms", "-vv"],
        ["generate", "-m", "z-image", "a fox", "--wait", "-vv"],
        ["balances", "--base-url", "http://127.0.0.1:1", "-vv"],
    ],
    ids=" ".join,
)
def test_no_command_shows_it(finish, sandbox, words):
    sandbox.add_task(id="img_never", outcome="never")
    run = finish(*words)
    assert run.stdout + run.stderr
    assert sandbox.api_key not in run.stdout + run.stderr
    assert "Traceback" not in run.stderr


def test_no_command_shows_it_even_if_it_was_given_in_the_wrong_place(apimall, sandbox):
    run = apimall("get", sandbox.api_key)
    assert run.code == 2
    assert sandbox.requests() == []
    assert sandbox.api_key not in run.stdout + run.stderr


def test_a_wrong_key_is_not_shown_either(apimall, monkeypatch):
    wrong = f"sk-{'0123456789ab' * 4}"
    monkeypatch.setenv("APIMALL_API_KEY", wrong)
    run = apimall("balances", "-vv")
    assert wrong not in run.stdout + run.stderr


def test_it_goes_to_the_gateway_and_not_to_the_cdn(apimall, sandbox, tmp_path):
    assert apimall("generate", "-m", "z-image", "a fox", "--folder", tmp_path).code == 0
    told = sandbox.stats()["by_authorization"]
    assert told.keys() == {"api: right", "cdn: absent"}
