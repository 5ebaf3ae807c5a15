"""Where the library and its header are, for programs in other languages."""

from __future__ import annotations

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def get_library() -> str:
    """Return the path of the shared library that this package uses.

    Load it with ctypes, or link with it:

        ctypes.CDLL(apimall.get_library())
    """
    name = {"win32": "apimall.dll", "darwin": "libapimall.dylib"}.get(sys.platform, "libapimall.so")
    return str(_HERE / name)


def get_include() -> str:
    """Return the folder to give to a C compiler, so that `#include <apimall/apimall.h>` works."""
    return str(_HERE / "include")
