"""Rules of the ABI that a JSON Schema cannot tell. Each yields sentences that name the entry at fault."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from . import layout, naming
from .description import Description, DescriptionError, Function, Number, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SCALARS = {"int32", "uint32", "int64", "uint64", "size", "intptr", "text", "pointer"}


def check(description: Description) -> None:
    """Raise one error that lists every rule broken."""
    violations = [violation for rule in RULES for violation in rule(description)]
    if violations:
        raise DescriptionError("\n".join(violations))


def names_are_unique_and_prefixed(d: Description) -> Iterator[str]:
    """Names are unique and carry the project's prefix."""
    upper = [entry.name for entry in d.numbers]
    lower = [entry.name for entry in (*d.types, *d.functions, *d.families)]
    yield from (
        f"{name}: a constant's name begins with APIMALL_" for name in upper if not name.startswith("APIMALL_")
    )
    yield from (f"{name}: a name begins with apimall_" for name in lower if not name.startswith("apimall_"))
    yield from _repeated(upper + lower, "the name")
    yield from _repeated([setting.key for setting in d.settings], "the setting")
    for struct in d.structs:
        slots, _ = layout.slots(struct, 8)
        yield from _repeated([f"struct {struct.name}.{slot.name}" for slot in slots], "the member")
    for function in d.functions:
        yield from _repeated(
            [f"function {function.name}({value.name})" for value in function.parameters], "the parameter"
        )


def numbers_are_never_reused(d: Description) -> Iterator[str]:
    """Numbers belong to one name for ever."""
    families: list[tuple[str, Iterable[Number], tuple[int, ...]]] = [("codes", d.codes, d.retired_codes)]
    families += [(family.name, family.values, family.retired) for family in d.families]
    for family_name, numbers, retired in families:
        by_value: dict[int, str] = {}
        for number in numbers:
            place = f"{number.name}: the number {number.value} of {family_name}"
            if number.value in by_value:
                yield f"{place} already belongs to {by_value[number.value]}"
            if number.value in retired:
                yield f"{place} is retired and cannot be used again"
            by_value[number.value] = number.name
    for family in d.families:
        yield from (
            f"{value.name}: a value of {family.name} begins with {family.prefix}"
            for value in family.values
            if not value.name.startswith(family.prefix)
        )
    for family in d.flags:
        yield from (
            f"{value.name}: a flag is one bit, and {value.value} is not"
            for value in family.values
            if bin(value.value).count("1") != 1
        )
    groups = {group.id for group in d.code_groups}
    yield from (
        f"{code.name}: there is no code group '{code.group}'" for code in d.codes if code.group not in groups
    )


def types_are_known(d: Description) -> Iterator[str]:
    """Types and enums exist, and ownership is told."""
    opaque = {entry.name for entry in d.opaque_types}
    enums = {family.name for family in d.families} | {"apimall_code"}
    everything = _SCALARS | {entry.name for entry in d.types}
    for place, value, allowed in (
        *((f"function {f.name}({v.name})", v, everything) for f in d.functions for v in f.parameters),
        *((f"callback {c.name}({v.name})", v, _SCALARS) for c in d.callbacks for v in c.parameters),
        *(
            (f"struct {s.name}.{v.name}", v, (_SCALARS - {"size", "intptr"}) | opaque)
            for s in d.structs
            for v in s.members
        ),
    ):
        if value.type not in allowed:
            yield f"{place}: there is no type '{value.type}' that may stand here"
        if value.enum and value.enum not in enums:
            yield f"{place}: there is no enum '{value.enum}'"
        yield from _ownership(place, value, opaque)


def _ownership(place: str, value: Value, opaque: set[str]) -> Iterator[str]:
    if value.owner == "borrowed" and not value.until:
        yield f"{place}: borrowed, but it does not say until when"
    if value.type in opaque and not value.owner:
        yield f"{place}: a handle has to say who owns it"
    if value.direction == "out" and not value.owner:
        yield f"{place}: an out-parameter has to say who owns it"
    if value.direction == "out" and not value.name.startswith("out_"):
        yield f"{place}: an out-parameter's name begins with out_"


