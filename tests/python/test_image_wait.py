"""What `wait` returns inside an asyncio loop: a future that is a coroutine too, in all the ways that people use both."""

from __future__ import annotations

import asyncio
import gc
import inspect
import sys
import warnings
import weakref
from collections.abc import Coroutine
from typing import Any, Awaitable, Callable

import pytest

import apimall
from apimall.sandbox import Sandbox

Make = Callable[..., str]


def run(main: Callable[[apimall.AsyncClient], Awaitable[None]]) -> None:
    """Run it with a client; nothing may be warned of, nor told to the loop's handler of exceptions."""
    loud: list[dict[str, Any]] = []

    async def with_client() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: loud.append(context))
        async with apimall.AsyncClient(poll_price=0.002) as client:
            await main(client)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asyncio.run(with_client())
        gc.collect()
    assert not loud


async def until_none_is_outstanding(client: apimall.AsyncClient) -> None:
    while client.stats().waits_outstanding:
        await asyncio.sleep(0.01)


def test_it_is_a_future_of_the_loop_and_a_coroutine(make_task: Make) -> None:
    async def main(client: apimall.AsyncClient) -> None:
        one = client.images.wait(make_task())
        assert asyncio.isfuture(one) and isinstance(one, asyncio.Future)
        assert one.get_loop() is asyncio.get_running_loop()
        assert asyncio.iscoroutine(one) and isinstance(one, Coroutine) and inspect.isawaitable(one)
        assert (await one).status == "completed"
        assert one.done() and one.result() is await one  # awaited twice

    run(main)


def test_wait_is_a_coroutine_function_to_who_asks(sandbox: Sandbox) -> None:
    wait = apimall.AsyncClient().images.wait
    if sys.version_info >= (3, 12):
        assert inspect.iscoroutinefunction(wait)
    else:
        assert asyncio.iscoroutinefunction(wait)


@pytest.mark.skipif(sys.version_info < (3, 10), reason="looks for coroutines first, and makes tasks of them")
def test_gather_makes_no_task(make_task: Make) -> None:
    async def main(client: apimall.AsyncClient) -> None:
        waits = asyncio.gather(*[client.images.wait(make_task()) for _ in range(5)])
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert [task.status.raw for task in await waits] == ["completed"] * 5

    run(main)


def test_create_task_ensure_future_and_wait(make_task: Make) -> None:
    async def main(client: apimall.AsyncClient) -> None:
        ids = [make_task() for _ in range(3)]
        task = asyncio.create_task(client.images.wait(ids[0]), name="first")
        assert (await task).task_id == ids[0]
        assert (await asyncio.ensure_future(client.images.wait(ids[1]))).task_id == ids[1]
        done, pending = await asyncio.wait([asyncio.create_task(client.images.wait(ids[2]))])
        assert [one.result().task_id for one in done] == [ids[2]] and not pending
        ended = [(await one).task_id for one in asyncio.as_completed([client.images.wait(i) for i in ids])]
        assert sorted(map(str, ended)) == sorted(ids)

    run(main)


def test_two_tasks_of_one_wait_and_awaiters_beside_them(make_task: Make) -> None:
    async def main(client: apimall.AsyncClient) -> None:
        one = client.images.wait(make_task())

        async def wait() -> apimall.ImageTask:
            return await one

        found = await asyncio.gather(asyncio.create_task(one), asyncio.create_task(one), wait(), wait(), one)
        assert all(task is found[0] for task in found)
        assert await asyncio.create_task(one) is found[0]  # when it has long ended

    run(main)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="has no TaskGroup")
def test_a_task_group_ends_the_waits_of_its_other_tasks(make_task: Make) -> None:
    async def main(client: apimall.AsyncClient) -> None:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(client.images.wait(make_task())) for _ in range(3)]
        assert {task.result().status.raw for task in tasks} == {"completed"}
        never: list[asyncio.Task[apimall.ImageTask]] = []

        async def fail() -> None:
            async with asyncio.TaskGroup() as group:
                never.append(group.create_task(client.images.wait(make_task(outcome="never"))))
                group.create_task(client.images.wait("img_unknown"))

        with pytest.raises(Exception, match="unhandled errors in a TaskGroup") as caught:
            await fail()
        assert [type(error) for error in caught.value.exceptions] == [apimall.NotFoundError]
        assert never[0].cancelled()
        await until_none_is_outstanding(client)

    run(main)


