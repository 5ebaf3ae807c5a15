"""The two consoles: results go to stdout, everything else to stderr. Rich honours NO_COLOR and TERM=dumb."""

from __future__ import annotations

import sys

from rich.console import Console, RenderableType

from apimall.cli.failures import fold

# Where there is no terminal, lines are for files and other programs, and must not be folded.
_WIDE = 200

COLOURS = {
    "ordering": "dim",
    "pending": "yellow",
    "processing": "cyan",
    "downloading": "blue",
    "completed": "green",
    "saved": "green",
    "failed": "red",
    "lost": "bold red",
    "error": "bold red",
}


def results() -> Console:
    """Return the console for results."""
    return Console(
        file=sys.stdout, highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDE
    )


def notes() -> Console:
    """Return the console for progress and for whatever else is no result."""
    return Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else _WIDE)


def show(console: Console, renderable: RenderableType) -> None:
    """Write it; in files and pipes without the blanks with which tables fill their lines."""
    if console.is_terminal:
        console.print(renderable)
        return
    with console.capture() as captured:
        console.print(renderable)
    text = "\n".join(line.rstrip() for line in captured.get().splitlines())
    console.file.write(f"{text}\n")


def can_redraw(console: Console) -> bool:
    """Tell whether lines already written can be replaced."""
    return console.is_terminal and not console.is_dumb_terminal


def mark(console: Console, sign: str, plain: str) -> str:
    """Return the sign, or plain letters where the console's encoding lacks it."""
    try:
        sign.encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return plain
    return sign


def folded(console: Console, message: str, indent: int = 0) -> list[str]:
    """Return the message in lines that fit a terminal, broken between words; elsewhere it stays one line."""
    if not console.is_terminal:
        return [message]
    return fold(message, console.width - indent)


def colour(state: str) -> str:
    """Return the style of a state; one that nobody knows is shown as it is."""
    return COLOURS.get(state, "magenta")
