"""`python -m apimall.sandbox`."""

from __future__ import annotations

import sys

from apimall.sandbox.extras import explain_missing_packages


def run() -> None:
    """Run the command, or say which package is missing."""
    try:
        with explain_missing_packages():
            from apimall.sandbox.command import main
    except ImportError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(2)
    main(prog_name="python -m apimall.sandbox")


if __name__ == "__main__":
    run()
