"""Exit codes, and how the ends of several tasks make one of them."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apimall import ApimallError


class Exit(IntEnum):
    """What the command's exit code says."""

    DONE = 0
    ERROR = 1
    USAGE = 2
    TASK_FAILED = 3
    DEADLINE = 4
    AUTHENTICATION = 5
    INTERRUPTED = 130


# By the `code` of the exception; everything else is an error.
_BY_CAUSE = {
    "unauthorized": Exit.AUTHENTICATION,
    "forbidden": Exit.AUTHENTICATION,
    "deadline": Exit.DEADLINE,
    "task_failed": Exit.TASK_FAILED,
    "invalid_argument": Exit.USAGE,
    "invalid_setting": Exit.USAGE,
}
# Of several ends, the one that needs a person most.
_GRAVEST_FIRST = (
    Exit.INTERRUPTED,
    Exit.AUTHENTICATION,
    Exit.ERROR,
    Exit.USAGE,
    Exit.DEADLINE,
    Exit.TASK_FAILED,
    Exit.DONE,
)


def exit_of(error: ApimallError) -> Exit:
    """Return the exit code for an exception of the library."""
    return _BY_CAUSE.get(error.code, Exit.ERROR)


def gravest(exits: Iterable[Exit]) -> Exit:
    """Return the one exit code for several ends."""
    return min(exits, key=_GRAVEST_FIRST.index, default=Exit.DONE)
