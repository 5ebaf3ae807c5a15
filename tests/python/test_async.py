"""The same calls, awaited."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Callable

import pytest

import apimall
from apimall.sandbox import Sandbox


def _with_asyncio(main: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(main)


def _with_uvloop(main: Coroutine[Any, Any, Any]) -> Any:
    uvloop = pytest.importorskip("uvloop")
    loop = uvloop.new_event_loop()
    try:
        return loop.run_until_complete(main)
    finally:
        loop.close()


def _with_trio(main: Coroutine[Any, Any, Any]) -> Any:
    trio = pytest.importorskip("trio")

    async def run() -> Any:
        return await main

    return trio.run(run)


@pytest.fixture(params=[_with_asyncio, _with_uvloop, _with_trio], ids=["asyncio", "uvloop", "trio"])
def run(request: pytest.FixtureRequest) -> Any:
    """Run a coroutine on each kind of event loop."""
    return request.param


def test_all_calls(run: Any, sandbox: Sandbox, make_task: Callable[..., str], tmp_path: Path) -> None:
    async def main() -> None:
        async with apimall.AsyncClient(poll_price=0.002) as client:
            started = await client.images.generate(model="nano-banana", prompt="a pier")
            task = await client.images.wait(started)
            assert task.status == "completed"
            assert (await client.images.get(started)).task_id == started.task_id
            assert (await client.images.download(task, tmp_path)).files
            assert (await client.account.balances()).credits is not None
            assert 1 in [page.page async for page in client.images.history(limit=5)]
            assert [page.items async for page in client.images.history(100)] == [()]
            with pytest.raises(apimall.TaskFailed):
                await client.images.generate_and_wait(model="nano-banana", prompt="sandbox:fail")
            with pytest.raises(apimall.NotFoundError):
                await client.images.get("img_unknown")
            with pytest.raises(apimall.DeadlineError):
                await client.images.wait(make_task(outcome="never"), timeout=0.3)

    run(main())


def test_many_at_once(run: Any, sandbox: Sandbox, make_task: Callable[..., str]) -> None:
    ids = sandbox.add_tasks(300, duration=2)

    async def main() -> None:
        async with apimall.AsyncClient(poll_price=0.002) as client:
            seen: list[int] = []
            tasks = await client.images.wait_many(ids, on_progress=lambda _, done, __: seen.append(done))
            assert [task.task_id for task in tasks] == ids
            assert seen[-1] == len(ids)
            ended = [task.task_id async for task in client.images.as_completed(ids)]
            assert sorted(ended) == sorted(ids)
            mixed = await client.images.wait_many([ids[0], "img_unknown"], return_exceptions=True)
            assert isinstance(mixed[1], apimall.NotFoundError)

    run(main())


def test_on_status(run: Any, make_task: Callable[..., str]) -> None:
    async def main() -> None:
        async with apimall.AsyncClient(poll_price=0.002) as client:
            seen: list[apimall.ImageTask] = []
            await client.images.wait(make_task(duration=20, pending=6), on_status=seen.append)
            assert seen

            def stop(task: apimall.ImageTask) -> None:
                raise LookupError(task.task_id)

            with pytest.raises(LookupError):
                await client.images.wait(make_task(duration=1000), on_status=stop)

    run(main())


def test_gather_of_waits(sandbox: Sandbox) -> None:
    ids = sandbox.add_tasks(200, duration=1)

    async def main() -> list[str | None]:
        async with apimall.AsyncClient(poll_price=0.002) as client:
            return [task.task_id for task in await asyncio.gather(*map(client.images.wait, ids))]

    assert asyncio.run(main()) == ids


def test_one_client_in_one_loop_after_the_other(make_task: Callable[..., str]) -> None:
    client = apimall.AsyncClient(poll_price=0.002)

    async def main() -> None:
        assert (await client.images.wait(make_task())).status == "completed"

    for _ in range(5):
        asyncio.run(main())
        gc.collect()
    assert len(client._loops._queues) <= 1
    asyncio.run(client.close())


def test_cancelling_an_await_cancels_natively_and_leaves_the_task(
    sandbox: Sandbox, make_task: Callable[..., str]
) -> None:
    task_id = make_task(duration=10_000)

    async def main() -> None:
        async with apimall.AsyncClient(poll_price=0.002) as client:
            asked = asyncio.Event()
            waiting = asyncio.ensure_future(client.images.wait(task_id, on_status=lambda _: asked.set()))
            await asked.wait()
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            while client.stats().waits_outstanding:
                await asyncio.sleep(0.01)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.images.wait(task_id), 0.2)
            sandbox.finish_task(task_id)
            assert (await client.images.wait(task_id)).status == "completed"

    asyncio.run(main())


def test_trio_cancels_too(make_task: Callable[..., str]) -> None:
    trio = pytest.importorskip("trio")

    async def main() -> None:
        async with apimall.AsyncClient(poll_price=0.002) as client:
            with trio.move_on_after(0.2) as scope:
                await client.images.wait(make_task(outcome="never"))
            assert scope.cancelled_caught
            assert (await client.images.wait(make_task())).status == "completed"

    trio.run(main)


def test_anyio_on_both_backends(make_task: Callable[..., str]) -> None:
    anyio = pytest.importorskip("anyio")

    async def main() -> None:
        async with apimall.AsyncClient(poll_price=0.002) as client, anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(client.images.wait, make_task())

    anyio.run(main, backend="asyncio")
    anyio.run(main, backend="trio")


def test_closing_ends_the_waits(make_task: Callable[..., str]) -> None:
    async def main() -> None:
        client = apimall.AsyncClient(poll_price=0.002)
        waiting = [asyncio.ensure_future(client.images.wait(make_task(outcome="never"))) for _ in range(3)]
        await asyncio.sleep(0)
        await client.close()
        for error in await asyncio.gather(*waiting, return_exceptions=True):
            assert isinstance(error, apimall.ClosedError)
        with pytest.raises(apimall.ClosedError):
            await client.images.get("img_1")

    asyncio.run(main())


def test_cancelling_at_any_moment_leaves_nothing_behind(sandbox: Sandbox) -> None:
    ids = sandbox.add_tasks(100, duration=1)

    async def main(moment: int) -> None:
        client = apimall.AsyncClient(poll_price=0.002)
        waiting = [asyncio.ensure_future(client.images.wait(task_id)) for task_id in ids]
        for number, one in enumerate(waiting):
            if number % 7 == moment:
                await asyncio.sleep(0)
            if number % 3 == moment % 3:
                one.cancel()
        await asyncio.sleep(0.002 * moment)
        for one in waiting[::2]:
            one.cancel()
        results = await asyncio.gather(*waiting[:60], return_exceptions=True)
        assert all(isinstance(one, (apimall.ImageTask, asyncio.CancelledError)) for one in results)
        # The rest is left to the end of the loop, and the client to the collector.

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for moment in range(7):
            asyncio.run(main(moment))
            gc.collect()


def test_a_loop_that_cannot_watch_gets_a_thread(make_task: Callable[..., str]) -> None:
    class Blind(asyncio.SelectorEventLoop):
        def add_reader(self, *_: Any) -> None:
            raise NotImplementedError

        def remove_reader(self, *_: Any) -> bool:
            raise NotImplementedError

    async def main() -> None:
        async with apimall.AsyncClient(poll_price=0.002) as client:
            assert (await client.images.wait(make_task())).status == "completed"
            assert (await client.images.wait(make_task())).status == "completed"

    loop = Blind()
    try:
        loop.run_until_complete(main())
    finally:
        loop.close()


def test_outside_of_a_loop_it_says_so(sandbox: Sandbox) -> None:
    client = apimall.AsyncClient(poll_price=0.002)
    waiting = client.images.get("img_1")
    with pytest.raises(RuntimeError, match=r"no running event loop|must be called from async context"):
        waiting.send(None)
