"""The header stands alone, and compiles without a warning under every standard that it promises."""

from __future__ import annotations

import pytest
from abi_tools import C_COMPILERS, CXX_COMPILERS, INCLUDE, ROOT, WARNINGS, run

HEADERS = ROOT / "tests/capi/headers"
CASES = [
    *(
        (compiler, "header_as_c.c", standard)
        for compiler in C_COMPILERS
        for standard in ("c99", "c11", "c17", "c2x")
    ),
    *(
        (compiler, "header_as_cpp.cpp", standard)
        for compiler in CXX_COMPILERS
        for standard in ("c++11", "c++14", "c++17", "c++20")
    ),
]


@pytest.mark.parametrize(("compiler", "source", "standard"), CASES)
def test_compiles_without_a_warning(compiler: str, source: str, standard: str) -> None:
    result = run(compiler, f"-std={standard}", *WARNINGS, f"-I{INCLUDE}", "-fsyntax-only", HEADERS / source)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("compiler", C_COMPILERS)
def test_a_misuse_would_be_noticed(compiler: str) -> None:
    result = run(
        compiler,
        "-std=c99",
        *WARNINGS,
        f"-I{INCLUDE}",
        "-fsyntax-only",
        "-DAPIMALL_OK=not_a_number",
        HEADERS / "header_as_c.c",
    )
    assert result.returncode != 0
