"""Makes the generator and the tools beside this file importable."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "capi"), str(ROOT / "tests/capi")]
