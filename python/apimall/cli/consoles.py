"""The two consoles: results go to stdout, everything else to stderr. Rich honours NO_COLOR and TERM=dumb."""

from __future__ import annotations

import sys

from rich.console import Console

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


def colour(state: str) -> str:
    """Return the style of a state; one that nobody knows is shown as it is."""
    return COLOURS.get(state, "magenta")
