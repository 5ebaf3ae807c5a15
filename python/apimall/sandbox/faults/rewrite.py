"""Faults that change what the gateway's JSON says."""

from __future__ import annotations

import datetime
import json
from typing import Any, Callable, Dict, List

from apimall.sandbox.envelope import Answer, pretty
from apimall.sandbox.faults.spec import Fault

# The id in the documentation: well formed, and surely nobody's here.
_OTHER_TASK = "img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M"
_USUALLY_MISSING = "output+image_url+error_message+credits_refunded+updated_at"


def rewrite(answer: Answer, fault: Fault) -> Answer:
    """Return the answer with its JSON changed."""
    try:
        document = json.loads(answer.body)
    except ValueError:  # not JSON: a picture
        return answer
    if fault.name == "reordered_fields":
        document = _reversed(document)
    elif fault.name == "extra_fields":
        document = _with_extras(document)
    elif isinstance(document, dict) and isinstance(document.get("data"), dict):
        _CHANGES[fault.name](document["data"], fault)
        for item in document["data"].get("items") or []:
            _CHANGES[fault.name](item, fault)
    answer.body = pretty(document)
    return answer


def _wrong_task_id(data: Dict[str, Any], fault: Fault) -> None:
    if "task_id" in data:
        data["task_id"] = fault.options.get("id", _OTHER_TASK)


def _unknown_status(data: Dict[str, Any], fault: Fault) -> None:
    if "status" in data:
        data["status"] = fault.options.get("status", "archived")


def _missing_fields(data: Dict[str, Any], fault: Fault) -> None:
    for name in _fields(fault):
        data.pop(name, None)


def _null_fields(data: Dict[str, Any], fault: Fault) -> None:
    for name in _fields(fault):
        if name in data:
            data[name] = None


def _other_types(data: Dict[str, Any], fault: Fault) -> None:
    for name, value in data.items():
        if isinstance(value, int) and not isinstance(value, bool):
            data[name] = str(value)
        elif name.endswith("_at") and isinstance(value, str):
            moment = datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ")
            data[name] = round(moment.replace(tzinfo=datetime.timezone.utc).timestamp() * 1000)
        elif name == "output" and isinstance(value, dict):
            urls: List[object] = value.get("resultUrls") or []
            data[name] = {"resultUrls": [{"url": url} for url in urls]}


def _fields(fault: Fault) -> List[str]:
    return fault.options.get("fields", _USUALLY_MISSING).split("+")


def _reversed(value: object) -> object:
    if isinstance(value, dict):
        return {name: _reversed(item) for name, item in reversed(list(value.items()))}
    return [_reversed(item) for item in value] if isinstance(value, list) else value


def _with_extras(value: object) -> object:
    if isinstance(value, dict):
        extras = {
            "x_future": {"nested": [1, None, {"deep": "é\U0001f98a"}]},
            "x_number": 12345678901234567890,
        }
        return {"x_first": True, **{name: _with_extras(item) for name, item in value.items()}, **extras}
    return [_with_extras(item) for item in value] if isinstance(value, list) else value


_CHANGES: Dict[str, Callable[[Dict[str, Any], Fault], None]] = {
    "wrong_task_id": _wrong_task_id,
    "unknown_status": _unknown_status,
    "missing_fields": _missing_fields,
    "null_fields": _null_fields,
    "other_types": _other_types,
}
