"""The LuaJIT binding has C's layout and numbers, refuses a wrong library in plain words, and works."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from abi_tools import ROOT, run

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

HERE = ROOT / "tests/bindings/luajit"
BINDING = ROOT / "bindings/luajit"
LUA_PATH = f"{BINDING}/?.lua;{BINDING}/?/init.lua;{HERE}/?.lua;;"

pytestmark = pytest.mark.skipif(not shutil.which("luajit"), reason="luajit is not installed")


def lua(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs LuaJIT with the binding and the tests' own modules on its path."""
    return run("luajit", *words, environment={"LUA_PATH": LUA_PATH, **environment})


def library_of(version: str, contract: str) -> str:
    """The source of a library that says no more than which it is."""
    return (
        f'const char *apimall_version(void) {{ return "{version}"; }}\n'
        f"uint64_t apimall_abi_hash(void) {{ return {contract}; }}\n"
    )


def fake_library(folder: Path, source: str) -> Path:
    """A library with nothing but what `source` says."""
    (folder / "fake.c").write_text("#include <stdint.h>\n" + source, encoding="utf-8")
    library = folder / "libfake.so"
    result = run("cc", "-shared", "-fPIC", folder / "fake.c", "-o", library)
    assert result.returncode == 0, result.stderr
    return library


def test_the_layout_is_that_of_c(oracle: set[str]) -> None:
    result = lua(HERE / "abi_view.lua")
    assert result.returncode == 0, result.stderr
    seen = set(result.stdout.splitlines())
    told_by_c = {line for line in oracle if line.split()[0] not in {"width", "opaque", "callback"}}
    assert seen == told_by_c


def test_without_a_library_it_says_where_it_looked(tmp_path: Path) -> None:
    result = lua("-e", "require 'apimall'", APIMALL_LIBRARY=str(tmp_path / "nowhere.so"))
    assert result.returncode != 0
    assert "nowhere.so" in result.stderr
    assert "APIMALL_LIBRARY" in result.stderr


def test_another_contract_is_refused(tmp_path: Path) -> None:
    source = library_of("7.8.9", "0xabcdULL")
    result = lua("-e", "require 'apimall'", APIMALL_LIBRARY=str(fake_library(tmp_path, source)))
    assert result.returncode != 0
    assert "libapimall 7.8.9 has the contract 000000000000abcd" in result.stderr


def test_an_older_library_of_the_same_contract_is_refused(tmp_path: Path) -> None:
    header = (ROOT / "capi/include/apimall/apimall.h").read_text(encoding="utf-8")
    contract = next(
        line.split()[2] for line in header.splitlines() if line.startswith("#define APIMALL_ABI_HASH ")
    )
    source = library_of("0.0.9", contract)
    result = lua("-e", "require 'apimall'", APIMALL_LIBRARY=str(fake_library(tmp_path, source)))
    assert result.returncode != 0
    assert "libapimall 0.0.9" in result.stderr


def test_a_stranger_is_refused(tmp_path: Path) -> None:
    result = lua("-e", "require 'apimall'", APIMALL_LIBRARY=str(fake_library(tmp_path, "int stranger;\n")))
    assert result.returncode != 0
    assert "is not libapimall" in result.stderr


def test_what_needs_no_gateway(library: Path) -> None:
    result = lua(HERE / "offline.lua", APIMALL_LIBRARY=str(library))
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_call_against_a_gateway(library: Path, gateway: dict[str, str], tmp_path: Path) -> None:
    result = lua(HERE / "end_to_end.lua", tmp_path, APIMALL_LIBRARY=str(library), **gateway)
    assert result.returncode == 0, result.stdout + result.stderr
