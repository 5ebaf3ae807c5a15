"""`apimall completion`."""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import get_completion_class

_SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS), required=False)
@click.pass_context
def completion(ctx: click.Context, shell: str | None) -> None:
    """Print what makes a shell complete this command.

    \b
      bash:  echo 'eval "$(apimall completion bash)"' >> ~/.bashrc
      zsh:   echo 'eval "$(apimall completion zsh)"' >> ~/.zshrc
      fish:  apimall completion fish > ~/.config/fish/completions/apimall.fish

    In ~/.zshrc it must stand after compinit.
    """  # noqa: D301 - click wants the control character
    shell = shell or Path(os.environ.get("SHELL", "")).name
    kind = get_completion_class(shell) if shell in _SHELLS else None
    if kind is None:
        raise click.UsageError(f"Say for which shell: {', '.join(_SHELLS)}.")
    group = ctx.find_root().command
    click.echo(kind(group, {}, "apimall", "_APIMALL_COMPLETE").source())
