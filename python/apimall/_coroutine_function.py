"""Marks a plain function that returns a coroutine, so that frameworks await what it returns."""

from __future__ import annotations

import asyncio
import inspect
import sys
from typing import Any, Callable, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])


def coroutine_function(function: _Function) -> _Function:
    """Let `iscoroutinefunction` say yes: asyncio's in any Python, `inspect`'s from Python 3.12 on."""
    if sys.version_info >= (3, 12):
        inspect.markcoroutinefunction(function)
    else:
        function._is_coroutine = asyncio.coroutines._is_coroutine  # type: ignore[attr-defined] # noqa: SLF001
    return function
