"""The description of the ABI as typed values, read from YAML and checked against its JSON Schema."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import jsonschema
import yaml

if TYPE_CHECKING:
    from pathlib import Path


class DescriptionError(Exception):
    """The description breaks a rule. Each line of the message names the entry."""


class Named(Protocol):
    """Any entry that has a name and came with a version."""

    @property
    def name(self) -> str:
        """The C name."""

    @property
    def since(self) -> str:
        """The version that brought it."""


@dataclass(frozen=True)
class Value:
    """A parameter, a struct member or a return value."""

    name: str
    type: str
    doc: str = ""
    unit: str = ""
    enum: str = ""
    direction: str = ""
    owner: str = ""
    until: str = ""
    array: str = ""
    const: bool = False
    nullable: bool = False
    absent: bool = False


@dataclass(frozen=True)
class Constant:
    """A typed number with a name. `value` is a number, or `min` or `max` of the type."""

    name: str
    type: str
    value: int | str
    doc: str
    since: str


@dataclass(frozen=True)
class Number:
    """A code, or a value of an enum or of a set of flags."""

    name: str
    value: int
    doc: str
    since: str
    group: str = ""
    http: tuple[int, ...] = ()


@dataclass(frozen=True)
class Family:
    """An enum or a set of flags: in C an `int32_t` or a `uint32_t` with named numbers."""

    name: str
    prefix: str
    doc: str
    since: str
    retired: tuple[int, ...]
    values: tuple[Number, ...]


@dataclass(frozen=True)
class Group:
    """A heading with a sentence."""

    id: str
    title: str
    doc: str


@dataclass(frozen=True)
class Opaque:
    """A type that callers know by pointer alone."""

    name: str
    free: str
    threads: str
    doc: str
    since: str


@dataclass(frozen=True)
class Callback:
    """A function of the caller's that the library calls."""

    name: str
    threads: str
    doc: str
    since: str
    parameters: tuple[Value, ...]


@dataclass(frozen=True)
class Struct:
    """A struct that both sides see. `role` is `input` or `output`."""

    name: str
    role: str
    doc: str
    since: str
    members: tuple[Value, ...]


@dataclass(frozen=True)
class Function:
    """An exported function. `errors` are short code names; sets among them are expanded."""

    name: str
    section: str
    threads: str
    blocks: bool
    doc: str
    since: str
    parameters: tuple[Value, ...]
    returns: Value
    errors: tuple[str, ...]


@dataclass(frozen=True)
class Setting:
    """A row of the table of settings. All values are text; empty means that there is none."""

    key: str
    type: str
    doc: str
    since: str
    default: str = ""
    min: str = ""
    max: str = ""
    choices: tuple[str, ...] = ()
    environment: str = ""


@dataclass(frozen=True)
class Description:
    """All of `apimall.yaml`."""

    version: str
    intro: str
    constants: tuple[Constant, ...]
    code_groups: tuple[Group, ...]
    codes: tuple[Number, ...]
    retired_codes: tuple[int, ...]
    enums: tuple[Family, ...]
    flags: tuple[Family, ...]
    opaque_types: tuple[Opaque, ...]
    callbacks: tuple[Callback, ...]
    structs: tuple[Struct, ...]
    sections: tuple[Group, ...]
    functions: tuple[Function, ...]
    settings: tuple[Setting, ...]

    @property
    def version_parts(self) -> tuple[int, int, int]:
        """Major, minor and patch."""
        major, minor, patch = (int(part) for part in self.version.split("."))
        return major, minor, patch

    @property
    def families(self) -> tuple[Family, ...]:
        """Enums, then flags."""
        return self.enums + self.flags

    @property
    def types(self) -> tuple[Named, ...]:
        """Every type with a C name."""
        return (*self.opaque_types, *self.structs, *self.callbacks)

    @property
    def numbers(self) -> tuple[Named, ...]:
        """Every constant, code, enum value and flag."""
        values = (value for family in self.families for value in family.values)
        return (*self.constants, *self.codes, *values)


