"""`apimall balances`."""

from __future__ import annotations

from typing import Any

import click

from apimall.cli.options import connection_of, connection_options, format_option
from apimall.cli.writers import Writer


@click.command()
@format_option
@connection_options
def balances(form: str, **options: Any) -> None:
    """Show the account's credits.

    The format quiet writes the number of credits alone.
    """
    with connection_of(options).client() as client:
        found = client.account.balances()
    writer = Writer(form, one=True)
    writer.add(
        lambda: {"credits": found.credits, "api_credits": found.api_credits, "request_id": found.request_id},
        [] if found.credits is None else [str(found.credits)],
        lambda _: f"{_number(found.credits)} credits, {_number(found.api_credits)} API credits",
    )
    writer.close()


def _number(number: int | None) -> str:
    return "unknown" if number is None else f"{number:,}"
