"""Durations as Python writes them: seconds as a number, a timedelta, or text such as `250ms`."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Union

Duration = Union[float, timedelta, str]
"""Seconds as a number (`math.inf`: no limit), a timedelta, or text such as `250ms`, `30s`, `10min`, `2h`."""

_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
_LONGEST_MS = 2**62


def seconds_of(duration: Duration) -> float:
    """Return a duration in seconds; raise ValueError or TypeError if it is none."""
    if isinstance(duration, str):
        number = duration.rstrip("abcdefghijklmnopqrstuvwxyz")
        unit = duration[len(number) :]
        if unit == "none" and not number:
            return math.inf
        if unit not in _UNITS:
            raise ValueError(f"{duration!r} is not a duration; write it like 250ms, 30s, 10min or 2h")
        return float(number) * _UNITS[unit]
    if isinstance(duration, timedelta):
        return duration.total_seconds()
    if isinstance(duration, bool) or not isinstance(duration, (int, float)):
        raise TypeError(
            f"a duration is seconds, a timedelta or text such as '30s', not {type(duration).__name__}"
        )
    return float(duration)


def timeout_ms(timeout: Duration | None) -> int:
    """Return a call's timeout as the C ABI wants it; None takes the settings' own, infinity is no limit."""
    if timeout is None:
        return 0
    seconds = seconds_of(timeout)
    if seconds == math.inf:
        return -1
    if not seconds >= 0:  # NaN too
        from apimall._errors import InvalidArgumentError

        raise InvalidArgumentError(
            f"timeout is {timeout!r}; it must be 0 or more seconds, or math.inf for no limit"
        )
    # Zero is a word for the default there: the shortest limit is a millisecond.
    return max(1, min(math.ceil(seconds * 1000), _LONGEST_MS))
