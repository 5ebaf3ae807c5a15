"""What progress says, from counters and clocks that the test holds."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from apimall.cli.connect import Connection
from apimall.cli.follow import Plan
from apimall.cli.pulse import Pulse
from apimall.cli.spans import rate, span
from apimall.cli.tracker import Tracker


class Gateway:
    """Stands for a client's counters and a clock."""

    def __init__(self):
        self.responses = self.failures = self.now = 0

    def stats(self):
        return SimpleNamespace(responses=self.responses, failures=self.failures)

    def pulse(self):
        return Pulse(self.stats, lambda: self.now)


def test_a_gateway_that_is_not_asked_is_no_trouble():
    gateway = Gateway()
    pulse = gateway.pulse()
    gateway.now = 500
    assert pulse.trouble() is None


def test_a_gateway_that_does_not_answer_is_trouble_until_it_answers():
    gateway = Gateway()
    pulse = gateway.pulse()
    gateway.responses, gateway.now = 1, 10
    assert pulse.trouble() is None
    gateway.failures, gateway.now = 2, 75
    assert pulse.trouble() == "no answer from the gateway for 1 min 05 s, trying again"
    gateway.responses, gateway.now = 2, 80
    assert pulse.trouble() is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s"), (7800, "2 h 10 min")],
)
def test_spans(seconds, words):
    assert span(seconds) == words


@pytest.mark.parametrize(
    ("per_second", "words"), [(1300, "1,300/s"), (130.4, "130/s"), (2.54, "2.5/s"), (0.05, "3.0/min")]
)
def test_rates(per_second, words):
    assert rate(per_second) == words


def test_what_only_met_its_deadline_counts_neither_for_the_rate_nor_as_closed():
    tracker = Tracker(["a", "b", "c", "d"])
    for task_id, state in (("a", "completed"), ("b", "still running"), ("c", "archived")):
        tracker.move(task_id, state)
    assert (tracker.ended, tracker.done, tracker.open_ids()) == (2, 1, ["b", "c", "d"])
    assert [*tracker.counts()] == ["waiting", "archived", "completed", "still running"]


def test_the_command_that_resumes_reaches_the_same_gateway_and_shows_no_password(tmp_path):
    connection = Connection("https://example.test", "/ca file.pem", "http://me:secret@proxy:8080", 2.5)
    words = Plan(folder=tmp_path, connection=connection).resume_with()
    assert words.startswith(f"download --folder {tmp_path} --base-url https://example.test --ca-bundle '/ca ")
    assert words.endswith("@proxy:8080' --rate 2.5")
    assert "secret" not in words
