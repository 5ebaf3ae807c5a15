"""`--output-template`: names of downloaded files, in words of the user's own."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from string import Formatter
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apimall import ImageTask

FIELDS = ("task_id", "model", "prompt", "index", "n", "ext", "date")
_LONGEST_WORD = 80


class OutputTemplate:
    """A template such as `{model}/{index:03}-{n}.{ext}`, checked when it is made."""

    def __init__(self, template: str) -> None:
        self.text = template
        try:
            fields = [field for _, field, _, _ in Formatter().parse(template) if field is not None]
            unknown = [field for field in fields if field not in FIELDS]
            if unknown:
                known = ", ".join(f"{{{name}}}" for name in FIELDS)
                raise click.BadParameter(f"{{{unknown[0]}}} is no field; there are {known}")
            self._format(_example())
        except (ValueError, KeyError, IndexError) as error:
            raise click.BadParameter(f"{template!r} is not a template: {error}") from error
        if not {"task_id", "index"} & {*fields}:
            raise click.BadParameter("it needs {task_id} or {index}: otherwise all files would have one name")
        place = PurePosixPath(template)
        if place.is_absolute() or Path(template).is_absolute() or ".." in place.parts:
            raise click.BadParameter("it must stay within the folder: no absolute path and no '..'")
        self._tells_n = "n" in fields

    def rename(
        self, paths: Sequence[str], folder: Path, task: ImageTask, index: int, prompt: str | None
    ) -> list[Path]:
        """Give a task's files their names, and return them. A name that is taken gets a number."""
        named = []
        for number, path in enumerate(map(Path, paths), 1):
            values = {
                "task_id": _word(task.task_id),
                "model": _word(task.model),
                "prompt": _word(prompt),
                "index": index,
                "n": number,
                "ext": path.suffix.lstrip("."),
                "date": f"{task.created_at:%Y-%m-%d}" if task.created_at else "unknown",
            }
            target = folder / self._format(values)
            if number > 1 and not self._tells_n:
                target = target.with_name(f"{target.stem}-{number}{target.suffix}")
            target.parent.mkdir(parents=True, exist_ok=True)
            named.append(path if target == path else path.rename(_free(target)))
        return named

    def _format(self, values: dict[str, Any]) -> str:
        return self.text.format(**values)


def _example() -> dict[str, Any]:
    return {
        "task_id": "img",
        "model": "m",
        "prompt": "p",
        "index": 1,
        "n": 1,
        "ext": "webp",
        "date": "2026-01-01",
    }


def _word(text: str | None) -> str:
    """Return the text as a part of a file name: no separators, no leading dots, not endless."""
    words = re.sub(r"[^\w.-]+", "-", text or "")[:_LONGEST_WORD].strip("-.")
    return words or "unknown"


def _free(target: Path) -> Path:
    """Return the path, or the next one with a number that nobody has."""
    free, number = target, 1
    while free.exists():
        number += 1
        free = target.with_name(f"{target.stem}-{number}{target.suffix}")
    return free


class TemplateType(click.ParamType):  # type: ignore[type-arg,unused-ignore] # generic since click 8.5
    """The option's type."""

    name = "template"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> OutputTemplate:
        """Check the template."""
        try:
            return value if isinstance(value, OutputTemplate) else OutputTemplate(value)
        except click.BadParameter as error:
            self.fail(error.message, param, ctx)
