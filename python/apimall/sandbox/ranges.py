"""Validators and byte ranges, as RFC 9110 has them."""

from __future__ import annotations

import email.utils
import hashlib
import re
from typing import Mapping, Optional, Tuple

from apimall.sandbox.envelope import Answer
from apimall.sandbox.times import http_date


def serve_bytes(data: bytes, content_type: str, modified: float, asked: Mapping[str, str]) -> Answer:
    """Answer a GET or HEAD for some bytes, minding If-None-Match, Range and If-Range."""
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Last-Modified": http_date(int(modified)),
        "Accept-Ranges": "bytes",
        "Cache-Control": "public, max-age=31536000",
    }
    if etag in asked.get("If-None-Match", ""):
        return Answer(304, b"", content_type, headers)
    if "Range" in asked and _still_the_same(asked.get("If-Range"), etag, modified):
        span = parse_range(asked["Range"], len(data))
        if span is not None:
            first, end = span
            if first >= end:
                headers["Content-Range"] = f"bytes */{len(data)}"
                return Answer(416, b"", content_type, headers)
            headers["Content-Range"] = f"bytes {first}-{end - 1}/{len(data)}"
            return Answer(206, data[first:end], content_type, headers)
    return Answer(200, data, content_type, headers)


def parse_range(text: str, length: int) -> Optional[Tuple[int, int]]:
    """Return first byte and end of a single range; equal or crossed when it cannot be satisfied, None when ignored."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", text.strip())
    if match is None or match[1] == match[2] == "":
        return None
    if match[1] == "":
        return max(0, length - int(match[2])), length
    first = int(match[1])
    if match[2] == "":
        return first, length
    if int(match[2]) < first:
        return None
    return first, min(length, int(match[2]) + 1)


def _still_the_same(validator: Optional[str], etag: str, modified: float) -> bool:
    if validator is None:
        return True
    if '"' in validator:
        return validator.strip() == etag
    try:
        return email.utils.parsedate_to_datetime(validator).timestamp() == int(modified)
    except (TypeError, ValueError):
        return False
