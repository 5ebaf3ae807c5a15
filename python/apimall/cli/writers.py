"""Results on stdout, in the format that was asked for."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Callable

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console, RenderableType

# What a result looks like to people, made only when it is people that will see it.
Rendering = Callable[["Console"], "RenderableType"]


class Writer:
    """Writes results one by one.

    `record` is for JSON, `essence` are the lines of the format quiet, and `human` is made only for people.
    """

    def __init__(self, form: str, *, one: bool = False) -> None:
        self.form = form
        self._one = one
        self._records: list[dict[str, Any]] = []
        self._console = _console_for_people() if form == "human" else None
        self.pausing: Callable[[], AbstractContextManager[object]] = nullcontext

    def add(self, record: Callable[[], dict[str, Any]], essence: Iterable[str], human: Rendering) -> None:
        """Write one result, or keep it for the document's end."""
        if self.form == "json":
            self._records.append(record())
            return
        with self.pausing():
            if self._console is not None:
                from apimall.cli.consoles import show

                show(self._console, human(self._console))
            elif self.form == "jsonl":
                click.echo(json.dumps(record(), ensure_ascii=False))
            else:
                for line in essence:
                    click.echo(line)

    def close(self) -> None:
        """Write what was kept: an array, or for a command with one result that alone."""
        if self.form == "json":
            document: Any = self._records[0] if self._one and self._records else self._records
            click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def _console_for_people() -> Console:
    # Programs that read JSON do not wait for what colours and tables need.
    from apimall.cli.consoles import results

    return results()
