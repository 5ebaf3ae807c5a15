"""The command `apimall sandbox`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional

import click
from click.shell_completion import CompletionItem

from apimall.sandbox.errors import SandboxError
from apimall.sandbox.extras import explain_missing_packages

if TYPE_CHECKING:
    from apimall.sandbox.serving import Serving
    from apimall.sandbox.settings import Settings


class UsageFailure(click.ClickException):
    """One line on stderr and exit code 2."""

    exit_code = 2


class OneLineErrors(click.Command):
    """A command that tells of a wrong option in one line too."""

    def parse_args(self, ctx: click.Context, args: List[str]) -> List[str]:
        """Parse the arguments."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise UsageFailure(f"{error.format_message().rstrip('.')}; see --help") from error


def _complete_scenario(_ctx: click.Context, _parameter: click.Parameter, begun: str) -> List[CompletionItem]:
    from apimall.sandbox.scenario_files import built_in_scenarios

    names = [CompletionItem(name) for name in built_in_scenarios() if name.startswith(begun)]
    return names or [CompletionItem(begun, type="file")]


@click.command(cls=OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port of the API; 0 lets the system choose."
)
@click.option(
    "--cdn-port", type=click.IntRange(0, 65535), default=0, help="Port of the CDN; 0 lets the system choose."
)
@click.option("--tls", is_flag=True, help="Serve TLS, with a throw-away CA whose path is printed.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one line of JSON about the sandbox, and nothing else."
)
@click.option(
    "--seed", type=int, help="Seed of key, ids, durations, pictures and random faults.  [default: 1]"
)
@click.option("--speed", type=float, metavar="X", help="Let tasks take 1/X of their time.  [default: 1]")
@click.option("--credits", type=int, metavar="N", help="Credits at the start.  [default: 10000]")
@click.option(
    "--rate", type=float, metavar="R", help="Limit the key to R requests a second.  [default: no limit]"
)
@click.option(
    "--burst", type=int, metavar="B", help="Let B requests through at once.  [default: a second's worth]"
)
@click.option(
    "--retry-after", metavar="seconds|date|none", help="Form of Retry-After on a 429.  [default: seconds]"
)
@click.option("--rate-headers", metavar="none|ratelimit|x-ratelimit", help="Headers that tell of the limit.")
@click.option(
    "--concurrent-jobs", type=int, metavar="N", help="Refuse a job while N run.  [default: no limit]"
)
@click.option(
    "--scenario",
    metavar="FILE|NAME",
    help="A YAML file, or a built-in name; see --list.",
    shell_complete=_complete_scenario,
)
@click.option(
    "--lifetime", type=float, default=3600.0, show_default=True, metavar="SECONDS", help="Then stop."
)
@click.option("--until-stdin-closes", is_flag=True, help="Stop when stdin reaches its end.")
@click.option("--list", "listing", is_flag=True, help="List scenarios, models and faults.")
def main(
    port: int,
    cdn_port: int,
    tls: bool,
    as_json: bool,
    scenario: Optional[str],
    lifetime: float,
    until_stdin_closes: bool,
    listing: bool,
    **settings: Any,
) -> None:
    """Run a gateway and a CDN on 127.0.0.1, for tests and for trying things out.

    No request leaves this machine, and no credits are spent.
    """
    try:
        with explain_missing_packages():
            from apimall.sandbox.scenario_files import apply_scenario
            from apimall.sandbox.serving import Serving
            from apimall.sandbox.settings import Settings
        if listing:
            _print_lists()
            return
        if lifetime <= 0:
            raise SandboxError(f"--lifetime must be above 0 seconds, not {lifetime:g}")
        given = {name: value for name, value in settings.items() if value is not None}
        chosen = apply_scenario(Settings(), scenario)
        chosen = _with_options(chosen, given)
        ports = {"port": port, "cdn_port": cdn_port}
        # Made within the loop: Python 3.9 ties an event to the loop that it was made in.
        asyncio.run(
            _run(lambda: Serving(chosen, tls=tls, **ports), as_json, lifetime, until_stdin_closes, scenario)
        )
    except (SandboxError, ImportError) as error:
        raise UsageFailure(" ".join(str(error).split())) from error
    except KeyboardInterrupt:
        # Ctrl-C before the signal handlers were in place: as clean an end as any.
        pass


