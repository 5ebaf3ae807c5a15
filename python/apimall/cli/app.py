"""The group of all commands, each loaded when it is asked for."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from apimall.cli.exits import Exit
from apimall.cli.failures import Failure, describe, fail

# Where each command is and what help says of it, in the order of a first day's work.
COMMANDS = {
    "demo": ("apimall.cli.demo:demo", "Generate a dozen pictures on a sandbox gateway, without a key."),
    "generate": ("apimall.cli.generate:generate", "Start image tasks, which costs credits."),
    "wait": ("apimall.cli.wait:wait", "Wait until tasks are completed or failed."),
    "get": ("apimall.cli.get:get", "Look at tasks once."),
    "download": ("apimall.cli.download:download", "Wait for tasks and fetch their pictures."),
    "history": ("apimall.cli.history:history", "List the account's tasks, newest first."),
    "balances": ("apimall.cli.balances:balances", "Show the account's credits."),
    "doctor": ("apimall.cli.doctor:doctor", "Tell what is installed, which settings hold, and what works."),
    "sandbox": (
        "apimall.sandbox.command:main",
        "Run a gateway and a CDN on 127.0.0.1, for trying out.",
    ),
    "completion": ("apimall.cli.completion:completion", "Print what makes a shell complete this command."),
}


class App(click.Group):
    """Loads commands late, and turns whatever ends them into the documented exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order in which help shows them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run, and exit."""
        extra["standalone_mode"] = False
        try:
            sys.exit(self._run(*args, **extra))
        except Failure as error:
            error.show()
            sys.exit(int(error.exit))
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            sys.exit(int(Exit.INTERRUPTED))
        except BrokenPipeError:
            # Whoever read our output has left. Python would complain once more when it flushes at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(int(Exit.ERROR))

    def _run(self, *args: Any, **extra: Any) -> int:
        try:
            code = super().main(*args, **extra)
        except (click.ClickException, click.Abort):
            raise
        except Exception as error:
            _fail_if_known(error)
            if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
                raise Failure(describe(error)) from error
            raise
        return code if isinstance(code, int) else int(Exit.DONE)


def _fail_if_known(error: Exception) -> None:
    """End with one line for an exception of the library; its class is there only if it was loaded."""
    errors = sys.modules.get("apimall._errors")
    if errors is not None and isinstance(error, errors.ApimallError):
        fail(error)


def _print_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        import apimall

        click.echo(f"apimall {apimall.__version__}")
        ctx.exit()


@click.group(
    cls=App,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 error, 2 wrong usage, 3 a task failed, 4 the deadline passed, "
    "5 authentication, 130 interrupted.",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show it."
)
def app() -> None:
    """Generate images with API Mall, wait for them and fetch them.

    The key comes from the environment variable APIMALL_API_KEY. To try things without one: apimall demo.

    Results go to stdout and progress to stderr, so commands can be joined:

    \b
    apimall generate -m nano-banana "a lighthouse at dusk" | apimall wait | apimall download
    """  # noqa: D301 - click wants the control character
