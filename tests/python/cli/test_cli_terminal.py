"""What a person sees at a terminal."""

from __future__ import annotations

import re
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("terminals are of another kind there", allow_module_level=True)
pytest.importorskip("pyte")

from terminal import Terminal


@pytest.fixture
def terminal(sandbox, monkeypatch):
    monkeypatch.delenv("NO_COLOR")
    running = []

    def start(*args, **options):
        running.append(Terminal(*args, **options))
        return running[-1]

    yield start
    for one in running:
        one.close()


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_progress_takes_no_line_from_the_results(terminal, sandbox, columns):
    ids = sandbox.add_tasks(12, model="flux-schnell", duration=30)
    never = sandbox.add_task(outcome="never")
    here = terminal("wait", never, *ids, "--timeout", "3s", columns=columns, lines=12)
    code = here.finish()
    assert code == 4, here.text
    for task_id in ids:
        assert f"{task_id}  flux-schnell  completed" in here.text
        assert f"/generated/{task_id}-01.webp" in here.text.replace("\n", "")
    assert f"· {never}  still p" in here.text
    assert "━" not in here.text, "the bar is still there"
    assert re.search(r"12 completed  1 still running  \d s  ", here.text)


def test_progress_shows_counts_age_rate_and_what_is_left(terminal, sandbox):
    done, never = sandbox.add_tasks(5, duration=0), sandbox.add_tasks(5, outcome="never")
    here = terminal("wait", *done, *never, lines=40)
    here.until("oldest")
    here.until(" left")
    assert re.search(r"5/10 5 p(ending|rocessing)  5 completed", here.text)
    assert re.search(r"\d s  oldest \d s  [\d.]+/(s|min)  about .* left", here.text)
    here.press(b"\x03")
    assert here.finish() == 130
    assert "Interrupted: 5 tasks go on at the gateway. Waiting again costs nothing:\n  apimall wait img_" in (
        here.text
    )
    assert "Traceback" not in here.text


def test_a_gateway_that_is_gone_is_told_while_waiting(terminal):
    here = terminal("wait", "img_x", "--base-url", "http://127.0.0.1:1", "--timeout", "1h")
    here.until("no answer from the gateway for ")
    here.press(b"\x03")
    assert here.finish() == 130
    assert "apimall wait --base-url http://127.0.0.1:1 img_x" in here.text


def test_colours_are_there_unless_they_are_not_wanted(terminal, sandbox):
    task_id = sandbox.add_task(duration=0)
    colours = re.compile(rb"\x1b\[[0-9;]*3[0-7]m")
    coloured, plain = terminal("get", task_id), terminal("get", task_id, env={"NO_COLOR": "1"})
    assert coloured.finish() == plain.finish() == 0
    assert colours.search(coloured.raw)
    assert not colours.search(plain.raw)
    assert coloured.text == plain.text


def test_messages_break_between_words(terminal):
    here = terminal("get", "img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M", columns=60)
    assert here.finish() == 1
    told = here.text.splitlines()
    assert told[0] == "✗ img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M  not found"
    assert all(line.startswith("    ") and len(line) <= 60 for line in told[1:])


def test_history_cuts_no_id(terminal, sandbox):
    task_id = sandbox.add_task(duration=0, model="nano-banana-pro")
    for columns in (64, 80, 120):
        here = terminal("history", columns=columns)
        assert here.finish() == 0
        assert task_id in here.text
        assert "completed" in here.text


def test_without_ids_at_a_terminal_it_says_how_to_give_them(terminal):
    here = terminal("wait")
    assert here.finish() == 2
    assert "Give task ids, or pipe them in" in here.text


def test_the_demo_fits_and_leaves_nothing_half_done_when_it_is_interrupted(terminal, tmp_path):
    here = terminal("demo", "--folder", tmp_path / "demo", columns=80, lines=40)
    here.until(" saved")
    here.press(b"\x03")
    assert here.finish() == 130
    assert re.search(r"Interrupted; \d+ pictures? (is|are) in", here.text)
    assert "Traceback" not in here.text
    assert not [file.name for file in (tmp_path / "demo").iterdir() if file.name.startswith("img_")]
