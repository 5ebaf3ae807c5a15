"""Builds the wheel from the sdist, repairs it with auditwheel, and tries it in a clean virtual environment.

python tests/repaired_wheel.py dist
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 10 * 1000 * 1000
# The CA file must be found on the machine that runs the wheel: the message of a failed handshake lists what was tried.
TRY = """
import os, sys
if sys.argv[1] == "after": import ssl
import apimall
apimall.parse_image_task(b'{"success":true,"data":{"task_id":"img_1","status":"pending"},"request_id":"r"}')
if sys.argv[1] == "before": import ssl
ssl.create_default_context()
try:
    apimall.Client("sk-" + "0" * 48, "https://127.0.0.1:1", retry_timeout=0).account.balances()
except apimall.ConnectionFailedError: pass
libraries = {line.split()[-1] for line in open("/proc/self/maps") if "libcurl" in line}
assert libraries and all("apimall.libs" in one for one in libraries), libraries
"""
TRY_CA = """
import sys, threading, apimall
from apimall.sandbox import Sandbox
with Sandbox(tls=True) as sandbox:
    client = apimall.Client(sandbox.api_key, sandbox.base_url, retry_timeout=0)
    try:
        client.account.balances()
    except apimall.TlsFailedError as error:
        print(error)
    with apimall.Client(sandbox.api_key, sandbox.base_url, ca_bundle=sandbox.ca_file) as client:
        assert client.account.balances().credits is not None
"""


def run(*command: object, **environment: str) -> str:
    """What a command prints, run outside of the source tree."""
    clean = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("APIMALL_", "PYTHON", "SSL_", "CURL_"))
    }
    return subprocess.run(
        [str(part) for part in command],
        cwd="/",
        env={**clean, **environment},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


def main() -> int:
    """Leaves the repaired wheel in the folder that was named; 0 when it works."""
    out = Path(sys.argv[1]).resolve()
    bare = ROOT / "build" / "bare-wheel"
    tools = Path(sys.executable).parent
    run(sys.executable, "-m", "build", "--outdir", bare, ROOT)  # the sdist, and the wheel out of it
    (wheel,) = bare.glob("*.whl")
    run(tools / "auditwheel", "repair", "-w", out, wheel, PATH=f"{tools}{os.pathsep}{os.environ['PATH']}")
    (repaired,) = out.glob("apimall-*manylinux*.whl")
    size = repaired.stat().st_size
    print(f"{repaired.name}: {size} bytes")
    if size >= LARGEST:
        print(f"the wheel is larger than {LARGEST} bytes")
        return 1
    clean = ROOT / "build" / "clean-venv"
    venv.create(clean, clear=True, with_pip=True)
    python = clean / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", repaired)
    for order in ("before", "after"):
        run(python, "-c", TRY, order)
    run(python, "-m", "pip", "install", "--quiet", f"{repaired}[sandbox]")
    told = run(python, "-c", TRY_CA)
    if "/etc/ssl/certs/ca-certificates.crt" not in told:
        print(f"the system's CA file was not tried: {told}")
        return 1
    print("imports before and after ssl, with its own libcurl, and finds the system's CA file")
    return 0


if __name__ == "__main__":
    sys.exit(main())
