"""ULIDs: 48 bits of milliseconds and 80 random bits, in Crockford's base 32."""

from __future__ import annotations

import random

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Ten bits at a time: this runs once per request.
_PAIRS = [high + low for high in _ALPHABET for low in _ALPHABET]


def ulid(unix_time: float, random_numbers: random.Random) -> str:
    """Return the 26 characters for a moment."""
    value = (int(unix_time * 1000) << 80) | random_numbers.getrandbits(80)
    pairs = _PAIRS
    return "".join([pairs[(value >> shift) & 1023] for shift in range(120, -1, -10)])
