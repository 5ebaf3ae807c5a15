"""What the demo orders: a dozen tasks over all of the sandbox's models, and one that fails."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LONG_EDGE = 768  # pixels; told to the sandbox, and checked in what comes back


@dataclass(frozen=True)
class Order:
    """One task to ask for, and so what must come of it."""

    model: str
    prompt: str
    aspect_ratio: str = "1:1"
    output_format: str = "webp"
    num_images: int = 1
    more: Mapping[str, Any] = field(default_factory=dict)
    fails: bool = False

    def body(self) -> dict[str, Any]:
        """Return the keywords of `generate`."""
        asked: dict[str, Any] = {
            "model": self.model,
            "prompt": self.prompt,
            "aspect_ratio": self.aspect_ratio,
            "output_format": self.output_format,
            "num_images": self.num_images,
        }
        return {**asked, **self.more}

    @property
    def files(self) -> int:
        """How many files are promised."""
        return 0 if self.fails else self.num_images

    @property
    def size(self) -> tuple[int, int]:
        """Width and height that are promised."""
        across, down = map(int, self.aspect_ratio.split(":"))
        scale = LONG_EDGE / max(across, down)
        return round(across * scale), round(down * scale)

    def file_stem(self, number: int) -> str:
        """Return the beginning of the file names of this order, the `number`-th of the demo."""
        words = re.findall(r"[a-z0-9]+", self.prompt.lower())
        return "-".join([f"{number:02}", *words[:6]])


def _sandbox(**wish: Any) -> dict[str, Any]:
    # Only the sandbox takes this field; it tells what shall become of the task.
    return {"sandbox": wish}


ORDERS = (
    Order("nano-banana-pro", "A lighthouse on a basalt cliff at dusk", "16:9"),
    Order("nano-banana", "A fox asleep in fresh snow"),
    Order("z-image", "Market stalls under paper lanterns", "4:3", "png"),
    Order("seedream-4-5", "A tram crossing a bridge in the rain", "3:2", "jpeg"),
    Order("flux-schnell", "Four studies of a ripe pear", "1:1", "webp", 4),
    Order("gpt-image", "An astronomer's cluttered desk", "2:3", more={"quality": "low"}),
    Order("nano-banana-2", "Terraced rice fields seen from above", "21:9"),
    Order("midjourney", "A heron above a silent lake", "9:16", "png"),
    Order("nano-banana-pro", "A glass greenhouse full of ferns", "3:4", "jpeg"),
    Order("nano-banana", "A cat that pretends to read", more=_sandbox(download_faults=["truncated"])),
    Order("seedream-4-5", "A prompt that the provider refuses", "4:5", fails=True, more=_sandbox(
        outcome="failed", refund=0.5, error_message="The provider refused the prompt")),
    Order("z-image", "Paper boats on a canal", "5:4"),
    Order("gpt-image", "A violin workshop in the evening light", "4:3", "jpeg", more={"quality": "medium"}),
)  # fmt: skip
