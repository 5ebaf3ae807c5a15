"""The hash of the contract: of what callers' machine code depends on, and nothing that only people read."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .description import Description, Family, Value


def _value(value: Value) -> dict[str, Any]:
    return {
        "name": value.name,
        "type": value.type,
        "direction": value.direction,
        "owner": value.owner,
        "array": value.array,
        "const": value.const,
        "nullable": value.nullable,
        "enum": value.enum,
    }


def _family(family: Family) -> dict[str, Any]:
    return {"name": family.name, "values": {number.name: number.value for number in family.values}}


def canonical(description: Description) -> str:
    """Spell the contract as JSON, in one way: members and parameters in order, entries by name."""
    contract = {
        "constants": {constant.name: [constant.type, constant.value] for constant in description.constants},
        "codes": {code.name: code.value for code in description.codes},
        "enums": {family.name: _family(family) for family in description.enums},
        "flags": {family.name: _family(family) for family in description.flags},
        "opaque_types": {opaque.name: opaque.free for opaque in description.opaque_types},
        "callbacks": {
            callback.name: [_value(value) for value in callback.parameters]
            for callback in description.callbacks
        },
        "structs": {
            struct.name: [_value(member) for member in struct.members] for struct in description.structs
        },
        "functions": {
            function.name: {
                "parameters": [_value(value) for value in function.parameters],
                "returns": _value(function.returns),
            }
            for function in description.functions
        },
    }
    return json.dumps(contract, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def abi_hash(description: Description) -> int:
    """Take the first eight bytes of the canonical contract's SHA-256, as a big-endian number."""
    digest = hashlib.sha256(canonical(description).encode("ascii")).digest()
    return int.from_bytes(digest[:8], "big")
