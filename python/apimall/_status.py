"""The state of an image task."""

from __future__ import annotations

from enum import Enum

from apimall._public import public


@public
class ImageStatus(str, Enum):
    """The state of an image task, which is also a `str`: `task.status == "completed"` works.

    A word of the gateway that this version does not know is equal to `UNKNOWN`, and not final; `raw` has it:

        >>> task.status == apimall.ImageStatus.UNKNOWN, task.status.raw
        (True, 'archived')
    """

    UNKNOWN = "unknown"
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def raw(self) -> str:
        """The gateway's own word."""
        word: str = self.__dict__.get("_raw", self._value_)
        return word

    @property
    def is_final(self) -> bool:
        """True for `COMPLETED` and `FAILED`: nothing more will happen."""
        return self._value_ in {"completed", "failed"}

    def __str__(self) -> str:
        return self.raw

    def __format__(self, spec: str) -> str:
        return format(self.raw, spec)

    def __repr__(self) -> str:
        return f"<ImageStatus.{self._name_}: {self.raw!r}>"

    def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
        return status_of, (self.raw,)


# In the order of the C ABI's numbers.
BY_NUMBER = (
    ImageStatus.UNKNOWN,
    ImageStatus.PENDING,
    ImageStatus.PROCESSING,
    ImageStatus.COMPLETED,
    ImageStatus.FAILED,
)
_BY_WORD = {status.value: status for status in BY_NUMBER}


def status_of(word: str) -> ImageStatus:
    """Return the status for a word of the gateway; an unknown one is an `UNKNOWN` with its own `raw`."""
    known = _BY_WORD.get(word)
    if known is not None:
        return known
    status = str.__new__(ImageStatus, "unknown")
    status._name_, status._value_ = "UNKNOWN", "unknown"
    status.__dict__["_raw"] = word
    return status


def status_from(number: int, word: str | None) -> ImageStatus:
    """Return the status for the C ABI's number and the word beside it."""
    if 0 < number < len(BY_NUMBER):
        return BY_NUMBER[number]
    return status_of(word or "unknown")
