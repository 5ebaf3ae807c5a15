"""A client of the standard library alone, which shows what was on the wire."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
from dataclasses import dataclass
from typing import Any, Dict, Optional
from urllib.parse import urlsplit

from apimall.sandbox import Sandbox

TIMEOUT = 20.0


@dataclass
class Reply:
    """A response, read to its end."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        """Return `data` of a success."""
        return self.json["data"]


@dataclass
class Raw:
    """The bytes of a connection, and how it ended."""

    received: bytes
    ending: str  # closed, reset, silent or whole

    @property
    def head(self) -> str:
        """Return status line and headers."""
        return self.received.partition(b"\r\n\r\n")[0].decode("latin-1")

    @property
    def body(self) -> bytes:
        """Return what came after the headers."""
        return self.received.partition(b"\r\n\r\n")[2]

    def header(self, name: str) -> Optional[str]:
        """Return a header."""
        for line in self.head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return None

    @property
    def is_whole(self) -> bool:
        """Tell whether the body is all there, as its headers announce it."""
        if b"\r\n\r\n" not in self.received:
            return False
        length = self.header("Content-Length")
        return self.body.endswith(b"\r\n0\r\n\r\n") if length is None else len(self.body) >= int(length)


class Client:
    """Asks the sandbox, with its key unless told otherwise."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    @property
    def authorization(self) -> Dict[str, str]:
        """Return the header with the right key."""
        return {"Authorization": f"Bearer {self.sandbox.api_key}"}

    def ask(self, method: str, url: str, body: Any = None, headers: Optional[Dict[str, str]] = None) -> Reply:
        """Send one request to an absolute URL."""
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
        try:
            data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, data, headers or {})
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        """GET from the API's origin, with the key."""
        return self.ask("GET", self.sandbox.base_url + path, headers={**self.authorization, **headers})

    def task(self, task_id: str) -> Reply:
        """GET a task."""
        return self.get(f"/api/v1/images/{task_id}")

    def generate(self, **body: Any) -> Reply:
        """POST a job."""
        document = {"model": "nano-banana", "prompt": "a fox", **body}
        return self.ask(
            "POST", f"{self.sandbox.base_url}/api/v1/images/generate", document, self.authorization
        )

    def control(self, method: str, path: str, body: Any = None) -> Reply:
        """Call the control API: without a key."""
        return self.ask(method, self.sandbox.control_url + path, body)

    def download(self, url: str, method: str = "GET", **headers: str) -> Reply:
        """Ask the CDN: without a key."""
        return self.ask(
            method, url, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    def image_url(self, task_id: str) -> str:
        """Return a completed task's first URL."""
        return str(self.task(task_id).data["primary_url"])

    def raw(self, url: str, *, key: bool = True, timeout: float = TIMEOUT, to_the_end: bool = True) -> Raw:
        """GET over a bare socket, until the server closes, resets, or is silent for the timeout.

        Without `to_the_end`, a whole answer ends it too.
        """
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        lines = [f"GET {target} HTTP/1.1", f"Host: {parts.netloc}"]
        if key:
            lines.append(f"Authorization: Bearer {self.sandbox.api_key}")
        received = b""
        with contextlib.ExitStack() as stack:
            plug = stack.enter_context(
                socket.create_connection((parts.hostname, parts.port), timeout=timeout)
            )
            if parts.scheme == "https":
                trusting = ssl.create_default_context(cafile=self.sandbox.ca_file)
                # Otherwise Python takes a torn connection for a closed one.
                plug = trusting.wrap_socket(plug, server_hostname=parts.hostname, suppress_ragged_eofs=False)
                stack.enter_context(plug)
            plug.sendall("\r\n".join([*lines, "", ""]).encode())
            try:
                while to_the_end or not Raw(received, "").is_whole:
                    block = plug.recv(65536)
                    if not block:
                        return Raw(received, "closed")
                    received += block
            except (ConnectionResetError, ssl.SSLEOFError):
                # Python's TLS sockets may lose the reason, and tell of an end without farewell.
                return Raw(received, "reset")
            except socket.timeout:
                return Raw(received, "silent")
        return Raw(received, "whole")

    def raw_task(self, task_id: str, **options: Any) -> Raw:
        """GET a task over a bare socket."""
        return self.raw(f"{self.sandbox.base_url}/api/v1/images/{task_id}", **options)
