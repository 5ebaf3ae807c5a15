"""The library's log lines, given to the logger `apimall`. The API key and signed URLs never stand in one."""

from __future__ import annotations

import logging

_LOGGER = logging.getLogger("apimall")
_LOGGER.addHandler(logging.NullHandler())  # a program that configures no logging gets no lines on its stderr

_LEVELS = {1: logging.ERROR, 2: logging.WARNING, 3: logging.INFO, 4: logging.DEBUG}


def wanted_level() -> str:
    """Return the setting `log_level` for what the logger lets through now."""
    level = _LOGGER.getEffectiveLevel()
    if not _LOGGER.isEnabledFor(logging.ERROR):
        return "off"
    for name, least in (("debug", logging.DEBUG), ("info", logging.INFO), ("warning", logging.WARNING)):
        if level <= least:
            return name
    return "error"


def emit(level: int, message: str) -> None:
    """Log one line. Called on a thread of the library's own."""
    _LOGGER.log(_LEVELS.get(level, logging.INFO), "%s", message)
