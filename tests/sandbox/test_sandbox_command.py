"""The command: its one line of JSON, its errors, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, Dict

import pytest
from click.testing import CliRunner

import apimall.sandbox
from apimall.sandbox.command import main

PYTHON = str(Path(apimall.sandbox.__file__).resolve().parents[2])


def start(*arguments: str, **options: Any) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": PYTHON, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "apimall.sandbox", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        **options,
    )


def facts(process: subprocess.Popen) -> Dict[str, Any]:
    assert process.stdout is not None
    document: Dict[str, Any] = json.loads(process.stdout.readline())
    return document


def test_one_line_of_json_and_a_clean_end_when_stdin_closes() -> None:
    process = start("--json", "--until-stdin-closes", "--seed", "3", "--tls", stdin=subprocess.PIPE)
    told = facts(process)
    assert list(told) == ["base_url", "cdn_url", "control_url", "api_key", "ca_file", "pid"]
    assert told["pid"] == process.pid and told["control_url"] == f"{told['base_url']}/_sandbox"
    assert Path(told["ca_file"]).exists()
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 0 and not Path(told["ca_file"]).parent.exists()


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_cleanly_even_while_an_answer_hangs(number: signal.Signals) -> None:
    process = start("--json")
    told = facts(process)
    body = json.dumps({"fault": "hanging"}).encode()
    urllib.request.urlopen(f"{told['control_url']}/faults", body, timeout=20).close()
    host, port = told["base_url"][len("http://") :].split(":")
    with socket.create_connection((host, int(port)), timeout=20) as plug:
        plug.sendall(b"GET /api/v1/account/balances HTTP/1.1\r\nHost: x\r\n\r\n")
        deadline = time.monotonic() + 20
        while b'"total": 0' in urllib.request.urlopen(f"{told['control_url']}/stats", timeout=20).read():
            assert time.monotonic() < deadline
        process.send_signal(number)
        assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 0


def test_it_stops_by_itself() -> None:
    process = start("--json", "--lifetime", "0.1")
    facts(process)
    assert process.wait(timeout=20) == 0
    process.communicate()


def test_people_are_told_how_to_begin() -> None:
    out, err = start("--lifetime", "0.1", "--scenario", "calm").communicate(timeout=20)
    assert err == "" and "API key:" in out and "export APIMALL_API_KEY=sk-" in out
    listing = CliRunner().invoke(main, ["--list"]).output
    assert "captive-portal" in listing and "nano-banana" in listing and "http_502_html" in listing


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--speed", "0"], "--speed must be above 0"),
        (["--speed", "fast"], "'fast' is not a valid float"),
        (["--prot", "1"], "--port"),
        (["--retry-after", "later"], "--retry-after must be one of seconds, date, none"),
        (["--rate-headers", "x"], "--rate-headers must be one of"),
        (["--scenario", "stom"], "did you mean 'storm'"),
        (["--scenario", "absent.yaml"], "cannot read the scenario absent.yaml: No such file"),
        (["--lifetime", "0"], "--lifetime must be above 0"),
        (["--port", "99999"], "99999"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_exit_code_2(arguments: list, words: str) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert words in result.output and result.output.startswith("Error: ") and result.output.count("\n") == 1


def test_a_port_in_use_is_one_line_and_exit_code_2() -> None:
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        plug.listen()
        process = start("--port", str(plug.getsockname()[1]))
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err.count("\n")) == (2, "", 1)
    assert "is in use" in err and "use port 0" in err


@pytest.mark.parametrize("module", ["aiohttp", "PIL", "yaml", "cryptography", "click"])
def test_missing_packages_are_named_with_the_command_that_installs_them(module: str, tmp_path: Path) -> None:
    script = (
        f"import sys; sys.modules[{module!r}] = None; import runpy; sys.argv = ['x', '--lifetime', '0.1']\n"
    )
    script += "runpy.run_module('apimall.sandbox', run_name='__main__')"
    environment = {**os.environ, "PYTHONPATH": PYTHON, "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, timeout=20
    )
    assert run.returncode == 2 and run.stderr.count("\n") == 1
    assert run.stderr.rstrip().endswith("pip install 'apimall[sandbox]'")


def test_it_listens_on_the_loopback_alone() -> None:
    from apimall.sandbox import serving

    assert serving.HOST == "127.0.0.1"
