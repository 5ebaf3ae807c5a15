"""Spans of time and rates, as people say them."""

from __future__ import annotations

_MINUTE, _HOUR = 60, 3600
_FEW = 9.95  # where one digit after the point stops to matter


def span(seconds: float) -> str:
    """Return a span of time, such as `42 s`, `3 min 05 s` or `2 h 10 min`."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} min"


def rate(per_second: float) -> str:
    """Return a rate, such as `130/s`, `2.5/s` or, if it is slow, `4.0/min`."""
    if per_second < 1:
        return f"{_figure(per_second * _MINUTE)}/min"
    return f"{_figure(per_second)}/s"


def _figure(number: float) -> str:
    return f"{number:.1f}" if number < _FEW else f"{number:,.0f}"
