"""Runs the tests of every surface whose tool chain is there, and names what it skipped.

With `CI=true` a skipped surface is a failure. `--wide` adds the C++ tests under sanitizers; names given run those alone.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"


@dataclass
class Surface:
    """One way in which the project is used, and the commands that test it."""

    name: str
    commands: list[list[str]]
    tools: list[str] = field(default_factory=list)
    wide: bool = False

    def missing(self) -> list[str]:
        """The tools it needs and the machine lacks."""
        return [tool for tool in self.tools if shutil.which(tool) is None]


def ctest(preset: str, *, build: bool) -> list[list[str]]:
    """The commands that run the C++ and C tests of one preset."""
    jobs = str(os.cpu_count() or 2)
    run = [["ctest", "--preset", preset, "--no-tests=error"]]
    if not build:
        return run
    return [["cmake", "--preset", preset], ["cmake", "--build", "--preset", preset, "-j", jobs], *run]


def pytest(*arguments: str) -> list[list[str]]:
    """The command that runs some of the Python tests; arguments are pytest's."""
    return [[sys.executable, "-m", "pytest", "-q", *arguments]]


SURFACES = [
    Surface("core and C", [*ctest("release", build=False), *pytest("tests/tools")], ["cmake", "ninja"]),
    Surface("sandbox gateway", pytest("tests/sandbox")),
    Surface("C programs", pytest("tests/capi"), ["cc", "pkg-config"]),
    Surface("Python", pytest("-m", "not wide", "tests/python")),
    Surface("C++ header", pytest("tests/bindings/cpp"), ["c++"]),
    Surface("LuaJIT", pytest("tests/bindings/luajit"), ["luajit"]),
    Surface("generator", pytest("tests/generator")),
    Surface("documentation", pytest("tests/documentation"), ["cc", "pkg-config"]),
    Surface("Python, at length", pytest("-m", "wide", "tests/python"), wide=True),
    Surface("repaired wheel", [[sys.executable, "tests/repaired_wheel.py", "build/wheelhouse"]], wide=True),
    Surface("core under ASan and UBSan", ctest("asan", build=True), ["cmake", "ninja"], wide=True),
    Surface("core under TSan", ctest("tsan", build=True), ["cmake", "ninja"], wide=True),
]


def run(surface: Surface) -> bool:
    """Runs a surface's commands until one fails."""
    for command in surface.commands:
        print(f"\n== {surface.name}: {' '.join(command)}", flush=True)
        if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
            return False
    return True


def main() -> int:
    """Runs what was asked for; 0 when nothing failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wide", action="store_true", help="also run the C++ tests under sanitizers")
    parser.add_argument("names", nargs="*", help="surfaces to run; all by default")
    options = parser.parse_args()
    unknown = set(options.names) - {surface.name for surface in SURFACES}
    if unknown:
        parser.error(
            f"no such surface: {', '.join(sorted(unknown))}; there are: {', '.join(s.name for s in SURFACES)}"
        )

    skip_is_failure = os.environ.get("CI") == "true"
    outcomes: list[tuple[str, str]] = []
    for surface in SURFACES:
        if options.names and surface.name not in options.names:
            continue
        if surface.wide and not (options.wide or options.names):
            continue
        started = time.monotonic()
        missing = surface.missing()
        if missing:
            outcome = f"skipped: no {', '.join(missing)} here"
        else:
            outcome = "passed" if run(surface) else "FAILED"
        outcomes.append((surface.name, outcome))
        print(f"== {surface.name}: {outcome} ({time.monotonic() - started:.0f} s)", flush=True)

    print("\nSurfaces:")
    for name, outcome in outcomes:
        print(f"  {name:28} {outcome}")
    passed = sum(outcome == "passed" for _, outcome in outcomes)
    skipped = sum(outcome.startswith("skipped") for _, outcome in outcomes)
    failed = len(outcomes) - passed - skipped
    if skip_is_failure:
        failed, skipped = failed + skipped, 0
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
