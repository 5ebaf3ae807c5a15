"""Makes the generator importable, and reads the description once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "capi"), str(Path(__file__).resolve().parent)]


@pytest.fixture(scope="session")
def description() -> object:
    """The description as it is."""
    from description_changes import checked

    return checked(lambda raw: None)
