"""How a fault is written: `name` or `name:option=value,option=value`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Sequence, Tuple

from apimall.sandbox.errors import SandboxError, unknown_name
from apimall.sandbox.faults.catalogue import CATALOGUE


@dataclass(frozen=True)
class Fault:
    """A fault with its options, checked against the catalogue."""

    name: str
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """Return which part of an answer it spoils."""
        return CATALOGUE[self.name].group

    def number(self, option: str, default: float) -> float:
        """Return an option as a number."""
        return float(self.options.get(option, default))

    def position(self, option: str, default: str, length: int) -> int:
        """Return an option that is a count of bytes, or a share of them when written with a point."""
        text = self.options.get(option, default)
        wanted = float(text) * length if "." in text else int(text)
        return max(0, min(length, int(wanted)))

    def __str__(self) -> str:
        options = ",".join(f"{name}={value}" for name, value in self.options.items())
        return f"{self.name}:{options}" if options else self.name


# These must read as numbers; all others are text.
_NUMERIC = {
    "seconds",
    "at",
    "delta",
    "size",
    "chunk",
    "interval",
    "limit",
    "bytes",
    "after",
    "retry_after_ms",
}


def parse_fault(value: object) -> Fault:
    """Read `name:option=value,…`, or a mapping with `name` (or `fault`) and options."""
    if isinstance(value, Fault):
        return value
    if isinstance(value, str):
        name, _, rest = value.partition(":")
        options = dict(_option(part, value) for part in rest.split(",")) if rest else {}
    elif isinstance(value, dict):
        given = {str(key): str(item) for key, item in value.items()}
        name = given.pop("name", "") or given.pop("fault", "")
        options = given
    else:
        raise SandboxError(
            f"a fault is text such as 'http_429:retry_after=1' or a mapping with a name, not {value!r}"
        )
    return _checked(name.strip(), options)


def parse_script(value: object) -> List[Fault]:
    """Read a sequence of faults; a single one will do."""
    if value is None:
        return []
    if isinstance(value, (str, dict, Fault)):
        return [parse_fault(value)]
    if isinstance(value, Sequence):
        return [parse_fault(item) for item in value]
    raise SandboxError(f"faults must be a list such as ['http_500', 'ok'], not {value!r}")


def _option(part: str, whole: str) -> Tuple[str, str]:
    name, equals, value = part.partition("=")
    if not equals:
        raise SandboxError(
            f"fault {whole!r}: {part!r} is not an option; write option=value, separated by commas"
        )
    return name.strip(), value.strip()


def _checked(name: str, options: Dict[str, str]) -> Fault:
    if name not in CATALOGUE:
        raise unknown_name("fault", name, CATALOGUE)
    # Any fault in place of the answer, or before it, may still let the gateway do its work: charge, and say nothing.
    known = {*CATALOGUE[name].options, "accepted"}
    for option, value in options.items():
        if option not in known:
            raise unknown_name(f"option of fault {name!r}", option, known)
        if option in _NUMERIC:
            try:
                float(value)
            except ValueError:
                raise SandboxError(
                    f"fault {name!r}: option {option} must be a number, not {value!r}"
                ) from None
    return Fault(name, options)
