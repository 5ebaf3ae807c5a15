"""Each rule of the ABI refuses a description that breaks it, and its message names the entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from description_changes import Raw, checked, entry
from generator.description import DescriptionError

if TYPE_CHECKING:
    from collections.abc import Callable


def drop(raw: Raw, kind: str, name: str) -> None:
    raw[kind].remove(entry(raw, kind, name))


def parameter(raw: Raw, function: str, name: str) -> Raw:
    found: Raw = next(p for p in entry(raw, "functions", function)["parameters"] if p["name"] == name)
    return found


def member(raw: Raw, struct: str, name: str) -> Raw:
    found: Raw = next(m for m in entry(raw, "structs", struct)["members"] if m["name"] == name)
    return found


BROKEN: dict[str, tuple[Callable[[Raw], object], tuple[str, ...]]] = {
    "a number used twice": (
        lambda raw: entry(raw, "codes", "APIMALL_ERROR_CLOSED").update(value=4),
        ("APIMALL_ERROR_CLOSED", "4", "APIMALL_ERROR_QUEUE_FULL"),
    ),
    "a retired number used again": (
        lambda raw: raw["retired_codes"].append(6),
        ("APIMALL_ERROR_FORKED", "retired"),
    ),
    "a retired enum value used again": (
        lambda raw: entry(raw, "enums", "apimall_status")["retired"].append(3),
        ("APIMALL_STATUS_COMPLETED", "retired"),
    ),
    "a flag of two bits": (
        lambda raw: entry(raw, "flags", "apimall_flag")["values"][1].update(value=3),
        ("APIMALL_FLAG_EACH_POLL", "one bit"),
    ),
    "an error without a code": (
        lambda raw: entry(raw, "functions", "apimall_poller_submit")["errors"].append("tired"),
        ("apimall_poller_submit", "'tired'"),
    ),
    "an unknown error set": (
        lambda raw: entry(raw, "functions", "apimall_poller_submit")["errors"].append("$nowhere"),
        ("apimall_poller_submit", "'nowhere'"),
    ),
    "errors without a code to tell them": (
        lambda raw: entry(raw, "functions", "apimall_config_free")["errors"].append("closed"),
        ("apimall_config_free",),
    ),
    "a handle without a free": (
        lambda raw: drop(raw, "functions", "apimall_error_free"),
        ("apimall_error", "no function apimall_error_free"),
    ),
    "a free that keeps": (
        lambda raw: parameter(raw, "apimall_error_free", "error").update(owner="caller"),
        ("apimall_error_free",),
    ),
    "a free that refuses NULL": (
        lambda raw: parameter(raw, "apimall_error_free", "error").pop("nullable"),
        ("apimall_error_free", "nullable"),
    ),
    "a name of another library": (
        lambda raw: entry(raw, "functions", "apimall_version").update(name="other_version"),
        ("other_version", "apimall_"),
    ),
    "a name used twice": (
        lambda raw: entry(raw, "functions", "apimall_version").update(name="apimall_abi_hash"),
        ("apimall_abi_hash", "2 times"),
    ),
    "padding inside": (
        lambda raw: entry(raw, "structs", "apimall_stats")["members"].pop(1),
        ("apimall_stats", "4 bytes before 'requests'"),
    ),
    "padding at the end of a 32-bit struct": (
        lambda raw: entry(raw, "structs", "apimall_submission")["members"].pop(),
        ("apimall_submission", "32-bit", "4 bytes at the end"),
    ),
    "a struct without its size": (
        lambda raw: member(raw, "apimall_options", "size").update(name="bytes"),
        ("apimall_options", "size"),
    ),
    "a handle without an owner": (
        lambda raw: parameter(raw, "apimall_client_new", "out_client").pop("owner"),
        ("apimall_client_new(out_client)", "owns"),
    ),
    "borrowed without an end": (
        lambda raw: parameter(raw, "apimall_image_task_json", "out_json").pop("until"),
        ("apimall_image_task_json(out_json)", "until when"),
    ),
    "an unknown type": (
        lambda raw: parameter(raw, "apimall_client_new", "config").update(type="apimall_nothing"),
        ("apimall_client_new(config)", "apimall_nothing"),
    ),
    "an unknown enum": (
        lambda raw: member(raw, "apimall_event", "kind").update(enum="apimall_nothing"),
        ("apimall_event.kind", "apimall_nothing"),
    ),
    "a default outside its choices": (
        lambda raw: entry(raw, "settings", "log_level").update(default="loud"),
        ("log_level", "loud"),
    ),
    "a version of the future": (
        lambda raw: entry(raw, "functions", "apimall_version").update(since="9.0.0"),
        ("apimall_version", "9.0.0"),
    ),
    "an unknown section": (
        lambda raw: entry(raw, "functions", "apimall_version").update(section="elsewhere"),
        ("apimall_version", "elsewhere"),
    ),
    "an array without a length": (
        lambda raw: parameter(raw, "apimall_poller_next", "out_events").update(array="count"),
        ("apimall_poller_next(out_events)", "count"),
    ),
    "a key that the schema does not know": (
        lambda raw: entry(raw, "functions", "apimall_version").update(colour="red"),
        ("apimall_version", "colour"),
    ),
    "a missing document": (
        lambda raw: entry(raw, "codes", "APIMALL_OK").pop("doc"),
        ("APIMALL_OK", "doc"),
    ),
    "an unknown thread rule": (
        lambda raw: entry(raw, "functions", "apimall_version").update(threads="sometimes"),
        ("apimall_version", "sometimes"),
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_rule_is_told_with_its_entry(case: str) -> None:
    change, words = BROKEN[case]
    with pytest.raises(DescriptionError) as caught:
        checked(change)
    for word in words:
        assert word in str(caught.value)


def test_all_violations_are_told_at_once() -> None:
    def change(raw: Raw) -> None:
        BROKEN["a number used twice"][0](raw)
        BROKEN["padding inside"][0](raw)

    with pytest.raises(DescriptionError) as caught:
        checked(change)
    assert "APIMALL_ERROR_CLOSED" in str(caught.value)
    assert "apimall_stats" in str(caught.value)
