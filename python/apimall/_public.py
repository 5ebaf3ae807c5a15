"""Marks what users import from `apimall` itself."""

from __future__ import annotations

from typing import TypeVar

_Named = TypeVar("_Named", bound=type)


def public(named: _Named) -> _Named:
    """Let tracebacks, pickles and documentation name a class by its public home."""
    named.__module__ = "apimall"
    return named
