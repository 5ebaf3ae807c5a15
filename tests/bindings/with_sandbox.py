"""Runs a command against a sandbox gateway of its own: `with_sandbox.py [sandbox options] -- command …`.

The command finds the gateway in APIMALL_BASE_URL and APIMALL_API_KEY, and its control API in
APIMALL_SANDBOX_CONTROL.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def sandbox(*options: str) -> Iterator[dict[str, str]]:
    """Start a sandbox for the block. It ends with this process too, by its stdin."""
    # The path makes it this checkout's.
    command = [sys.executable, "-m", "apimall.sandbox", "--json", "--until-stdin-closes", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "python")}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"the sandbox did not start; its exit code is {process.wait(10)}")
            said = json.loads(line)
            yield {
                "APIMALL_BASE_URL": said["base_url"],
                "APIMALL_API_KEY": said["api_key"],
                "APIMALL_SANDBOX_CONTROL": said["control_url"],
                # A proxy of the machine must not stand between a test and 127.0.0.1.
                "NO_PROXY": "127.0.0.1",
                "no_proxy": "127.0.0.1",
            }
        finally:
            process.stdin.close()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def main(arguments: list[str]) -> int:
    if "--" not in arguments or arguments[-1] == "--":
        print("usage: with_sandbox.py [sandbox options] -- command …", file=sys.stderr)
        return 2
    border = arguments.index("--")
    with sandbox(*arguments[:border]) as environment:
        return subprocess.run(
            arguments[border + 1 :], env={**os.environ, **environment}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
