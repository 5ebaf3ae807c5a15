"""What is installed is whole, and named alike everywhere."""

from __future__ import annotations

import ast
import ctypes
import importlib
import inspect
from pathlib import Path

import apimall


def test_the_library_and_its_header_are_where_it_says() -> None:
    library = ctypes.CDLL(apimall.get_library())
    library.apimall_version.restype = ctypes.c_char_p
    assert library.apimall_version().decode() == apimall.__version__
    header = Path(apimall.get_include(), "apimall", "apimall.h").read_text()
    assert f'#define APIMALL_VERSION "{apimall.__version__}"' in header


def test_it_is_typed() -> None:
    assert (Path(apimall.__file__).parent / "py.typed").exists()


def test_public_names_are_all_there_and_documented() -> None:
    tree = ast.parse(Path(apimall.__file__).read_text())
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("apimall.")
        for alias in node.names
    }
    assert imported == set(apimall.__all__) == set(apimall._HOMES)
    for name in apimall.__all__:
        value = getattr(apimall, name)
        assert name.startswith("__") or value.__doc__, name
        if isinstance(value, type):
            assert value.__module__ == "apimall", name
    assert set(apimall.__all__) <= set(dir(apimall))


def test_public_methods_are_documented() -> None:
    for kind in (apimall.Client, apimall.AsyncClient, apimall.Images, apimall.AsyncImages, apimall.ImageTask):
        for name in dir(kind):
            if not (name.startswith("_") or inspect.ismemberdescriptor(getattr(kind, name))):
                assert getattr(kind, name).__doc__, f"{kind.__name__}.{name}"


def test_the_two_kinds_of_client_have_the_same_calls() -> None:
    def calls(kind: type) -> set[str]:
        return {name for name in dir(kind) if not name.startswith("_")}

    assert calls(apimall.Images) == calls(apimall.AsyncImages)
    assert calls(apimall.Account) == calls(apimall.AsyncAccount)
    assert calls(apimall.Client) == calls(apimall.AsyncClient)


def test_unknown_names_are_attribute_errors() -> None:
    assert not hasattr(apimall, "no_such_name")
    assert importlib.import_module("apimall") is apimall
