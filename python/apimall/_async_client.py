"""The client whose calls are awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from apimall._account import AsyncAccount
from apimall._async_images import AsyncImages
from apimall._base_client import BaseClient
from apimall._event_loops import EventLoops
from apimall._public import public

if TYPE_CHECKING:
    from types import TracebackType

_Self = TypeVar("_Self", bound="AsyncClient")


@public
class AsyncClient(BaseClient):
    """A client whose calls are awaited, under asyncio (uvloop too) or trio, and so under anyio.

    Names, settings and errors are those of `Client`. It may be made before a loop runs, and used from one
    loop after the other.

        async with apimall.AsyncClient() as client:
            tasks = await client.images.wait_many(ids)
    """

    __slots__ = ("_loops", "account", "images")

    _loops: EventLoops
    images: AsyncImages
    """The calls about image tasks."""
    account: AsyncAccount
    """The calls about the account."""

    def _begin(self) -> None:
        self._loops = EventLoops(self._native)
        self.images = AsyncImages(self._loops)
        self.account = AsyncAccount(self._loops)

    async def close(self) -> None:
        """End all calls with ClosedError, and stop; the tasks go on at the gateway."""
        self._native.close()
        self._loops.drain_current()

    async def __aenter__(self: _Self) -> _Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
