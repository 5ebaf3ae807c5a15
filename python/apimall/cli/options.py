"""Options that several commands share."""

from __future__ import annotations

import sys
from typing import Any, Callable, TypeVar

import click

from apimall._durations import seconds_of
from apimall.cli.connect import Connection

_Function = TypeVar("_Function", bound=Callable[..., Any])

FORMATS = ("human", "json", "jsonl", "quiet")


def suggesting(*words: str) -> Callable[..., list[str]]:
    """Return what makes a shell offer these words where others are allowed too."""

    def complete(_ctx: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
        return [word for word in words if word.startswith(begun)]

    return complete


def connection_options(function: _Function) -> _Function:
    """Let a command take a `connection`."""
    for option in (
        click.option("--base-url", metavar="URL", help="The gateway.  [env: APIMALL_BASE_URL]"),
        click.option(
            "--ca-bundle", metavar="FILE", help="PEM file of authorities.  [env: APIMALL_CA_BUNDLE]"
        ),
        click.option("--proxy", metavar="URL", help="A proxy, or none.  [default: as curl does]"),
        click.option("--rate", type=float, metavar="N", help="Requests a second.  [default: found out]"),
        click.option("-v", "--verbose", count=True, help="Log to stderr; twice for each request."),
    ):
        function = option(function)
    return function


def connection_of(options: dict[str, Any]) -> Connection:
    """Take the connection's options out of a command's options."""
    names = ("base_url", "ca_bundle", "proxy", "rate", "verbose")
    return Connection(**{name: options.pop(name) for name in names})


def format_option(function: _Function) -> _Function:
    """Let a command take a `form`: how results are written."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        help="How results are written.  [default: human on a terminal, else jsonl]",
        callback=_default_form,
    )(function)


def _default_form(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str:
    if value is not None:
        return value
    return "human" if sys.stdout.isatty() else "jsonl"


class DurationType(click.ParamType):  # type: ignore[type-arg,unused-ignore] # generic since click 8.5
    """Seconds, or a number with a unit."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return seconds."""
        if isinstance(value, float):
            return value
        try:
            seconds = seconds_of(f"{value}s" if value.replace(".", "", 1).isdecimal() else value)
        except ValueError:
            seconds = -1.0
        if not seconds >= 0:
            self.fail(f"{value!r} is not a duration; write it like 30s, 10min, 2h or none", param, ctx)
        return seconds


def timeout_option(function: _Function) -> _Function:
    """Let a command take a `timeout` for waits."""
    return click.option(
        "--timeout",
        type=DurationType(),
        metavar="DURATION",
        default="10min",
        show_default=True,
        help="When to stop waiting: 30s, 10min, 2h or none. The tasks go on.",
    )(function)


def ids_argument(function: _Function) -> _Function:
    """Let a command take `ids`."""
    return click.argument("ids", nargs=-1, metavar="[ID]...")(function)
