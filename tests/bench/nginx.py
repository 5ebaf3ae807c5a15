"""Runs a command beside an nginx that plays the gateway on 127.0.0.1.

    python tests/bench/nginx.py COMMAND [ARGUMENT...]

It answers for any task id, over HTTP/1.1 in the clear and over HTTP/2 with TLS under a throw-away certificate. The
command finds in its environment, each a base URL for the library:

CLEAR_URL, TLS_URL   every task is completed; the documented response
PENDING_URL          every task is processing for ever
FILES_URL            every task is completed and has one file: `small`, or `large` if its id ends with LARGE
CA_FILE              the certificate of TLS_URL
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import string
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Iterator

SMALL_BYTES, LARGE_BYTES = 50_000, 200_000_000

# `$1` is the task id out of the location's expression.
ANSWER = """{
  "success": true,
  "data": {
    "task_id": "$1",
    "model": "nano-banana-pro",
    "status": "%(status)s",
    "output": %(output)s,
    "primary_url": %(url)s,
    "image_url": %(url)s,
    "error_message": null,
    "credits_used": 12,
    "credits_refunded": 0,
    "created_at": "2026-03-12T09:30:12.000Z",
    "updated_at": "2026-03-12T09:31:06.000Z",
    "completed_at": %(completed_at)s
  },
  "request_id": "req_01ARZ3NDEKTSV4RRFFQ69G5FAV"
}
"""

CONF = string.Template("""daemon off; pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1; ${user}
events { worker_connections 2048; }
http {
  access_log off; keepalive_requests 100000000; default_type application/json; open_file_cache max=10;
  sendfile on; tcp_nopush on;
  types { image/png png; }
  client_body_temp_path ${folder}/tmp/a; proxy_temp_path ${folder}/tmp/b; fastcgi_temp_path ${folder}/tmp/c;
  uwsgi_temp_path ${folder}/tmp/d; scgi_temp_path ${folder}/tmp/e;
  server {
    listen 127.0.0.1:${port};
    listen 127.0.0.1:${tls_port} ssl http2;
    ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;
    http2_max_concurrent_streams 100;
    location ~ ^/api/v1/images/(img_[0-9A-Z]+)$$ { return 200 '${completed}'; }
    location ~ ^/pending/api/v1/images/(img_[0-9A-Z]+)$$ { return 200 '${processing}'; }
    location ~ ^/files/api/v1/images/(img_[0-9A-Z]+LARGE)$$ { return 200 '${large}'; }
    location ~ ^/files/api/v1/images/(img_[0-9A-Z]+)$$ { return 200 '${small}'; }
    location ~ ^/assets/[^/]+/(small|large)\\.png$$ { alias ${folder}/$$1.png; }
  }
}
""")


def answer(status: str, url: str | None) -> str:
    """Fill in what differs between the answers."""
    quoted = "null" if url is None else f'"{url}"'
    ended = "null" if url is None else '"2026-03-12T09:31:06.000Z"'
    output = "null" if url is None else f'{{\n      "resultUrls": [\n        "{url}"\n      ]\n    }}'
    return ANSWER % {"status": status, "output": output, "url": quoted, "completed_at": ended}


def free_ports() -> list[int]:
    """Return two ports that nothing listens on at this moment."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(2)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def prepare(folder: Path) -> None:
    """Write what does not depend on the ports: certificate and files."""
    folder.chmod(0o755)  # its worker may be another user
    (folder / "tmp").mkdir()
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    command += f" -addext subjectAltName=IP:127.0.0.1 -keyout {folder}/key.pem -out {folder}/cert.pem"
    subprocess.run(command.split(), check=True, stderr=subprocess.DEVNULL)
    noise = b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(SMALL_BYTES - 8)
    (folder / "small.png").write_bytes(noise)
    (folder / "large.png").write_bytes(noise * (LARGE_BYTES // SMALL_BYTES))


def start(folder: Path, port: int, tls_port: int) -> subprocess.Popen[bytes] | None:
    """Start nginx on these ports and wait until it listens; None if it could not."""
    base = f"http://127.0.0.1:{port}"
    text = CONF.substitute(
        folder=folder,
        port=port,
        tls_port=tls_port,
        user="user root;" if os.geteuid() == 0 else "",
        completed=answer("completed", "https://cdn.apimall.ai/images/$1/0.png"),
        processing=answer("processing", None),
        small=answer("completed", f"{base}/assets/$1/small.png"),
        large=answer("completed", f"{base}/assets/$1/large.png"),
    )
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    (folder / "pid").unlink(missing_ok=True)
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    command = [nginx, "-e", f"{folder}/error.log", "-p", str(folder), "-c", f"{folder}/nginx.conf"]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", tls_port), timeout=1):
            return server
        time.sleep(0.02)
    return None


@contextlib.contextmanager
def gateway() -> Iterator[dict[str, str]]:
    """Run nginx, and give what its clients find in their environment."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        for _ in range(10):  # another program may take a port in between
            port, tls_port = free_ports()
            server = start(folder, port, tls_port)
            if server is not None:
                break
        else:
            raise RuntimeError((folder / "error.log").read_text(encoding="utf-8"))
        clear = f"http://127.0.0.1:{port}"
        try:
            yield {
                "CLEAR_URL": clear,
                "TLS_URL": f"https://127.0.0.1:{tls_port}",
                "PENDING_URL": f"{clear}/pending",
                "FILES_URL": f"{clear}/files",
                "CA_FILE": f"{folder}/cert.pem",
            }
        finally:
            server.terminate()
            server.wait()


def main() -> int:
    """Run the command given, and return its status."""
    with gateway() as environment:
        return subprocess.run(sys.argv[1:], env={**os.environ, **environment}, check=False).returncode


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nginx ends too
    sys.exit(main())
