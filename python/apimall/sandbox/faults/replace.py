"""Faults that answer in the gateway's place."""

from __future__ import annotations

import time
from typing import Dict

from apimall.sandbox.envelope import HTML_TYPE, Answer, failure, pretty
from apimall.sandbox.faults.spec import Fault
from apimall.sandbox.times import http_date

_PROXY_PAGE = b"""<html>\r
<head><title>502 Bad Gateway</title></head>\r
<body>\r
<center><h1>502 Bad Gateway</h1></center>\r
<hr><center>nginx</center>\r
</body>\r
</html>\r
"""

_PORTAL_PAGE = b"""<!DOCTYPE html>
<html lang="en">
<head><title>Welcome to Hotel Wi-Fi</title></head>
<body><h1>Please sign in</h1><form action="/login"><input name="room"><button>Connect</button></form></body>
</html>
"""

_WRONG_JSON: Dict[str, bytes] = {
    "array": b"[1, 2, 3]",
    "string": b'"completed"',
    "number": b"42",
    "null": b"null",
    "object": b'{"hello": "world"}',
    "deep": b"[" * 5000 + b"]" * 5000,
}


def replacement(fault: Fault, request_id: str, here: str, elsewhere: str) -> Answer:
    """Return the answer that a fault gives; here and elsewhere are URLs for a redirect."""
    answer = _replacement(fault, request_id, here, elsewhere)
    answer.headers.update(_retry_headers(fault))
    return answer


def _replacement(fault: Fault, request_id: str, here: str, elsewhere: str) -> Answer:
    name = fault.name
    if name == "http_502_html":
        return Answer(502, _PROXY_PAGE, "text/html")
    if name == "http_503_empty":
        return Answer(503, b"", HTML_TYPE)
    if name == "html_200":
        return Answer(200, _PORTAL_PAGE, HTML_TYPE)
    if name == "empty_200":
        return Answer(200, b"")
    if name == "wrong_json":
        return Answer(200, _WRONG_JSON.get(fault.options.get("kind", "array"), _WRONG_JSON["array"]))
    if name == "success_false_200":
        answer = failure(500, request_id, fault.options.get("message"), fault.options.get("code"))
        answer.status = 200
        return answer
    if name == "redirect":
        target = fault.options.get("to", "other")
        location = {"other": elsewhere, "self": here}.get(target, target)
        return Answer(int(fault.number("status", 302)), b"", HTML_TYPE, {"Location": location})
    if name == "oversized":
        # One text of the wanted length inside otherwise ordinary JSON.
        frame = pretty({"success": True, "data": {"padding": ""}, "request_id": request_id})
        length = max(0, int(fault.number("bytes", 64 * 1024 * 1024)) - len(frame))
        return Answer(200, frame.replace(b'"padding": "', b'"padding": "' + b"x" * length, 1))
    return failure(int(name[len("http_") :]), request_id)


def _retry_headers(fault: Fault) -> Dict[str, str]:
    headers = {}
    wanted = fault.options.get("retry_after", "none")
    if wanted == "date":
        headers["Retry-After"] = http_date(time.time() + fault.number("seconds", 1))
    elif wanted != "none":
        headers["Retry-After"] = wanted
    if "retry_after_ms" in fault.options:
        headers["Retry-After-Ms"] = fault.options["retry_after_ms"]
    return headers
