"""Rate limits and their headers."""

from __future__ import annotations

import email.utils
import time

from sandbox_client import Client

from apimall.sandbox import Sandbox

BALANCES = "/api/v1/account/balances"


def limited(sandbox: Sandbox, **settings: object) -> None:
    # So slow that nothing comes back during a test.
    sandbox.load_scenario({"rate": 0.01, "burst": 2, **settings})


def test_a_burst_passes_and_then_429s_come(client: Client, sandbox: Sandbox) -> None:
    limited(sandbox)
    assert [client.get(BALANCES).status for _ in range(4)] == [200, 200, 429, 429]
    refused = client.get(BALANCES)
    assert refused.json["error"]["code"] == "rate_limit_exceeded"
    assert 90 <= int(refused.headers["Retry-After"]) <= 100
    assert sandbox.stats()["rate_limited"] == 3


def test_retry_after_can_be_a_date(client: Client, sandbox: Sandbox) -> None:
    limited(sandbox, retry_after="date")
    text = [client.get(BALANCES) for _ in range(3)][-1].headers["Retry-After"]
    wait = email.utils.parsedate_to_datetime(text).timestamp() - time.time()
    assert text.endswith(" GMT") and 60 < wait < 102


def test_retry_after_can_be_missing(client: Client, sandbox: Sandbox) -> None:
    limited(sandbox, retry_after="none")
    assert "Retry-After" not in [client.get(BALANCES) for _ in range(3)][-1].headers


def test_ratelimit_headers(client: Client, sandbox: Sandbox) -> None:
    limited(sandbox, rate_headers="ratelimit")
    headers = [client.get(BALANCES).headers for _ in range(3)]
    assert [head["RateLimit-Remaining"] for head in headers] == ["1", "0", "0"]
    assert headers[0]["RateLimit-Limit"] == "2" and headers[0]["RateLimit-Policy"] == "2;w=200"
    assert 80 <= int(headers[0]["RateLimit-Reset"]) <= 100


def test_x_ratelimit_headers_reset_at_a_unix_time(client: Client, sandbox: Sandbox) -> None:
    limited(sandbox, rate_headers="x-ratelimit")
    headers = client.get(BALANCES).headers
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("2", "1")
    assert 60 < int(headers["X-RateLimit-Reset"]) - time.time() < 102


def test_no_headers_tell_of_a_limit_by_default(client: Client, sandbox: Sandbox) -> None:
    limited(sandbox)
    assert not [name for name in client.get(BALANCES).headers if "ratelimit" in name.lower()]


def test_tokens_come_back_with_time() -> None:
    from apimall.sandbox.ratelimit import TokenBucket

    bucket = TokenBucket(rate=2.0, burst=3, now=100.0)
    assert [bucket.take(100.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert bucket.take(100.0) == 0.5
    assert bucket.take(100.5) == 0.0
    assert [bucket.take(1000.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


def test_wrong_keys_take_no_tokens(client: Client, sandbox: Sandbox) -> None:
    limited(sandbox)
    for _ in range(5):
        client.ask("GET", sandbox.base_url + BALANCES)
    assert client.get(BALANCES).status == 200
