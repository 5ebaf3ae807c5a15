"""The gateway's two envelopes, written as its documentation prints them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Dict, Mapping

# Only `not_found` and `unauthorized` are documented; the others are plausible.
ERRORS: Mapping[int, tuple[str, str]] = {
    400: ("invalid_parameters", "Invalid parameters"),
    401: ("unauthorized", "API key required or invalid API key"),
    402: ("insufficient_credits", "Insufficient credits"),
    403: ("forbidden", "API access not approved or request made on a non-gateway host"),
    404: ("not_found", "Task not found"),
    405: ("method_not_allowed", "Method not allowed"),
    408: ("request_timeout", "Request timeout"),
    409: ("conflict", "Conflict"),
    410: ("gone", "Gone"),
    413: ("payload_too_large", "Payload too large"),
    422: ("unprocessable", "Unprocessable request"),
    429: ("rate_limit_exceeded", "Rate limit exceeded"),
    500: ("internal_error", "Internal server error"),
    502: ("bad_gateway", "Bad gateway"),
    503: ("service_unavailable", "Service unavailable"),
    504: ("gateway_timeout", "Gateway timeout"),
}

JSON_TYPE = "application/json; charset=utf-8"
HTML_TYPE = "text/html; charset=utf-8"


@dataclass
class Answer:
    """An HTTP answer before it is sent: what a fault may still change."""

    status: int
    body: bytes
    content_type: str = JSON_TYPE
    headers: Dict[str, str] = field(default_factory=dict)


def pretty(document: object) -> bytes:
    """Print JSON as the documentation does: two spaces, UTF-8 as it is."""
    return json.dumps(document, indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass")


def success(data: object, request_id: str) -> Answer:
    """Wrap data in the success envelope."""
    return Answer(200, pretty({"success": True, "data": data, "request_id": request_id}))


def failure(status: int, request_id: str, message: str | None = None, code: str | None = None) -> Answer:
    """Make the failure envelope of a status."""
    usual_code, usual_message = ERRORS.get(status, ("error", f"HTTP status {status}"))
    document = {
        "success": False,
        "error": {"code": code or usual_code, "message": message or usual_message},
        "request_id": request_id,
    }
    return Answer(status, pretty(document))
