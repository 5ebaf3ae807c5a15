"""The CDN's origin: the pictures of completed tasks. It never asks for a key, and notes when it is given one."""

from __future__ import annotations

import re
import time
from typing import Dict, Optional, Tuple

from aiohttp import web

from apimall.sandbox.envelope import HTML_TYPE, Answer
from apimall.sandbox.faults.replace import replacement
from apimall.sandbox.faults.rules import next_fault
from apimall.sandbox.faults.spec import Fault
from apimall.sandbox.faults.transport import hang, reset, respond, transmit
from apimall.sandbox.images import Picture, picture_size
from apimall.sandbox.ranges import serve_bytes
from apimall.sandbox.requestlog import Entry
from apimall.sandbox.service import Service
from apimall.sandbox.state import State
from apimall.sandbox.tasks import Task

_PICTURE = re.compile(r"/generated/([^/]+)-(\d\d)\.(webp|png|jpeg)")
_REDIRECTED = "/redirected"
_TYPES = {"webp": "image/webp", "png": "image/png", "jpeg": "image/jpeg"}
_REFUSALS = {403: "AccessDenied: Request has expired", 404: "NoSuchKey", 410: "Gone"}


class Cdn:
    """Answers on the CDN's origin."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        now, path, state = time.time(), request.path, self.service.state
        state.advance(now)
        redirected = path.startswith(f"{_REDIRECTED}/")
        task, number = find_picture(state, path)
        task_id = task.task_id if task is not None else None
        endpoint = "redirected" if redirected else "image"
        authorization = self._authorization(request)
        entry = Entry(now, "cdn", request.method, path, endpoint, task_id, request.raw_headers, authorization)
        state.log.add(entry)
        if redirected:
            answer = self._api_answer(state, path[len(_REDIRECTED) :], now)
            state.log.answered(entry, answer.status, None)
            return respond(answer)
        script = task.download_faults if task is not None else None
        fault = next_fault(script, state.rules, endpoint, task_id) if state.rules or script else None
        if fault is None:
            answer = await self._answer(state, request, task, number, now)
            state.log.answered(entry, answer.status, None)
            return respond(answer)
        return await self._spoil(state, request, entry, task, number, fault)

    def _authorization(self, request: web.BaseRequest) -> str:
        given = request.headers.get("Authorization")
        if given is None:
            # A key in any other place would be as bad.
            places = [request.path_qs, *(value for name, value in request.headers.items())]
            return "leaked" if any(self.service.api_key in place for place in places) else "absent"
        return "right" if self.service.api_key in given else "wrong"

    def _api_answer(self, state: State, path: str, now: float) -> Answer:
        """Return what a redirected API request finds: its task, without a key, so that following seems to work."""
        task = state.jobs.by_id.get(path.rpartition("/")[2])
        return Answer(404, b"", HTML_TYPE) if task is None else Answer(200, state.task_body(task, now))

    async def _spoil(
        self,
        state: State,
        request: web.BaseRequest,
        entry: Entry,
        task: Optional[Task],
        number: int,
        fault: Fault,
    ) -> web.StreamResponse:
        if fault.name == "hanging" or (fault.name == "reset" and "after" not in fault.options):
            state.log.answered(entry, None, str(fault))
            if fault.name == "hanging":
                return await hang(request, fault, state.over)
            return await reset(request, None, fault)
        if fault.name == "expired":
            answer = _refusal(int(fault.number("status", 403)))
        elif fault.group == "instead":
            here = f"{self.service.cdn_url}{request.raw_path}"
            elsewhere = f"{self.service.base_url}{_REDIRECTED}{request.raw_path}"
            answer = replacement(fault, state.request_id(entry.time), here, elsewhere)
        else:
            if fault.name == "changed" and task is not None:
                task.revision += 1
            answer = await self._answer(
                state, request, task, number, entry.time, whole=fault.name == "no_range"
            )
            _spoil_picture(answer, fault)
        state.log.answered(entry, answer.status, str(fault))
        if fault.group == "transport":
            return await transmit(request, answer, fault, state.over)
        return respond(answer)

    async def _answer(
        self,
        state: State,
        request: web.BaseRequest,
        task: Optional[Task],
        number: int,
        now: float,
        whole: bool = False,
    ) -> Answer:
        if request.method not in ("GET", "HEAD"):
            return Answer(405, b"", HTML_TYPE, {"Allow": "GET, HEAD"})
        if task is None or task.status(now) != "completed":
            return _refusal(404)
        path = request.path
        if not state.url_is_valid(path, request.query_string, now):
            return _refusal(state.settings.expired_status)
        hop = request.query.get("hop", "0")
        if hop.isdigit() and int(hop) < state.settings.cdn_redirects:
            query = "&".join(
                part for part in request.query_string.split("&") if part and not part.startswith("hop=")
            )
            location = f"{path}?{query}{'&' if query else ''}hop={int(hop) + 1}"
            return Answer(302, b"", HTML_TYPE, {"Location": location})
        asked = {} if whole else {name.title(): value for name, value in request.headers.items()}
        return await self.picture(state, task, number, asked)

    async def picture(self, state: State, task: Task, number: int, asked: Dict[str, str]) -> Answer:
        """Answer with a picture of a task, or the part of it that is asked for."""
        parameters = task.parameters
        width, height = picture_size(parameters, state.settings.image_edge)
        picture = Picture(
            seed=f"{parameters.get('seed', state.settings.seed)}/{task.task_id}/{number}/{task.revision}",
            prompt=str(parameters.get("prompt", task.task_id)),
            caption=f"{task.model}  {number}/{task.num_images}",
            width=width,
            height=height,
            image_format=task.image_format,
        )
        data = await self.service.pictures.get(picture)
        return serve_bytes(data, _TYPES[task.image_format], task.ends_at, asked)


def find_picture(state: State, path: str) -> Tuple[Optional[Task], int]:
    """Return the task and the number of the picture that a path names."""
    match = _PICTURE.fullmatch(path)
    if match is None:
        return None, 0
    task, number = state.jobs.by_id.get(match[1]), int(match[2])
    if task is None or match[3] != task.image_format or not 1 <= number <= task.num_images:
        return None, 0
    return task, number


def _refusal(status: int) -> Answer:
    words = _REFUSALS.get(status, "Error")
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{words}</Code></Error>\n'
    return Answer(status, body.encode(), "application/xml")


def _spoil_picture(answer: Answer, fault: Fault) -> None:
    if fault.name == "no_etag":
        answer.headers.pop("ETag", None)
        answer.headers.pop("Last-Modified", None)
    elif fault.name == "corrupt":
        middle = len(answer.body) // 2
        answer.body = answer.body[:middle] + bytes(255 - byte for byte in answer.body[middle:])
