"""The examples of README.md are run as they are printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from apimall.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def example(language: str) -> str:
    """The one example in `language`."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)
    return str(block)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A gateway whose tasks end soon."""
    with Sandbox(seed=5, speed=20.0) as running:
        yield running


def run(command: list[str], folder: Path, sandbox: Sandbox, **environment: str) -> str:
    """What a command prints, with the sandbox as its gateway."""
    settings = {"APIMALL_BASE_URL": sandbox.base_url, "APIMALL_API_KEY": sandbox.api_key, **environment}
    result = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_python_example_generates_waits_and_downloads(tmp_path: Path, sandbox: Sandbox) -> None:
    """It prints the status, and the files are where it says."""
    (tmp_path / "example.py").write_text(example("python"), encoding="utf-8")
    lines = run([sys.executable, "example.py"], tmp_path, sandbox).splitlines()
    assert "completed" in lines[0]
    assert (tmp_path / lines[1]).stat().st_size > 0


def test_the_c_example_waits_for_a_task(tmp_path: Path, sandbox: Sandbox) -> None:
    """It is compiled by the command that the README prints."""
    prefix = tmp_path / "prefix"
    subprocess.run(
        ["cmake", "--install", ROOT / "build/release", "--prefix", prefix], check=True, capture_output=True
    )
    (tmp_path / "wait.c").write_text(example("c"), encoding="utf-8")
    (command,) = re.findall(r"^cc wait\.c .*$", README, flags=re.MULTILINE)
    packages = str(next(iter(prefix.glob("lib*/**/pkgconfig"))))
    run(["sh", "-c", command], tmp_path, sandbox, PKG_CONFIG_PATH=packages)
    libraries = str(next(iter(prefix.glob("lib*/**/libapimall.so"))).parent)
    task_id = sandbox.add_task(duration=1)
    printed = run(["./wait", task_id], tmp_path, sandbox, LD_LIBRARY_PATH=libraries)
    assert printed.startswith(f"{task_id} is completed: http")
