"""The models that the sandbox knows, and how long each takes."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Tuple

import yaml

from apimall.sandbox.errors import SandboxError

_Z95 = 1.6448536269514722  # the standard normal's 95th percentile
_FILE = Path(__file__).with_name("models.yaml")


@dataclass(frozen=True)
class Mode:
    """One hump of a model's durations."""

    median: float
    p95_over_p50: float = 2.0
    weight: float = 1.0
    minimum: float = 0.0
    maximum: float = math.inf
    when: Mapping[str, str] = field(default_factory=dict)

    def draw(self, random_numbers: random.Random) -> float:
        """Draw a log-normal duration, kept between the minimum and the maximum."""
        sigma = math.log(self.p95_over_p50) / _Z95
        seconds = self.median * math.exp(sigma * random_numbers.gauss(0.0, 1.0))
        return min(self.maximum, max(self.minimum, seconds))


@dataclass(frozen=True)
class Model:
    """What generating with a model costs and how long it takes."""

    name: str
    modes: Tuple[Mode, ...]
    credits: int = 8
    pending: float = 0.1
    factors: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    default_when: Tuple[Mapping[str, str], ...] = ()
    cold_start: Optional[Mode] = None
    cold_start_probability: float = 0.0

    def draw(self, parameters: Mapping[str, object], random_numbers: random.Random) -> Tuple[float, float]:
        """Draw the seconds that a task is pending, and the seconds until it ends."""
        candidates = self._modes_for(parameters)
        mode = random_numbers.choices(candidates, [candidate.weight for candidate in candidates])[0]
        seconds = mode.draw(random_numbers)
        for parameter, factors in self.factors.items():
            seconds *= factors.get(str(parameters.get(parameter)), 1.0)
        pending = seconds * min(0.9, self.pending * math.exp(random_numbers.gauss(0.0, 0.4)))
        # Drawn even when there is none, so that a model's numbers do not depend on earlier luck.
        cold = random_numbers.random() < self.cold_start_probability
        if cold and self.cold_start is not None:
            wait = self.cold_start.draw(random_numbers)
            pending += wait
            seconds += wait
        return pending, seconds

    def _modes_for(self, parameters: Mapping[str, object]) -> List[Mode]:
        asked = [mode for mode in self.modes if mode.when and _holds(mode.when, parameters)]
        if asked:
            return asked
        usual = [mode for mode in self.modes if not mode.when or mode.when in self.default_when]
        return usual or list(self.modes)


def _holds(conditions: Mapping[str, str], parameters: Mapping[str, object]) -> bool:
    return all(str(parameters.get(name)) == value for name, value in conditions.items())


def read_models(document: object, source: str) -> Dict[str, Model]:
    """Make models from a mapping of name to description, as in `models.yaml`."""
    if not isinstance(document, dict):
        raise SandboxError(f"{source}: models must be a mapping of name to description; see models.yaml")
    return {str(name): _read_model(str(name), value, source) for name, value in document.items()}


@lru_cache(maxsize=1)
def built_in_models() -> Mapping[str, Model]:
    """Return the models of `models.yaml`; not to be changed."""
    return read_models(yaml.safe_load(_FILE.read_text(encoding="utf-8")), _FILE.name)


def _read_model(name: str, value: object, source: str) -> Model:
    where = f"{source}: model {name!r}"
    if not isinstance(value, dict):
        raise SandboxError(
            f"{where} must be a mapping with modes, e.g. {{credits: 8, modes: [{{median: 6}}]}}"
        )
    known = {"credits", "pending", "modes", "factors", "default_when", "cold_start"}
    unknown = sorted(set(value) - known)
    if unknown:
        raise SandboxError(f"{where} has no setting {unknown[0]!r} (known: {', '.join(sorted(known))})")
    modes = value.get("modes")
    if not isinstance(modes, list) or not modes:
        raise SandboxError(f"{where} needs a list of modes, e.g. modes: [{{median: 6, p95_over_p50: 1.9}}]")
    try:
        cold = dict(value.get("cold_start") or {})
        cold_probability = float(cold.pop("probability", 0.0))
        return Model(
            name=name,
            modes=tuple(Mode(**mode) for mode in modes),
            credits=int(value.get("credits", 8)),
            pending=float(value.get("pending", 0.1)),
            factors={str(key): dict(table) for key, table in dict(value.get("factors") or {}).items()},
            default_when=tuple(value.get("default_when") or ()),
            cold_start=Mode(**cold) if cold else None,
            cold_start_probability=cold_probability,
        )
    except (TypeError, ValueError) as error:
        raise SandboxError(f"{where} is not as expected: {error}; see models.yaml for the form") from error
