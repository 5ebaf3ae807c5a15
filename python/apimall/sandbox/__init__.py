"""A gateway and a CDN on this machine, for tests, demonstrations and benchmarks.

It speaks every documented call of the API Mall gateway on 127.0.0.1, invents pictures, and misbehaves on
request. Nothing here needs the native module, and nothing here reaches the network.

    from apimall.sandbox import Sandbox

    with Sandbox(seed=1, speed=50) as sandbox:
        print(sandbox.base_url, sandbox.api_key)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from apimall.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from apimall.sandbox.embed import Sandbox

__all__ = ["Sandbox", "SandboxError"]


def __getattr__(name: str) -> object:
    # Late, so that `python -m apimall.sandbox` can name a missing package before anything needs it.
    if name == "Sandbox":
        from apimall.sandbox.extras import explain_missing_packages

        with explain_missing_packages():
            from apimall.sandbox.embed import Sandbox
        return Sandbox
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
