"""Compilers for the tests of the header: what is on this machine, and how strictly it is asked."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "capi/include"
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror")


def present(names: tuple[str, ...]) -> list[str]:
    """The compilers among `names` that can be run."""
    return [name for name in names if shutil.which(name)]


C_COMPILERS = present(("gcc", "clang", "clang-19"))
CXX_COMPILERS = present(("g++", "clang++", "clang++-19"))


def run(*command: str | Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end and gives what it said."""
    return subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **(environment or {})},
    )


def build_oracle(folder: Path, compiler: str = "cc", *flags: str) -> Path:
    """Builds the oracle, which needs no library."""
    program = folder / "abi_oracle"
    result = run(
        compiler,
        "-std=c99",
        *WARNINGS,
        *flags,
        f"-I{INCLUDE}",
        ROOT / "tests/capi/abi_oracle.c",
        "-o",
        program,
    )
    assert result.returncode == 0, result.stderr
    return program


def oracle_lines(folder: Path) -> list[str]:
    """What the oracle says."""
    result = run(build_oracle(folder))
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()
