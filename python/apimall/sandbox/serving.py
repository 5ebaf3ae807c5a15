"""The two servers: the API's origin and the CDN's, both on 127.0.0.1 and nowhere else."""

from __future__ import annotations

import errno
import logging
import os
import socket
from typing import Dict, List, Optional

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from apimall.sandbox.cdn import Cdn
from apimall.sandbox.certificates import ThrowAwayAuthority
from apimall.sandbox.errors import SandboxError
from apimall.sandbox.gateway import Gateway
from apimall.sandbox.service import Service
from apimall.sandbox.settings import Settings

HOST = "127.0.0.1"
_BACKLOG = 4096  # a fleet of waits connects all at once


class Serving:
    """A running sandbox, on the event loop that started it."""

    def __init__(self, settings: Settings, *, port: int = 0, cdn_port: int = 0, tls: bool = False) -> None:
        self.service = Service(settings)
        self._ports = (port, cdn_port)
        self._authority: Optional[ThrowAwayAuthority] = None
        self._tls = tls
        self._runners: List[web.ServerRunner] = []

    async def start(self) -> None:
        """Open both ports."""
        cdn = Cdn(self.service)
        handlers = (Gateway(self.service, cdn).handle, cdn.handle)
        sockets: List[socket.socket] = []
        try:
            for port in self._ports:
                sockets.append(_listen(port))
            if self._tls:
                self._authority = ThrowAwayAuthority()
            scheme = "https" if self._tls else "http"
            self.service.addresses(*(f"{scheme}://{HOST}:{plug.getsockname()[1]}" for plug in sockets))
            context = self._authority.server_context() if self._authority is not None else None
            for plug, handler in zip(sockets, handlers):
                # A client that leaves ends its handler: otherwise a hanging answer would outlive it.
                server = web.Server(
                    handler,
                    handler_cancellation=True,
                    access_log=None,
                    logger=_logger(),
                    keepalive_timeout=75.0,
                )
                runner = web.ServerRunner(server, shutdown_timeout=0.2)
                await runner.setup()
                self._runners.append(runner)
                await web.SockSite(runner, plug, backlog=_BACKLOG, ssl_context=context).start()
        except BaseException:
            for plug in sockets:
                plug.close()
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close both ports and what hangs on them."""
        self.service.close()
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()
        if self._authority is not None:
            self._authority.close()
            self._authority = None

    @property
    def ca_file(self) -> Optional[str]:
        """Return the path of the CA's certificate, with TLS."""
        return str(self._authority.ca_file) if self._authority is not None else None

    def describe(self) -> Dict[str, object]:
        """Return what a client needs to know."""
        return {
            "base_url": self.service.base_url,
            "cdn_url": self.service.cdn_url,
            "control_url": f"{self.service.base_url}/_sandbox",
            "api_key": self.service.api_key,
            "ca_file": self.ca_file,
            "pid": os.getpid(),
        }


class _OwnFaultsOnly(logging.Filter):
    """Lets through what is wrong with the sandbox, and not what is wrong with a client's request."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, (HttpProcessingError, ConnectionError))


def _logger() -> logging.Logger:
    logger = logging.getLogger("apimall.sandbox")
    if not logger.filters:
        logger.addFilter(_OwnFaultsOnly())
    return logger


def _listen(port: int) -> socket.socket:
    plug = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        plug.bind((HOST, port))
        plug.listen(_BACKLOG)
    except OSError as error:
        plug.close()
        if error.errno == errno.EADDRINUSE:
            advice = "stop what listens there, or use port 0 to let the system choose a free one"
            raise SandboxError(f"port {port} of {HOST} is in use; {advice}") from error
        if isinstance(error, PermissionError):
            raise SandboxError(
                f"port {port} may not be opened by this user; use port 0 or one above 1023"
            ) from error
        raise SandboxError(f"cannot listen on port {port} of {HOST}: {error.strerror}; use port 0") from error
    return plug