class _UniqueKeyLoader(yaml.SafeLoader):
    """Refuses a repeated key, where plain YAML lets the later one replace the earlier in silence."""

    # The signature is PyYAML's.
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise DescriptionError(f"line {key_node.start_mark.line + 1}: the key '{key}' is there twice")
            seen.add(key)
        return super().construct_mapping(node, deep)


def load(description_path: Path, schema_path: Path) -> Description:
    """Read the description and check its form."""
    try:
        # The loader is a safe one that knows more, which the linter cannot see.
        raw = yaml.load(description_path.read_text(encoding="utf-8"), Loader=_UniqueKeyLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise DescriptionError(f"{description_path.name} is not YAML: {error}") from error
    return from_raw(raw, json.loads(schema_path.read_text(encoding="utf-8")))


def from_raw(raw: Any, schema: dict[str, Any]) -> Description:
    """Check the form of parsed YAML and make a description of it."""
    violations = sorted(
        jsonschema.Draft202012Validator(schema).iter_errors(raw),
        key=lambda error: list(map(str, error.absolute_path)),
    )
    if violations:
        raise DescriptionError(
            "\n".join(f"{_place(raw, list(error.absolute_path))}: {error.message}" for error in violations)
        )
    return Description(
        version=raw["version"],
        intro=raw["intro"],
        constants=tuple(Constant(**entry) for entry in raw["constants"]),
        code_groups=tuple(Group(**entry) for entry in raw["code_groups"]),
        codes=tuple(_number(entry) for entry in raw["codes"]),
        retired_codes=tuple(raw["retired_codes"]),
        enums=tuple(_family(entry) for entry in raw["enums"]),
        flags=tuple(_family(entry) for entry in raw["flags"]),
        opaque_types=tuple(Opaque(**entry) for entry in raw["opaque_types"]),
        callbacks=tuple(
            Callback(**{**entry, "parameters": _values(entry["parameters"])}) for entry in raw["callbacks"]
        ),
        structs=tuple(Struct(**{**entry, "members": _values(entry["members"])}) for entry in raw["structs"]),
        sections=tuple(Group(**entry) for entry in raw["sections"]),
        functions=tuple(_function(entry, raw["error_sets"]) for entry in raw["functions"]),
        settings=tuple(
            Setting(**{**entry, "choices": tuple(entry.get("choices", ()))}) for entry in raw["settings"]
        ),
    )


def _values(entries: list[dict[str, Any]]) -> tuple[Value, ...]:
    return tuple(Value(**entry) for entry in entries)


def _number(entry: dict[str, Any]) -> Number:
    return Number(**{**entry, "http": tuple(entry.get("http", ()))})


def _family(entry: dict[str, Any]) -> Family:
    return Family(
        name=entry["name"],
        prefix=entry.get("prefix", entry["name"].upper() + "_"),
        doc=entry["doc"],
        since=entry["since"],
        retired=tuple(entry["retired"]),
        values=tuple(_number(value) for value in entry["values"]),
    )


def _function(entry: dict[str, Any], error_sets: dict[str, list[str]]) -> Function:
    errors: list[str] = []
    for error in entry["errors"]:
        if error.startswith("$"):
            if error[1:] not in error_sets:
                raise DescriptionError(f"function {entry['name']}: there is no error set '{error[1:]}'")
            errors.extend(error_sets[error[1:]])
        else:
            errors.append(error)
    return Function(
        **{
            **entry,
            "parameters": _values(entry["parameters"]),
            "returns": Value(name="", **entry["returns"]),
            "errors": tuple(errors),
        }
    )


def _place(raw: Any, path: list[str | int]) -> str:
    """Where in the file, with the names of entries rather than their positions."""
    words: list[str] = []
    for step in path:
        try:
            raw = raw[step]
        except (KeyError, IndexError, TypeError):
            words.append(str(step))
            continue
        name = (raw.get("name") or raw.get("key") or raw.get("id")) if isinstance(raw, dict) else None
        words.append(str(name) if isinstance(step, int) and name else str(step))
    return " / ".join(words) if words else "top level"
