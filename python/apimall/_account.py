"""`client.account`: the calls about the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apimall._durations import Duration, timeout_ms
from apimall._load import native
from apimall._public import public

if TYPE_CHECKING:
    from apimall._answers import Balances
    from apimall._blocking import BlockingCalls
    from apimall._event_loops import EventLoops


@public
class Account:
    """The account of the API key; `client.account` is one."""

    __slots__ = ("_calls",)

    def __init__(self, calls: BlockingCalls) -> None:
        self._calls = calls

    def balances(self, *, timeout: Duration | None = None) -> Balances:
        """Read the account's credits.

        >>> client.account.balances().credits
        9992
        """
        answer: Balances = self._calls.call(native.BALANCES, timeout_ms=timeout_ms(timeout))
        return answer


@public
class AsyncAccount:
    """The account of the API key; `client.account` of an AsyncClient is one."""

    __slots__ = ("_loops",)

    def __init__(self, loops: EventLoops) -> None:
        self._loops = loops

    async def balances(self, *, timeout: Duration | None = None) -> Balances:
        """Read the account's credits.

        >>> (await client.account.balances()).credits
        9992
        """
        answer: Balances = await self._loops.call(native.BALANCES, timeout_ms=timeout_ms(timeout))
        return answer
