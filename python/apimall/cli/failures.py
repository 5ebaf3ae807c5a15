"""Errors as people see them: one line on stderr, an exit code, and never the key."""

from __future__ import annotations

import os
import sys
from typing import IO, TYPE_CHECKING, Any, NoReturn

import click

from apimall.cli.exits import Exit, exit_of

if TYPE_CHECKING:
    from apimall import ApimallError

_SHORTEST_KEY = 8  # a shorter one could be part of any word


class Failure(click.ClickException):
    """Ends the command with a line on stderr and an exit code."""

    def __init__(self, message: str, exit_code: Exit = Exit.ERROR) -> None:
        super().__init__(without_key(message))
        self.exit = exit_code

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line."""
        click.echo(f"Error: {self.format_message()}", file=file or sys.stderr)


def fail(error: ApimallError) -> NoReturn:
    """End the command because of an exception of the library."""
    raise Failure(describe(error), exit_of(error)) from error


def describe(error: BaseException) -> str:
    """Return what an exception says, on one line."""
    return without_key(" ".join(str(error).split()))


def without_key(text: str) -> str:
    """Return the text with the API key blotted out: the last line of defence, for texts of others."""
    key = os.environ.get("APIMALL_API_KEY", "")
    return text.replace(key, "[key]") if len(key) >= _SHORTEST_KEY else text
