"""Prints the requirements of an extra of pyproject.toml, for installing them without the package itself."""

from __future__ import annotations

import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    from pip._vendor import tomli as tomllib

PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]


def requirements(extra: str) -> list[str]:
    """The requirements of `extra`, with extras of the project itself resolved."""
    found: list[str] = []
    for requirement in PROJECT["optional-dependencies"][extra]:
        if requirement.startswith("apimall["):
            for inner in requirement[len("apimall[") : requirement.index("]")].split(","):
                found += requirements(inner.strip())
        else:
            found.append(requirement.replace(" ", ""))
    return found


if __name__ == "__main__":
    print(" ".join(dict.fromkeys(requirements(sys.argv[1]))))
