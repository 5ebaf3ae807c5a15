"""Makes the client of a command, from its options and the environment."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from apimall.cli.exits import Exit
from apimall.cli.failures import Failure

if TYPE_CHECKING:
    from apimall import AsyncClient, Client

KEY_VARIABLE = "APIMALL_API_KEY"


@dataclass(frozen=True)
class Connection:
    """Where the gateway is and how to reach it. The key is not in it: it comes from the environment."""

    base_url: str | None = None
    ca_bundle: str | None = None
    proxy: str | None = None
    rate: float | None = None
    verbose: int = 0

    def words(self) -> list[str]:
        """Return the options again, for a command that goes on where this one stopped."""
        given = {
            "--base-url": self.base_url,
            "--ca-bundle": self.ca_bundle,
            "--proxy": without_password(self.proxy) if self.proxy else None,
            "--rate": None if self.rate is None else f"{self.rate:g}",
        }
        return [word for name, value in given.items() if value is not None for word in (name, value)]

    def settings(self) -> dict[str, Any]:
        """Return the settings that were given."""
        given = {
            "base_url": self.base_url,
            "ca_bundle": self.ca_bundle,
            "proxy": self.proxy,
            "rate_per_second": self.rate,
        }
        return {name: value for name, value in given.items() if value is not None}

    def client(self) -> Client:
        """Make a client whose calls block."""
        from apimall import Client

        self._prepare()
        return Client(**self.settings())

    def async_client(self) -> AsyncClient:
        """Make a client for asyncio."""
        from apimall import AsyncClient

        self._prepare()
        return AsyncClient(**self.settings())

    def require_key(self) -> None:
        """End the command if there is no key, before it reads or writes anything."""
        if not os.environ.get(KEY_VARIABLE):
            raise Failure(
                f"there is no API key: set the environment variable {KEY_VARIABLE}. "
                "Keys are made at https://www.apimall.ai/api-keys; without one, try: apimall demo",
                Exit.AUTHENTICATION,
            )

    def _prepare(self) -> None:
        self.require_key()
        if self.verbose:
            log_to_stderr(logging.DEBUG if self.verbose > 1 else logging.INFO)


def without_password(url: str) -> str:
    """Return the URL without what stands before an `@`."""
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=f"…@{parts.netloc.rpartition('@')[2]}"))


def log_to_stderr(level: int) -> None:
    """Show the library's log, in which the key never stands."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("apimall")
    logger.addHandler(handler)
    logger.setLevel(level)
