"""`apimall history`."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from apimall.cli.consoles import colour
from apimall.cli.options import connection_of, connection_options, format_option, suggesting
from apimall.cli.writers import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from rich.console import Console

    from apimall import Client, HistoryItem

_FULL_PAGE = 50
_STATUSES = ("pending", "processing", "completed", "failed")
_ROOMY, _TIGHT = 100, 76  # columns: with fewer, the least needed facts are left out


@click.command()
@click.option("-n", "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many tasks.")
@click.option("--all", "everything", is_flag=True, help="All tasks that the gateway remembers.")
@click.option("--status", help="Only tasks of this status.", shell_complete=suggesting(*_STATUSES))
@click.option("--model", help="Only tasks of this model.")
@format_option
@connection_options
def history(limit: int, status: str | None, model: str | None, form: str, **options: Any) -> None:
    """List the account's tasks, newest first.

    The format quiet writes their ids: apimall history --status pending --format quiet | apimall wait
    """
    everything: bool = options.pop("everything")
    writer = Writer(form)
    with connection_of(options).client() as client:
        page = _FULL_PAGE if everything or status or model else min(limit, _FULL_PAGE)
        found = (item for item in _items(client, page) if _fits(item, status, model))
        chosen = found if everything else islice(found, limit)
        if form == "human":
            writer.add(dict, (), lambda console: _table(chosen, console))
            return
        for item in chosen:
            _write(writer, item)
        writer.close()


def _items(client: Client, page_size: int) -> Iterator[HistoryItem]:
    for page in client.images.history(limit=page_size):
        yield from page.items


def _fits(item: HistoryItem, status: str | None, model: str | None) -> bool:
    return (status is None or item.status.raw == status) and (model is None or item.model == model)


def _write(writer: Writer, item: HistoryItem) -> None:
    writer.add(lambda: _record(item), [item.task_id] if item.task_id else [], lambda _: "")


def _record(item: HistoryItem) -> dict[str, Any]:
    times = {"created_at": item.created_at, "completed_at": item.completed_at}
    return {
        **item._asdict(),
        "status": item.status.raw,
        **{name: _iso(time) for name, time in times.items()},
    }


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _table(chosen: Iterator[HistoryItem], console: Console) -> Table | Text:
    # Ids are there to be copied: whatever else is left out for want of room, they are not.
    roomy = not console.is_terminal or console.width >= _ROOMY
    items = [*chosen]
    longest = max((len(item.task_id or "") for item in items), default=0)
    table = Table(box=None, pad_edge=False, padding=(0, 2 if roomy else 1, 0, 0), header_style="bold")
    table.add_column("task", no_wrap=True, min_width=longest)
    table.add_column("model", no_wrap=True, overflow="ellipsis", max_width=None if roomy else 15)
    table.add_column("status", no_wrap=True)
    table.add_column("created", no_wrap=True)
    if roomy or console.width >= _TIGHT:
        table.add_column("took", justify="right", no_wrap=True)
    if roomy:
        table.add_column("credits", justify="right", no_wrap=True)
    for item in items:
        took = item.completed_at - item.created_at if item.completed_at and item.created_at else None
        cells: list[str | Text] = [
            Text(item.task_id or "", "bold"),
            item.model or "",
            Text(item.status.raw, colour(item.status.raw)),
            _moment(item.created_at, roomy=roomy),
            f"{took.total_seconds():.1f} s" if took is not None else "",
            "" if item.credits_used is None else str(item.credits_used - (item.credits_refunded or 0)),
        ]
        table.add_row(*cells[: len(table.columns)])
    return table if table.row_count else Text("There are no such tasks.")


def _moment(moment: datetime | None, *, roomy: bool) -> str:
    """Return local time; where room is scarce only the time of today and the day of others, as `ls` does."""
    if moment is None:
        return ""
    here = moment.astimezone()
    if roomy:
        return f"{here:%Y-%m-%d %H:%M:%S}"
    return f"{here:%H:%M:%S}" if here.date() == here.now(here.tzinfo).date() else f"{here:%b %d}"
