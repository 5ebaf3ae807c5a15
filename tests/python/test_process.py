"""Signals, forks, exits: what a program does around a call must not hang, crash or be loud."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any, Callable

import pytest

import apimall
from apimall.sandbox import Sandbox

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and fork")


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Run Python code in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-W", "default", "-X", "faulthandler", "-c", textwrap.dedent(code), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(code: str, *arguments: str) -> tuple[int, str, str]:
    """Run Python code to its end: exit code, stdout, stderr."""
    process = start(code, *arguments)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.mark.parametrize(
    "call", ["client.images.wait(i)", "client.images.wait_many([i])", "list(client.images.as_completed([i]))"]
)
def test_ctrl_c_ends_a_call_at_once(make_task: Callable[..., str], call: str) -> None:
    process = start(
        f"""
        import sys, apimall
        client, i = apimall.Client(), sys.argv[1]
        client.images.get(i)
        print("waiting", flush=True)
        try:
            {call}
        except KeyboardInterrupt:
            print("interrupted", flush=True)
        """,
        make_task(outcome="never"),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    time.sleep(0.2)  # into the call; if it is not there yet the result is the same
    before = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "interrupted\n"
    assert time.monotonic() - before < 5
    assert process.wait(30) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stdout.close()
    process.stderr.close()


def test_a_forked_child_is_told_and_can_start_anew(make_task: Callable[..., str]) -> None:
    code, out, err = finish(
        """
        import os, sys, warnings, apimall
        warnings.simplefilter("ignore", DeprecationWarning)
        client = apimall.Client()
        client.images.get(sys.argv[1])
        apimall.get(sys.argv[1])
        child = os.fork()
        if child == 0:
            try:
                client.images.get(sys.argv[1])
            except apimall.ForkedError as error:
                print("forked:", error)
            print(apimall.Client().images.wait(sys.argv[1]).status)
            print(apimall.get(sys.argv[1]).status)
            sys.exit(0)
        assert os.waitpid(child, 0)[1] == 0
        print(client.images.get(sys.argv[1]).status)
        """,
        make_task(duration=0.1),
    )
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("forked:")
    assert "new client" in lines[0]
    assert lines[1:] == ["completed", "completed", "completed"]


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.parametrize("kind", ["multiprocessing.Pool", "concurrent.futures.ProcessPoolExecutor"])
def test_pools_of_processes(make_task: Callable[..., str], tmp_path: Path, kind: str, method: str) -> None:
    """Tasks and exceptions come back from the children, which the parent's clients do not disturb."""
    program = tmp_path / "program.py"  # a file, for spawned children import it
    program.write_text(
        textwrap.dedent(
            f"""
            import asyncio, concurrent.futures, multiprocessing, sys, apimall

            def by_function(task_id):
                return apimall.wait(task_id)

            def by_client(task_id):
                with apimall.Client() as client:
                    return client.images.wait(task_id)

            def by_asyncio(task_id):
                return asyncio.run(apimall.AsyncClient().images.wait(task_id))

            def failing(task_id):
                return apimall.get("img_unknown")

            def by_the_parents_client(task_id):
                return parents.images.get(task_id)

            if __name__ == "__main__":
                ids = sys.argv[1:]
                parents = apimall.Client()
                parents.images.get(ids[0])
                apimall.get(ids[0])
                context = multiprocessing.get_context("{method}")
                if "{kind}" == "multiprocessing.Pool":
                    pool = context.Pool(2)
                else:
                    pool = concurrent.futures.ProcessPoolExecutor(2, mp_context=context)
                with pool:
                    for work in (by_function, by_client, by_asyncio):
                        assert [task.task_id for task in pool.map(work, ids)] == ids
                    for work, error in {{
                        failing: apimall.NotFoundError,
                        by_the_parents_client: apimall.ForkedError if "{method}" == "fork" else NameError,
                    }}.items():
                        try:
                            list(pool.map(work, ids))
                        except error as raised:
                            print(type(raised).__name__)
                assert parents.images.wait(ids[0]).status == "completed"
            """
        )
    )
    ids = [make_task(duration=0.1) for _ in range(4)]
    warnings = [
        "-W",
        "error",
        "-W",
        "ignore::DeprecationWarning",
    ]  # the newer Pythons' of a fork beside threads
    run = subprocess.run(
        [sys.executable, *warnings, str(program), *ids],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.split() == ["NotFoundError", "ForkedError" if method == "fork" else "NameError"]


@pytest.mark.parametrize(
    "waiting",
    [
        "threading.Thread(target=client.images.wait, args=(i,), daemon=True).start()",
        "threading.Thread(target=lambda: asyncio.run(other.images.wait(i)), daemon=True).start()",
        "threading.Thread(target=list, args=(client.images.as_completed([i]),), daemon=True).start()",
    ],
)
def test_exit_with_waits_pending_is_silent_and_quick(make_task: Callable[..., str], waiting: str) -> None:
    before = time.monotonic()
    code, out, err = finish(
        f"""
        import asyncio, logging, sys, threading, apimall
        logging.basicConfig(level=logging.DEBUG, stream=open("/dev/null", "w"))
        i = sys.argv[1]
        client, other = apimall.Client(), apimall.AsyncClient()
        client.images.get(i)
        {waiting}
        while not client.stats().waits_outstanding + other.stats().waits_outstanding:
            pass
        print("leaving")
        """,
        make_task(outcome="never"),
    )
    assert (code, out) == (0, "leaving\n")
    assert [line for line in err.splitlines() if "ResourceWarning" not in line and "open(" not in line] == []
    assert time.monotonic() - before < 20


def test_an_exit_in_the_middle_of_asyncio(make_task: Callable[..., str]) -> None:
    code, _, err = finish(
        """
        import asyncio, sys, apimall
        async def main():
            client = apimall.AsyncClient()
            asyncio.get_running_loop().call_later(0.3, sys.exit, 3)
            await client.images.wait(sys.argv[1])
        asyncio.run(main())
        """,
        make_task(outcome="never"),
    )
    assert (code, err) == (3, "")


def test_import_is_quick_and_starts_nothing() -> None:
    code, out, err = finish(
        """
        import sys, time, threading
        before = set(sys.modules)
        started = time.perf_counter()
        import apimall
        took = time.perf_counter() - started
        print(took < 0.05, threading.active_count(), len(set(sys.modules) - before) < 10)
        """
    )
    assert (code, err) == (0, "")
    assert out.split() == ["True", "1", "True"]


def test_the_sandbox_needs_no_native_module() -> None:
    code, out, err = finish(
        """
        import sys
        sys.modules["apimall._native"] = None
        import apimall.sandbox
        print(apimall.sandbox.Sandbox.__name__)
        """
    )
    assert (code, out, err) == (0, "Sandbox\n", "")


def test_subinterpreters_are_refused() -> None:
    interpreters = None
    for name in ("_interpreters", "_xxsubinterpreters"):
        interpreters = interpreters or sys.modules.get(name) or _import(name)
    if interpreters is None:
        pytest.skip("no subinterpreters here")
    name = interpreters.__name__
    code, out, _ = finish(
        f"""
        import {name} as interpreters
        import apimall; apimall.ImageTask
        id = interpreters.create()
        result = interpreters.run_string(id, '''
        try:
            import apimall; apimall.ImageTask
        except ImportError as error:
            print("refused:", "interpreter" in str(error), flush=True)
        '''.replace("\\n        ", "\\n"))
        """
    )
    assert code == 0
    assert out == "refused: True\n"


def _import(name: str) -> Any:
    try:
        return __import__(name)
    except ImportError:
        return None


def test_many_clients_do_not_pile_up(sandbox: Sandbox, make_task: Callable[..., str]) -> None:
    task_id = make_task(duration=0.1)

    def once() -> None:
        with apimall.Client() as client:
            client.images.get(task_id)

    once()
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for _ in range(20):
        once()
    if before:
        assert len(os.listdir("/proc/self/fd")) <= before + 2
