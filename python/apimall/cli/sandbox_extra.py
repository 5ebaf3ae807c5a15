"""What to say when the sandbox cannot run."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from apimall.cli.exits import Exit
from apimall.cli.failures import Failure, describe
from apimall.sandbox.errors import SandboxError
from apimall.sandbox.extras import explain_missing_packages

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def explained() -> Iterator[None]:
    """End the command with one line if a package of the extra `sandbox` is missing, or a setting is wrong."""
    try:
        with explain_missing_packages():
            yield
    except (ImportError, SandboxError) as error:
        raise Failure(describe(error), Exit.ERROR) from error
