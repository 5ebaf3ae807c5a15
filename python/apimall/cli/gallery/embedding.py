"""Pictures as data URLs: small copies where Pillow is installed, else the files themselves."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_LONG_EDGE = 720  # pixels; sharp enough for two to a row on a laptop
_SMALL_BYTES = 60_000  # not worth a copy
_MEDIA_TYPES = {
    ".webp": "image/webp", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
    ".gif": "image/gif", ".avif": "image/avif",
}  # fmt: skip


def data_url(file: Path) -> str:
    """Return the picture as a `data:` URL."""
    data = file.read_bytes()
    media_type = _MEDIA_TYPES.get(file.suffix.lower(), "application/octet-stream")
    if len(data) > _SMALL_BYTES:
        copy = _small_copy(data)
        if copy is not None:
            data, media_type = copy, "image/jpeg"
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


def _small_copy(data: bytes) -> bytes | None:
    try:
        from PIL import Image
    except ImportError:
        return None
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.thumbnail((_LONG_EDGE, _LONG_EDGE))
            stream = io.BytesIO()
            picture.convert("RGB").save(stream, "JPEG", quality=82)
    except (OSError, SyntaxError, ValueError):  # no format that Pillow reads: the browser may
        return None
    return stream.getvalue()
