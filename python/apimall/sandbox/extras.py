"""What to say when the packages of the `sandbox` extra are not installed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Iterator

# Import name -> name on the package index.
PACKAGES = {
    "aiohttp": "aiohttp",
    "PIL": "Pillow",
    "yaml": "PyYAML",
    "cryptography": "cryptography",
    "click": "click",
}


def missing_package_message(error: ImportError) -> str | None:
    """Return the advice for an import that failed, or None when the extra is not the cause."""
    module = (error.name or "").partition(".")[0]
    if module not in PACKAGES:
        return None
    return (
        f"the sandbox needs the package {PACKAGES[module]}; install it with: pip install 'apimall[sandbox]'"
    )


@contextmanager
def explain_missing_packages() -> Iterator[None]:
    """Turn a failed import of one of the extra's packages into one that says how to install them."""
    try:
        yield
    except ModuleNotFoundError as error:
        message = missing_package_message(error)
        if message is None:
            raise
        raise ImportError(message, name=error.name) from error
