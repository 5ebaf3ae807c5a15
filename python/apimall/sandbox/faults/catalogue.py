"""The faults by name: what each does, and its options."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, Mapping

_RETRY = {
    "retry_after": "seconds, 'date', 'none', or any text",
    "seconds": "distance of the date",
    "retry_after_ms": "ms",
}


@dataclass(frozen=True)
class FaultKind:
    """One line of the catalogue."""

    group: str  # instead: of an answer; rewrite: the JSON; transport: how bytes travel; cdn: downloads only
    summary: str
    options: Mapping[str, str] = field(default_factory=dict)


def _status(code: int, words: str) -> FaultKind:
    return FaultKind("instead", f"{code} {words}, with the error envelope", _RETRY)


CATALOGUE: Dict[str, FaultKind] = {
    "ok": FaultKind("none", "no fault: the place of an ordinary answer in a script"),
    "http_400": _status(400, "invalid parameters"),
    "http_401": _status(401, "invalid API key"),
    "http_402": _status(402, "insufficient credits"),
    "http_403": _status(403, "access not approved, or an expired URL"),
    "http_404": _status(404, "not found"),
    "http_408": _status(408, "request timeout"),
    "http_409": _status(409, "conflict"),
    "http_410": _status(410, "gone"),
    "http_413": _status(413, "payload too large"),
    "http_422": _status(422, "unprocessable"),
    "http_429": _status(429, "rate limit exceeded"),
    "http_500": _status(500, "internal server error"),
    "http_502": _status(502, "bad gateway"),
    "http_503": _status(503, "service unavailable"),
    "http_504": _status(504, "gateway timeout"),
    "http_502_html": FaultKind("instead", "502 with a proxy's HTML page", _RETRY),
    "http_503_empty": FaultKind("instead", "503 with an empty body", _RETRY),
    "html_200": FaultKind("instead", "200 with a captive portal's HTML page"),
    "empty_200": FaultKind("instead", "200 with an empty body"),
    "wrong_json": FaultKind(
        "instead", "200 with JSON of another shape", {"kind": "array, string, number, null, object or deep"}
    ),
    "success_false_200": FaultKind(
        "instead", "200 with `success: false`", {"code": "error.code", "message": "error.message"}
    ),
    "redirect": FaultKind(
        "instead",
        "redirected to the other origin",
        {"to": "other, self, or a URL", "status": "301, 302, 303, 307 or 308"},
    ),
    "oversized": FaultKind("instead", "200 with a huge JSON document", {"bytes": "its size"}),
    "reset": FaultKind(
        "transport",
        "TCP reset before the answer, or within it",
        {"after": "bytes, or a share like 0.5, sent before it"},
    ),
    "hanging": FaultKind("transport", "no answer, connection kept open", {"seconds": "then it is closed"}),
    "slow": FaultKind("transport", "the answer comes late", {"seconds": "how late"}),
    "dripping": FaultKind(
        "transport",
        "the answer comes in drops",
        {"chunk": "bytes", "interval": "seconds", "limit": "drops, then the rest at once"},
    ),
    "truncated": FaultKind(
        "transport", "connection closed within the announced body", {"at": "bytes, or a share like 0.5"}
    ),
    "truncated_json": FaultKind("transport", "whole HTTP, cut JSON", {"at": "bytes, or a share like 0.5"}),
    "wrong_length": FaultKind(
        "transport", "Content-Length off by some bytes", {"delta": "announced minus sent"}
    ),
    "gzip": FaultKind("transport", "Content-Encoding: gzip, asked for or not"),
    "chunked": FaultKind("transport", "Transfer-Encoding: chunked", {"size": "bytes in a chunk"}),
    "bad_utf8": FaultKind("transport", "a byte that UTF-8 does not have, in the first text"),
    "bom": FaultKind("transport", "a byte order mark before the JSON"),
    "wrong_task_id": FaultKind("rewrite", "the answer is about another task", {"id": "that task's id"}),
    "unknown_status": FaultKind("rewrite", "a status that nobody knows yet", {"status": "its text"}),
    "missing_fields": FaultKind("rewrite", "fields of `data` are absent", {"fields": "joined with +"}),
    "null_fields": FaultKind("rewrite", "fields of `data` are null", {"fields": "joined with +"}),
    "reordered_fields": FaultKind("rewrite", "every object's fields in reverse order"),
    "other_types": FaultKind("rewrite", "numbers as text, times as numbers, URLs as an object"),
    "extra_fields": FaultKind("rewrite", "fields that nobody knows yet, in every object"),
    "changed": FaultKind("cdn", "from now on the image has other bytes and another ETag"),
    "no_range": FaultKind("cdn", "Range is ignored: 200 with everything"),
    "no_etag": FaultKind("cdn", "no ETag and no Last-Modified"),
    "expired": FaultKind("cdn", "the URL has expired", {"status": "403, 404 or 410"}),
    "corrupt": FaultKind("cdn", "right length, wrong bytes"),
}
