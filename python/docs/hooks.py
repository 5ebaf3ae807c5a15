"""What mkdocs puts into pages while it builds: the changelog, and what `apimall --help` prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"
MARK = "<!-- help -->"


def on_files(files: Files, config: Any) -> Files:
    """Add the changelog, which has its place at the root of the project."""
    files.append(File.generated(config, "changelog.md", content=CHANGELOG.read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put the program's own help where a page asks for it."""
    if MARK not in markdown:
        return markdown
    command = [sys.executable, "-m", "apimall.cli", "--help"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return markdown.replace(MARK, f"```\n$ apimall --help\n{printed}```")
