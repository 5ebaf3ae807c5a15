"""The command as a whole: help, what is loaded when, and what is missing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from apimall.cli.app import COMMANDS, app
from apimall.cli.doctor import ca_file

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_says_of_itself(name):
    if name == "sandbox":
        pytest.skip("says it in other words")
    command = app.get_command(click.Context(app), name)
    assert command.help.splitlines()[0] == COMMANDS[name][1]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(apimall, name):
    run = apimall(name, "--help")
    assert run.code == 0
    assert run.stdout.startswith(f"Usage: apimall {name}")


def test_help_tells_how_to_join_commands(apimall):
    text = apimall("--help").stdout
    assert (
        '\n  apimall generate -m nano-banana "a lighthouse at dusk" | apimall wait | apimall download\n'
        in text
    )
    assert "\b" not in text


def test_help_loads_neither_the_native_module_nor_rich():
    code = """
import sys
from apimall.cli.app import app
try:
    app.main(["--help"])
except SystemExit:
    pass
assert not {"apimall._native", "rich", "asyncio", "aiohttp"} & {*sys.modules}, sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("package", ["click", "rich"])
def test_without_its_packages_it_says_in_one_line_what_to_install(package):
    code = f"""
import sys
sys.modules[{package!r}] = None
sys.argv = ["apimall", "wait", "img_x"]
from apimall.cli import main
main()
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 1
    assert (
        run.stderr == f"Error: the apimall command needs the package {package}: pip install 'apimall[cli]'\n"
    )


@pytest.mark.parametrize("command", ["demo", "sandbox"])
def test_without_the_sandbox_s_packages_it_says_in_one_line_what_to_install(command):
    code = f"""
import sys
sys.modules["aiohttp"] = None
sys.argv = ["apimall", {command!r}]
from apimall.cli import main
main()
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode in {1, 2}
    assert run.stderr.count("\n") == 1
    assert "pip install 'apimall[sandbox]'" in run.stderr


def test_version(apimall):
    assert re.fullmatch(r"apimall \d+\.\d+\.\d+\n", apimall("--version").stdout)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_names_the_command(apimall, shell):
    run = apimall("completion", shell)
    assert run.code == 0
    assert "_APIMALL_COMPLETE" in run.stdout


def test_completion_completes(finish):
    env = {"_APIMALL_COMPLETE": "bash_complete", "COMP_WORDS": "apimall bal", "COMP_CWORD": "1"}
    assert finish(env=env).stdout == "plain,balances\n"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_a_reader_that_leaves_is_no_traceback(sandbox):
    sandbox.add_tasks(2000, duration=0)
    history = subprocess.Popen(
        [sys.executable, "-m", "apimall.cli", "history", "--all"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ,
    )
    history.stdout.readline()
    history.stdout.close()
    assert history.stderr.read() == b""
    history.wait(timeout=60)
    history.stderr.close()


def test_the_doctor_finds_all_well(apimall, sandbox):
    run = apimall("doctor", "--format", "json")
    assert run.code == 0
    found = run.document
    assert found["API key"] == {"value": "present", "source": "APIMALL_API_KEY", "ok": True}
    assert found["base URL"]["value"] == sandbox.base_url
    assert "10,000 credits" in found["gateway"]["value"]
    assert apimall("doctor", "--format", "quiet").stdout == ""


def test_the_doctor_finds_what_is_wrong(apimall, monkeypatch):
    monkeypatch.setenv("APIMALL_API_KEY", f"sk-{'0' * 48}")
    assert apimall("doctor").code == 5
    monkeypatch.delenv("APIMALL_API_KEY")
    run = apimall("doctor", "--format", "quiet", "--base-url", "http://127.0.0.1:1")
    assert run.code == 5
    assert [line.partition(":")[0] for line in run.stdout.splitlines()] == ["API key", "gateway"]
    assert apimall("doctor", "--ca-bundle", "/nowhere.pem", "--offline").code == 5


def test_the_doctor_hides_passwords(apimall):
    run = apimall("doctor", "--offline", "--proxy", "http://me:secret@proxy:8080", "--format", "human")
    assert "proxy:8080" in run.stdout
    assert "secret" not in run.stdout


def test_the_doctor_looks_for_authorities_where_the_library_does():
    source = (ROOT / "core/net/ca_bundle.cpp").read_text(encoding="utf-8")
    places = source[source.index("known_places[]") : source.index("};")]
    assert tuple(re.findall(r'^\s*"(/[^"]+)"', places, re.MULTILINE)) == ca_file.KNOWN_PLACES


def test_every_module_says_what_it_is():
    for file in (ROOT / "python/apimall/cli").rglob("*.py"):
        if file.name != "__main__.py":
            name = ".".join(file.relative_to(ROOT / "python").with_suffix("").parts).removesuffix(".__init__")
            assert import_module(name).__doc__
