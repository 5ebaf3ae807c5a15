"""Ten times the work takes no more memory."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc

import apimall
from apimall.sandbox import Sandbox
from sample import answer


def _growth(work: object, rounds: int) -> int:
    assert callable(work)
    for _ in range(3):
        work()
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(rounds):
        work()
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return after - before


def test_parsing_and_reading() -> None:
    body = answer(status="archived")

    def work() -> None:
        for _ in range(200):
            task = apimall.parse_image_task(body)
            assert task.status.raw
            assert all(
                [task.result_urls, task.created_at, task.duration, task.raw, repr(task), task.to_dict()]
            )

    assert _growth(work, 10) < 50_000


def test_waits_that_are_cancelled_and_loops_that_end_in_the_middle(sandbox: Sandbox) -> None:
    ids = sandbox.add_tasks(50, duration=10_000)
    client = apimall.AsyncClient(poll_price=0.002)

    async def main() -> None:
        waiting = [asyncio.ensure_future(client.images.wait(task_id)) for task_id in ids]
        await asyncio.sleep(0)
        for one in waiting[::2]:
            one.cancel()
        await asyncio.sleep(0)

    def work() -> None:
        asyncio.run(main())

    assert _growth(work, 10) < 100_000
    asyncio.run(client.close())
