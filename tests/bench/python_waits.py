"""Prints what ten thousand concurrent waits cost in CPU, beside loops over aiohttp and httpx, in one run.

    python tests/bench/python_waits.py [COUNT]

All poll an nginx with as many static answers, `completed` at the first look, over HTTP/1.1 in the clear with 64
requests at once. "thread" is the CPU time of the thread that runs the Python code, "total" that of the process;
the server is another one. Needs `apimall` and nginx; takes aiohttp and httpx beside it where they are installed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Awaitable, Callable, Iterator

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))

from sample import answer

AT_ONCE = 64
KEY = "sk-" + "0" * 48
ROUNDS = {"httpx loop": 2}  # the others: five

Way = Callable[[str, "list[str]"], Awaitable[object]]


def apimall_client(url: str) -> Any:
    """Make a client that knows no limit."""
    import apimall

    return apimall.AsyncClient(
        KEY, url, rate_per_second=100_000, rate_burst=100_000, max_in_flight=AT_ONCE, http_version="1.1"
    )


async def gather_waits(url: str, ids: list[str]) -> None:
    """Await each wait in a task of its own."""
    async with apimall_client(url) as client:
        tasks = await asyncio.gather(*[client.images.wait(task_id) for task_id in ids])
        assert all(task.status == "completed" for task in tasks)


async def wait_many(url: str, ids: list[str]) -> None:
    """Await all together."""
    async with apimall_client(url) as client:
        tasks = await client.images.wait_many(ids)
        assert all(task.status == "completed" for task in tasks)


async def only_tasks(url: str, ids: list[str]) -> None:
    """Resolve as many bare futures, each awaited in a task of its own: what asyncio itself takes of the first way."""
    loop = asyncio.get_running_loop()
    futures = [loop.create_future() for _ in ids]

    async def wait(future: asyncio.Future[None]) -> None:
        await future

    loop.call_later(0.05, lambda: [future.set_result(None) for future in futures])
    await asyncio.gather(*[wait(future) for future in futures])


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
    "apimall, gather": gather_waits,
    "apimall, wait_many": wait_many,
    "bare futures, gather": only_tasks,
    "aiohttp loop": aiohttp_loop,
    "httpx loop": httpx_loop,
}


def task_ids(count: int) -> list[str]:
    """Return as many ids."""
    return [f"img_{number:026d}" for number in range(count)]


def measure(name: str, url: str, count: int) -> None:
    """Do it once, and print the microseconds per completion: thread and total."""
    ids = task_ids(count)

    async def run() -> None:
        # A first few warm up imports and connections, and are not counted.
        await WAYS[name](url, ids[:100])
        thread, total = time.thread_time(), time.process_time()
        await WAYS[name](url, ids)
        print((time.thread_time() - thread) / count * 1e6, (time.process_time() - total) / count * 1e6)

    asyncio.run(run())


@contextlib.contextmanager
def gateway(count: int) -> Iterator[str]:
    """Run an nginx with a file for each task."""
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # its worker may be another user
        images = folder / "api" / "v1" / "images"
        images.mkdir(parents=True)
        for task_id in task_ids(count):
            (images / task_id).write_bytes(answer(task_id=task_id))
        port = 18_000 + count % 1000 + int(time.time()) % 1000
        (folder / "nginx.conf").write_text(
            f"""daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
            events {{ worker_connections 2048; }}
            http {{ access_log off; keepalive_requests 100000000; default_type application/json;
            open_file_cache max=20000;
            client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
            uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
            server {{ listen 127.0.0.1:{port}; root {folder}; }} }}"""
        )
        server = subprocess.Popen(
            [nginx, "-c", str(folder / "nginx.conf"), "-p", name], stderr=subprocess.DEVNULL
        )
        try:
            while not (folder / "pid").exists():
                if server.poll() is not None:
                    raise RuntimeError((folder / "error.log").read_text())
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def main() -> None:
    """Measure all ways, taking turns in processes of their own, and print medians and ratios."""
    if len(sys.argv) > 2:
        return measure(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in WAYS}
    with gateway(count) as url:
        for turn in range(5):
            for name in WAYS:
                if turn >= ROUNDS.get(name, 5):
                    continue
                command = [sys.executable, __file__, name, url, str(count)]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode == 0:
                    thread, total = map(float, done.stdout.split())
                    measured[name].append((thread, total))
                elif turn == 0:
                    print(f"{name}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
    medians = {
        name: tuple(statistics.median(column) for column in zip(*rows))
        for name, rows in measured.items()
        if rows
    }
    own = medians["apimall, gather"][1]
    print(
        f"{f'CPU per completion, µs ({count} waits)':38} {'thread':>8} {'total':>8} {'total times apimall':>16}"
    )
    for name, (thread, total) in medians.items():
        print(f"{name:38} {thread:8.2f} {total:8.2f} {total / own:16.2f}")
    return None


if __name__ == "__main__":
    main()
