"""The command `apimall`.

Nothing is imported before it runs, so that a missing package is told in one line.
"""

from __future__ import annotations

import sys
from typing import NoReturn

# Import names of the packages of the extra.
_PACKAGES = {"click", "rich"}


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    try:
        from apimall.cli.app import app

        app.main(prog_name="apimall")
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _PACKAGES:
            raise
        advice = "pip install 'apimall[cli]'"
        sys.stderr.write(f"Error: the apimall command needs the package {package}: {advice}\n")
        sys.exit(1)
    sys.exit(0)
