"""What each exit code says."""

from __future__ import annotations

import signal
import sys
import time

import pytest

UNKNOWN = "img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M"


def test_done_is_0(apimall, sandbox):
    assert apimall("wait", sandbox.add_task(duration=0)).code == 0


def test_an_error_is_1(apimall):
    run = apimall("get", UNKNOWN)
    assert run.code == 1
    assert UNKNOWN in run.stderr
    assert run.lines[0]["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    "words",
    [
        ["frobnicate"],
        ["wait", "--timeout", "soon", "img_x"],
        ["wait", ".."],
        ["generate", "no model"],
        ["generate", "-m", "nano-banana", "two", "prompts"],
        ["generate", "-m", "nano-banana", "--gallery", "x.html", "a prompt"],
        ["generate", "-m", "nano-banana", "--set", "nothing", "a prompt"],
        ["balances", "--base-url", "http://example.com"],
        ["download", "--output-template", "{nothing}", "img_x"],
        ["history", "--limit", "0"],
        ["completion", "tcsh"],
        ["sandbox", "--speed", "-1"],
        ["demo", "--speed", "0"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2_and_sends_nothing(apimall, sandbox, words):
    assert apimall(*words).code == 2
    assert sandbox.requests() == []


@pytest.mark.parametrize("command", ["wait", "get", "download"])
def test_a_failed_task_is_3(apimall, sandbox, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    task_id = sandbox.add_task(duration=0, outcome="failed", error_message="no such style")
    run = apimall(command, task_id, "--format", "human")
    assert run.code == 3
    assert "no such style" in run.stdout


@pytest.mark.parametrize("command", ["wait", "download"])
def test_a_deadline_is_4_and_tells_the_command_that_resumes(apimall, sandbox, command):
    never, done = sandbox.add_task(outcome="never"), sandbox.add_task(duration=0, outcome="failed")
    run = apimall(command, never, done, "--timeout", "200ms")
    assert run.code == 4
    assert f"\n  apimall {command} {never}\n" in run.stderr
    assert done not in run.stderr


def test_many_ids_that_are_late_can_be_pasted(apimall, sandbox):
    ids = sandbox.add_tasks(20, outcome="never")
    run = apimall("wait", "--timeout", "200ms", stdin="\n".join(ids))
    script = run.stderr[run.stderr.index("apimall wait <<'END'\n") :]
    assert script.split("\n")[1:21] == ids
    end, comment = script.split("\n")[21:23]
    assert end == "END"
    assert comment == "# The command above goes on with 20 tasks."


def test_no_key_is_5(apimall, monkeypatch):
    monkeypatch.delenv("APIMALL_API_KEY")
    run = apimall("balances")
    assert run.code == 5
    assert "APIMALL_API_KEY" in run.stderr


def test_a_wrong_key_is_5_and_ends_all_waits(apimall, sandbox, monkeypatch):
    monkeypatch.setenv("APIMALL_API_KEY", f"sk-{'0' * 48}")
    run = apimall("wait", *sandbox.add_tasks(3, outcome="never"))
    assert run.code == 5
    assert run.stderr.startswith("Error: ")


def test_of_several_ends_the_gravest_counts(apimall, sandbox):
    done, failed = sandbox.add_task(duration=0), sandbox.add_task(duration=0, outcome="failed")
    never = sandbox.add_task(outcome="never")
    assert apimall("wait", done, failed).code == 3
    assert apimall("wait", done, failed, never, "--timeout", "200ms").code == 4
    assert apimall("wait", done, failed, never, UNKNOWN, "--timeout", "200ms").code == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send")
def test_an_interrupt_is_130_and_tells_the_command_that_resumes(spawn, sandbox):
    task_id = sandbox.add_task(outcome="never")
    process = spawn("wait", task_id)
    limit = time.monotonic() + 60
    while not sandbox.task(task_id)["polls"]:
        assert time.monotonic() < limit, "it never asked"
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"\n  apimall wait {task_id}\n" in stderr
    assert "Traceback" not in stderr


def test_a_gateway_that_is_not_there_is_one_line(apimall):
    run = apimall("balances", "--base-url", "http://127.0.0.1:1")
    assert run.code == 1
    assert run.stderr.count("\n") == 1
    assert "127.0.0.1" in run.stderr
