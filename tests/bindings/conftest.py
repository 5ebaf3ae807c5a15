"""What the tests of every binding share: the library, a sandbox gateway, and the header as C sees it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "capi"), str(ROOT / "tests/capi"), str(ROOT / "tests/bindings")]


@pytest.fixture(scope="session")
def library() -> Path:
    """The shared library: APIMALL_LIBRARY, or what the presets have built."""
    named = os.environ.get("APIMALL_LIBRARY")
    candidates = (
        [Path(named)]
        if named
        else [ROOT / "build" / preset / "capi/libapimall.so" for preset in ("release", "debug", "clang")]
    )
    for candidate in candidates:
        if candidate.exists():
            return candidate
    if os.environ.get("CI"):
        pytest.fail(f"none of these is there: {', '.join(map(str, candidates))}")
    pytest.skip("no library is built; run: cmake --preset release && cmake --build --preset release")


@pytest.fixture(scope="session")
def gateway() -> Iterator[dict[str, str]]:
    """The environment that leads a program to a sandbox of its own."""
    from with_sandbox import sandbox

    with sandbox("--speed", "50") as environment:
        yield environment


@pytest.fixture(scope="session")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What the C compiler makes of the header, as lines."""
    from abi_tools import oracle_lines

    return set(oracle_lines(tmp_path_factory.mktemp("oracle")))
