"""Ctrl-C ends every call that blocks, at once."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from typing import Callable

import pytest

from apimall.sandbox import Sandbox

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

CALLS = [
    "client.images.get(i)",
    "client.images.wait(i)",
    "client.images.wait_many([i])",
    "list(client.images.as_completed([i]))",
    "client.images.generate(model='z-image', prompt='x')",
    "client.images.generate_and_wait(model='z-image', prompt='x')",
    "client.images.download(i, '.')",
    "next(client.images.history())",
    "list(client.images.history())",
    "client.account.balances()",
    "apimall.wait(i)",
]
# A thread of the child's own presses Ctrl-C and notes when; the main thread notes when it is free again.
CODE = """
import json, os, signal, sys, threading, time
import apimall

client, i, call = apimall.Client(), sys.argv[1], compile(sys.argv[2], "call", "eval")
took, pressed = [], []

def press():
    time.sleep(0.15)
    pressed.append(time.perf_counter())
    os.kill(os.getpid(), signal.SIGINT)

for _ in range(3):
    thread = threading.Thread(target=press)
    thread.start()
    try:
        eval(call)
        raise SystemExit("the call returned")
    except KeyboardInterrupt:
        took.append(time.perf_counter() - pressed[-1])
    thread.join()
client.close()
print(json.dumps(took))
"""


@pytest.mark.parametrize("call", CALLS)
def test_ctrl_c_ends_any_call_at_once(sandbox: Sandbox, make_task: Callable[..., str], call: str) -> None:
    task_id = make_task(outcome="never")
    if "generate" in call or not ("wait" in call or "as_completed" in call):
        sandbox.set_fault("hanging", endpoint="api")
    run = subprocess.run(
        [sys.executable, "-W", "default", "-c", CODE, task_id, call],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (run.returncode, run.stderr) == (0, "")
    # It takes less than a millisecond; the machine may be busy, and one of three may suffer.
    assert statistics.median(json.loads(run.stdout)) < 0.1
