"""The packages that people run coroutines with: pytest-asyncio, anyio, uvloop; and asyncio's own ways."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import AsyncIterator
from typing import Any, Callable

import pytest

import apimall
from apimall.sandbox import Sandbox

pytest_asyncio = pytest.importorskip("pytest_asyncio")


@pytest_asyncio.fixture
async def shared(sandbox: Sandbox) -> AsyncIterator[apimall.AsyncClient]:
    """An async fixture, as a user would write it."""
    async with apimall.AsyncClient(poll_price=0.002) as client:
        yield client


@pytest.mark.asyncio
@pytest.mark.parametrize("again", [1, 2])
async def test_pytest_asyncio_with_a_loop_for_each_test(
    shared: apimall.AsyncClient, make_task: Callable[..., str], again: int
) -> None:
    assert (await shared.images.wait(make_task())).status == "completed"


@pytest.fixture(params=["asyncio", "asyncio+uvloop", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """What anyio's own plugin runs a test on."""
    name, _, uvloop = request.param.partition("+")
    pytest.importorskip(uvloop or name)
    return (name, {"use_uvloop": bool(uvloop)}) if name == "asyncio" else name


@pytest.mark.anyio
async def test_anyio_with_its_cancellation(anyio_backend: Any, make_task: Callable[..., str]) -> None:
    anyio = pytest.importorskip("anyio")
    never = make_task(outcome="never")
    async with apimall.AsyncClient(poll_price=0.002) as client:
        with anyio.move_on_after(0.2) as scope:
            async with anyio.create_task_group() as group:
                for _ in range(5):
                    group.start_soon(client.images.wait, never)
        assert scope.cancelled_caught
        with anyio.fail_after(60):
            assert (await client.images.wait(make_task())).status == "completed"
        while client.stats().waits_outstanding:
            await anyio.sleep(0.01)


def test_uvloop_by_its_own_run(make_task: Callable[..., str]) -> None:
    uvloop = pytest.importorskip("uvloop")
    if not hasattr(uvloop, "run"):
        pytest.skip("an old uvloop")

    async def main() -> apimall.ImageTask:
        async with apimall.AsyncClient(poll_price=0.002) as client:
            return await client.images.wait(make_task())

    assert uvloop.run(main()).status == "completed"


def test_loops_in_threads_at_the_same_time_share_one_client(make_task: Callable[..., str]) -> None:
    client, ids = apimall.AsyncClient(poll_price=0.002), [make_task() for _ in range(4)]
    ended: list[str | None] = []

    def work(task_id: str) -> None:
        ended.append(asyncio.run(client.images.wait(task_id)).task_id)

    threads = [threading.Thread(target=work, args=(task_id,)) for task_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(map(str, ended)) == sorted(ids)
    asyncio.run(client.close())


def test_a_loop_has_one_poller_and_one_watched_handle_and_is_held_weakly(sandbox: Sandbox) -> None:
    watched: list[int] = []

    class Counting(asyncio.SelectorEventLoop):
        def add_reader(self, fd: Any, *rest: Any) -> Any:
            watched.append(fd)
            return super().add_reader(fd, *rest)

    ids = sandbox.add_tasks(5, duration=1)
    client = apimall.AsyncClient(poll_price=0.002)

    async def main() -> None:
        await asyncio.gather(*map(client.images.wait, ids), client.account.balances())
        await client.images.wait_many(ids)
        assert [page async for page in client.images.history()]

    loop = Counting()
    loop.run_until_complete(main())
    (queue,) = client._loops._queues.values()
    assert watched == [queue.poller.fileno()]
    del queue
    held = weakref.ref(loop)
    loop.close()
    del loop
    gc.collect()
    assert held() is None
    assert not client._loops._queues
    asyncio.run(client.close())


def test_thousands_of_waits_start_no_thread(sandbox: Sandbox) -> None:
    ids = sandbox.add_tasks(20, duration=10_000)

    def threads() -> int:
        return (
            len(os.listdir("/proc/self/task"))
            if os.path.isdir("/proc/self/task")
            else threading.active_count()
        )

    async def main() -> None:
        async with apimall.AsyncClient(poll_price=0.002) as client:
            await client.images.get(ids[0])
            before = threads()
            waiting = [asyncio.ensure_future(client.images.wait(ids[n % len(ids)])) for n in range(5000)]
            while client.stats().waits_outstanding < len(waiting):
                await asyncio.sleep(0.01)
            assert threads() <= before
            for task_id in ids:
                await asyncio.get_running_loop().run_in_executor(None, sandbox.finish_task, task_id)
            tasks = await asyncio.gather(*waiting)
            assert {task.status.raw for task in tasks} == {"completed"}
            assert client.stats().polls < len(waiting)  # those on one task share its polls

    asyncio.run(main())


@pytest.mark.skipif(sys.platform == "win32", reason="libc's usleep")
def test_polls_go_on_while_python_code_keeps_the_gil(make_task: Callable[..., str]) -> None:
    code = """
import asyncio, ctypes, sys, apimall
keeping = ctypes.PyDLL(None)  # its calls keep the GIL

async def main():
    async with apimall.AsyncClient(poll_price=0.001, rate_per_second=200) as client:
        waiting = asyncio.ensure_future(client.images.wait(sys.argv[1]))
        while client.stats().responses < 2:
            await asyncio.sleep(0.01)
        before = client.stats().responses
        keeping.usleep(900_000)
        print(client.stats().responses - before)
        waiting.cancel()

asyncio.run(main())
"""
    run = subprocess.run(
        [sys.executable, "-c", code, make_task(outcome="never")], capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) >= 2
