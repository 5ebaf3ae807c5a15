"""Which template writes which file. A new language adds a row and a template; nothing else changes here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import naming

if TYPE_CHECKING:
    from collections.abc import Callable

    from .description import Description


def functions(description: Description) -> list[str]:
    """List all functions."""
    return [function.name for function in description.functions]


def mach_o_names(description: Description) -> list[str]:
    """List all functions as Mach-O spells them."""
    return ["_" + name for name in functions(description)]


def types(description: Description) -> list[str]:
    """List all types."""
    return [entry.name for entry in description.types]


def numbers(description: Description) -> list[str]:
    """List all constants, codes, enum values and flags."""
    return [entry.name for entry in description.numbers]


def members(description: Description) -> list[str]:
    """List all struct members."""
    return [member.name for struct in description.structs for member in struct.members]


def code_names(description: Description) -> list[str]:
    """List all codes by their short names."""
    return [naming.short(code.name) for code in description.codes]


def settings(description: Description) -> list[str]:
    """List the keys of all settings."""
    return [setting.key for setting in description.settings]


@dataclass(frozen=True)
class Target:
    """A file to write. Its text has to mention all that `mentions` lists, so that a lost half is noticed."""

    template: str
    output: str
    mentions: tuple[Callable[[Description], list[str]], ...]


TARGETS = (
    Target("apimall.h.jinja", "capi/include/apimall/apimall.h", (functions, types, numbers, members)),
    Target("apimall.map.jinja", "capi/exports/apimall.map", (functions,)),
    Target("apimall.def.jinja", "capi/exports/apimall.def", (functions,)),
    Target("apimall.exp.jinja", "capi/exports/apimall.exp", (mach_o_names,)),
    Target("REFERENCE.md.jinja", "capi/REFERENCE.md", (functions, types, numbers, members, settings)),
    Target("code.hpp.jinja", "core/model/code.hpp", (code_names,)),
    Target("settings_table.inc.jinja", "core/client/settings_table.inc", (settings,)),
    Target("abi_names.inc.jinja", "tests/capi/abi_names.inc", (functions, types, numbers, members)),
    Target("enums.hpp.jinja", "bindings/cpp/parts/enums.hpp", (code_names,)),
    Target("cdef.lua.jinja", "bindings/luajit/apimall/cdef.lua", (functions, types, members)),
)
