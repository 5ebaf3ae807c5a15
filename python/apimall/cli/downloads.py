"""What `download` and `generate` share: names of files, and the gallery."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, Callable, TypeVar

import click

from apimall.cli.failures import Failure
from apimall.cli.gallery import write_gallery
from apimall.cli.naming import FIELDS, TemplateType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apimall.cli.outcomes import Outcome
    from apimall.cli.writers import Writer

_Function = TypeVar("_Function", bound=Callable[..., Any])


def download_options(function: _Function) -> _Function:
    """Let a command take `output_template` and `gallery`."""
    fields = " ".join(f"{{{name}}}" for name in FIELDS)
    for option in (
        click.option(
            "--gallery",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE.html",
            help="Also write one page that shows all pictures, with nothing else needed.",
        ),
        click.option(
            "--output-template",
            type=TemplateType(),
            metavar="TEMPLATE",
            help=f"Names of the files, such as '{{model}}/{{index:03}}-{{n}}.{{ext}}'. Fields: {fields}.",
        ),
    ):
        function = option(function)
    return function


def make_ready(folder: Path, gallery: Path | None = None) -> None:
    """Make the folders and try to write there, before anything is sent or paid for."""
    _try_to_write(folder, "--folder")
    if gallery is not None:
        _try_to_write(gallery.parent, "--gallery")


def _try_to_write(folder: Path, option: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = error.strerror or error
        advice = f"Choose another with {option}; nothing was sent."
        raise Failure(f"cannot write into the folder {folder}: {reason}. {advice}") from error


def write_gallery_of(outcomes: Sequence[Outcome], gallery: Path | None, writer: Writer) -> None:
    """Write the gallery if it was asked for."""
    if gallery is None:
        return
    write_gallery(outcomes, gallery)
    if writer.form != "quiet":
        click.echo(f"The gallery is in {gallery}", err=True)
