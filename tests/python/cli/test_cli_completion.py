"""Completion in the shells themselves: set up as help says, and Tab pressed at a terminal."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

pytest.importorskip("pyte")
if sys.platform == "win32":
    pytest.skip("terminals of POSIX", allow_module_level=True)

from terminal import Terminal

# How each is started, and the file that it reads first.
SHELLS = {
    "bash": (["bash", "--rcfile", ".bashrc", "-i"], ".bashrc", "PS1='ready> '\n"),
    "zsh": (["zsh", "-i"], ".zshrc", "PS1='ready> '\nautoload -Uz compinit && compinit -u\n"),
    "fish": (["fish"], ".config/fish/config.fish", "function fish_prompt; echo 'ready> '; end\n"),
}


@pytest.fixture(params=SHELLS)
def shell(request, apimall, tmp_path):
    """A shell at a terminal, with what help tells to do for it done."""
    command, startup, prompt = SHELLS[request.param]
    if shutil.which(command[0]) is None:
        pytest.skip(f"no {request.param} here")
    if not (Path(sys.executable).parent / "apimall").exists():
        pytest.skip("the program is not installed")
    env = {
        "HOME": str(tmp_path),
        "ZDOTDIR": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "INPUTRC": "/dev/null",
    }
    file = tmp_path / startup
    (tmp_path / ".config/fish/completions").mkdir(parents=True)
    file.write_text(prompt)
    advice = re.search(rf"{request.param}: +(.*)", apimall("completion", "--help").stdout)
    set_up = Terminal("sh", "-c", f"cd && {advice[1]}", program=True, env=env)
    assert set_up.finish() == 0
    set_up.close()
    terminal = Terminal("sh", "-c", f"cd && exec {' '.join(command)}", program=True, env=env)
    terminal.until("ready>")
    yield terminal
    terminal.close()


def test_tab_completes_a_command_and_a_value(shell):
    shell.press(b"apimall bal\t")
    shell.until("apimall balances")
    shell.press(b"\x15apimall history --status pr\t")
    shell.until("--status processing")