def test_anyio_gets_a_coroutine_of_the_interpreters_own(make_task: Make) -> None:
    pytest.importorskip("anyio")
    start = eval(
        "lambda function, *arguments: function(*arguments)", {"__name__": "anyio._backends._asyncio"}
    )

    async def main(client: apimall.AsyncClient) -> None:
        one = start(client.images.wait, make_task())
        assert inspect.iscoroutine(one)
        assert (await one).status == "completed"

    run(main)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="has no eager tasks")
def test_eager_tasks(make_task: Make) -> None:
    async def main(client: apimall.AsyncClient) -> None:
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        assert (await asyncio.create_task(client.images.wait(make_task()))).status == "completed"

    run(main)


def test_a_timeout_of_wait_for_ends_the_wait_and_not_the_task(sandbox: Sandbox, make_task: Make) -> None:
    task_id = make_task(duration=10_000)

    async def main(client: apimall.AsyncClient) -> None:
        one = client.images.wait(task_id)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(one, 0.05)
        assert one.cancelled()
        await until_none_is_outstanding(client)
        sandbox.finish_task(task_id)
        assert (await asyncio.wait_for(client.images.wait(task_id), 60)).status == "completed"

    run(main)


def test_shield_keeps_the_wait(sandbox: Sandbox, make_task: Make) -> None:
    task_id = make_task(duration=10_000)

    async def main(client: apimall.AsyncClient) -> None:
        one = client.images.wait(task_id)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(one), 0.05)
        assert not one.done() and client.stats().waits_outstanding == 1
        sandbox.finish_task(task_id)
        assert (await one).status == "completed"

    run(main)


@pytest.mark.parametrize("end", ["cancel", "close", "throw", "task"])
def test_whatever_ends_it_ends_it_natively(make_task: Make, end: str) -> None:
    async def main(client: apimall.AsyncClient) -> None:
        asked = asyncio.Event()
        one: Any = client.images.wait(make_task(outcome="never", pending=0), on_status=lambda _: asked.set())
        await asked.wait()
        assert client.stats().waits_outstanding == 1
        if end == "cancel":
            assert one.cancel() is True
        elif end == "close":
            one.close()
        elif end == "throw":
            with pytest.raises(LookupError, match="mine"):
                one.throw(LookupError, "mine")
        else:
            task = asyncio.create_task(one)
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert one.cancelled() and one.cancel() is False
        with pytest.raises(asyncio.CancelledError):
            await one
        await until_none_is_outstanding(client)

    run(main)


def test_cancelling_a_gather_ends_its_waits(make_task: Make) -> None:
    async def main(client: apimall.AsyncClient) -> None:
        waits = asyncio.gather(*[client.images.wait(make_task(outcome="never")) for _ in range(5)])
        await asyncio.sleep(0)
        waits.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waits
        await until_none_is_outstanding(client)

    run(main)


@pytest.mark.parametrize(
    ("arguments", "options", "error"),
    [
        (("img_unknown",), {}, apimall.NotFoundError),
        (("",), {}, apimall.InvalidArgumentError),
        ((5,), {}, apimall.InvalidArgumentError),
        (("img_1",), {"priority": "soon"}, apimall.InvalidArgumentError),
        (("img_1",), {"timeout": -1}, apimall.InvalidArgumentError),
        (("img_1",), {"timeout": object()}, TypeError),
    ],
)
def test_errors_come_when_it_is_awaited(
    sandbox: Sandbox, arguments: tuple[Any, ...], options: dict[str, Any], error: type[Exception]
) -> None:
    async def main(client: apimall.AsyncClient) -> None:
        one = client.images.wait(*arguments, **options)
        with pytest.raises(error):
            await one
        found = await asyncio.gather(client.images.wait(*arguments, **options), return_exceptions=True)
        assert isinstance(found[0], error)
        with pytest.raises(error):
            await asyncio.create_task(client.images.wait(*arguments, **options))

    run(main)
    with pytest.raises(error):  # and where it is a mere coroutine
        asyncio.run(apimall.AsyncClient().images.wait(*arguments, **options))


