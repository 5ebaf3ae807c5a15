"""The control API under /_sandbox/, for tests and for curious people. It needs no key."""

from __future__ import annotations

import json
import time
from typing import Dict, List, Mapping, Optional

from aiohttp import web

from apimall.sandbox.bodies import BodyTooLargeError, read_mapping
from apimall.sandbox.envelope import Answer
from apimall.sandbox.errors import SandboxError, unknown_name
from apimall.sandbox.faults.catalogue import CATALOGUE
from apimall.sandbox.faults.rules import parse_rule
from apimall.sandbox.scenario_files import built_in_scenarios
from apimall.sandbox.service import Service
from apimall.sandbox.tasks import TERMINAL, Task


class NoSuchTaskError(SandboxError):
    """The sandbox has no task of this id."""


async def answer_control(service: Service, request: web.BaseRequest) -> Answer:
    """Answer one request of the control API."""
    try:
        document = await _dispatch(service, request)
    except NoSuchTaskError as error:
        return _json(404, {"error": str(error)})
    except BodyTooLargeError:
        return _json(413, {"error": "the body is too large"})
    except SandboxError as error:
        return _json(400, {"error": str(error)})
    if document is None:
        return _json(404, {"error": f"no such call: {request.method} {request.path}; see GET /_sandbox/"})
    return _json(200, document)


async def _dispatch(service: Service, request: web.BaseRequest) -> Optional[Mapping[str, object]]:
    call = f"{request.method} {request.path}"
    if call in ("GET /_sandbox", "GET /_sandbox/"):
        return index(service)
    if call == "GET /_sandbox/requests":
        limit = _limit(request)
        return service.state.log.describe(limit, request.query.get("origin"), request.query.get("task_id"))
    if call == "GET /_sandbox/stats":
        return service.state.log.statistics()
    if call == "POST /_sandbox/reset":
        wanted = await read_mapping(request)
        _only(wanted, "scenario")
        service.reset(wanted.get("scenario"), files=False)
        return {"reset": True}
    if call == "GET /_sandbox/tasks":
        now, tasks = time.time(), list(service.state.jobs.by_id.values())
        limit = _limit(request)
        return {"total": len(tasks), "tasks": [task.truth(now) for task in tasks[-limit:] if limit]}
    if call == "POST /_sandbox/tasks":
        ids = add_tasks(service, await read_mapping(request))
        return {"task_id": ids[0], "task_ids": ids}
    if call == "GET /_sandbox/faults":
        return {"faults": list_faults(service), "catalogue": catalogue()}
    if call == "POST /_sandbox/faults":
        set_faults(service, await read_mapping(request))
        return {"faults": list_faults(service)}
    if call == "DELETE /_sandbox/faults":
        service.state.rules.clear()
        return {"faults": []}
    if call == "POST /_sandbox/expire-urls":
        service.state.expire_urls()
        return {"url_version": service.state.url_version}
    if request.path.startswith("/_sandbox/tasks/"):
        return await _one_task(service, request)
    return None


async def _one_task(service: Service, request: web.BaseRequest) -> Optional[Mapping[str, object]]:
    task = find_task(service, request.path[len("/_sandbox/tasks/") :])
    if request.method == "POST":
        wanted = await read_mapping(request)
        _only(wanted, "outcome")
        finish_task(service, task.task_id, wanted.get("outcome", "completed"))
    elif request.method != "GET":
        return None
    return task.truth(time.time())


def index(service: Service) -> Dict[str, object]:
    """Say where everything is and what there is."""
    return {
        "base_url": service.base_url,
        "cdn_url": service.cdn_url,
        "control_url": f"{service.base_url}/_sandbox",
        "models": sorted(service.state.settings.models),
        "scenarios": built_in_scenarios(),
        "faults": sorted(CATALOGUE),
    }


def catalogue() -> Dict[str, object]:
    """Return all faults with what they do and their options."""
    return {
        name: {"group": kind.group, "summary": kind.summary, "options": dict(kind.options)}
        for name, kind in CATALOGUE.items()
    }


def add_tasks(service: Service, order: Mapping[str, object]) -> List[str]:
    """Make tasks as ordered, one order or a list of them under `tasks`; return their ids."""
    orders = order.get("tasks", [order])
    if not isinstance(orders, list) or not orders or not all(isinstance(item, dict) for item in orders):
        raise SandboxError('tasks must be a list of objects such as {"duration": 1.5}')
    return [task.task_id for item in orders for task in service.state.add_tasks(item)]


def find_task(service: Service, task_id: str) -> Task:
    """Return a task by id."""
    task = service.state.jobs.by_id.get(task_id)
    if task is None:
        raise NoSuchTaskError(f"there is no task {task_id}; GET /_sandbox/tasks lists them")
    return task


def task_truth(service: Service, task_id: str) -> Dict[str, object]:
    """Return all that the sandbox knows of a task."""
    return find_task(service, task_id).truth(time.time())


def finish_task(service: Service, task_id: str, outcome: object) -> None:
    """End a task at once."""
    if outcome not in TERMINAL:
        raise SandboxError(f"outcome must be one of {', '.join(TERMINAL)}, not {outcome!r}")
    service.state.jobs.finish(find_task(service, task_id), time.time(), str(outcome))


def set_faults(service: Service, wanted: Mapping[str, object]) -> None:
    """Add one rule, or a list of them under `faults`; `replace` drops the others first."""
    changes = dict(wanted)
    replace = changes.pop("replace", False)
    values = changes.get("faults", [changes])
    if not isinstance(values, list):
        raise SandboxError('faults must be a list of rules such as {"fault": "http_500", "first": 3}')
    state = service.state
    start = 0 if replace else len(state.rules)
    rules = [parse_rule(value, state.settings.seed + start + number) for number, value in enumerate(values)]
    state.rules[start:] = rules


def list_faults(service: Service) -> List[Dict[str, object]]:
    """Return the rules in force."""
    return [rule.describe() for rule in service.state.rules]


def _only(wanted: Mapping[str, object], *known: str) -> None:
    # A misspelt setting that is passed over would make a test pass for the wrong reason.
    for name in wanted:
        if name not in known:
            raise unknown_name("member of the body", name, known)


def _limit(request: web.BaseRequest) -> int:
    text = request.query.get("limit", "1000")
    if not (text.isascii() and text.isdigit()):
        raise SandboxError(f"limit must be a whole number, not {text!r}")
    return int(text)


def _json(status: int, document: Mapping[str, object]) -> Answer:
    return Answer(status, json.dumps(document).encode())
