"""Which fault a request gets: rules by endpoint, by task, for the first so many, or by chance."""

from __future__ import annotations

import random
from typing import Deque, Dict, List, Optional

from apimall.sandbox.errors import SandboxError, unknown_name
from apimall.sandbox.faults.spec import Fault, parse_script

API_ENDPOINTS = ("task", "generate", "history", "balances")
_GROUPS = {"api": API_ENDPOINTS, "any": (*API_ENDPOINTS, "image")}
_FIELDS = ("fault", "endpoint", "task_id", "first", "skip", "probability", "seed")


class FaultRule:
    """One rule; it counts the requests that it applies to.

    A rule with a script of several faults gives the k-th request the k-th, and nothing afterwards. A rule with
    one fault gives it to every request, or to the first so many, or to each with a probability.
    """

    def __init__(
        self,
        fault: object,
        endpoint: str = "api",
        task_id: Optional[str] = None,
        first: Optional[int] = None,
        skip: int = 0,
        probability: Optional[float] = None,
        seed: int = 0,
    ) -> None:
        if endpoint not in API_ENDPOINTS and endpoint not in _GROUPS and endpoint != "image":
            raise unknown_name("endpoint", endpoint, [*API_ENDPOINTS, "image", *_GROUPS])
        self.script = parse_script(fault)
        if not self.script:
            raise SandboxError("a fault rule needs a fault, e.g. {fault: http_500, endpoint: task, first: 3}")
        self.endpoint = endpoint
        self.endpoints = _GROUPS.get(endpoint, (endpoint,))
        self.task_id = task_id
        self.first = len(self.script) if len(self.script) > 1 else first
        self.skip = skip
        self.probability = probability
        self.seen = 0
        self._random = random.Random(f"fault/{seed}/{endpoint}/{self.script[0]}")

    def pick(self, endpoint: str, task_id: Optional[str]) -> Optional[Fault]:
        """Return this request's fault, if the rule has one for it."""
        if endpoint not in self.endpoints or (self.task_id is not None and self.task_id != task_id):
            return None
        position = self.seen - self.skip
        self.seen += 1
        if position < 0 or (self.first is not None and position >= self.first):
            return None
        if self.probability is not None and self._random.random() >= self.probability:
            return None
        return self.script[position if len(self.script) > 1 else 0]

    def describe(self) -> Dict[str, object]:
        """Return the rule as the control API shows it."""
        return {
            "fault": [str(fault) for fault in self.script] if len(self.script) > 1 else str(self.script[0]),
            "endpoint": self.endpoint,
            "task_id": self.task_id,
            "first": self.first,
            "skip": self.skip,
            "probability": self.probability,
            "seen": self.seen,
        }


def parse_rule(value: object, seed: int) -> FaultRule:
    """Make a rule from its mapping; text alone is a fault for every API request."""
    if isinstance(value, str):
        return FaultRule(value, seed=seed)
    if not isinstance(value, dict):
        raise SandboxError(f"a fault rule is a mapping such as {{fault: http_500, first: 3}}, not {value!r}")
    for name in value:
        if name not in _FIELDS:
            raise unknown_name("setting of a fault rule", name, _FIELDS)
    try:
        return FaultRule(
            value.get("fault"),
            endpoint=str(value.get("endpoint", "api")),
            task_id=None if value.get("task_id") is None else str(value["task_id"]),
            first=None if value.get("first") is None else int(value["first"]),
            skip=int(value.get("skip") or 0),
            probability=None if value.get("probability") is None else float(value["probability"]),
            seed=int(value["seed"]) if value.get("seed") is not None else seed,
        )
    except (TypeError, ValueError) as error:
        raise SandboxError(f"fault rule {value!r}: {error}") from error


def next_fault(
    script: Optional[Deque[Fault]], rules: List[FaultRule], endpoint: str, task_id: Optional[str]
) -> Optional[Fault]:
    """Return what a request gets: the task's own script first, then the first rule that has something."""
    if script:
        # An "ok" in the script is an answer too: rules do not spoil it.
        fault = script.popleft()
        return None if fault.name == "ok" else fault
    for rule in rules:
        fault_or_none = rule.pick(endpoint, task_id)
        if fault_or_none is not None:
            return None if fault_or_none.name == "ok" else fault_or_none
    return None
