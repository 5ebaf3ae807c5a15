"""Faults in how an answer travels.

Those that break HTTP itself write to the transport, past aiohttp: it would put right what is wrong on purpose. Then the
transport is closed, and aiohttp takes the response that follows for one to a client that has gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import struct
import time
from http import HTTPStatus
from typing import Optional

from aiohttp import web

from apimall.sandbox.envelope import Answer
from apimall.sandbox.faults.spec import Fault
from apimall.sandbox.times import http_date

SERVER = "apimall-sandbox"


def respond(answer: Answer) -> web.Response:
    """Make an ordinary response."""
    headers = {"Content-Type": answer.content_type, "Server": SERVER, **answer.headers}
    return web.Response(status=answer.status, body=answer.body, headers=headers)


async def transmit(
    request: web.BaseRequest, answer: Answer, fault: Fault, over: asyncio.Event
) -> web.StreamResponse:
    """Send an answer in a faulty way; `over` ends whatever still waits."""
    try:
        return await _transmit(request, answer, fault, over)
    except ConnectionError:  # the client has had enough
        return _close(request)


async def _transmit(
    request: web.BaseRequest, answer: Answer, fault: Fault, over: asyncio.Event
) -> web.StreamResponse:
    name, length = fault.name, len(answer.body)
    if name == "slow":
        await _pause(fault.number("seconds", 1.0), over)
    elif name == "dripping":
        return await _drip(request, answer, fault, over)
    elif name == "chunked":
        return await _chunk(request, answer, max(1, int(fault.number("size", 16))))
    elif name == "truncated":
        position = fault.position("at", "0.5", length)
        return await _break_off(request, answer, length, answer.body[: min(position, max(0, length - 1))])
    elif name == "wrong_length":
        return await _break_off(request, answer, max(0, length + int(fault.number("delta", -7))), answer.body)
    elif name == "reset":
        return await reset(request, answer, fault)
    elif name == "truncated_json":
        answer.body = answer.body[: fault.position("at", "0.5", length)]
    elif name == "gzip":
        answer.body = gzip.compress(answer.body)
        answer.headers["Content-Encoding"] = "gzip"
    elif name == "bom":
        answer.body = b"\xef\xbb\xbf" + answer.body
    elif name == "bad_utf8":
        answer.body = _with_bad_byte(answer.body)
    return respond(answer)


async def hang(request: web.BaseRequest, fault: Fault, over: asyncio.Event) -> web.StreamResponse:
    """Answer nothing; then close."""
    await _pause(fault.number("seconds", 3600.0), over)
    return _close(request)


async def reset(request: web.BaseRequest, answer: Optional[Answer], fault: Fault) -> web.StreamResponse:
    """Reset the connection, before the answer or some way into it."""
    transport = request.transport
    if transport is None:
        return web.Response()
    if answer is not None and "after" in fault.options:
        body = answer.body[: fault.position("after", "0", len(answer.body))]
        transport.write(_head(answer, len(answer.body)) + body)
        while not transport.is_closing() and transport.get_write_buffer_size():
            await asyncio.sleep(0.005)
        # A reset overtakes what the peer has not been given yet.
        await asyncio.sleep(0.02)
    plug = transport.get_extra_info("socket")
    if plug is not None:
        # Lingering for no time turns the close into a reset.
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    return web.Response()


def _head(answer: Answer, length: int) -> bytes:
    fields = {
        "Content-Type": answer.content_type,
        "Server": SERVER,
        **answer.headers,
        "Content-Length": str(length),
        "Date": http_date(int(time.time())),
    }
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


async def _break_off(
    request: web.BaseRequest, answer: Answer, announced: int, sent: bytes
) -> web.StreamResponse:
    transport = request.transport
    if transport is not None:
        transport.write(_head(answer, announced) + (b"" if request.method == "HEAD" else sent))
    return _close(request)


def _close(request: web.BaseRequest) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.close()
    return web.Response()


async def _drip(
    request: web.BaseRequest, answer: Answer, fault: Fault, over: asyncio.Event
) -> web.StreamResponse:
    response = _stream(answer)
    response.content_length = len(answer.body)
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    size, interval = max(1, int(fault.number("chunk", 16))), fault.number("interval", 0.05)
    drops, sent = fault.number("limit", float("inf")), 0
    while sent < len(answer.body):
        rest_at_once = drops <= 0 or over.is_set()
        block = answer.body[sent:] if rest_at_once else answer.body[sent : sent + size]
        await response.write(block)
        sent += len(block)
        drops -= 1
        if sent < len(answer.body) and interval:
            await _pause(interval, over)
    await response.write_eof()
    return response


async def _chunk(request: web.BaseRequest, answer: Answer, size: int) -> web.StreamResponse:
    response = _stream(answer)
    response.enable_chunked_encoding()
    await response.prepare(request)
    if request.method != "HEAD":
        for start in range(0, len(answer.body), size):
            await response.write(answer.body[start : start + size])
    await response.write_eof()
    return response


def _stream(answer: Answer) -> web.StreamResponse:
    headers = {"Content-Type": answer.content_type, "Server": SERVER, **answer.headers}
    return web.StreamResponse(status=answer.status, headers=headers)


def _with_bad_byte(body: bytes) -> bytes:
    # In `model`, which nobody needs to know a task's state; else in the last text.
    for opening in (b'"model": "', b'": "'):
        start = body.rfind(opening)
        if start >= 0:
            return body[: start + len(opening)] + b"\xff" + body[start + len(opening) :]
    return b"\xff" + body


async def _pause(seconds: float, over: asyncio.Event) -> None:
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(over.wait(), seconds)
