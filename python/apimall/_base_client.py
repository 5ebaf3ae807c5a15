"""What `Client` and `AsyncClient` have in common: settings, counters, and no key in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from apimall._engine import make_native_client, read_stats

if TYPE_CHECKING:
    import os

    from apimall._answers import ClientStats
    from apimall._durations import Duration


class BaseClient:
    """A client without its calls."""

    __slots__ = ("__weakref__", "_base_url", "_native")

    def __init__(
        self,
        api_key: str | None = None,
        base_url: str | None = None,
        *,
        request_timeout: Duration | None = None,
        connect_timeout: Duration | None = None,
        retry_timeout: Duration | None = None,
        wait_timeout: Duration | None = None,
        rate_per_second: float | str | None = None,
        rate_burst: float | str | None = None,
        max_in_flight: int | None = None,
        max_outstanding: int | None = None,
        poll_price: Duration | None = None,
        learned_file: str | os.PathLike[str] | None = None,
        http_version: Literal["auto", "1.1", "2"] | None = None,
        ca_bundle: str | os.PathLike[str] | None = None,
        proxy: str | None = None,
        user_agent_suffix: str | None = None,
        max_response_bytes: int | str | None = None,
        log_level: Literal["off", "error", "warning", "info", "debug"] | None = None,
    ) -> None:
        """Take settings by keyword; what is not given comes from the environment, then from the defaults.

        Args:
            api_key: The API key; `APIMALL_API_KEY` in the environment. It goes to the gateway and nowhere
                else.
            base_url: The gateway; `APIMALL_BASE_URL`. `https`, or `http` on a loopback address.
            request_timeout: The limit of one HTTP request; 30 s. Durations are seconds, timedeltas or text
                like `30s`.
            connect_timeout: The limit of making one connection; 10 s.
            retry_timeout: How long one call other than a wait may spend on retries; 10 s.
            wait_timeout: A wait's default limit; 10 min. `math.inf` or `none` waits for ever.
            rate_per_second: Requests per second; found out by itself.
            rate_burst: Requests that may go at once after a quiet time; one second's worth.
            max_in_flight: Requests under way at once; 64.
            max_outstanding: Submissions not yet ended, beyond which calls raise QueueFullError; a million.
            poll_price: Delay that one request may save: small polls often, large rarely; 250 ms.
            learned_file: Where to keep what was learned of the models' durations from process to process;
                `APIMALL_LEARNED_FILE`. Without it each client starts anew.
            http_version: `auto`, `1.1` or `2`.
            ca_bundle: A PEM file of trusted authorities; `APIMALL_CA_BUNDLE`, then what the system has.
            proxy: A proxy's URL, or `none`; without it the environment, as curl reads it.
            user_agent_suffix: Added to the User-Agent.
            max_response_bytes: The longest answer that is taken from the gateway, as bytes or text like
                `16MiB`.
            log_level: `off`, `error`, `warning`, `info` or `debug`; otherwise what the logger `apimall` lets
                through.

        Raises:
            InvalidSettingError: A setting is missing or wrong.

        """
        self._base_url = base_url
        self._native = make_native_client(
            {
                "api_key": api_key,
                "base_url": base_url,
                "request_timeout": request_timeout,
                "connect_timeout": connect_timeout,
                "retry_timeout": retry_timeout,
                "wait_timeout": wait_timeout,
                "rate_per_second": rate_per_second,
                "rate_burst": rate_burst,
                "max_in_flight": max_in_flight,
                "max_outstanding": max_outstanding,
                "poll_price": poll_price,
                "learned_file": learned_file,
                "http_version": http_version,
                "ca_bundle": ca_bundle,
                "proxy": proxy,
                "user_agent_suffix": user_agent_suffix,
                "max_response_bytes": max_response_bytes,
                "log_level": log_level,
            }
        )
        self._begin()

    def _begin(self) -> None:
        """Make what the kind of client consists of."""

    def stats(self) -> ClientStats:
        """Return what the client did since it was made.

        >>> client.stats().requests
        12
        """
        return read_stats(self._native)

    def __repr__(self) -> str:
        # A URL may hold a password.
        where = f"base_url={self._base_url!r}" if self._base_url and "@" not in self._base_url else ""
        return f"{type(self).__name__}({where})"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError(
            f"a {type(self).__name__} does not pickle: it holds the API key and connections; make a new one"
        )
