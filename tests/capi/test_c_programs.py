"""C programs that use the library as strangers would: installed and linked through pkg-config or CMake, or loaded by `dlopen`."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from abi_tools import ROOT, WARNINGS, run

from apimall.sandbox import Sandbox

PROGRAM = ROOT / "tests/capi/dlopen_program.c"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A gateway whose tasks end at once."""
    with Sandbox(seed=3, speed=100.0) as running:
        yield running


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the library has been installed."""
    folder = tmp_path_factory.mktemp("prefix")
    result = run("cmake", "--install", ROOT / "build/release", "--prefix", folder)
    assert result.returncode == 0, result.stderr
    return folder


def pkg_config(prefix: Path) -> list[str]:
    """The flags that `pkg-config` gives for the library."""
    found = sorted(prefix.glob("lib*/**/pkgconfig"))
    result = run(
        "pkg-config", "--cflags", "--libs", "apimall", environment={"PKG_CONFIG_PATH": str(found[0])}
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


def library(prefix: Path) -> Path:
    """The installed library."""
    return next(iter(prefix.glob("lib*/**/libapimall.so")))


def test_a_program_links_through_pkg_config(prefix: Path, tmp_path: Path) -> None:
    """The printed flags are enough, with every warning an error."""
    source = tmp_path / "version.c"
    source.write_text(
        "#include <apimall/apimall.h>\n#include <stdio.h>\n"
        "int main(void) { puts(apimall_version()); return apimall_abi_hash() != APIMALL_ABI_HASH; }\n"
    )
    program = tmp_path / "version"
    result = run("cc", "-std=c99", *WARNINGS, source, *pkg_config(prefix), "-o", program)
    assert result.returncode == 0, result.stderr
    result = run(str(program), environment={"LD_LIBRARY_PATH": str(library(prefix).parent)})
    assert result.returncode == 0
    assert result.stdout.startswith("0.")


def test_a_program_finds_the_library_through_cmake(prefix: Path, tmp_path: Path) -> None:
    """`find_package(apimall)` gives the C library and the C++ header."""
    (tmp_path / "main.c").write_text(
        "#include <apimall/apimall.h>\nint main(void) { return !apimall_version(); }\n"
    )
    (tmp_path / "main.cpp").write_text(
        '#include <apimall/apimall.hpp>\nint main() { apimall::Config config; config.set("poll_price", "1s"); }\n'
    )
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(user C CXX)\nfind_package(apimall 0.1 REQUIRED)\n"
        "add_executable(c main.c)\ntarget_link_libraries(c apimall::apimall)\n"
        "add_executable(cpp main.cpp)\ntarget_link_libraries(cpp apimall::cpp)\n"
    )
    build = tmp_path / "build"
    for command in (
        ("cmake", "-S", tmp_path, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}"),
        ("cmake", "--build", build),
        (build / "c",),
        (build / "cpp",),
    ):
        result = run(*command, environment={"LD_LIBRARY_PATH": str(library(prefix).parent)})
        assert result.returncode == 0, result.stdout + result.stderr


def test_a_program_loads_the_library_at_run_time(prefix: Path, tmp_path: Path, sandbox: Sandbox) -> None:
    """No header symbol is needed but the types; the library can be unloaded again."""
    program = tmp_path / "dlopen_program"
    result = run("cc", "-std=c99", *WARNINGS, PROGRAM, f"-I{prefix / 'include'}", "-ldl", "-o", program)
    assert result.returncode == 0, result.stderr
    task_id = sandbox.add_task(duration=0.1)
    gateway = {"APIMALL_BASE_URL": sandbox.base_url, "APIMALL_API_KEY": sandbox.api_key}
    result = run(str(program), library(prefix), task_id, environment=gateway)
    assert result.returncode == 0, result.stderr
    assert result.stdout == f"{task_id} completed\n"


def test_the_library_needs_nothing_surprising(prefix: Path) -> None:
    """Beyond what libcurl itself needs there is the C++ run time, libcurl and simdjson."""
    listing = subprocess.run(
        ["readelf", "-d", library(prefix)], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    needed = {line.split("[")[1].rstrip("]").split(".so")[0] for line in listing if "(NEEDED)" in line}
    needed = {name for name in needed if not name.startswith("ld-")}  # the loader itself
    assert needed <= {"libcurl", "libsimdjson", "libstdc++", "libgcc_s", "libc", "libm"}
