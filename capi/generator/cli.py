"""The command: writes every file that `capi/apimall.yaml` determines, or tells with `--check` which of them differ."""

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
    """The description, with its form and its rules checked."""
    description = load(root / "capi/apimall.yaml", root / "capi/schema.json")
    semantics.check(description)
    return description


def render_all(description: Description) -> dict[str, str]:
    """The text of every target by its path. All are made before any is written, so that a failure changes nothing."""
    return {target.output: render(description, target) for target in TARGETS}


def write(root: Path, texts: dict[str, str]) -> list[str]:
    """Writes what differs and returns its paths; what is right keeps its time stamp, so that nothing is rebuilt for it."""
    changed = [path for path, text in texts.items() if _current(root / path) != text]
    for path in changed:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        temporary = (root / path).with_name((root / path).name + ".new")
        temporary.write_text(texts[path], encoding="utf-8", newline="\n")
        os.replace(temporary, root / path)
    return changed


def differences(root: Path, texts: dict[str, str]) -> list[str]:
    """A shortened unified diff for each file that is not as it should be."""
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a file differs")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout (default: where this script is)")
    options = parser.parse_args(arguments)
    try:
        texts = render_all(load_checked(options.root))
    except DescriptionError as error:
        print(f"capi/apimall.yaml:\n{error}", file=sys.stderr)
        return 2
    if options.check:
        reports = differences(options.root, texts)
        if reports:
            print("\n".join(reports), file=sys.stderr)
            print(
                f"{len(reports)} of {len(texts)} files differ; run: python capi/generator/generate.py", file=sys.stderr
            )
            return 1
        print(f"{len(texts)} files are as the description says")
        return 0
    changed = write(options.root, texts)
    print("\n".join(f"wrote {path}" for path in changed) or "nothing to change")
    return 0
