"""`apimall history`."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from apimall.cli.consoles import colour
from apimall.cli.options import connection_of, connection_options, format_option
from apimall.cli.writers import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from apimall import Client, HistoryItem

_FULL_PAGE = 50


@click.command()
@click.option("-n", "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many tasks.")
@click.option("--all", "everything", is_flag=True, help="All tasks that the gateway remembers.")
@click.option("--status", help="Only tasks of this status.")
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
            table = _table(chosen)
            writer.add(dict, (), lambda _: table)
            return
        for item in chosen:
            _write(writer, item)
        writer.close()


def _items(client: Client, page_size: int) -> Iterator[HistoryItem]:
    for page in client.images.history_pages(limit=page_size):
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


def _table(items: Iterator[HistoryItem]) -> Table | Text:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("task", no_wrap=True)
    table.add_column("model", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("created", no_wrap=True)
    table.add_column("took", justify="right", no_wrap=True)
    table.add_column("credits", justify="right", no_wrap=True)
    for item in items:
        took = item.completed_at - item.created_at if item.completed_at and item.created_at else None
        table.add_row(
            item.task_id or "",
            item.model or "",
            Text(item.status.raw, colour(item.status.raw)),
            f"{item.created_at.astimezone():%Y-%m-%d %H:%M:%S}" if item.created_at else "",
            f"{took.total_seconds():.1f} s" if took is not None else "",
            "" if item.credits_used is None else str(item.credits_used - (item.credits_refunded or 0)),
        )
    return table if table.row_count else Text("There are no such tasks.")
