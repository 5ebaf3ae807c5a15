"""`apimall doctor`: what is installed, which settings hold, and whether the gateway can be reached."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from apimall.cli.consoles import mark, results
from apimall.cli.doctor.gateway import gateway_findings
from apimall.cli.doctor.settings import setting_findings
from apimall.cli.doctor.versions import version_findings
from apimall.cli.exits import gravest
from apimall.cli.failures import without_key
from apimall.cli.options import connection_of, connection_options, format_option
from apimall.cli.writers import Writer

if TYPE_CHECKING:
    from apimall.cli.doctor.findings import Finding


@click.command()
@click.option("--offline", is_flag=True, help="Do not try to reach the gateway.")
@format_option
@connection_options
def doctor(form: str, **options: Any) -> None:
    """Tell what is installed, which settings hold, and what works.

    The key itself is never shown. The format quiet writes only what is wrong.
    """
    offline = options.pop("offline")
    connection = connection_of(options)
    findings = [*version_findings(), *setting_findings(connection)]
    if not offline:
        findings += gateway_findings(connection)
    wrong = [f"{finding.name}: {without_key(finding.value)}" for finding in findings if not finding.good]
    writer = Writer(form, one=True)
    writer.add(lambda: _record(findings), wrong, lambda _: _table(findings))
    writer.close()
    sys.exit(int(gravest(finding.exit for finding in findings)))


def _record(findings: list[Finding]) -> dict[str, Any]:
    return {
        finding.name: {"value": without_key(finding.value), "source": finding.source, "ok": finding.good}
        for finding in findings
    }


def _table(findings: list[Finding]) -> Table:
    console = results()
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        sign = mark(console, "✓", "+") if finding.good else mark(console, "✗", "x")
        value = Text(without_key(finding.value), "" if finding.good else "red")
        if finding.source:
            value.append(f"  ({finding.source})", "dim")
        table.add_row(Text(sign, "green" if finding.good else "red"), finding.name, value)
    return table
