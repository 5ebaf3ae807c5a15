"""The API's origin: the documented calls, and the faults in front of them."""

from __future__ import annotations

import json
import time
from typing import Dict, Optional, Tuple

from aiohttp import web

from apimall.sandbox.bodies import BodyTooLargeError, read_body
from apimall.sandbox.cdn import Cdn, find_picture
from apimall.sandbox.control import answer_control
from apimall.sandbox.envelope import HTML_TYPE, Answer, failure, success
from apimall.sandbox.errors import SandboxError
from apimall.sandbox.faults.replace import replacement
from apimall.sandbox.faults.rewrite import rewrite
from apimall.sandbox.faults.rules import next_fault
from apimall.sandbox.faults.spec import Fault
from apimall.sandbox.faults.transport import hang, reset, respond, transmit
from apimall.sandbox.ratelimit import retry_after
from apimall.sandbox.requestlog import Entry
from apimall.sandbox.service import Service
from apimall.sandbox.state import State
from apimall.sandbox.tasks import TERMINAL, Task

_IMAGES = "/api/v1/images/"
_PATHS = {
    f"{_IMAGES}generate": ("generate", "POST"),
    f"{_IMAGES}history": ("history", "GET"),
    "/api/v1/account/balances": ("balances", "GET"),
}
# Faults that still let a client understand the answer: with them, a terminal status counts as seen.
_HARMLESS = {"slow", "dripping", "gzip", "chunked", "reordered_fields", "extra_fields"}


class Gateway:
    """Answers on the API's origin."""

    def __init__(self, service: Service, cdn: Cdn) -> None:
        self.service = service
        self.cdn = cdn

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        path = request.path
        if path.startswith("/_sandbox"):
            return respond(await answer_control(self.service, request))
        now = time.time()
        state = self.service.state
        state.advance(now)
        endpoint, task_id = _route(path)
        authorization = self._authorization(request)
        entry = Entry(now, "api", request.method, path, endpoint, task_id, request.raw_headers, authorization)
        state.log.add(entry)
        task = None
        if task_id is not None:
            task = state.jobs.by_id.get(task_id)
            if task is not None:
                task.polls += 1
                if task.first_poll is None:
                    task.first_poll = now
        if endpoint == "redirected":
            answer = await self._redirected(state, path[len("/redirected") :])
            state.log.answered(entry, answer.status, None)
            return respond(answer)
        try:
            body = await read_body(request) if request.body_exists else b""
        except BodyTooLargeError:
            state.log.answered(entry, 413, None)
            return respond(failure(413, state.request_id(now)))
        fault = None
        if state.rules or (task is not None and task.faults):
            fault = next_fault(task.faults if task is not None else None, state.rules, endpoint, task_id)
        if fault is None:
            answer = self._answer(state, request, entry, task, body, seen=True)
            state.log.answered(entry, answer.status, None)
            return respond(answer)
        return await self._spoil(state, request, entry, task, body, fault)

    def _authorization(self, request: web.BaseRequest) -> str:
        given = request.headers.get("Authorization")
        if given is None:
            return "absent"
        return "right" if given == f"Bearer {self.service.api_key}" else "wrong"

    async def _redirected(self, state: State, path: str) -> Answer:
        """Return what a redirected download finds here: the picture, whoever asks."""
        task, number = find_picture(state, path)
        if task is None:
            return Answer(404, b"", HTML_TYPE)
        return await self.cdn.picture(state, task, number, {})

    async def _spoil(
        self,
        state: State,
        request: web.BaseRequest,
        entry: Entry,
        task: Optional[Task],
        body: bytes,
        fault: Fault,
    ) -> web.StreamResponse:
        silent = fault.name == "hanging" or (fault.name == "reset" and "after" not in fault.options)
        answer = None
        if not (silent or fault.group == "instead") or fault.options.get("accepted") == "true":
            answer = self._answer(state, request, entry, task, body, seen=fault.name in _HARMLESS)
        if silent or answer is None or fault.group == "instead":
            if silent:
                state.log.answered(entry, None, str(fault))
                if fault.name == "hanging":
                    return await hang(request, fault, state.over)
                return await reset(request, None, fault)
            here = f"{self.service.base_url}{request.raw_path}"
            elsewhere = f"{self.service.cdn_url}/redirected{request.raw_path}"
            answer = replacement(fault, state.request_id(entry.time), here, elsewhere)
        elif fault.group == "rewrite":
            answer = rewrite(answer, fault)
        state.log.answered(entry, answer.status, str(fault))
        if fault.group == "transport":
            return await transmit(request, answer, fault, state.over)
        return respond(answer)

    def _answer(
        self,
        state: State,
        request: web.BaseRequest,
        entry: Entry,
        task: Optional[Task],
        body: bytes,
        seen: bool,
    ) -> Answer:
        """Return what a gateway in good health would say."""
        now, endpoint = entry.time, entry.endpoint
        if entry.authorization != "right":
            return failure(401, state.request_id(now))
        headers: Dict[str, str] = {}
        if state.bucket is not None:
            wait = state.bucket.take(now)
            headers = state.bucket.headers(state.settings.rate_headers, now)
            if wait:
                answer = failure(429, state.request_id(now))
                answer.headers = {**headers, **retry_after(state.settings.retry_after, wait, now)}
                return answer
        if endpoint == "task":
            if request.method != "GET":
                answer = failure(405, state.request_id(now))
            elif task is None:
                answer = failure(404, state.request_id(now))
            else:
                answer = Answer(200, state.task_body(task, now))
                if (
                    seen
                    and now >= task.ends_at
                    and task.terminal_seen_at is None
                    and task.outcome in TERMINAL
                ):
                    task.terminal_seen_at = now
        else:
            answer = answer_other(state, request, endpoint, body, now)
        if headers:
            answer.headers.update(headers)
        return answer


