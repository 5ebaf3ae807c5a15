"""The command: write every file that `capi/apimall.yaml` determines, or tell which of them differ."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from pathlib import Path

from . import semantics
from .description import Description, DescriptionError, load
from .render import render
from .targets import TARGETS

ROOT = Path(__file__).resolve().parents[2]
_DIFF_LINES = 40


def load_checked(root: Path) -> Description:
    """Read the description and check its form and its rules."""
    description = load(root / "capi/apimall.yaml", root / "capi/schema.json")
    semantics.check(description)
    return description


def render_all(description: Description) -> dict[str, str]:
    """Make all texts, by path, before any is written: a failure changes nothing."""
    return {target.output: render(description, target) for target in TARGETS}


def write(root: Path, texts: dict[str, str]) -> list[str]:
    """Write what differs and return its paths; what is right keeps its time stamp, to save builds."""
    changed = [path for path, text in texts.items() if _current(root / path) != text]
    for path in changed:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        temporary = (root / path).with_name((root / path).name + ".new")
        temporary.write_text(texts[path], encoding="utf-8", newline="\n")
        os.replace(temporary, root / path)
    return changed


def differences(root: Path, texts: dict[str, str]) -> list[str]:
    """Give a shortened unified diff for each file that is not as it should be."""
    reports: list[str] = []
    for path, text in texts.items():
        current = _current(root / path)
        if current == text:
            continue
        lines = list(
            difflib.unified_diff(
                (current or "").splitlines(), text.splitlines(), path, f"{path} (generated)", lineterm=""
            )
        )
        shown = lines[:_DIFF_LINES]
        if len(lines) > len(shown):
            shown.append(f"… and {len(lines) - len(shown)} more lines")
        reports.append("\n".join(shown or [f"{path}: differs in its line ends"]))
    return reports


def _current(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return None


def main(arguments: list[str]) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 if a file differs")
    parser.add_argument(
        "--root", type=Path, default=ROOT, help="the checkout (default: where this script is)"
    )
    options = parser.parse_args(arguments)
    try:
        texts = render_all(load_checked(options.root))
    except DescriptionError as error:
        sys.stderr.write(f"capi/apimall.yaml:\n{error}\n")
        return 2
    return _check(options.root, texts) if options.check else _write(options.root, texts)


def _check(root: Path, texts: dict[str, str]) -> int:
    reports = differences(root, texts)
    if not reports:
        sys.stdout.write(f"{len(texts)} files are as the description says\n")
        return 0
    reports.append(f"{len(reports)} of {len(texts)} files differ; run: python capi/generator/generate.py")
    sys.stderr.write("\n".join(reports) + "\n")
    return 1


def _write(root: Path, texts: dict[str, str]) -> int:
    lines = [f"wrote {path}" for path in write(root, texts)] or ["nothing to change"]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0
