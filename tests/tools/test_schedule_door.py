"""A second simulator, in another language, judges the scheduler through its test door."""

from __future__ import annotations

import heapq
import json
import math
import random
import subprocess
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Optional

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "build" / "release" / "bin" / "apimall_schedule"


class Door:
    """The scheduler behind a pipe: one line in, one line out."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def say(self, text: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def __call__(self, op: str, **words: object) -> Any:
        answer = self.say(json.dumps({"op": op, **words}))
        assert "error" not in answer, answer
        return answer

    def close(self) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        return self._process.wait(30)


@pytest.fixture
def door() -> Iterator[Door]:
    opened = Door()
    yield opened
    assert opened.close() == 0


def fixed_interval_delay(durations: list[float], requests: float) -> float:
    """The mean delay of the fixed interval that asks as often."""
    low, high = 0.01, 1000.0
    for _ in range(60):
        middle = math.sqrt(low * high)
        asked = sum(math.ceil(d / middle) for d in durations) / len(durations)
        low, high = (middle, high) if asked > requests else (low, middle)
    return sum(math.ceil(d / low) * low - d for d in durations) / len(durations)


def test_one_task_after_another_is_polled_better_than_at_any_fixed_interval(door: Door) -> None:
    chance = random.Random(5)
    durations = [chance.lognormvariate(math.log(25), 0.25) for _ in range(230)]
    door("configure", price=0.25, seed=1)
    requests = delay = 0.0
    news: list[list[Optional[float]]] = []
    for number, duration in enumerate(durations):
        age = before = 0.0
        while age < duration:
            before = age
            age = door("next", model="m", age=age, new=news)["age"]
            assert age > before
            news = []
            requests += number >= 30
        news = [[duration, before, age]]
        delay += (age - duration) if number >= 30 else 0
    warm = durations[30:]
    assert delay / len(warm) < 0.7 * fixed_interval_delay(warm, requests / len(warm))


class Fleet:
    """Tasks that start together under one limit, polled as the door says; answers come at once."""

    def __init__(self, door: Door, durations: list[float], rate: float, *, known: bool) -> None:
        self.door, self.durations, self.rate, self.known = door, durations, rate, known
        self.delay = 0.0
        self.throttled = 0
        self.sent: list[float] = []
        self.held_until = 0.0

    def admits(self, now: float) -> bool:
        """The gateway's own view: a second's worth of requests in a second."""
        recent = [at for at in self.sent[-math.ceil(self.rate) - 1 :] if at > now - 1]
        return len(recent) <= self.rate

    def run(self) -> None:
        self.door(
            "fleet",
            rate=self.rate if self.known else None,
            burst=1 if self.known else None,
            price=0.25,
            seed=1,
        )
        for number in range(len(self.durations)):
            self.door("add", id=number, model=f"model {number % 4}", now=0)
        left = len(self.durations)
        now = 0.0
        while left:
            picked = self.door("pick", now=now)["id"]
            if picked is None:
                wake = self.door("wake", now=now)["wake"]
                assert wake is not None
                assert wake > now
                now = wake
                continue
            assert now >= self.held_until
            self.sent.append(now)
            duration = self.durations[picked]
            if not self.known and not self.admits(now):
                self.throttled += 1
                self.held_until = now + 1
                self.door("throttled", id=picked, now=now, retry_after=1)
            elif duration <= now:
                self.delay += now - duration
                left -= 1
                self.door("done", id=picked, now=now, duration=duration)
            else:
                self.door("pending", id=picked, now=now)


def round_robin_delay(durations: list[float], rate: float) -> float:
    waiting = deque(durations)
    delay, now = 0.0, 0.0
    while waiting:
        duration = waiting.popleft()
        if duration <= now:
            delay += now - duration
        else:
            waiting.append(duration)
        now += 1 / rate
    return delay / len(durations)


@pytest.mark.parametrize("known", [True, False])
def test_a_fleet_under_one_limit_keeps_it_and_beats_taking_turns(door: Door, *, known: bool) -> None:
    chance = random.Random(11)
    middles = [6, 14, 35, 80]
    durations = [chance.lognormvariate(math.log(middles[i % 4]), 0.3) for i in range(400)]
    rate = 10.0
    fleet = Fleet(door, durations, rate, known=known)
    fleet.run()
    assert fleet.delay / len(durations) < round_robin_delay(durations, rate)
    if known:
        oldest: list[float] = []
        for at in fleet.sent:
            heapq.heappush(oldest, at)
            while oldest[0] <= at - 1:
                heapq.heappop(oldest)
            assert len(oldest) <= rate + 1
    else:
        assert fleet.throttled <= 0.1 * len(durations)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "no JSON",
        "[]",
        '{"op":"dance"}',
        '{"op":"next"}',
        '{"op":"next","model":"m","age":"old","new":[]}',
        '{"op":"next","model":"m","age":1,"new":[[1]]}',
        '{"op":"pick"}',
        '{"op":"pending","id":9,"now":1}',
    ],
)
def test_a_line_that_makes_no_sense_is_told_and_ends_nothing(door: Door, line: str) -> None:
    assert door.say(line)["error"]
    assert door("next", model="m", age=0, new=[])["age"] > 0
