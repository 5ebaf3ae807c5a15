"""Names in each language's custom. All start from the C name: one search finds a symbol everywhere."""

from __future__ import annotations

_PREFIXES = ("APIMALL_ERROR_", "APIMALL_", "apimall_")


def words(name: str) -> list[str]:
    """Split a C name into words, in lower case."""
    return name.lower().split("_")


def snake(name: str) -> str:
    """`apimall_image_task`."""
    return "_".join(words(name))


def screaming(name: str) -> str:
    """`APIMALL_IMAGE_TASK`."""
    return snake(name).upper()


def pascal(name: str) -> str:
    """`ApimallImageTask`."""
    return "".join(word.capitalize() for word in words(name))


def camel(name: str) -> str:
    """`apimallImageTask`."""
    return words(name)[0] + "".join(word.capitalize() for word in words(name)[1:])


def short(name: str, prefix: str = "") -> str:
    """Take the prefix off: `deadline` of APIMALL_ERROR_DEADLINE. An enum's value has its enum's prefix."""
    for start in (prefix, *_PREFIXES) if prefix else _PREFIXES:
        if name.startswith(start):
            return name[len(start) :].lower()
    return name.lower()


FILTERS = {"snake": snake, "screaming": screaming, "pascal": pascal, "camel": camel, "short": short}
