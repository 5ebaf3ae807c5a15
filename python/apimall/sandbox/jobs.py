"""The gateway's books: tasks, their order, and the credits that they cost."""

from __future__ import annotations

import bisect
import heapq
import math
import random
from typing import Dict, List, Mapping, Tuple

from apimall.sandbox.errors import SandboxError, unknown_name
from apimall.sandbox.faults.spec import parse_script
from apimall.sandbox.models import Model
from apimall.sandbox.settings import Settings, result_fields
from apimall.sandbox.tasks import OUTCOMES, Task
from apimall.sandbox.ulid import ulid

# What the control API, and `sandbox` within a generate body, may say of a task.
TASK_FIELDS = (
    "id", "model", "duration", "pending", "outcome", "num_images", "faults", "download_faults", "error_message",
    "refund", "credits", "running_status", "result_fields", "age", "parameters",
)  # fmt: skip
IMAGE_FORMATS = {"webp": "webp", "png": "png", "jpeg": "jpeg", "jpg": "jpeg"}


class Jobs:
    """Tasks by id and by age, and the balance."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.balance = settings.credits
        self.by_id: Dict[str, Task] = {}
        self._by_age: List[Tuple[float, int, Task]] = []
        self._running: List[Tuple[float, int, Task]] = []
        self._made = 0
        self._drawn: Dict[str, int] = {}
        self._ids = random.Random(f"ids/{settings.seed}")

    def running(self, now: float) -> int:
        """Return how many tasks have not ended, and pay refunds for those that have."""
        while self._running and self._running[0][0] <= now:
            _, _, task = heapq.heappop(self._running)
            self._settle(task)
        return sum(not task.settled for _, _, task in self._running)

    def settle(self, now: float) -> None:
        """Pay the refunds of tasks that failed by now."""
        while self._running and self._running[0][0] <= now:
            _, _, task = heapq.heappop(self._running)
            self._settle(task)

    def seconds_to_next_end(self, now: float) -> float:
        """Return how long until a running task ends; a second when none ever does."""
        ends = [task.ends_at - now for _, _, task in self._running if not task.settled]
        soonest = min(ends, default=1.0)
        return soonest if math.isfinite(soonest) else 1.0

    def finish(self, task: Task, now: float, outcome: str) -> None:
        """End a task at once, as the control API asks."""
        task.finish(now, outcome)
        self._settle(task)

    def _settle(self, task: Task) -> None:
        if not task.settled:
            task.settled = True
            if task.outcome == "failed":
                self.balance += task.refund

    def price(self, model: Model, num_images: int) -> int:
        """Return what a request costs."""
        return model.credits * num_images

    def create(
        self,
        model: Model,
        parameters: Mapping[str, object],
        now: float,
        orders: Mapping[str, object],
        charge: bool,
    ) -> Task:
        """Make a task; orders are what a test wants of it, everything else is drawn."""
        settings = self.settings
        for name in orders:
            if name not in TASK_FIELDS:
                raise unknown_name("setting of a task", name, TASK_FIELDS)
        task_id = str(orders["id"]) if orders.get("id") else f"img_{ulid(now, self._ids)}"
        if task_id in self.by_id:
            raise SandboxError(f"there is a task {task_id} already; choose another id or leave it out")
        # A lot of its own for each task of a model: other models' tasks, and other draws, do not change it.
        lot = f"{settings.seed}/{model.name}/{self._drawn.get(model.name, 0)}"
        pending, duration = self._times(model, parameters, orders, lot)
        outcome = self._outcome(parameters, orders, lot)
        num_images = _whole(orders.get("num_images", parameters.get("num_images", 1)), "num_images")
        cost = _whole(orders.get("credits", self.price(model, num_images)), "credits")
        share = _seconds(orders, "refund", _prompted_refund(parameters, settings.failure_refund))
        created = now - (_seconds(orders, "age", 0.0) or 0.0)
        message = orders.get("error_message")
        task = Task(
            task_id,
            model.name,
            parameters,
            created=created,
            pending_seconds=pending / settings.speed,
            duration_seconds=duration / settings.speed,
            outcome=outcome,
            error_message=settings.failure_message if message is None else str(message),
            credits_used=cost,
            refund=int(cost * share),
            num_images=num_images,
            image_format=IMAGE_FORMATS.get(str(parameters.get("output_format", "webp")).lower(), "webp"),
            running_status=str(orders.get("running_status", "processing")),
            result_fields=result_fields("result_fields", orders.get("result_fields", settings.url_fields)),
            faults=parse_script(orders.get("faults")),
            download_faults=parse_script(orders.get("download_faults")),
        )
        self._drawn[model.name] = self._drawn.get(model.name, 0) + 1
        self._add(task)
        if charge:
            self.balance -= cost
        return task

    def _add(self, task: Task) -> None:
        self._made += 1
        self.by_id[task.task_id] = task
        bisect.insort(self._by_age, (task.created, self._made, task))
        heapq.heappush(self._running, (task.ends_at, self._made, task))

    def newest(self, page: int, limit: int) -> List[Task]:
        """Return one page of tasks, newest first."""
        end = len(self._by_age) - (page - 1) * limit
        return [task for _, _, task in reversed(self._by_age[max(0, end - limit) : max(0, end)])]

    def _times(
        self, model: Model, parameters: Mapping[str, object], orders: Mapping[str, object], lot: str
    ) -> Tuple[float, float]:
        if orders.get("duration") is not None:
            duration = _seconds(orders, "duration", 0.0)
            pending = duration * model.pending
        else:
            factor = self.settings.duration_factor
            pending, duration = (factor * seconds for seconds in model.draw(parameters, random.Random(lot)))
        if orders.get("pending") is not None:
            pending = _seconds(orders, "pending", 0.0)
        return pending, duration

    def _outcome(self, parameters: Mapping[str, object], orders: Mapping[str, object], lot: str) -> str:
        outcome = orders.get("outcome")
        if outcome is None:
            probability = self.settings.failure_probability
            unlucky = probability > 0 and random.Random(f"outcome/{lot}").random() < probability
            return "failed" if unlucky or "sandbox:fail" in str(parameters.get("prompt", "")) else "completed"
        if outcome not in OUTCOMES:
            raise SandboxError(f"a task's outcome must be one of {', '.join(OUTCOMES)}, not {outcome!r}")
        return str(outcome)


def _prompted_refund(parameters: Mapping[str, object], usual: float) -> float:
    return 0.5 if "sandbox:fail-half" in str(parameters.get("prompt", "")) else usual


def _seconds(orders: Mapping[str, object], name: str, default: float) -> float:
    value = orders.get(name, default)
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not math.isfinite(value)
        or value < 0
    ):
        raise SandboxError(f"a task's {name} must be a number that is not negative, not {value!r}")
    return float(value)


def _whole(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise SandboxError(f"a task's {name} must be a whole number that is not negative, not {value!r}")
    return value
