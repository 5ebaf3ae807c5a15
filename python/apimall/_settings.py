"""The settings of a client, as keywords and as the C ABI's text."""

from __future__ import annotations

import math
import os
from datetime import timedelta
from typing import Any

from apimall._durations import seconds_of
from apimall._errors import InvalidSettingError

_DURATIONS = frozenset({"request_timeout", "connect_timeout", "retry_timeout", "wait_timeout", "poll_price"})


def as_texts(settings: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the settings that were given, as pairs of text."""
    return [(key, _as_text(key, value)) for key, value in settings.items() if value is not None]


def _as_text(key: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, os.PathLike):
        return str(os.fspath(value))
    if not isinstance(value, bool) and isinstance(value, (int, float, timedelta)):
        if key in _DURATIONS:
            return _duration_text(key, seconds_of(value))
        if isinstance(value, int):
            return str(value)
        if isinstance(value, float) and math.isfinite(value):
            return f"{value:.6f}".rstrip("0").rstrip(".")
    # Never the value itself: it may be the key, given in the wrong form.
    raise InvalidSettingError(
        f"setting {key} cannot be {type(value).__name__}; give it as text or as a number"
    )


def _duration_text(key: str, seconds: float) -> str:
    if seconds == math.inf:
        return "none"
    if not seconds >= 0:
        raise InvalidSettingError(f"setting {key} is {seconds:g} seconds; it cannot be below 0")
    return f"{seconds * 1e6:.0f}us"
