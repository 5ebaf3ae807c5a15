"""`apimall generate`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from apimall.cli.downloads import download_options
from apimall.cli.generating import Job, generate_all
from apimall.cli.options import (
    connection_of,
    connection_options,
    format_option,
    suggesting,
    timeout_option,
)

_MODELS = ("nano-banana", "nano-banana-pro", "z-image", "seedream-4-5")  # in the gateway's documentation
_PARAMETERS = ("num_images", "aspect_ratio", "resolution", "image_size", "output_format", "seed", "quality")


def _parse_set(_ctx: click.Context, _parameter: click.Parameter, pairs: tuple[str, ...]) -> dict[str, Any]:
    """Read NAME=VALUE; a value that is JSON is taken as such, anything else as text."""
    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise click.BadParameter(f"{pair!r} is not NAME=VALUE")
        try:
            values[name] = json.loads(value)
        except ValueError:
            values[name] = value
    return values


@click.command()
@click.argument("prompt", required=False)
@click.option(
    "-m",
    "--model",
    required=True,
    help=f"Such as {', '.join(_MODELS)}.",
    shell_complete=suggesting(*_MODELS),
)
@click.option("-n", "--num-images", type=click.IntRange(1), help="Pictures of one task.")
@click.option("--aspect-ratio", metavar="W:H", help="Such as 16:9.")
@click.option(
    "--resolution", metavar="SIZE", help="Such as 1K, 2K or 4K.", shell_complete=suggesting("1K", "2K", "4K")
)
@click.option("--image-size", metavar="SIZE", help="In the model's own words.")
@click.option(
    "--output-format",
    metavar="FORMAT",
    help="Such as webp, png or jpeg.",
    shell_complete=suggesting("webp", "png", "jpeg"),
)
@click.option("--seed", type=int, help="For models that take one.")
@click.option("--quality", metavar="WORD", help="In the model's own words.")
@click.option(
    "--image-url", "image_urls", multiple=True, metavar="URL", help="A picture to work from; repeatable."
)
@click.option(
    "--set",
    "more",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_parse_set,
    help="Any other parameter, sent as it is; repeatable.",
)
@click.option("--wait", is_flag=True, help="Wait until the tasks have ended.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Wait, and fetch the pictures into this folder.",
)
@download_options
@timeout_option
@format_option
@connection_options
def generate(prompt: str | None, model: str, form: str, **options: Any) -> None:
    """Start image tasks, which costs credits.

    Without PROMPT, or with '-', each line of stdin is a prompt, and each becomes a task. Which parameters a
    model takes only the gateway knows: they are passed on as they are.

    Without --wait or --folder it ends as soon as the tasks are accepted. The format quiet writes their ids.
    """
    connection = connection_of(options)
    asked = {name: options.pop(name) for name in _PARAMETERS}
    asked["image_urls"] = list(options.pop("image_urls")) or None
    parameters = {name: value for name, value in asked.items() if value is not None}
    job = Job(
        prompts=_read_prompts(prompt),
        model=model,
        parameters={**parameters, **options.pop("more")},
        form=form,
        connection=connection,
        **options,
    )
    connection.require_key()
    sys.exit(int(generate_all(job)))


def _read_prompts(prompt: str | None) -> list[str]:
    if prompt not in {None, "-"}:
        return [str(prompt)]
    if prompt is None and sys.stdin.isatty():
        raise click.UsageError("Give a prompt in quotes, or pipe prompts in, one a line.")
    prompts = [line.strip() for line in sys.stdin]
    prompts = [line for line in prompts if line]
    if not prompts:
        raise click.UsageError("There was no prompt on stdin.")
    return prompts
