"""The gateway that the demo meets: fast, limited, and not quite well."""

from __future__ import annotations

from apimall.cli.demo.orders import LONG_EDGE


def scenario(seed: int, speed: float) -> dict[str, object]:
    """Return the sandbox's settings."""
    return {
        "seed": seed,
        "speed": speed,
        "image_edge": LONG_EDGE,
        "credits": 1000,
        # Less than the orders ask for at once: a few get 429 with Retry-After, and all must slow down.
        "rate": 8.0,
        "burst": 6,
        "faults": [
            {"fault": "http_502_html", "endpoint": "task", "skip": 5, "first": 1},
            {"fault": "reset", "endpoint": "task", "skip": 10, "first": 1},
            {"fault": "truncated", "endpoint": "task", "skip": 15, "first": 1},
            {"fault": "http_503:retry_after=1", "endpoint": "task", "skip": 20, "first": 1},
        ],
    }
