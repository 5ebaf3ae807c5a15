"""The native module, loaded here and nowhere else."""

from __future__ import annotations

from importlib import import_module


def _in_subinterpreter() -> bool:
    for name in ("_interpreters", "_xxsubinterpreters"):  # from Python 3.13 on, and before
        try:
            interpreters = import_module(name)
        except ImportError:
            continue
        return bool(interpreters.get_current() != interpreters.get_main())
    return False


# Before the module is touched: its types are the process's, and many Pythons would let it in and go wrong.
if _in_subinterpreter():
    raise ImportError(
        "apimall works in the main interpreter only, not in a subinterpreter. "
        "Use threads, asyncio or processes: one client serves thousands of tasks."
    )

try:
    from apimall import _native as native
except ImportError as error:
    from importlib.util import find_spec

    if find_spec("apimall._native") is None:
        raise ImportError(
            "apimall's native module is not beside its Python files. Install a wheel, or build one with "
            "`pip install .`; without it only apimall.sandbox works.",
            name="apimall._native",
        ) from error
    raise

ImageTask = native.ImageTask
parse_image_task = native.parse_image_task
__version__: str = native.__version__

__all__ = ["ImageTask", "__version__", "native", "parse_image_task"]
