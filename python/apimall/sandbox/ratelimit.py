"""The rate limit of an API key, and the headers that tell of it."""

from __future__ import annotations

import math
from typing import Dict

from apimall.sandbox.times import http_date

RETRY_AFTER_STYLES = ("seconds", "date", "none")
RATE_HEADER_STYLES = ("none", "ratelimit", "x-ratelimit")


class TokenBucket:
    """Lets `burst` requests through at once and `rate` a second in the long run."""

    __slots__ = ("burst", "rate", "tokens", "_filled_at")

    def __init__(self, rate: float, burst: int, now: float) -> None:
        self.rate = rate
        self.burst = burst
        self.tokens = float(burst)
        self._filled_at = now

    def take(self, now: float) -> float:
        """Take a token and return 0, or return the seconds until there is one."""
        self.tokens = min(float(self.burst), self.tokens + max(0.0, now - self._filled_at) * self.rate)
        self._filled_at = now
        if self.tokens >= 1.0:
            self.tokens -= 1.0
            return 0.0
        return (1.0 - self.tokens) / self.rate

    def headers(self, style: str, now: float) -> Dict[str, str]:
        """Describe the bucket in one of the customary families of headers."""
        if style == "none":
            return {}
        seconds_to_full = math.ceil((self.burst - self.tokens) / self.rate)
        remaining = str(int(self.tokens))
        if style == "ratelimit":
            return {
                "RateLimit-Limit": str(self.burst),
                "RateLimit-Remaining": remaining,
                "RateLimit-Reset": str(seconds_to_full),
                "RateLimit-Policy": f"{self.burst};w={math.ceil(self.burst / self.rate)}",
            }
        return {
            "X-RateLimit-Limit": str(self.burst),
            "X-RateLimit-Remaining": remaining,
            # The X- family customarily gives a Unix time here, the other one a number of seconds.
            "X-RateLimit-Reset": str(math.ceil(now) + seconds_to_full),
        }


def retry_after(style: str, wait_seconds: float, now: float) -> Dict[str, str]:
    """Make the Retry-After header; whole seconds, rounded up, as the header demands."""
    if style == "none":
        return {}
    if style == "date":
        return {"Retry-After": http_date(now + wait_seconds)}
    return {"Retry-After": str(max(1, math.ceil(wait_seconds)))}
