"""The oracle covers the whole description, and compilers agree with the layouts that it promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from abi_tools import C_COMPILERS, INCLUDE, ROOT, oracle_lines, run
from generator import layout
from generator.cli import load_checked
from generator.contract import abi_hash

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generator.description import Description

CLANG = [compiler for compiler in C_COMPILERS if compiler.startswith("clang")]


@pytest.fixture(scope="module")
def description() -> Description:
    return load_checked(ROOT)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return oracle_lines(tmp_path_factory.mktemp("oracle"))


def expected_layout(description: Description, pointer_bytes: int) -> Iterator[str]:
    for struct in description.structs:
        slots, size = layout.slots(struct, pointer_bytes)
        yield f"struct {struct.name} size {size}"
        for slot in slots:
            yield f"offset {struct.name}.{slot.name} {slot.offset}"
            yield f"width {struct.name}.{slot.name} {slot.size}"


def test_each_entry_is_measured_once(description: Description, lines: list[str]) -> None:
    measured = sorted(
        line.split()[1]
        for line in lines
        if line.split()[0] in {"constant", "opaque", "callback", "struct", "function"}
    )
    described = [entry.name for entry in (*description.numbers, *description.types, *description.functions)]
    assert measured == sorted(described)


def test_each_layout_is_as_described(description: Description, lines: list[str]) -> None:
    measured = {line for line in lines if line.split()[0] in {"struct", "offset", "width"}}
    assert measured == set(expected_layout(description, 8))


def test_each_number_is_as_described(description: Description, lines: list[str]) -> None:
    limits = {("size", "max"): 2**64 - 1, ("int64", "min"): -(2**63), ("int64", "max"): 2**63 - 1}
    described = {
        constant.name: limits.get((constant.type, str(constant.value)), constant.value)
        for constant in description.constants
    }
    described |= {code.name: code.value for code in description.codes}
    described |= {value.name: value.value for family in description.families for value in family.values}
    measured = {line.split()[1]: int(line.split()[2]) for line in lines if line.startswith("constant ")}
    assert measured == described


def test_version_and_hash(description: Description, lines: list[str]) -> None:
    assert lines[0] == f"version {description.version}"
    assert lines[1] == f"abi_hash {abi_hash(description)}"


@pytest.mark.skipif(not CLANG, reason="only clang compiles for a machine whose C library is not here")
@pytest.mark.parametrize(
    ("machine", "pointer_bytes"), [("armv7-none-eabi", 4), ("wasm32", 4), ("aarch64-none-elf", 8)]
)
def test_other_machines_agree(
    description: Description, tmp_path: Path, machine: str, pointer_bytes: int
) -> None:
    """No other machine is here to run the oracle, so the compiler is asked to assert what it would print."""
    source = tmp_path / "asserts.c"
    words = (line.split() for line in expected_layout(description, pointer_bytes))
    asserts = [
        f'_Static_assert({c_expression(kind, name)} == {number}, "{kind} {name}");'
        for kind, name, *_, number in words
    ]
    source.write_text("\n".join(["#include <apimall/apimall.h>", *asserts, ""]), encoding="utf-8")
    result = run(
        CLANG[0], "-target", machine, "-ffreestanding", "-std=c11", f"-I{INCLUDE}", "-fsyntax-only", source
    )
    assert result.returncode == 0, result.stderr


def c_expression(kind: str, name: str) -> str:
    """What the compiler has to evaluate for one line of the oracle."""
    if kind == "struct":
        return f"sizeof({name})"
    struct, member = name.split(".")
    return f"offsetof({struct}, {member})" if kind == "offset" else f"sizeof((({struct} *)0)->{member})"
