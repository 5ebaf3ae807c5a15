"""Check that a library exports exactly what the description lists: `check_symbols.py LIBRARY`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def described() -> set[str]:
    """The names in the generated export list, which is checked against the description elsewhere."""
    lines = (ROOT / "capi/exports/apimall.exp").read_text(encoding="utf-8").splitlines()
    return {line.removeprefix("_") for line in lines if line and not line.startswith("#")}


def exported(library: str) -> set[str]:
    """The dynamic symbols that the library defines, without versions."""
    is_mach_o = library.endswith(".dylib")
    command = ["nm", "-gU", library] if is_mach_o else ["nm", "-D", "--defined-only", library]
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    names = {line.split()[-1].split("@")[0] for line in listing.splitlines() if line.strip()}
    return {name.removeprefix("_") for name in names} if is_mach_o else names


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: check_symbols.py LIBRARY", file=sys.stderr)
        return 2
    wanted, found = described(), exported(arguments[0])
    for name in sorted(wanted - found):
        print(f"missing: {name}", file=sys.stderr)
    for name in sorted(found - wanted):
        print(f"not to be exported: {name}", file=sys.stderr)
    if wanted != found:
        return 1
    print(f"{len(found)} symbols, each as described")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
