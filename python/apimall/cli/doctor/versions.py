"""What is installed."""

from __future__ import annotations

import ctypes
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import apimall
from apimall.cli.doctor.findings import Finding
from apimall.sandbox.extras import PACKAGES

if TYPE_CHECKING:
    from collections.abc import Iterator


def version_findings() -> Iterator[Finding]:
    """Yield versions of everything that takes part."""
    yield Finding("apimall", apimall.__version__, str(Path(apimall.__file__).parent))
    yield Finding("library", str(apimall.get_library()))
    yield Finding("transport", _transport())
    yield Finding("python", platform.python_version(), platform.platform())
    yield Finding("cli", ", ".join(f"{name} {version(name)}" for name in ("click", "rich")))
    yield Finding("sandbox", _sandbox())


def _sandbox() -> str:
    missing = [package for package in PACKAGES.values() if not _installed(package)]
    if missing:
        return f"not installed, lacks {', '.join(missing)}: pip install 'apimall[sandbox]'"
    return "installed"


def _installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def _transport() -> str:
    """Ask the libcurl that the native library loaded which TLS and which HTTP/2 it was built with."""
    path = _loaded_libcurl()
    if path is None:
        return "libcurl, built into the library"
    try:
        tell = ctypes.CDLL(path).curl_version
    except (OSError, AttributeError):
        return path
    tell.restype = ctypes.c_char_p
    return str(tell().decode("ascii", "replace"))


def _loaded_libcurl() -> str | None:
    """Return the path of the libcurl in this process; Linux tells it."""
    try:
        lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    paths = {line.split(maxsplit=5)[-1] for line in lines if "/libcurl" in line}
    return min(paths, default=None)