def handles_can_be_freed(d: Description) -> Iterator[str]:
    """Each handle has a `_free` of the one permitted form."""
    functions = {function.name: function for function in d.functions}
    for opaque in d.opaque_types:
        free = functions.get(opaque.free)
        if opaque.free != opaque.name + "_free":
            yield f"type {opaque.name}: its free is {opaque.name}_free, not {opaque.free}"
        if free is None:
            yield f"type {opaque.name}: there is no function {opaque.free}"
        elif not _frees(free, opaque.name):
            place = f"function {free.name}"
            yield f"{place}: takes over one nullable {opaque.name}, for the last time; returns void"
    freed = {opaque.free for opaque in d.opaque_types}
    yield from (
        f"function {name}: frees nothing that is described"
        for name in functions
        if name.endswith("_free") and name not in freed
    )


def _frees(free: Function, type_name: str) -> bool:
    return (
        [(value.type, value.owner, value.nullable) for value in free.parameters]
        == [(type_name, "library", True)]
        and free.returns.type == "void"
        and free.threads == "last"
    )


def functions_are_consistent(d: Description) -> Iterator[str]:
    """Errors, sections and parameters fit together."""
    codes = {naming.short(code.name) for code in d.codes} - {"ok"}
    sections = {group.id for group in d.sections}
    for function in d.functions:
        place = f"function {function.name}"
        yield from (
            f"{place}: there is no error code '{error}'" for error in function.errors if error not in codes
        )
        yield from _repeated([f"{place}: {error}" for error in function.errors], "the error")
        if function.section not in sections:
            yield f"{place}: there is no section '{function.section}'"
        if bool(function.errors) != (function.returns.type == "code"):
            yield f"{place}: errors are listed exactly when a code is returned"
        if function.returns.type == "string" and not function.returns.until:
            yield f"{place}: returns borrowed text, but does not say until when"
        names = [value.name for value in function.parameters]
        if "out_error" in names and names[-1] != "out_error":
            yield f"{place}: out_error comes last"
        yield from (
            f"{place}({value.name}): the array's length '{value.array}' is no parameter"
            for value in function.parameters
            if value.array and value.array not in names
        )


def structs_have_no_padding(d: Description) -> Iterator[str]:
    """Structs begin with their size and hide no bytes."""
    for struct in d.structs:
        first = struct.members[0]
        if (first.name, first.type) != ("size", "uint32"):
            yield f"struct {struct.name}: begins with 'size' of type uint32"
        for machine, pointer_bytes in layout.POINTER_BYTES.items():
            holes = layout.padding(struct, pointer_bytes)
            yield from (
                f"struct {struct.name}: hidden padding on {machine}: {hole}; add a reserved member"
                for hole in holes
            )


def settings_are_complete(d: Description) -> Iterator[str]:
    """Each setting tells all that its type needs."""
    for setting in d.settings:
        place = f"setting {setting.key}"
        if setting.type == "choice" and not setting.choices:
            yield f"{place}: a choice needs choices"
        if setting.type == "choice" and setting.default not in setting.choices:
            yield f"{place}: the default '{setting.default}' is none of its choices"
        if setting.type in {"duration", "number", "integer", "size"} and not setting.min:
            yield f"{place}: a {setting.type} needs a least value"
        if setting.environment and not setting.environment.startswith("APIMALL_"):
            yield f"{place}: its environment variable begins with APIMALL_"


def since_is_not_in_the_future(d: Description) -> Iterator[str]:
    """Nothing is newer than the version."""
    entries = [(entry.name, entry.since) for entry in (*d.types, *d.numbers, *d.functions, *d.families)]
    entries += [(setting.key, setting.since) for setting in d.settings]
    for name, since in entries:
        if tuple(map(int, since.split("."))) > d.version_parts:
            yield f"{name}: since {since} is later than the version {d.version}"


def _repeated(names: list[str], what: str) -> Iterator[str]:
    yield from (
        f"{name}: {what} is there {count} times" for name, count in Counter(names).items() if count > 1
    )


RULES = (
    names_are_unique_and_prefixed,
    numbers_are_never_reused,
    types_are_known,
    handles_can_be_freed,
    functions_are_consistent,
    structs_have_no_padding,
    settings_are_complete,
    since_is_not_in_the_future,
)
