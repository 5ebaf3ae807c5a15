"""A thousand waits on one poller against the sandbox in a process of its own: one event each, and the rate limit kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from abi_tools import INCLUDE, ROOT, WARNINGS, run

LIBRARIES = ROOT / "build/release/capi"
RATE = 50


@dataclass
class Outcome:
    """How many waits ended, and what the gateway saw of them."""

    count: int
    exit_code: int
    said: dict[str, int]
    stats: dict[str, Any]
    refused_at: list[float]


class SandboxProcess:
    """`apimall sandbox` as a user starts it."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", "apimall.sandbox", "--json", "--until-stdin-closes", *options]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "python")},
        )
        assert self.process.stdout is not None
        self.said = json.loads(self.process.stdout.readline())

    @property
    def environment(self) -> dict[str, str]:
        """What leads a program to it."""
        return {"APIMALL_BASE_URL": self.said["base_url"], "APIMALL_API_KEY": self.said["api_key"]}

    def control(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Asks the control endpoint."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.said["control_url"].rstrip("/") + path, data=data)
        request.add_header("Content-Type", "application/json")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def __enter__(self) -> SandboxProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The C program that waits."""
    made = tmp_path_factory.mktemp("many") / "many_waits"
    link = (f"-L{LIBRARIES}", f"-Wl,-rpath,{LIBRARIES}", "-lapimall")
    source = ROOT / "tests/capi/many_waits.c"
    result = run("cc", "-std=c99", *WARNINGS, f"-I{INCLUDE}", source, *link, "-o", made)
    assert result.returncode == 0, result.stderr
    return made


def many_waits(program: Path, count: int, rate: str, *options: str) -> Outcome:
    with SandboxProcess("--rate", str(RATE), "--burst", str(RATE), "--seed", "5", *options) as sandbox:
        tasks = [{"duration": 1 + 8 * i / count} for i in range(count)]
        ids = sandbox.control("/tasks", {"tasks": tasks})["task_ids"]
        done = subprocess.run(
            [program, rate, "120000"],
            input="\n".join(ids) + "\n",
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
            env={**os.environ, **sandbox.environment},
        )
        log = sandbox.control("/requests?limit=20000&origin=api")["requests"]
        refused_at = [entry["time"] - log[0]["time"] for entry in log if entry["status"] == 429]
        return Outcome(
            count,
            done.returncode,
            json.loads(done.stdout.splitlines()[-1]),
            sandbox.control("/stats"),
            refused_at,
        )


@pytest.fixture(scope="module")
def outcomes(program: Path) -> dict[str, Outcome]:
    """Told the limit, finding it in the gateway's headers, and finding it by running into it: all at the same time."""
    cases: dict[str, tuple[Any, ...]] = {
        "known": (1000, str(RATE)),
        "told by headers": (200, "auto", "--rate-headers", "ratelimit"),
        "unknown": (1000, "auto"),
    }
    with ThreadPoolExecutor() as pool:
        futures = {name: pool.submit(many_waits, program, *words) for name, words in cases.items()}
        return {name: future.result() for name, future in futures.items()}


@pytest.mark.parametrize("case", ["known", "told by headers", "unknown"])
def test_each_wait_ends_in_one_event(outcomes: dict[str, Outcome], case: str) -> None:
    assert outcomes[case].exit_code == 0
    assert outcomes[case].said == {"completed": outcomes[case].count, "deadlines": 0, "others": 0}
    assert outcomes[case].stats["by_authorization"] == {"api: right": outcomes[case].stats["total"]}


@pytest.mark.parametrize("case", ["known", "told by headers"])
def test_a_limit_that_can_be_known_is_kept(outcomes: dict[str, Outcome], case: str) -> None:
    assert [at for at in outcomes[case].refused_at if at > 1] == []
    # A bucket of one second's worth may be full at the start; later there is no more than the rate.
    assert outcomes[case].stats["max_requests_in_one_second"] <= 2 * RATE


def test_a_limit_that_nobody_tells_is_run_into_rarely(outcomes: dict[str, Outcome]) -> None:
    """It can be found only by touching it; one touch in some seconds is the price of learning that it was raised."""
    assert len(outcomes["unknown"].refused_at) <= 0.02 * outcomes["unknown"].stats["total"]


def test_a_sandbox_that_is_killed_in_the_middle_ends_no_wait_early_and_none_late(program: Path) -> None:
    with SandboxProcess("--seed", "5") as sandbox:
        ids = sandbox.control("/tasks", {"duration": 1000, "count": 100})["task_ids"]
        with subprocess.Popen(
            [program, "auto", "2500"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **sandbox.environment},
        ) as waiting:
            assert waiting.stdin is not None
            waiting.stdin.write("\n".join(ids) + "\n")
            waiting.stdin.close()
            waiting.stdin = None
            while sandbox.control("/stats")["by_endpoint"].get("task", 0) < 10:
                pass
            sandbox.process.kill()
            said = waiting.communicate(timeout=60)[0]
    assert waiting.returncode == 0
    assert json.loads(said.splitlines()[-1]) == {"completed": 0, "deadlines": 100, "others": 0}
