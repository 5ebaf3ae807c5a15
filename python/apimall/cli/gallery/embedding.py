"""Pictures as data URLs: small copies where Pillow is installed, else the files themselves."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

_LONG_EDGE = 720  # pixels; sharp enough for two to a row on a laptop
_SMALL_BYTES = 60_000  # not worth a copy
_MEDIA_TYPES = {
    ".webp": "image/webp", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
    ".gif": "image/gif", ".avif": "image/avif",
}  # fmt: skip


@dataclass(frozen=True)
class Embedded:
    """A picture as a `data:` URL; the size is that of the file, in pixels, or 0 where nobody can tell."""

    url: str
    width: int = 0
    height: int = 0


def embed(file: Path) -> Embedded:
    """Return the picture for a page."""
    data = file.read_bytes()
    media_type = _MEDIA_TYPES.get(file.suffix.lower(), "application/octet-stream")
    size = (0, 0)
    try:
        from PIL import Image

        with Image.open(io.BytesIO(data)) as picture:
            size = picture.size
            if len(data) > _SMALL_BYTES:
                data, media_type = _small_copy(picture)
    except (ImportError, OSError, SyntaxError, ValueError):
        pass  # no Pillow, or no format that it reads: the browser may
    return Embedded(f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}", *size)


def _small_copy(picture: Image.Image) -> tuple[bytes, str]:
    """Return a small copy and its type: JPEG, or WebP where something can be seen through."""
    picture.thumbnail((_LONG_EDGE, _LONG_EDGE))
    stream = io.BytesIO()
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        picture.convert("RGBA").save(stream, "WEBP", quality=80)
        return stream.getvalue(), "image/webp"
    picture.convert("RGB").save(stream, "JPEG", quality=82)
    return stream.getvalue(), "image/jpeg"
