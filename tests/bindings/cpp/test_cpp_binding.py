"""The C++ header compiles strictly, has C's layout and numbers, refuses another library, and works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from abi_tools import CXX_COMPILERS, INCLUDE, ROOT, WARNINGS, run
from generator import naming
from generator.cli import load_checked

if TYPE_CHECKING:
    from pathlib import Path

HERE = ROOT / "tests/bindings/cpp"
INCLUDES = (f"-I{ROOT / 'bindings/cpp'}", f"-I{INCLUDE}")
COMPILERS = [(compiler, standard) for compiler in CXX_COMPILERS for standard in ("c++17", "c++20")]


def build(compiler: str, standard: str, source: Path, program: Path, *link: str) -> Path:
    result = run(compiler, f"-std={standard}", "-g", *WARNINGS, *INCLUDES, source, "-o", program, *link)
    assert result.returncode == 0, result.stderr
    return program


@pytest.mark.parametrize(("compiler", "standard"), COMPILERS)
def test_compiles_without_a_warning(compiler: str, standard: str, tmp_path: Path) -> None:
    source = tmp_path / "twice.cpp"
    source.write_text("#include <apimall.hpp>\n#include <apimall.hpp>\n", encoding="utf-8")
    result = run(compiler, f"-std={standard}", *WARNINGS, *INCLUDES, "-fsyntax-only", source)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("part", sorted(path.name for path in (ROOT / "bindings/cpp/parts").glob("*.hpp")))
def test_each_part_stands_alone(part: str, tmp_path: Path) -> None:
    source = tmp_path / "alone.cpp"
    source.write_text(f"#include <parts/{part}>\n", encoding="utf-8")
    result = run(CXX_COMPILERS[0], "-std=c++17", *WARNINGS, *INCLUDES, "-fsyntax-only", source)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("compiler", CXX_COMPILERS)
def test_the_layout_is_that_of_c(compiler: str, tmp_path: Path, oracle: set[str]) -> None:
    program = build(compiler, "c++17", HERE / "abi_view.cpp", tmp_path / "abi_view", *linking_nothing())
    assert set(run(program).stdout.splitlines()) == oracle


def linking_nothing() -> tuple[str, ...]:
    """The inline functions are never called here, so what they would call need not be there."""
    return ("-O1", "-Wl,--unresolved-symbols=ignore-all")


def test_the_enums_have_the_numbers_of_c(tmp_path: Path) -> None:
    description = load_checked(ROOT)
    same = [(f"Code::{naming.short(code.name)}", code.name) for code in description.codes]
    for family in description.enums:
        scope = naming.pascal(naming.short(family.name))
        same += [
            (f"{scope}::{naming.short(value.name, family.prefix)}", value.name) for value in family.values
        ]
    for family in description.flags:
        scope = naming.short(family.name)
        same += [
            (f"{scope}::{naming.short(value.name, family.prefix)}", value.name) for value in family.values
        ]
    asserts = [f'static_assert(static_cast<int>(apimall::{mine}) == {c_name}, "");' for mine, c_name in same]
    lines = ["#include <apimall.hpp>", *asserts]
    source = tmp_path / "enums.cpp"
    source.write_text("\n".join([*lines, ""]), encoding="utf-8")
    result = run(CXX_COMPILERS[0], "-std=c++17", *WARNINGS, *INCLUDES, "-fsyntax-only", source)
    assert result.returncode == 0, result.stderr


def test_a_library_of_another_contract_is_refused(tmp_path: Path) -> None:
    program = build(
        CXX_COMPILERS[0], "c++17", HERE / "mismatch.cpp", tmp_path / "mismatch", *linking_nothing()
    )
    result = run(program)
    assert result.returncode == 0, result.stderr
    assert "7.0.0" in result.stdout
    assert load_checked(ROOT).version in result.stdout


@pytest.mark.parametrize(("compiler", "standard"), [COMPILERS[0], COMPILERS[-1]])
def test_every_call_against_a_gateway(
    compiler: str, standard: str, tmp_path: Path, library: Path, gateway: dict[str, str]
) -> None:
    link = (str(library), f"-Wl,-rpath,{library.parent}", "-pthread")
    program = build(compiler, standard, HERE / "end_to_end.cpp", tmp_path / "end_to_end", *link)
    result = run(program, tmp_path, environment=gateway)
    assert result.returncode == 0, result.stdout + result.stderr
