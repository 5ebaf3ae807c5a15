"""One line of what the doctor tells."""

from __future__ import annotations

from dataclasses import dataclass

from apimall.cli.exits import Exit


@dataclass(frozen=True)
class Finding:
    """A fact, where it came from, and how it would end the command."""

    name: str
    value: str
    source: str = ""
    exit: Exit = Exit.DONE

    @property
    def good(self) -> bool:
        """Whether there is nothing to mend."""
        return self.exit is Exit.DONE
