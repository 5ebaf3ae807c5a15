"""Where the members of a struct lie when each has its natural alignment, on 64-bit and on 32-bit machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .description import Struct, Value

POINTER_BYTES = {"LP64": 8, "32-bit": 4}
_SCALAR_BYTES = {"int32": 4, "uint32": 4, "int64": 8, "uint64": 8}


@dataclass(frozen=True)
class Slot:
    """One member as C sees it; a text is two."""

    name: str
    offset: int
    size: int


def member_slots(member: Value, pointer_bytes: int) -> list[tuple[str, int]]:
    """Give names and sizes of what one described member becomes in C."""
    if member.type == "text":
        return [(member.name, pointer_bytes), (member.name + "_len", pointer_bytes)]
    return [(member.name, _SCALAR_BYTES.get(member.type, pointer_bytes))]


def slots(struct: Struct, pointer_bytes: int) -> tuple[list[Slot], int]:
    """Lay out the members, and tell the size of the whole."""
    placed: list[Slot] = []
    offset = 0
    alignment = 1
    for member in struct.members:
        for name, size in member_slots(member, pointer_bytes):
            offset = _round_up(offset, size)
            placed.append(Slot(name, offset, size))
            offset += size
            alignment = max(alignment, size)
    return placed, _round_up(offset, alignment)


def padding(struct: Struct, pointer_bytes: int) -> list[str]:
    """Each place where the compiler would put bytes that nobody set."""
    placed, total = slots(struct, pointer_bytes)
    holes: list[str] = []
    end = 0
    for slot in placed:
        if slot.offset != end:
            holes.append(f"{slot.offset - end} bytes before '{slot.name}'")
        end = slot.offset + slot.size
    if total != end:
        holes.append(f"{total - end} bytes at the end")
    return holes


def _round_up(offset: int, alignment: int) -> int:
    return (offset + alignment - 1) // alignment * alignment
