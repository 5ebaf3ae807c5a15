"""Whether the gateway can be reached, and whether it takes the key."""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from apimall import ApimallError, Client
from apimall.cli.connect import KEY_VARIABLE
from apimall.cli.doctor.findings import Finding
from apimall.cli.doctor.settings import base_url_of
from apimall.cli.exits import Exit, exit_of
from apimall.cli.failures import describe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apimall.cli.connect import Connection

_CONNECT_SECONDS = 5.0
_CALL_SECONDS = 10.0


def gateway_findings(connection: Connection) -> Iterator[Finding]:
    """Yield what came of asking the gateway; without a key only whether somebody listens there."""
    if os.environ.get(KEY_VARIABLE):
        yield _ask(connection)
    else:
        yield _knock(base_url_of(connection)[0])


def _ask(connection: Connection) -> Finding:
    started = time.monotonic()
    try:
        with Client(**connection.settings(), wait_timeout=_CALL_SECONDS) as client:
            balances = client.account.balances(timeout=_CALL_SECONDS)
    except ApimallError as error:
        return Finding("gateway", describe(error), error.code, exit_of(error))
    took = (time.monotonic() - started) * 1000
    return Finding("gateway", f"took the key and answered in {took:.0f} ms; {balances.credits} credits")


def _knock(url: str) -> Finding:
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with socket.create_connection((parts.hostname or "", port), _CONNECT_SECONDS):
            return Finding("gateway", f"{parts.hostname} accepts connections; not asked more without a key")
    except (OSError, ValueError) as error:
        return Finding("gateway", f"{parts.hostname} cannot be reached: {error}", "", Exit.ERROR)
