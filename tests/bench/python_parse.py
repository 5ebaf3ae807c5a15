"""How long one answer takes in Python to parse and four of its fields to read, beside msgspec and others.

    python tests/bench/python_parse.py

Needs `apimall`; takes msgspec and orjson beside it where they are installed.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any, Callable, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))

import apimall
from sample import answer

ROUNDS, CALLS = 41, 10_000
BODY = answer()


def with_apimall() -> object:
    """Parse with the library, and read."""
    task = apimall.parse_image_task(BODY)
    return task.task_id, task.status, task.primary_url, task.credits_used


def with_json() -> object:
    """Parse with the standard library, and read."""
    data = json.loads(BODY)["data"]
    return data["task_id"], data["status"], data["primary_url"], data["credits_used"]


def candidates() -> dict[str, Callable[[], object]]:
    """Return what is installed; apimall first."""
    found: dict[str, Callable[[], object]] = {"apimall": with_apimall}
    try:
        import msgspec
    except ImportError:
        pass
    else:
        fields: list[Any] = [
            *((name, str) for name in ("task_id", "model", "status")),
            ("output", msgspec.defstruct("Output", [("resultUrls", list[str])])),
            *((name, Optional[str]) for name in ("primary_url", "image_url", "error_message")),
            *((name, Optional[int]) for name in ("credits_used", "credits_refunded")),
            *((name, Optional[str], None) for name in ("created_at", "updated_at", "completed_at")),
        ]
        task_type = msgspec.defstruct("Task", fields)
        answer_type = msgspec.defstruct(
            "Answer", [("success", bool), ("data", task_type), ("request_id", Optional[str], None)]
        )
        decode = msgspec.json.Decoder(answer_type).decode

        def with_msgspec() -> object:
            task = decode(BODY).data
            return task.task_id, task.status, task.primary_url, task.credits_used

        found["msgspec, typed Struct"] = with_msgspec
    try:
        import orjson
    except ImportError:
        pass
    else:

        def with_orjson() -> object:
            data = orjson.loads(BODY)["data"]
            return data["task_id"], data["status"], data["primary_url"], data["credits_used"]

        found["orjson, dict"] = with_orjson
    found["json, dict"] = with_json
    return found


def main() -> None:
    """Measure all, taking turns, and print a row for each of the others."""
    found = candidates()
    times: dict[str, list[float]] = {name: [] for name in found}
    assert len({function() for function in found.values()}) == 1
    for _ in range(ROUNDS):
        for name, function in found.items():
            started = time.process_time_ns()
            for _ in range(CALLS):
                function()
            times[name].append((time.process_time_ns() - started) / CALLS)
    own = times.pop("apimall")
    for name, peer in times.items():
        row: dict[str, object] = {"what": "Python parse, four fields read", "work": f"{len(BODY)} bytes"}
        row |= {
            "unit": "ns",
            "ours": statistics.median(own),
            "against": name,
            "peer": statistics.median(peer),
        }
        print(json.dumps({**row, "ratio": statistics.median(a / b for a, b in zip(own, peer))}))


if __name__ == "__main__":
    main()
