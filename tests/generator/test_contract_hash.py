"""The hash of the contract changes with whatever compiled callers depend on, and with nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from description_changes import Raw, checked, entry
from generator.contract import abi_hash, canonical

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.description import Description


def swap(raw: Raw, struct: str, first: int, second: int) -> None:
    members = entry(raw, "structs", struct)["members"]
    members[first], members[second] = members[second], members[first]


SAME: dict[str, Callable[[Raw], object]] = {
    "documentation": lambda raw: entry(raw, "functions", "apimall_version").update(doc="Other words."),
    "the version": lambda raw: raw.update(version="0.2.0"),
    "the order of entries": lambda raw: raw["functions"].reverse(),
    "a setting": lambda raw: entry(raw, "settings", "max_in_flight").update(default="32"),
    "a thread rule": lambda raw: entry(raw, "functions", "apimall_version").update(blocks=True),
}
OTHER: dict[str, Callable[[Raw], object]] = {
    "a number": lambda raw: entry(raw, "codes", "APIMALL_ERROR_CLOSED").update(value=70),
    "the order of members": lambda raw: swap(raw, "apimall_image_task_fields", 2, 3),
    "the order of parameters": lambda raw: entry(raw, "functions", "apimall_list_image_history")[
        "parameters"
    ].insert(1, entry(raw, "functions", "apimall_list_image_history")["parameters"].pop(2)),
    "nullability": lambda raw: entry(raw, "functions", "apimall_client_new")["parameters"][2].update(
        nullable=False
    ),
    "a constant": lambda raw: entry(raw, "constants", "APIMALL_TIMEOUT_NONE").update(value=-2),
    "a function gone": lambda raw: raw["functions"].remove(entry(raw, "functions", "apimall_poller_wakeup")),
}


@pytest.mark.parametrize("case", SAME)
def test_same_contract(description: Description, case: str) -> None:
    assert abi_hash(checked(SAME[case])) == abi_hash(description)


@pytest.mark.parametrize("case", OTHER)
def test_other_contract(description: Description, case: str) -> None:
    assert abi_hash(checked(OTHER[case])) != abi_hash(description)


def test_the_hash_is_eight_bytes_of_ascii_json(description: Description) -> None:
    assert canonical(description).isascii()
    assert 0 < abi_hash(description) < 2**64
