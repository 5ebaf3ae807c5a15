"""The one exception of the sandbox."""

from __future__ import annotations

import difflib
from typing import Iterable


class SandboxError(Exception):
    """Says in one line what was wrong, what is expected and what to do."""


def unknown_name(what: str, name: object, known: Iterable[str]) -> SandboxError:
    """Make the error for a name that is not in a list, with the nearest one that is."""
    names = sorted(known)
    near = difflib.get_close_matches(str(name), names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return SandboxError(f"unknown {what} {name!r}{hint} (known: {', '.join(names)})")
