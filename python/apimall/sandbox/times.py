"""Moments as the gateway writes them."""

from __future__ import annotations

import math
import time
from email.utils import formatdate


def iso_milliseconds(unix_time: float) -> str:
    """Return ISO 8601 in UTC with milliseconds, as in `2026-03-12T09:30:00.000Z`."""
    # Rounded rather than cut: 1.005 held as a float is a little less than 1.005.
    seconds, milliseconds = divmod(round(unix_time * 1000), 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{milliseconds:03d}Z"


def http_date(unix_time: float) -> str:
    """Return an HTTP date, rounded up so that nobody who obeys it comes too soon."""
    return formatdate(math.ceil(unix_time), usegmt=True)
