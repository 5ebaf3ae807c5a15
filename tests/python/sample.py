"""The documented answer, and answers like it."""

from __future__ import annotations

import json
from typing import Any

TASK_ID = "img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M"
URL = "https://cdn.apimall.ai/generated/image-01.webp"
DATA: dict[str, Any] = {
    "task_id": TASK_ID,
    "model": "nano-banana",
    "status": "completed",
    "output": {"resultUrls": [URL]},
    "primary_url": URL,
    "image_url": URL,
    "error_message": None,
    "credits_used": 8,
    "credits_refunded": 0,
    "created_at": "2026-03-12T09:30:00.000Z",
    "updated_at": "2026-03-12T09:31:06.000Z",
    "completed_at": "2026-03-12T09:31:06.000Z",
}
REQUEST_ID = "req_01HQ9M7J7X9P7Y8T6W5V4U3S2R"


def answer(*, request_id: str = REQUEST_ID, **changes: Any) -> bytes:
    """Return an answer with some fields changed, as bytes."""
    return json.dumps(
        {"success": True, "data": {**DATA, **changes}, "request_id": request_id}, indent=2
    ).encode()
