"""A sandbox for the command line, and ways to run it: in this process, and as one of its own."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys

import pytest

pytest.importorskip("click")
pytest.importorskip("rich")
pytest.importorskip("aiohttp")

from click.testing import CliRunner

from apimall.cli.app import app
from apimall.sandbox import Sandbox

# Before version 8.2 it mixed the streams unless told not to; then it forgot the word.
OLD_CLICK = {"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}


class Run:
    """What came of running the command."""

    def __init__(self, code, stdout, stderr):
        self.code, self.stdout, self.stderr = code, stdout, stderr

    @property
    def lines(self):
        return [json.loads(line) for line in self.stdout.splitlines()]

    @property
    def document(self):
        return json.loads(self.stdout)


@pytest.fixture(scope="session")
def server():
    with Sandbox(speed=100) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(server, monkeypatch):
    server.reset()
    monkeypatch.setenv("APIMALL_BASE_URL", server.base_url)
    monkeypatch.setenv("APIMALL_API_KEY", server.api_key)
    monkeypatch.setenv("NO_COLOR", "1")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1")
    return server


@pytest.fixture
def apimall(sandbox):
    """Run a command in this process."""

    def run(*args, stdin=None):
        result = CliRunner(**OLD_CLICK).invoke(
            app, [str(arg) for arg in args], input=stdin, prog_name="apimall"
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Run(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def spawn(sandbox):
    """Start a command as a process of its own."""
    processes = []

    def start(*args, **options):
        process = subprocess.Popen(
            [sys.executable, "-m", "apimall.cli", *map(str, args)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **options.pop("env", {})},
            **options,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture
def finish(spawn):
    """Run a command as a process of its own, to its end."""

    def run(*args, **options):
        process = spawn(*args, **options)
        stdout, stderr = process.communicate(timeout=120)
        return Run(process.returncode, stdout, stderr)

    return run
