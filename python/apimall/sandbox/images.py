"""Pictures: a gradient and some shapes from the seed, and the prompt written on them."""

from __future__ import annotations

import asyncio
import colorsys
import io
import random
import re
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Dict, List, Mapping, Tuple, Union

from PIL import Image, ImageDraw, ImageFont

_CACHE_BYTES = 64 * 1024 * 1024
_NAMED_RATIOS = {
    "square": (1, 1), "square_hd": (1, 1), "portrait_4_3": (3, 4), "portrait_16_9": (9, 16),
    "landscape_4_3": (4, 3), "landscape_16_9": (16, 9), "portrait": (3, 4), "landscape": (4, 3),
}  # fmt: skip
_RESOLUTIONS = {"1K": 1, "2K": 2, "4K": 4}
# DejaVu lacks what lies beyond; with none of these installed, a frame stands for each letter.
_FIRST_EASTERN = 0x2E80
_EASTERN_FONTS = (
    "NotoSansCJK-Regular.ttc",
    "wqy-zenhei.ttc",
    "PingFang.ttc",
    "msgothic.ttc",
    "Arial Unicode.ttf",
)
_Font = Union[ImageFont.FreeTypeFont, ImageFont.ImageFont]
_Colour = Tuple[int, int, int]


@dataclass(frozen=True)
class Picture:
    """What is to be drawn; the same description gives the same bytes."""

    seed: str
    prompt: str
    caption: str
    width: int
    height: int
    image_format: str


def picture_size(parameters: Mapping[str, object], edge: int) -> Tuple[int, int]:
    """Return width and height for a request's parameters, at most 4096 each."""
    for name in ("image_size", "size"):
        exact = re.fullmatch(r"\s*(\d{2,5})\s*[x*]\s*(\d{2,5})\s*", str(parameters.get(name, "")))
        if exact:
            return min(4096, int(exact[1])), min(4096, int(exact[2]))
    across, down = 1, 1
    for name in ("aspect_ratio", "image_size"):
        value = str(parameters.get(name, ""))
        ratio = re.fullmatch(r"\s*(\d{1,3})\s*:\s*(\d{1,3})\s*", value)
        if value in _NAMED_RATIOS:
            across, down = _NAMED_RATIOS[value]
        elif ratio and int(ratio[1]) and int(ratio[2]):
            across, down = int(ratio[1]), int(ratio[2])
        else:
            continue
        break
    resolution = str(parameters.get("resolution") or parameters.get("image_resolution") or "1K").upper()
    long_edge = min(4096, edge * _RESOLUTIONS.get(resolution, 1))
    scale = long_edge / max(across, down)
    return max(16, round(across * scale)), max(16, round(down * scale))


def draw(picture: Picture) -> bytes:
    """Draw a picture and return the file's bytes."""
    numbers = random.Random(picture.seed)
    hue = numbers.random()
    image = _gradient(
        picture.width, picture.height, _colour(hue, 0.45, 0.95), _colour(hue + 0.18, 0.75, 0.45)
    )
    _shapes(image, numbers, hue)
    _write(image, picture.prompt, picture.caption)
    stream = io.BytesIO()
    if picture.image_format == "png":
        image.save(stream, "PNG", compress_level=1)
    elif picture.image_format == "jpeg":
        image.save(stream, "JPEG", quality=85)
    else:
        image.save(stream, "WEBP", quality=80, method=0)
    return stream.getvalue()


def _colour(hue: float, saturation: float, value: float) -> _Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return int(red * 255), int(green * 255), int(blue * 255)


def _gradient(width: int, height: int, top: _Colour, bottom: _Colour) -> Image.Image:
    mask = Image.linear_gradient("L").resize((width, height))
    return Image.composite(
        Image.new("RGB", (width, height), bottom), Image.new("RGB", (width, height), top), mask
    )


def _shapes(image: Image.Image, numbers: random.Random, hue: float) -> None:
    pen = ImageDraw.Draw(image, "RGBA")
    width, height = image.size
    for _ in range(numbers.randint(6, 11)):
        radius = numbers.uniform(0.05, 0.28) * min(width, height)
        x, y = numbers.uniform(0, width), numbers.uniform(0, height)
        fill = (*_colour(hue + numbers.uniform(-0.12, 0.3), 0.5, 1.0), numbers.randint(40, 110))
        box = (x - radius, y - radius, x + radius, y + radius)
        if numbers.random() < 0.7:
            pen.ellipse(box, fill=fill)
        else:
            pen.regular_polygon((x, y, radius), numbers.randint(3, 6), numbers.randint(0, 90), fill=fill)


def _font(size: int, text: str = "") -> _Font:
    eastern = any(ord(letter) >= _FIRST_EASTERN for letter in text)
    for name in (*(_EASTERN_FONTS if eastern else ()), "DejaVuSans.ttf", "Arial.ttf"):
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def _wrap(pen: ImageDraw.ImageDraw, text: str, font: _Font, width: float) -> List[str]:
    lines: List[str] = []
    for word in text.split():
        if lines and pen.textlength(f"{lines[-1]} {word}", font) <= width:
            lines[-1] = f"{lines[-1]} {word}"
            continue
        lines.append("")
        for letter in word:  # not all languages put blanks between words
            if lines[-1] and pen.textlength(lines[-1] + letter, font) > width:
                lines.append("")
            lines[-1] += letter
    return lines


def _write(image: Image.Image, prompt: str, caption: str) -> None:
    pen = ImageDraw.Draw(image, "RGBA")
    width, height = image.size
    margin = width * 0.08
    font = _font(max(9, min(width, height) // 16), prompt)
    lines = _wrap(pen, prompt[:400], font, width - 2 * margin)[:8]
    spacing = max(9, min(width, height) // 16) * 1.3
    y = (height - spacing * len(lines)) / 2
    if lines:
        pen.rectangle((0, y - spacing / 2, width, y + spacing * (len(lines) + 0.5)), fill=(0, 0, 0, 70))
    for line in lines:
        pen.text((margin, y), line, font=font, fill=(255, 255, 255, 255))
        y += spacing
    small = _font(max(8, min(width, height) // 36))
    pen.text((margin, height - spacing), caption, font=small, fill=(255, 255, 255, 200))


class PictureCache:
    """Draws at first need, off the event loop, and keeps the latest within a bound."""

    def __init__(self) -> None:
        self._workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="sandbox-pictures")
        self._kept: OrderedDict[Picture, bytes] = OrderedDict()
        self._bytes = 0
        self._drawing: Dict[Picture, asyncio.Future[bytes]] = {}

    async def get(self, picture: Picture) -> bytes:
        """Return a picture's bytes."""
        if picture in self._kept:
            self._kept.move_to_end(picture)
            return self._kept[picture]
        drawing = self._drawing.get(picture)
        if drawing is None:
            drawing = asyncio.get_running_loop().run_in_executor(self._workers, draw, picture)
            self._drawing[picture] = drawing
            drawing.add_done_callback(lambda done: self._keep(picture, done))
        # Shielded: a client that leaves must not spoil it for the others.
        return await asyncio.shield(drawing)

    def _keep(self, picture: Picture, done: asyncio.Future[bytes]) -> None:
        self._drawing.pop(picture, None)
        if done.cancelled() or done.exception() is not None:
            return
        data = done.result()
        self._kept[picture] = data
        self._bytes += len(data)
        while self._bytes > _CACHE_BYTES and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= len(dropped)

    def close(self) -> None:
        """Let the workers go."""
        self._workers.shutdown(wait=False)
