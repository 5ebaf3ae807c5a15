"""`--gallery`: one page that shows what was made, and needs nothing but itself."""

from __future__ import annotations

import html
import os
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from apimall.cli.gallery.embedding import embed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from apimall.cli.outcomes import Outcome

_PAGE = Path(__file__).with_name("page.html")


def write_gallery(outcomes: Sequence[Outcome], target: Path) -> None:
    """Write the page; it appears whole or not at all."""
    figures = [figure for outcome in outcomes for figure in _figures(outcome, target.parent)]
    pictures = sum(len(outcome.files) for outcome in outcomes)
    page = Template(_PAGE.read_text(encoding="utf-8")).substitute(
        summary=_summary(pictures, sum(not outcome.files for outcome in outcomes)),
        figures="\n".join(figures),
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    part.write_text(page, encoding="utf-8")
    part.replace(target)


def _summary(pictures: int, missing: int) -> str:
    parts = [f"{pictures} picture{'' if pictures == 1 else 's'}"]
    if missing:
        parts.append(f"{missing} task{'' if missing == 1 else 's'} without one")
    return ", ".join(parts)


def _figures(outcome: Outcome, beside: Path) -> Iterator[str]:
    task = outcome.task
    model = task.model if task is not None else None
    title = outcome.prompt or outcome.task_id
    for number, file in enumerate(outcome.files, 1):
        count = f"{number} of {len(outcome.files)}" if len(outcome.files) > 1 else ""
        picture = embed(file)
        # With its size known, the page does not jump while pictures are decoded.
        size = f' width="{picture.width}" height="{picture.height}"' if picture.width else ""
        alt = f"{title} ({count})" if count else title
        yield (
            f'<figure><a href="{_link(file, beside)}"><img alt="{_text(alt)}" loading="lazy"'
            f'{size} src="{picture.url}"></a>{_caption(outcome, [model, count, _took(outcome)])}</figure>'
        )
    if not outcome.files:
        reason = str(outcome.error) if outcome.error is not None else _failure(outcome)
        yield f'<figure class="missing"><p>{_text(reason)}</p>{_caption(outcome, [model])}</figure>'


def _failure(outcome: Outcome) -> str:
    if outcome.task is None:
        return "Nothing is known of it."
    return outcome.task.error_message or f"The task is {outcome.task.status.raw}."


def _took(outcome: Outcome) -> str | None:
    duration = outcome.task.duration if outcome.task is not None else None
    return None if duration is None else f"{duration.total_seconds():.1f} s"


def _caption(outcome: Outcome, facts: Sequence[str | None]) -> str:
    lines = [f"<b>{_text(outcome.prompt or outcome.task_id)}</b>"]
    if any(facts):
        lines.append(f"<span>{' · '.join(_text(fact) for fact in facts if fact)}</span>")
    if outcome.prompt and outcome.task_id:
        lines.append(f"<code>{_text(outcome.task_id)}</code>")
    return f"<figcaption>{''.join(lines)}</figcaption>"


def _link(file: Path, beside: Path) -> str:
    """Return the way from the page to the file: both can be moved together."""
    try:
        way = Path(os.path.relpath(file, beside)).as_posix()
    except ValueError:  # another drive
        return file.resolve().as_uri()
    from urllib.parse import quote

    return quote(way)


def _text(text: str) -> str:
    return html.escape(text, quote=True)
