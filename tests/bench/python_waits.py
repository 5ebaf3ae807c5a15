"""CPU per wait of ten thousand concurrent waits through Python asyncio, beside what people would write instead.

    nginx.py python tests/bench/python_waits.py [COUNT]

All poll the same server over HTTP/1.1 in the clear with 64 requests at once; each task is completed at the first look.
CPU is that of the whole process, threads included; each turn is a process of its own, warm before it is measured. A
peer that is not installed gets a row that says so.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Awaitable, Callable

HERE = Path(__file__).resolve().parent
AT_ONCE = 64
KEY = "sk-" + "0" * 48

Way = Callable[[str, "list[str]"], Awaitable[object]]


def apimall_client(url: str) -> Any:
    """Make a client that knows no limit."""
    import apimall

    return apimall.AsyncClient(
        KEY, url, rate_per_second=100_000, rate_burst=100_000, max_in_flight=AT_ONCE, http_version="1.1"
    )


async def gather_waits(url: str, ids: list[str]) -> None:
    """Await each wait by itself."""
    async with apimall_client(url) as client:
        tasks = await asyncio.gather(*[client.images.wait(task_id) for task_id in ids])
        assert all(task.status == "completed" for task in tasks)


async def wait_many(url: str, ids: list[str]) -> None:
    """Await all together."""
    async with apimall_client(url) as client:
        tasks = await client.images.wait_many(ids)
        assert all(task.status == "completed" for task in tasks)


async def bare_futures(url: str, ids: list[str]) -> None:
    """Resolve as many bare futures: what asyncio itself takes of the first way."""
    loop = asyncio.get_running_loop()
    futures = [loop.create_future() for _ in ids]
    loop.call_later(0.05, lambda: [future.set_result(None) for future in futures])
    await asyncio.gather(*futures)


async def aiohttp_loop(url: str, ids: list[str]) -> None:
    """Poll as one would by hand."""
    import aiohttp

    headers = {"Authorization": f"Bearer {KEY}"}
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

        async def wait(task_id: str) -> str:
            while True:
                async with session.get(f"{url}/api/v1/images/{task_id}") as response:
                    status: str = json.loads(await response.read())["data"]["status"]
                if status in {"completed", "failed"}:
                    return status
                await asyncio.sleep(1)

        await asyncio.gather(*[wait(task_id) for task_id in ids])


async def httpx_loop(url: str, ids: list[str]) -> None:
    """Poll as one would by hand, with what most vendors' packages stand on."""
    import httpx

    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    headers = {"Authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, limits=limits, timeout=None) as client:
        slots = asyncio.Semaphore(AT_ONCE)

        async def wait(task_id: str) -> str:
            while True:
                async with slots:
                    response = await client.get(f"/api/v1/images/{task_id}")
                status: str = response.json()["data"]["status"]
                if status in {"completed", "failed"}:
                    return status
                await asyncio.sleep(1)

        await asyncio.gather(*[wait(task_id) for task_id in ids])


WAYS: dict[str, Way] = {
    "gather": gather_waits,
    "wait_many": wait_many,
    "bare futures": bare_futures,
    "aiohttp + json": aiohttp_loop,
    "aiohttp + json on uvloop": aiohttp_loop,
    "httpx": httpx_loop,
}

# Our way, the peer, the most that the ratio may be, and how many turns.
ROWS: list[tuple[str, str, float | None, int]] = [
    ("gather", "aiohttp + json", 0.1, 3),
    ("gather", "httpx", 0.025, 2),
    ("gather", "Node fetch", 0.1, 3),
    ("gather", "Go net/http", 1.0, 3),
    ("gather", "aiohttp + json on uvloop", None, 2),
    ("gather", "bare futures", None, 3),
    ("wait_many", "aiohttp + json", 0.1, 3),
    ("wait_many", "Go net/http", 1.0, 3),
]


# The most that may fall to the thread of the event loop, in µs per wait.
THREAD_AT_MOST = {"gather": 5.0, "wait_many": 5.0}


def measure(name: str, url: str, count: int) -> None:
    """Do it once in this process, and print microseconds of CPU per wait: of the process, of the loop's thread."""
    ids = [f"img_{number:026d}" for number in range(count)]

    async def run() -> None:
        await WAYS[name](url, ids[:100])  # warms up imports and connections, and is not counted
        before, thread_before = time.process_time(), time.thread_time()
        await WAYS[name](url, ids)
        of_thread = time.thread_time() - thread_before
        print((time.process_time() - before) / count * 1e6, of_thread / count * 1e6)

    if name.endswith("uvloop"):
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    asyncio.run(run())


def commands(folder: str) -> dict[str, list[str]]:
    """Return how to run each way that is here; the URL and the count follow."""
    found = {name: [sys.executable, __file__, name] for name in WAYS}
    packages = {"aiohttp + json": "aiohttp", "httpx": "httpx", "aiohttp + json on uvloop": "uvloop"}
    for name, package in packages.items():
        if find_spec(package) is None:
            del found[name]
    if shutil.which("node"):
        found["Node fetch"] = ["node", str(HERE / "peers" / "node_waits.mjs")]
    if shutil.which("go"):
        program = f"{folder}/go_waits"
        environment = {
            **os.environ,
            "GOCACHE": str(HERE.parents[1] / "build" / "go-cache"),
            "GOFLAGS": "-mod=mod",
            "GOTOOLCHAIN": "local",
        }
        build = ["go", "build", "-o", program, str(HERE / "peers" / "go_waits.go")]
        subprocess.run(build, check=True, env=environment, cwd=folder)
        found["Go net/http"] = [program]
    return found


def main() -> None:
    """Measure each pair, taking turns, and print the rows."""
    url = os.environ.get("CLEAR_URL")
    if url is None:
        sys.exit("CLEAR_URL is not set: run this through tests/bench/nginx.py")
    if len(sys.argv) > 2:
        return measure(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        ways = commands(folder)

        of_threads: dict[str, list[float]] = {}

        def microseconds(name: str) -> float:
            command = [*ways[name], url, str(count)]
            of_process, *of_thread = map(
                float, subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.split()
            )
            of_threads.setdefault(name, []).extend(of_thread)
            return of_process

        for own_name, peer_name, at_most, turns in ROWS:
            row: dict[str, object] = {"what": f"Python asyncio, {own_name}", "work": f"{count} waits"}
            row |= {"unit": "µs CPU per wait", "against": peer_name}
            if peer_name not in ways:
                print(json.dumps({**row, "note": "peer not here"}), flush=True)
                continue
            own, peer = [], []
            for _ in range(turns):
                own.append(microseconds(own_name))
                peer.append(microseconds(peer_name))
            row |= {"ours": statistics.median(own), "peer": statistics.median(peer)}
            row["ratio"] = statistics.median(a / b for a, b in zip(own, peer))
            if at_most is not None:
                row["at_most"] = at_most
            print(json.dumps(row), flush=True)
        for name, at_most in THREAD_AT_MOST.items():
            row = {"what": f"Python asyncio, {name}: the loop's thread", "work": f"{count} waits"}
            row |= {
                "unit": "µs CPU per wait",
                "against": "nothing",
                "ours": statistics.median(of_threads[name]),
            }
            print(json.dumps({**row, "at_most": at_most}), flush=True)
    return None


if __name__ == "__main__":
    main()
