"""What both origins and the control API share: the state of the moment, and the way back to the first one."""

from __future__ import annotations

from typing import Optional

from apimall.sandbox.images import PictureCache
from apimall.sandbox.scenario_files import apply_scenario
from apimall.sandbox.settings import Settings
from apimall.sandbox.state import State, make_api_key


class Service:
    """Holds the state; a reset replaces it and leaves addresses and key as they are."""

    def __init__(self, settings: Settings) -> None:
        self.initial = settings
        self.api_key = make_api_key(settings.seed)
        self.pictures = PictureCache()
        self.base_url = ""
        self.cdn_url = ""
        self.state = State(settings, self.api_key)

    def addresses(self, base_url: str, cdn_url: str) -> None:
        """Say where the two origins are, once their ports are known."""
        self.base_url, self.cdn_url = base_url, cdn_url
        self.state.cdn_url = cdn_url

    def reset(self, scenario: Optional[object] = None, *, files: bool = True) -> None:
        """Forget everything, and begin again with the settings of the start and perhaps a scenario on top."""
        state = State(apply_scenario(self.initial, scenario, files=files), self.api_key)
        state.cdn_url = self.cdn_url
        self.state.over.set()
        self.state = state

    def close(self) -> None:
        """Release whatever still waits."""
        self.state.over.set()
        self.pictures.close()
