"""Runs every benchmark beside one nginx, prints the table, and writes build/bench.json.

    python tests/bench/run.py [NAME...]

Missing a bar is no failure; a program that fails is. Names given run those alone; JSON is written only of all.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from nginx import gateway

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "build" / "release" / "bin"
SCRIPTS = ROOT / "tests" / "bench"

Row = dict[str, Any]


def benchmarks() -> dict[str, list[list[str]]]:
    """Return the commands of each benchmark."""

    def program(name: str, *arguments: str) -> list[str]:
        return [str(PROGRAMS / name), *arguments]

    waits = ("1000", "10000", "100000")
    return {
        "polls": [program("poll_bench")],
        "python waits": [[sys.executable, str(SCRIPTS / "python_waits.py")]],
        "parse": [program("parse_bench"), [sys.executable, str(SCRIPTS / "python_parse.py")]],
        "schedule": [program("schedule_bench")],
        "outstanding": [
            program("outstanding_bench", count, mode) for mode in ("idle", "answered") for count in waits
        ],
        "tls": [program("tls_bench")],
        "latency": [program("latency_bench")],
        "downloads": [program("download_bench")],
    }


def verdict(row: Row) -> str:
    """Say whether the bar is reached: that of the ratio where there is one, else that of our figure."""
    value = row.get("ratio", row.get("ours"))
    at_most, at_least = row.get("at_most"), row.get("at_least")
    if value is None or (at_most is None and at_least is None):
        return ""
    return (
        "yes" if (at_most is None or value <= at_most) and (at_least is None or value >= at_least) else "NO"
    )


def bar(row: Row) -> str:
    """Show what must be reached."""
    times = " x" if "ratio" in row else ""
    if "at_most" in row:
        return f"≤ {row['at_most']:g}{times}"
    return f"≥ {row['at_least']:g}{times}" if "at_least" in row else str(row.get("note", ""))


def figure(value: float | None) -> str:
    """Show three digits or so."""
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"


def table(rows: list[Row]) -> str:
    """Lay the rows out in columns."""
    lines = [["what", "work", "unit", "ours", "against", "theirs", "ratio", "must reach", "?"]]
    for row in rows:
        ratio = f"{row['ratio']:.3f}" if "ratio" in row else ""
        ours, peer = figure(row.get("ours")), figure(row.get("peer"))
        cells = [row["what"], row["work"], row["unit"], ours, row["against"], peer, ratio, bar(row)]
        lines.append([*cells, verdict(row)])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines
    )


def rows_of(command: list[str], environment: dict[str, str]) -> list[Row] | None:
    """Run one program and collect its rows; None when it failed."""
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        print(f"{' '.join(command)} FAILED with status {done.returncode}", file=sys.stderr, flush=True)
        return None
    return [json.loads(line) for line in done.stdout.splitlines()]


def main() -> int:
    """Run what was asked for; 1 when a program failed."""
    chosen = sys.argv[1:]
    programs = benchmarks()
    unknown = set(chosen) - set(programs)
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(programs)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    failed = False
    with gateway() as urls:
        for name in chosen or programs:
            started = time.monotonic()
            for command in programs[name]:
                found = rows_of(command, {**os.environ, **urls})
                failed = failed or found is None
                rows += found or []
            print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print(table(rows))
    if not chosen:
        report = [{**row, "reached": verdict(row) or None} for row in rows]
        text = json.dumps({"cores": os.cpu_count(), "rows": report}, indent=1, ensure_ascii=False)
        (ROOT / "build" / "bench.json").write_text(text + "\n", encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nginx ends too
    sys.exit(main())
