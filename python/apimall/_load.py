"""The native module, loaded here and nowhere else."""

from __future__ import annotations

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

native.require_main_interpreter()

ImageTask = native.ImageTask
parse_image_task = native.parse_image_task
__version__: str = native.__version__

__all__ = ["ImageTask", "__version__", "native", "parse_image_task"]
