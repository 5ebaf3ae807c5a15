"""How the description's types are spelled in each language.

A language adds a column to `SCALARS`; what text or a handle becomes is told by its template or here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .description import Callback, Constant, Description, Function, Struct, Value

# Where a C declaration is broken into one line for each parameter.
_LINE = 90

SCALARS: dict[str, dict[str, str]] = {
    "int32": {"c": "int32_t"},
    "uint32": {"c": "uint32_t"},
    "int64": {"c": "int64_t"},
    "uint64": {"c": "uint64_t"},
    "size": {"c": "size_t"},
    "intptr": {"c": "intptr_t"},
    "code": {"c": "int32_t"},
    "void": {"c": "void"},
    "string": {"c": "const char *"},
}


def scalar(type_name: str, language: str) -> str:
    """Spell a scalar type in a language."""
    return SCALARS[type_name][language]


class CTypes:
    """Declarations in C. Knows which names are structs and which are callbacks."""

    def __init__(self, description: Description) -> None:
        self._structs = {struct.name for struct in description.structs}
        self._callbacks = {callback.name for callback in description.callbacks}
        self._opaque = {opaque.name for opaque in description.opaque_types}

    def is_opaque(self, type_name: str) -> bool:
        """Whether the type is known by pointer alone."""
        return type_name in self._opaque

    def member_declarations(self, member: Value) -> list[str]:
        """Declare in C what one described member becomes."""
        return [declaration for declaration, _ in self._member(member)]

    def members(self, struct: Struct) -> list[tuple[str, str]]:
        """List the C members of a struct as (declaration, name)."""
        return [
            (declaration, name) for member in struct.members for declaration, name in self._member(member)
        ]

    def initialiser(self, struct: Struct) -> str:
        """Give the values of a struct's `_INIT` macro: its size, then a zero for each member."""
        values = [f"(uint32_t)sizeof({struct.name})"]
        for member in struct.members[1:]:
            values.extend(
                ["NULL", "0"] if member.type == "text" else ["0"] if member.type in SCALARS else ["NULL"]
            )
        return ", ".join(values)

    def prototype(self, function: Function) -> str:
        """Declare a function, in one line or one line for each parameter, without the semicolon."""
        return_type = scalar(function.returns.type, "c")
        head = return_type + ("" if return_type.endswith("*") else " ") + function.name
        return self._declaration(head, function.parameters)

    def callback(self, callback: Callback) -> str:
        """Define a callback's type, without the semicolon."""
        return self._declaration(f"typedef void (*{callback.name})", callback.parameters)

    def parameters(self, parameters: tuple[Value, ...]) -> list[str]:
        """Declare the C parameters."""
        return [declaration for value in parameters for declaration in self._parameter(value)]

    def _declaration(self, head: str, parameters: tuple[Value, ...]) -> str:
        declarations = self.parameters(parameters) or ["void"]
        line = f"{head}({', '.join(declarations)})"
        if len(line) <= _LINE:
            return line
        return head + "(\n    " + ",\n    ".join(declarations) + ")"

    def _member(self, member: Value) -> list[tuple[str, str]]:
        if member.type == "text":
            return [
                (f"const char *{member.name}", member.name),
                (f"size_t {member.name}_len", member.name + "_len"),
            ]
        if member.type in SCALARS:
            return [(f"{scalar(member.type, 'c')} {member.name}", member.name)]
        pointee = "void" if member.type == "pointer" else member.type
        return [(f"{'const ' if member.const else ''}{pointee} *{member.name}", member.name)]

    def _parameter(self, value: Value) -> list[str]:
        is_out = value.direction == "out"
        if value.type == "text":
            if is_out:
                return [f"const char **{value.name}", f"size_t *{value.name}_len"]
            return [f"const char *{value.name}", f"size_t {value.name}_len"]
        if value.type in SCALARS:
            return [f"{scalar(value.type, 'c')} {'*' if is_out else ''}{value.name}"]
        if value.type in self._callbacks:
            return [f"{value.type} {value.name}"]
        if value.type == "pointer":
            return [f"void *{value.name}"]
        if value.type in self._structs:
            return [f"{'' if is_out else 'const '}{value.type} *{value.name}"]
        return [f"{'const ' if value.const else ''}{value.type} {'**' if is_out else '*'}{value.name}"]


def c_constant(constant: Constant) -> str:
    """Spell a constant's value in C99 and C++11, of the right type."""
    if constant.value == "max":
        return {"size": "SIZE_MAX", "int64": "INT64_MAX"}[constant.type]
    if constant.value == "min":
        return {"int64": "INT64_MIN"}[constant.type]
    return str(constant.value) if int(constant.value) >= 0 else f"({constant.value})"


def lua_constant(constant: Constant) -> str:
    """Spell a constant's value in LuaJIT, boxed when a Lua number could not hold it."""
    if constant.value == "max":
        return {"size": 'ffi.cast("size_t", -1LL)', "int64": "9223372036854775807LL"}[constant.type]
    if constant.value == "min":
        return {"int64": "-9223372036854775807LL - 1"}[constant.type]
    return str(constant.value)
