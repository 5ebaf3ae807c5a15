"""Results on stdout in four formats, everything else on stderr."""

from __future__ import annotations

import json

import pytest

AT_ONCE = ["--set", 'sandbox={"duration": 0}']


def test_without_a_terminal_results_are_json_lines(apimall, sandbox):
    ids = sandbox.add_tasks(3, duration=0)
    run = apimall("wait", *ids)
    assert {line["task_id"] for line in run.lines} == {*ids}
    assert {line["status"] for line in run.lines} == {"completed"}


def test_json_is_one_array_also_for_one_task(apimall, sandbox):
    task_id = sandbox.add_task(duration=0)
    document = apimall("get", task_id, "--format", "json").document
    assert [task["task_id"] for task in document] == [task_id]


def test_json_of_what_there_is_one_of_is_an_object(apimall):
    assert apimall("balances", "--format", "json").document["credits"] == 10_000


@pytest.mark.parametrize(("command", "expected"), [("get", "completed\nfailed\n"), ("wait", "{done}\n")])
def test_quiet_is_the_essence_and_nothing_on_stderr(apimall, sandbox, command, expected):
    done = sandbox.add_task(duration=0)
    run = apimall(command, done, "--format", "quiet")
    failed = sandbox.add_task(duration=0, outcome="failed")
    other = apimall(command, failed, "--format", "quiet")
    assert run.stdout + other.stdout == expected.format(done=done)
    assert run.stderr == other.stderr == ""


def test_human_tells_model_status_time_credits_and_places(apimall, sandbox):
    task_id = sandbox.add_task(model="z-image", duration=200, age=10, credits=3)
    run = apimall("wait", task_id, "--format", "human")
    assert f"{task_id}  z-image  completed  2.0 s  3 credits\n    {sandbox.cdn_url}/generated/" in run.stdout


def test_a_pipe_of_commands_makes_a_picture(apimall, tmp_path):
    started = apimall("generate", "-m", "flux-schnell", "a fox", *AT_ONCE)
    waited = apimall("wait", stdin=started.stdout)
    fetched = apimall("download", "--folder", tmp_path, "--format", "quiet", stdin=waited.stdout)
    assert [started.code, waited.code, fetched.code] == [0, 0, 0]
    assert [str(file) for file in tmp_path.iterdir()] == fetched.stdout.splitlines()


def test_a_pipe_of_quiet_commands_makes_a_picture(apimall, tmp_path):
    started = apimall("generate", "-m", "flux-schnell", "a fox", *AT_ONCE, "--format", "quiet")
    waited = apimall("wait", "--format", "quiet", stdin=started.stdout)
    assert apimall("download", "--folder", tmp_path, stdin=waited.stdout).code == 0
    assert len([*tmp_path.iterdir()]) == 1


def test_a_json_document_is_understood_as_input_too(apimall, sandbox):
    ids = sandbox.add_tasks(2, duration=0)
    document = apimall("get", *ids, "--format", "json").stdout
    assert apimall("get", "--format", "quiet", stdin=document).stdout == "completed\ncompleted\n"


def test_ids_on_stdin_may_have_comments_blank_lines_and_repetitions(apimall, sandbox):
    task_id = sandbox.add_task(duration=0)
    run = apimall("get", stdin=f"# mine\n\n  {task_id}\r\n{task_id}\n")
    assert [line["task_id"] for line in run.lines] == [task_id]


def test_history_shows_the_newest_first_and_filters(apimall, sandbox):
    old = sandbox.add_task(duration=0, age=100, model="z-image")
    new = sandbox.add_task(duration=0, outcome="failed")
    assert [line["task_id"] for line in apimall("history").lines] == [new, old]
    assert [line["task_id"] for line in apimall("history", "--limit", "1").lines] == [new]
    assert [line["task_id"] for line in apimall("history", "--model", "z-image").lines] == [old]
    assert apimall("history", "--status", "failed", "--format", "quiet").stdout == f"{new}\n"
    assert old in apimall("history", "--format", "human").stdout
    assert "no such tasks" in apimall("history", "--status", "lost", "--format", "human").stdout


def test_history_goes_through_all_pages(apimall, sandbox):
    sandbox.add_tasks(120, duration=0)
    assert len(apimall("history", "--all").lines) == 120
    assert len(apimall("history", "--limit", "70").lines) == 70


def test_generate_passes_everything_on(apimall, sandbox):
    wish = json.dumps({"outcome": "failed", "error_message": "as you wish", "duration": 0})
    run = apimall("generate", "-m", "nano-banana", "-n", 2, "--set", f"sandbox={wish}", "--wait", "a fox")
    assert run.code == 3
    assert run.lines[0]["error_message"] == "as you wish"
    assert run.lines[0]["credits_used"] == 16
    assert run.lines[0]["prompt"] == "a fox"


def test_each_line_of_stdin_is_a_prompt(apimall):
    run = apimall("generate", "-m", "z-image", stdin="a fox\n\n  a hen \n")
    assert {line["prompt"] for line in run.lines} == {"a fox", "a hen"}


def test_a_prompt_that_is_refused_does_not_hide_the_others(apimall, sandbox):
    sandbox.set_fault("http_402", endpoint="generate", first=1)
    run = apimall("generate", "-m", "z-image", stdin="a fox\na hen\n")
    assert run.code == 1
    assert sorted(line["task_id"] is None for line in run.lines) == [False, True]


def test_what_generate_could_not_start_does_not_stop_the_rest_of_a_pipe(apimall, sandbox):
    sandbox.set_fault("http_402", endpoint="generate", first=1)
    started = apimall("generate", "-m", "z-image", *AT_ONCE, stdin="a fox\na hen\n")
    waited = apimall("wait", stdin=started.stdout)
    assert waited.code == 0
    assert [line["status"] for line in waited.lines] == ["completed"]


def test_an_error_that_many_tasks_share_is_told_in_full_once(apimall, sandbox):
    ids = sandbox.add_tasks(5, outcome="never", pending=0)
    told = apimall("wait", *ids, "--timeout", "500ms", "--format", "quiet").stderr
    assert told.count("waiting for it again costs nothing") == 1
    assert told.count(": as before: deadline\n") == len(ids) - 1
    people = apimall("wait", *ids, "--timeout", "500ms", "--format", "human").stdout
    assert people.count("waiting for it again costs nothing") == 1
    assert people.count("  still processing") == len(ids)
