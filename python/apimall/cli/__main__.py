"""`python -m apimall.cli`."""

from __future__ import annotations

from apimall.cli import main

main()
