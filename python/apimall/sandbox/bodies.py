"""Reading request bodies of a reasonable size."""

from __future__ import annotations

import json
from typing import Dict

from aiohttp import web

from apimall.sandbox.errors import SandboxError

_LARGEST = 64 * 1024 * 1024  # room for input images as data URLs


class BodyTooLargeError(Exception):
    """The body is larger than the sandbox takes."""


async def read_body(request: web.BaseRequest) -> bytes:
    """Read a request's body."""
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport is not None:
        # curl waits a second for this before it sends a large body.
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    blocks, size = [], 0
    async for block in request.content.iter_any():
        size += len(block)
        if size > _LARGEST:
            raise BodyTooLargeError
        blocks.append(block)
    return b"".join(blocks)


async def read_mapping(request: web.BaseRequest) -> Dict[str, object]:
    """Read a control request's JSON object; nothing stands for an empty one."""
    body = await read_body(request)
    if not body.strip():
        return {}
    try:
        document = json.loads(body)
    except ValueError as error:
        raise SandboxError(f"the body must be a JSON object; this is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise SandboxError("the body must be a JSON object")
    return document
