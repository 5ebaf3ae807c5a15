"""The client whose calls block."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from apimall._account import Account
from apimall._base_client import BaseClient
from apimall._blocking import BlockingCalls
from apimall._images import Images
from apimall._public import public

if TYPE_CHECKING:
    from types import TracebackType

_Self = TypeVar("_Self", bound="Client")


@public
class Client(BaseClient):
    """A client whose calls block; any thread may call it, and threads may share it.

    Make one per API key: the gateway limits by key, and all calls share connections, rate budget and results.
    Ctrl-C ends any call at once. In a forked child, make a new one.

        with apimall.Client() as client:
            task = client.images.wait("img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M")
    """

    __slots__ = ("account", "images")

    images: Images
    """The calls about image tasks."""
    account: Account
    """The calls about the account."""

    def _begin(self) -> None:
        calls = BlockingCalls(self._native)
        self.images = Images(calls)
        self.account = Account(calls)

    def close(self) -> None:
        """End all calls with ClosedError, and stop; the tasks go on at the gateway."""
        self._native.close()

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
