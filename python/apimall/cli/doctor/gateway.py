"""Whether the gateway can be reached, and whether it takes the key."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from apimall import ApimallError, Client
from apimall.cli.connect import KEY_VARIABLE
from apimall.cli.doctor.findings import Finding
from apimall.cli.exits import exit_of
from apimall.cli.failures import describe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apimall.cli.connect import Connection

_NO_KEY = "none"  # what stands in the request's place for a key, so that network, proxy and TLS are tried
_UNAUTHORIZED = 401
_CALL_SECONDS = 10.0


def gateway_findings(connection: Connection) -> Iterator[Finding]:
    """Yield what came of asking the gateway; without a key only whether it answers at all."""
    has_key = bool(os.environ.get(KEY_VARIABLE))
    settings = connection.settings() if has_key else {**connection.settings(), "api_key": _NO_KEY}
    started = time.monotonic()
    try:
        with Client(**settings, wait_timeout=_CALL_SECONDS) as client:
            balances = client.account.balances(timeout=_CALL_SECONDS)
    except ApimallError as error:
        took = (time.monotonic() - started) * 1000
        if not has_key and error.http_status == _UNAUTHORIZED:
            yield Finding("gateway", f"answers in {took:.0f} ms, and asks for a key")
        else:
            yield Finding("gateway", describe(error), error.code, exit_of(error))
        return
    took = (time.monotonic() - started) * 1000
    credit = "credits unknown" if balances.credits is None else f"{balances.credits:,} credits"
    yield Finding("gateway", f"took the key and answered in {took:.0f} ms; {credit}")
