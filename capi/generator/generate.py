"""Write every file that `capi/apimall.yaml` determines: `python capi/generator/generate.py [--check]`."""

from __future__ import annotations

import sys
from pathlib import Path


def run() -> int:
    """Run the package beside this script, from whatever folder it is called."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from generator.cli import main  # noqa: PLC0415  (found only now)

    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
