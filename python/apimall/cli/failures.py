"""Errors as people see them: one line on stderr, an exit code, and never the key."""

from __future__ import annotations

import os
import shutil
import sys
from textwrap import wrap
from typing import IO, TYPE_CHECKING, Any, NoReturn

import click

from apimall.cli.exits import Exit, exit_of

if TYPE_CHECKING:
    from apimall import ApimallError

_NARROWEST = 20  # columns
_SHORTEST_KEY = 8  # a shorter one could be part of any word


class Failure(click.ClickException):
    """Ends the command with a line on stderr and an exit code."""

    def __init__(self, message: str, exit_code: Exit = Exit.ERROR) -> None:
        super().__init__(without_key(message))
        self.exit = exit_code

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line, folded where it is read on a terminal."""
        stream = file or sys.stderr
        message = f"Error: {self.format_message()}"
        if stream.isatty():
            width = shutil.get_terminal_size().columns
            message = "\n".join(fold(message, width))
        click.echo(message, file=stream)


def fail(error: ApimallError) -> NoReturn:
    """End the command because of an exception of the library."""
    raise Failure(describe(error), exit_of(error)) from error


def fold(message: str, width: int) -> list[str]:
    """Break a message between words; an id or a path longer than a line stays whole, for copying."""
    return wrap(message, max(_NARROWEST, width), break_long_words=False, break_on_hyphens=False)


def describe(error: BaseException) -> str:
    """Return what an exception says, on one line."""
    words = str(error)
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        words = f"{error.filename}: {error.strerror}"
    return without_key(" ".join(words.split()))


def without_key(text: str) -> str:
    """Return the text with the API key blotted out: the last line of defence, for texts of others."""
    key = os.environ.get("APIMALL_API_KEY", "")
    return text.replace(key, "[key]") if len(key) >= _SHORTEST_KEY else text
