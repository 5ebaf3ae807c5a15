"""The sandbox inside another process: a thread with an event loop of its own."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Type, TypeVar

from apimall.sandbox import control
from apimall.sandbox.errors import SandboxError
from apimall.sandbox.faults.spec import Fault
from apimall.sandbox.scenario_files import apply_scenario
from apimall.sandbox.serving import Serving
from apimall.sandbox.settings import Settings

_Result = TypeVar("_Result")


class Sandbox:
    """A sandbox for as long as the `with` block lasts.

    Any thread may call its methods. Settings are those of a scenario file, by keyword; they come on top of the
    scenario.
    """

    def __init__(
        self,
        *,
        scenario: Optional[object] = None,
        tls: bool = False,
        port: int = 0,
        cdn_port: int = 0,
        **settings: Any,
    ) -> None:
        chosen = apply_scenario(Settings(), scenario).updated(settings, "Sandbox()")
        self._settings, self._options = chosen, (port, cdn_port, tls)
        self._thread: Optional[threading.Thread] = None
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._serving: Optional[Serving] = None
        self._stopping: Optional[asyncio.Event] = None
        self._failure: Optional[BaseException] = None
        self._ready = threading.Event()
        self._addresses: Dict[str, object] = {}

    def start(self) -> Sandbox:
        """Start the servers, and return when they listen."""
        if self._thread is not None:
            raise SandboxError("this sandbox runs already; make another one for a second server")
        self._ready.clear()
        self._failure = None
        self._thread = threading.Thread(target=self._run, name="apimall-sandbox", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            self._thread = None
            raise self._failure
        return self

    def stop(self) -> None:
        """Stop the servers; twice does no harm."""
        thread, self._thread = self._thread, None
        if thread is None or self._loop is None or self._stopping is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        thread.join()

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        port, cdn_port, tls = self._options
        serving = Serving(self._settings, port=port, cdn_port=cdn_port, tls=tls)
        await serving.start()
        self._serving, self._loop, self._stopping = serving, asyncio.get_running_loop(), asyncio.Event()
        self._addresses = serving.describe()
        self._ready.set()
        try:
            await self._stopping.wait()
        finally:
            await serving.stop()

    def _call(self, work: Callable[[Serving], _Result]) -> _Result:
        """Run something on the server's own thread: nothing of it is locked."""
        if self._thread is None or self._loop is None or self._serving is None:
            raise SandboxError(
                "this sandbox does not run; use it within its `with` block, or call start() first"
            )
        serving = self._serving

        async def on_loop() -> _Result:
            return work(serving)

        return asyncio.run_coroutine_threadsafe(on_loop(), self._loop).result()

    def _address(self, name: str) -> str:
        if not self._addresses:
            raise SandboxError(
                "this sandbox has not started; use it within its `with` block, or call start() first"
            )
        return str(self._addresses[name])

    @property
    def base_url(self) -> str:
        """Return the API's origin, e.g. http://127.0.0.1:40001."""
        return self._address("base_url")

    @property
    def cdn_url(self) -> str:
        """Return the CDN's origin: another port."""
        return self._address("cdn_url")

    @property
    def control_url(self) -> str:
        """Return where the control API is."""
        return self._address("control_url")

    @property
    def api_key(self) -> str:
        """Return the one key that is valid."""
        return self._address("api_key")

    @property
    def ca_file(self) -> Optional[str]:
        """Return the CA certificate's path with TLS, else None."""
        return None if not self._addresses or self._addresses["ca_file"] is None else self._address("ca_file")

    def reset(self, scenario: Optional[object] = None) -> None:
        """Forget tasks, log, faults and credits; begin again as at the start, with a scenario on top if given."""
        self._call(lambda serving: serving.service.reset(scenario))

    def load_scenario(self, scenario: object) -> None:
        """Reset with a scenario: a built-in name, a file's path, or a mapping of settings."""
        self.reset(scenario)

    def requests(
        self, *, origin: Optional[str] = None, task_id: Optional[str] = None, limit: Optional[int] = None
    ) -> List[Dict[str, Any]]:
        """Return the logged requests, oldest first; origin is `api` or `cdn`."""
        log = self._call(lambda serving: serving.service.state.log.describe(limit, origin, task_id))
        entries: Any = log["requests"]
        return list(entries)

    def stats(self) -> Dict[str, Any]:
        """Return the counts of GET /_sandbox/stats."""
        return self._call(lambda serving: serving.service.state.log.statistics())

    def add_task(
        self,
        *,
        id: Optional[str] = None,
        model: str = "nano-banana",
        duration: Optional[float] = None,
        outcome: Optional[str] = None,
        num_images: int = 1,
        faults: Sequence[object] = (),
        download_faults: Sequence[object] = (),
        **more: Any,
    ) -> str:
        """Make a task and return its id; `more` is any other setting of POST /_sandbox/tasks."""
        return self.add_tasks(
            1,
            id=id,
            model=model,
            duration=duration,
            outcome=outcome,
            num_images=num_images,
            faults=list(faults),
            download_faults=list(download_faults),
            **more,
        )[0]

    def add_tasks(self, count: int, **order: Any) -> List[str]:
        """Make many alike tasks and return their ids."""
        return self._call(lambda serving: control.add_tasks(serving.service, {**order, "count": count}))

    def finish_task(self, task_id: str, outcome: str = "completed") -> None:
        """End a task at once, as `completed` or `failed`."""
        self._call(lambda serving: control.finish_task(serving.service, task_id, outcome))

    def task(self, task_id: str) -> Dict[str, Any]:
        """Return the truth about a task."""
        return self._call(lambda serving: control.task_truth(serving.service, task_id))

    def set_fault(
        self,
        fault: object,
        *,
        endpoint: str = "api",
        task_id: Optional[str] = None,
        first: Optional[int] = None,
        skip: int = 0,
        probability: Optional[float] = None,
        seed: Optional[int] = None,
    ) -> None:
        """Add a fault rule: text, a `Fault`, or a script of several for one request each."""
        script = [fault] if isinstance(fault, (str, dict, Fault)) else fault
        rule: Mapping[str, object] = {
            "fault": script,
            "endpoint": endpoint,
            "task_id": task_id,
            "first": first,
            "skip": skip,
            "probability": probability,
            "seed": seed,
        }
        self._call(lambda serving: control.set_faults(serving.service, rule))

    def clear_faults(self) -> None:
        """Remove all fault rules; the scripts of tasks stay."""
        self._call(lambda serving: serving.service.state.rules.clear())

    def expire_urls(self) -> None:
        """Make all result URLs issued so far invalid."""
        self._call(lambda serving: serving.service.state.expire_urls())
