"""Which settings hold, and where each comes from."""

from __future__ import annotations

import os
from difflib import get_close_matches
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from apimall.cli.connect import KEY_VARIABLE, without_password
from apimall.cli.doctor.ca_file import find_ca_file
from apimall.cli.doctor.findings import Finding
from apimall.cli.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apimall.cli.connect import Connection

_READ = (KEY_VARIABLE, "APIMALL_BASE_URL", "APIMALL_CA_BUNDLE")
DEFAULT_BASE_URL = "https://gateway.apimall.ai"


def base_url_of(connection: Connection) -> tuple[str, str]:
    """Return the gateway's URL, and where it was set."""
    if connection.base_url:
        return connection.base_url, "--base-url"
    set_there = os.environ.get("APIMALL_BASE_URL")
    return (set_there, "APIMALL_BASE_URL") if set_there else (DEFAULT_BASE_URL, "default")


def setting_findings(connection: Connection) -> Iterator[Finding]:
    """Yield the settings."""
    if os.environ.get(KEY_VARIABLE):
        yield Finding("API key", "present", KEY_VARIABLE)
    else:
        yield Finding("API key", f"missing: set {KEY_VARIABLE}", "", Exit.AUTHENTICATION)
    url, source = base_url_of(connection)
    yield Finding("base URL", without_password(url), source)
    file, source = find_ca_file(connection.ca_bundle)
    if file is None:
        yield Finding("CA file", "none found: install ca-certificates", "", Exit.ERROR)
    else:
        readable = os.access(file, os.R_OK)
        yield Finding(
            "CA file",
            file if readable else f"{file} cannot be read",
            source,
            Exit.DONE if readable else Exit.ERROR,
        )
    yield _proxy(connection, url)
    yield from _misspelt()
    rate = "found out from the answers" if connection.rate is None else f"{connection.rate:g} a second"
    yield Finding("rate", rate, "default" if connection.rate is None else "--rate")


def _misspelt() -> Iterator[Finding]:
    """Yield variables that nothing reads and that look like one which is read, and is not set."""
    for name in sorted(os.environ):
        meant = get_close_matches(name.upper(), _READ, n=1, cutoff=0.85)
        if meant and name not in _READ and not os.environ.get(meant[0]):
            yield Finding("environment", f"{name} is read by nothing; {meant[0]} is", "", Exit.ERROR)


def _proxy(connection: Connection, url: str) -> Finding:
    if connection.proxy:
        return Finding("proxy", without_password(connection.proxy), "--proxy")
    scheme = urlsplit(url).scheme
    for name in (f"{scheme}_proxy", "HTTPS_PROXY" if scheme == "https" else "", "all_proxy", "ALL_PROXY"):
        if name and os.environ.get(name):
            kept = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
            except_for = f", except for {kept}" if kept else ""
            return Finding("proxy", without_password(os.environ[name]) + except_for, name)
    return Finding("proxy", "none", "default")