def _with_options(settings: Settings, given: Dict[str, object]) -> Settings:
    try:
        return settings.updated(given, "option")
    except SandboxError as error:
        # Settings are written with underscores, options with dashes.
        words = str(error)
        for name in given:
            words = words.replace(f"option: {name}", f"--{name.replace('_', '-')}")
        raise SandboxError(words) from error


async def _run(
    make_serving: Callable[[], Serving],
    as_json: bool,
    lifetime: float,
    until_stdin_closes: bool,
    scenario: Optional[str],
) -> None:
    serving, loop, stopping = make_serving(), asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        _on_signal(loop, number, stopping.set)
    await serving.start()
    try:
        _announce(serving, as_json, lifetime, scenario)
        loop.call_later(lifetime, stopping.set)
        if until_stdin_closes:
            _watch_stdin(loop, stopping.set)
        await stopping.wait()
    finally:
        await serving.stop()


def _on_signal(loop: asyncio.AbstractEventLoop, number: signal.Signals, stop: Callable[[], None]) -> None:
    try:
        loop.add_signal_handler(number, stop)
    except NotImplementedError:  # Windows
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))


def _watch_stdin(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    def read_to_end() -> None:
        # A thread, because stdin may be a file or a terminal, which event loops cannot watch everywhere.
        with contextlib.suppress(OSError, ValueError):
            while os.read(sys.stdin.fileno(), 4096):
                pass
        with contextlib.suppress(RuntimeError):  # the loop has closed
            loop.call_soon_threadsafe(stop)

    threading.Thread(target=read_to_end, name="sandbox-stdin", daemon=True).start()


def _announce(serving: Serving, as_json: bool, lifetime: float, scenario: Optional[str]) -> None:
    facts = serving.describe()
    if as_json:
        click.echo(json.dumps(facts))
        return
    click.echo("API Mall sandbox: invented pictures, no credits spent. Ctrl-C stops it.")
    lines = [("API", facts["base_url"]), ("CDN", facts["cdn_url"]), ("control", facts["control_url"])]
    lines += [("API key", facts["api_key"])]
    if facts["ca_file"] is not None:
        lines.append(("CA file", facts["ca_file"]))
    if scenario is not None:
        lines.append(("scenario", scenario))
    lines.append(("stops after", f"{lifetime:g} s"))
    for name, value in lines:
        click.echo(f"  {name + ':':13}{value}")
    click.echo("In another terminal:")
    for command in _first_steps(facts):
        click.echo(f"  {command}")


def _first_steps(facts: Dict[str, object]) -> List[str]:
    """Return commands that lead a client here, short enough not to be folded on a terminal."""
    steps = [f"export APIMALL_BASE_URL={facts['base_url']}", f"export APIMALL_API_KEY={facts['api_key']}"]
    trust = ""
    if facts["ca_file"] is not None:
        steps.append(f"export APIMALL_CA_BUNDLE={facts['ca_file']}")
        trust = '--cacert "$APIMALL_CA_BUNDLE" '
    steps.append('apimall generate -m nano-banana --folder pictures "a red fox in the snow"')
    steps.append('curl -H "Authorization: Bearer $APIMALL_API_KEY" \\')
    steps.append(f'  {trust}"$APIMALL_BASE_URL/api/v1/account/balances"')
    return steps


def _print_lists() -> None:
    from apimall.sandbox.faults.catalogue import CATALOGUE
    from apimall.sandbox.models import built_in_models
    from apimall.sandbox.scenario_files import built_in_scenarios, describe_scenario

    click.echo("Scenarios:")
    for name in built_in_scenarios():
        click.echo(f"  {name:16} {describe_scenario(name)}")
    click.echo("Models (median seconds of each mode, credits an image):")
    for model in built_in_models().values():
        medians = ", ".join(f"{mode.median:g}" for mode in model.modes)
        click.echo(f"  {model.name:16} {medians:14} {model.credits}")
    click.echo("Faults:")
    for name, kind in CATALOGUE.items():
        options = f" ({', '.join(kind.options)})" if kind.options else ""
        click.echo(f"  {name:18} {kind.summary}{options}")