def _route(path: str) -> Tuple[str, Optional[str]]:
    known = _PATHS.get(path)
    if known is not None:
        return known[0], None
    if path.startswith(_IMAGES):
        task_id = path[len(_IMAGES) :]
        if task_id and "/" not in task_id:
            return "task", task_id
    return "redirected" if path.startswith("/redirected/") else "unknown", None


def answer_other(state: State, request: web.BaseRequest, endpoint: str, body: bytes, now: float) -> Answer:
    """Answer any call but GET of a task."""
    if endpoint not in ("generate", "history", "balances"):
        return failure(404, state.request_id(now), "Not found")
    if request.method != _PATHS[request.path][1]:
        return failure(405, state.request_id(now))
    if endpoint == "generate":
        return generate(state, body, now)
    state.jobs.settle(now)
    if endpoint == "balances":
        balance = state.jobs.balance
        return success({"credits": balance, "api_credits": balance}, state.request_id(now))
    return history(state, request, now)


def history(state: State, request: web.BaseRequest, now: float) -> Answer:
    """List tasks, newest first."""
    numbers = {}
    for name, default, largest in (("page", "1", 1_000_000_000), ("limit", "20", 50)):
        text = request.query.get(name, default)
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:12]) <= largest):
            return failure(400, state.request_id(now), f"{name} must be a whole number from 1 to {largest}")
        numbers[name] = int(text)
    items = []
    for task in state.jobs.newest(numbers["page"], numbers["limit"]):
        urls = state.image_urls(task, now) if task.status(now) == "completed" else ()
        items.append(task.history_item(now, urls[0] if urls else None))
    return success({"items": items, **numbers}, state.request_id(now))


def generate(state: State, body: bytes, now: float) -> Answer:
    """Accept a job, charge for it, and give its id."""
    request_id = state.request_id(now)
    try:
        wanted = json.loads(body)
    except ValueError:
        return failure(400, request_id, "The request body must be valid JSON")
    if not isinstance(wanted, dict):
        return failure(400, request_id, "The request body must be a JSON object")
    for name in ("model", "prompt"):
        if not isinstance(wanted.get(name), str) or not wanted[name].strip():
            return failure(400, request_id, f"{name} is required")
    num_images = wanted.get("num_images", 1)
    if isinstance(num_images, bool) or not isinstance(num_images, int) or not 1 <= num_images <= 6:
        return failure(400, request_id, "num_images must be a whole number from 1 to 6")
    model = state.settings.models.get(wanted["model"])
    if model is None:
        return failure(400, request_id, f"Unknown model: {wanted['model']}")
    limit = state.settings.concurrent_jobs
    if limit is not None and state.jobs.running(now) >= limit:
        answer = failure(429, request_id, "Too many concurrent jobs", "too_many_concurrent_jobs")
        answer.headers = retry_after(state.settings.retry_after, state.jobs.seconds_to_next_end(now), now)
        return answer
    state.jobs.settle(now)
    if state.jobs.price(model, num_images) > state.jobs.balance:
        return failure(402, request_id)
    orders = wanted.pop("sandbox", None) or {}
    try:
        if not isinstance(orders, dict):
            raise SandboxError('sandbox must be an object such as {"outcome": "failed"}')
        task = state.jobs.create(model, {**wanted, "num_images": num_images}, now, orders, charge=True)
    except SandboxError as error:
        return failure(400, request_id, str(error))
    data = {
        "task_id": task.task_id,
        "request_id": state.request_id(now).replace("req_", "provider_"),
        "credits_used": task.credits_used,
        "remaining_credits": state.jobs.balance,
        "model": model.name,
    }
    return success(data, request_id)
