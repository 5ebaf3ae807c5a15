"""All that a reset clears: settings in force, books, rate limit, fault rules, log."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import random
import time
from typing import List, Mapping, Optional, Sequence
from urllib.parse import parse_qs

from apimall.sandbox.errors import SandboxError, unknown_name
from apimall.sandbox.faults.rules import FaultRule, parse_rule
from apimall.sandbox.jobs import Jobs
from apimall.sandbox.models import Model
from apimall.sandbox.ratelimit import TokenBucket
from apimall.sandbox.requestlog import RequestLog
from apimall.sandbox.settings import Settings
from apimall.sandbox.tasks import Task
from apimall.sandbox.ulid import ulid


def make_api_key(seed: int) -> str:
    """Return the sandbox's key: `sk-` and 48 hexadecimal digits, the same for the same seed."""
    return f"sk-{random.Random(f'key/{seed}').getrandbits(192):048x}"


class State:
    """One life of the sandbox, from a reset to the next."""

    def __init__(self, settings: Settings, api_key: str) -> None:
        self.settings = settings
        self.api_key = api_key
        self.started = time.time()
        self.cdn_url = ""
        self.jobs = Jobs(settings)
        self.log = RequestLog()
        self.rules: List[FaultRule] = []
        self.bucket: Optional[TokenBucket] = None
        self.url_version = 0
        self.over = asyncio.Event()
        self._request_ids = random.Random(f"requests/{settings.seed}")
        self._phases = sorted(settings.phases, key=lambda phase: float(str(phase["after"])))
        self._apply(settings)
        for order in settings.tasks:
            self.add_tasks(order)

    def _apply(self, settings: Settings) -> None:
        now = time.time()
        self.settings = self.jobs.settings = settings
        self.rules = [parse_rule(rule, settings.seed + number) for number, rule in enumerate(settings.faults)]
        self.bucket = TokenBucket(settings.rate, settings.effective_burst, now) if settings.rate else None

    def advance(self, now: float) -> None:
        """Enter the phases of the scenario that have come."""
        while self._phases and now - self.started >= float(str(self._phases[0]["after"])):
            changes = {name: value for name, value in self._phases.pop(0).items() if name != "after"}
            self._apply(self.settings.updated(changes, "phase"))

    def request_id(self, now: float) -> str:
        """Return a new request id."""
        return f"req_{ulid(now, self._request_ids)}"

    def add_tasks(self, order: Mapping[str, object]) -> List[Task]:
        """Make one task, or `count` of them, as the control API asks; nothing is charged."""
        wanted = dict(order)
        count = wanted.pop("count", 1)
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 1_000_000:
            raise SandboxError(f"count must be a whole number from 1 to 1000000, not {count!r}")
        if count > 1 and wanted.get("id"):
            raise SandboxError("a task id and a count above 1 exclude each other; leave one of them out")
        parameters = wanted.get("parameters") or {}
        if not isinstance(parameters, dict):
            raise SandboxError(
                f"a task's parameters must be a mapping such as {{prompt: a fox}}, not {parameters!r}"
            )
        model = self.model(wanted.get("model", "nano-banana"))
        now = time.time()
        return [self.jobs.create(model, parameters, now, wanted, charge=False) for _ in range(count)]

    def model(self, name: object) -> Model:
        """Return the model of a name."""
        model = self.settings.models.get(name) if isinstance(name, str) else None
        if model is None:
            raise unknown_name("model", name, self.settings.models)
        return model

    def image_urls(self, task: Task, now: float) -> Sequence[str]:
        """Return a task's result URLs as they are issued at this moment."""
        urls = []
        for path in task.image_paths():
            query = ""
            if self.settings.url_ttl is not None:
                expires = int((now + self.settings.url_ttl) * 1000)
                query = f"?expires={expires}&signature={self._signature(path, f'{expires}')}"
            elif self.url_version:
                query = f"?version={self.url_version}"
            urls.append(f"{self.cdn_url}{path}{query}")
        return urls

    def task_body(self, task: Task, now: float) -> bytes:
        """Return the answer to GET of a task."""
        lasting = -1 if self.settings.url_ttl is not None else self.url_version
        urls = self.image_urls(task, now) if now >= task.ends_at and task.outcome == "completed" else ()
        return task.body(now, urls, lasting, self.request_id(now))

    def expire_urls(self) -> None:
        """Make every URL issued so far invalid."""
        self.url_version += 1

    def url_is_valid(self, path: str, query: str, now: float) -> bool:
        """Tell whether the CDN would still honour a URL."""
        given = {name: values[0] for name, values in parse_qs(query).items()}
        if "expires" in given:
            expires = given["expires"]
            if not expires.isdigit() or given.get("signature") != self._signature(path, expires):
                return False
            return now * 1000 < int(expires)
        if self.settings.url_ttl is not None:
            return False
        return given.get("version", "0") == str(self.url_version)

    def _signature(self, path: str, expires: str) -> str:
        # The version is part of it, so that expire_urls() also ends URLs whose time has not come.
        message = f"{self.url_version}{path}{expires}".encode()
        return hmac.new(self.api_key.encode(), message, hashlib.sha256).hexdigest()[:32]
