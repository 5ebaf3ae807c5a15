"""The repository's own description, raw, to be changed by a test in one place."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from generator import semantics
from generator.description import Description, from_raw

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
Raw = dict[str, Any]
RAW: Raw = yaml.safe_load((ROOT / "capi/apimall.yaml").read_text(encoding="utf-8"))
SCHEMA: Raw = json.loads((ROOT / "capi/schema.json").read_text(encoding="utf-8"))


def entry(raw: Raw, kind: str, name: str) -> Raw:
    """One named entry of the raw description."""
    found: Raw = next(e for e in raw[kind] if e.get("name", e.get("key")) == name)
    return found


def checked(change: Callable[[Raw], object]) -> Description:
    """The description after a change, if it still keeps all rules."""
    raw = copy.deepcopy(RAW)
    change(raw)
    description = from_raw(raw, SCHEMA)
    semantics.check(description)
    return description
