"""Everything that a scenario or a command line can set."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Mapping, Optional, Tuple

from apimall.sandbox.errors import SandboxError, unknown_name
from apimall.sandbox.faults.rules import parse_rule
from apimall.sandbox.models import Model, built_in_models, read_models
from apimall.sandbox.ratelimit import RATE_HEADER_STYLES, RETRY_AFTER_STYLES
from apimall.sandbox.tasks import RESULT_FIELDS


@dataclass(frozen=True)
class Settings:
    """The sandbox's behaviour; times are seconds."""

    seed: int = 1
    speed: float = 1.0
    credits: int = 10_000
    rate: Optional[float] = None
    burst: Optional[int] = None
    retry_after: str = "seconds"
    rate_headers: str = "none"
    concurrent_jobs: Optional[int] = None
    duration_factor: float = 1.0
    failure_probability: float = 0.0
    failure_refund: float = 1.0
    failure_message: str = "The provider could not generate this image"
    url_ttl: Optional[float] = None
    expired_status: int = 403
    cdn_redirects: int = 0
    url_fields: Tuple[str, ...] = RESULT_FIELDS
    image_edge: int = 1024
    models: Mapping[str, Model] = field(default_factory=built_in_models)
    faults: Tuple[object, ...] = ()
    tasks: Tuple[Mapping[str, object], ...] = ()
    phases: Tuple[Mapping[str, object], ...] = ()

    def updated(self, changes: Mapping[str, object], source: str) -> Settings:
        """Return these settings with some replaced, each checked; the source is named in errors."""
        known = {item.name for item in dataclasses.fields(self)}
        values: Dict[str, Any] = {}
        for name, value in changes.items():
            if name == "description":
                continue
            if name not in known:
                error = unknown_name("setting", name, {*known, "description"})
                raise SandboxError(f"{source}: {error}")
            if name == "models":
                values[name] = {**self.models, **read_models(value, source)}
            else:
                values[name] = _CHECKS[name](f"{source}: {name}", value)
        return dataclasses.replace(self, **values)

    @property
    def effective_burst(self) -> int:
        """Return the burst; a second's worth of the rate when not given."""
        return self.burst if self.burst is not None else max(1, int(self.rate or 1))


_Check = Callable[[str, object], object]


def _number(
    minimum: float, maximum: float = float("inf"), optional: bool = False, above: bool = False
) -> _Check:
    def check(what: str, value: object) -> object:
        if value is None and optional:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise SandboxError(f"{what} must be a number, not {value!r}")
        if not (minimum < value if above else minimum <= value) or not value <= maximum:
            limit = f"above {minimum:g}" if above else f"at least {minimum:g}"
            limit += f" and at most {maximum:g}" if maximum != float("inf") else ""
            raise SandboxError(f"{what} must be {limit}, not {value!r}")
        return float(value)

    return check


def _whole(minimum: int, maximum: float = float("inf"), optional: bool = False) -> _Check:
    number = _number(minimum, maximum, optional)

    def check(what: str, value: object) -> object:
        checked = number(what, value)
        if checked is not None and checked != int(value):  # type: ignore[call-overload]
            raise SandboxError(f"{what} must be a whole number, not {value!r}")
        return None if checked is None else int(value)  # type: ignore[call-overload]

    return check


def _one_of(*choices: object) -> _Check:
    def check(what: str, value: object) -> object:
        if value not in choices:
            raise SandboxError(f"{what} must be one of {', '.join(map(str, choices))}, not {value!r}")
        return value

    return check


def _text(what: str, value: object) -> object:
    if not isinstance(value, str):
        raise SandboxError(f"{what} must be text, not {value!r}")
    return value


def _list(what: str, value: object) -> Tuple[object, ...]:
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)):
        raise SandboxError(f"{what} must be a list, not {value!r}")
    return tuple(value)


def _mappings(what: str, value: object) -> object:
    items = _list(what, value)
    for item in items:
        if not isinstance(item, dict):
            raise SandboxError(f"{what} must be a list of mappings, but has {item!r}")
    return items


def _faults(what: str, value: object) -> object:
    rules = _list(what, [value] if isinstance(value, (str, dict)) else value)
    for rule in rules:
        try:
            parse_rule(rule, 0)
        except SandboxError as error:
            raise SandboxError(f"{what}: {error}") from error
    return rules


def _phases(what: str, value: object) -> object:
    phases = _mappings(what, value)
    for phase in phases:  # type: ignore[attr-defined]
        changes = dict(phase)
        _number(0)(f"{what}: after", changes.pop("after", None))
        Settings().updated(changes, what)
    return phases


def result_fields(what: str, value: object) -> Tuple[str, ...]:
    """Check a list of the fields that carry result URLs."""
    return tuple(str(_one_of(*RESULT_FIELDS)(what, item)) for item in _list(what, value))


_CHECKS: Mapping[str, _Check] = {
    "seed": _whole(0),
    "speed": _number(0, above=True),
    "credits": _whole(0),
    "rate": _number(0, optional=True, above=True),
    "burst": _whole(1, optional=True),
    "retry_after": _one_of(*RETRY_AFTER_STYLES),
    "rate_headers": _one_of(*RATE_HEADER_STYLES),
    "concurrent_jobs": _whole(1, optional=True),
    "duration_factor": _number(0, above=True),
    "failure_probability": _number(0, 1),
    "failure_refund": _number(0, 1),
    "failure_message": _text,
    "url_ttl": _number(0, optional=True),
    "expired_status": _one_of(403, 404, 410),
    "cdn_redirects": _whole(0, 20),
    "url_fields": result_fields,
    "image_edge": _whole(16, 4096),
    "faults": _faults,
    "tasks": _mappings,
    "phases": _phases,
}