def test_a_closed_client_says_so(sandbox: Sandbox) -> None:
    async def main() -> None:
        client = apimall.AsyncClient()
        await client.close()
        for _ in range(2):
            with pytest.raises(apimall.ClosedError):
                await client.images.wait("img_1")

    asyncio.run(main())


def test_of_many_errors_in_a_gather_one_is_raised_and_none_is_loud(sandbox: Sandbox) -> None:
    async def main(client: apimall.AsyncClient) -> None:
        with pytest.raises(apimall.NotFoundError):
            await asyncio.gather(*[client.images.wait(f"img_unknown{n}") for n in range(20)])
        await until_none_is_outstanding(client)

    run(main)


def test_an_error_that_nobody_asks_for_is_told_as_of_any_future(sandbox: Sandbox) -> None:
    told: list[str] = []

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))
        async with apimall.AsyncClient(poll_price=0.002) as client:
            client.images.wait("img_unknown")
            await until_none_is_outstanding(client)
            await asyncio.sleep(0)
            gc.collect()

    asyncio.run(main())
    assert told == ["ImageWait exception was never retrieved"]


def test_never_awaited_it_ends_by_itself(make_task: Make) -> None:
    async def main(client: apimall.AsyncClient) -> None:
        ended = asyncio.Event()
        one: Any = client.images.wait(make_task())
        one.add_done_callback(lambda _: ended.set())
        held = weakref.ref(one)
        del one
        await ended.wait()
        await until_none_is_outstanding(client)
        await asyncio.sleep(0)
        gc.collect()
        assert held() is None

    run(main)


def test_a_client_without_an_owner_lives_as_long_as_its_wait(make_task: Make) -> None:
    async def main() -> apimall.ImageTask:
        return await apimall.AsyncClient(poll_price=0.002).images.wait(make_task())

    assert asyncio.run(main()).status == "completed"


@pytest.mark.parametrize("uvloop", [False, True], ids=["asyncio", "uvloop"])
def test_waits_that_are_left_are_cancelled_as_the_loop_shuts_down(make_task: Make, uvloop: bool) -> None:
    client = apimall.AsyncClient(poll_price=0.002)
    left: list[Any] = []

    async def main() -> None:
        left.extend(client.images.wait(make_task(outcome="never")) for _ in range(3))
        await asyncio.sleep(0)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if uvloop:
            loop = pytest.importorskip("uvloop").new_event_loop()
            loop.run_until_complete(main())
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()
        else:
            asyncio.run(main())
        assert [one.cancelled() for one in left] == [True] * 3
        asyncio.run(until_none_is_outstanding(client))
        asyncio.run(client.close())


def test_a_loop_closed_with_waits_pending_lets_them_go(make_task: Make) -> None:
    client, never = apimall.AsyncClient(poll_price=0.002), make_task(outcome="never")

    async def main() -> Any:
        one = client.images.wait(never)
        await asyncio.sleep(0)
        return weakref.ref(one)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loop = asyncio.new_event_loop()
        held = loop.run_until_complete(main())
        loop.close()  # without asking what still runs in it
        assert asyncio.run(client.images.wait(make_task())).status == "completed"
        asyncio.run(until_none_is_outstanding(client))
        del loop
        gc.collect()
        assert held() is None
        asyncio.run(client.close())


def test_results_come_in_the_order_of_the_events(sandbox: Sandbox) -> None:
    ids = sandbox.add_tasks(200, duration=0)

    async def main(client: apimall.AsyncClient) -> None:
        ended: list[int] = []
        waits: list[Any] = [client.images.wait(task_id) for task_id in ids]
        for number, one in enumerate(waits):
            one.add_done_callback(lambda _, number=number: ended.append(number))
        events = client.stats().events_delivered
        tasks = await asyncio.gather(*waits)
        assert [task.task_id for task in tasks] == ids
        assert sorted(ended) == list(range(len(ids)))
        assert client.stats().events_delivered - events == len(ids)

    run(main)


def test_in_another_thread_it_is_a_coroutine_for_the_loop(make_task: Make) -> None:
    async def main(client: apimall.AsyncClient) -> None:
        loop, task_id = asyncio.get_running_loop(), make_task()

        def from_a_thread() -> apimall.ImageTask:
            return asyncio.run_coroutine_threadsafe(client.images.wait(task_id), loop).result(60)

        assert (await loop.run_in_executor(None, from_a_thread)).task_id == task_id

    run(main)
