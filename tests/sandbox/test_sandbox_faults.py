"""Every fault does on the wire what its name says."""

from __future__ import annotations

import contextlib
import email.utils
import gzip
import http.client
import json
import time

import pytest
from sandbox_client import Client

from apimall.sandbox import Sandbox, SandboxError


def spoilt(sandbox: Sandbox, *faults: str) -> str:
    """Make a completed task with a script of faults."""
    return sandbox.add_task(duration=0, faults=faults)


@pytest.mark.parametrize(
    "status", [400, 401, 402, 403, 404, 408, 409, 410, 413, 422, 429, 500, 502, 503, 504]
)
def test_http_errors_come_in_the_envelope(client: Client, sandbox: Sandbox, status: int) -> None:
    reply = client.task(spoilt(sandbox, f"http_{status}"))
    assert reply.status == status
    assert reply.json["success"] is False and set(reply.json["error"]) == {"code", "message"}
    assert reply.json["request_id"].startswith("req_") and reply.headers["Date"]
    assert "Retry-After" not in reply.headers


def test_retry_after_in_all_its_forms(client: Client, sandbox: Sandbox) -> None:
    task_id = spoilt(
        sandbox,
        "http_429:retry_after=7",
        "http_503_empty:retry_after=0.5",
        "http_429:retry_after=soon",
        "http_429:retry_after=date,seconds=30",
        "http_429:retry_after_ms=250",
        "http_429:retry_after=none",
    )
    replies = [client.task(task_id) for _ in range(6)]
    assert [reply.headers["Retry-After"] for reply in replies[:3]] == ["7", "0.5", "soon"]
    wait = email.utils.parsedate_to_datetime(replies[3].headers["Retry-After"]).timestamp() - time.time()
    assert 10 < wait < 32
    assert replies[4].headers["Retry-After-Ms"] == "250"
    assert "Retry-After" not in replies[5].headers


def test_bodies_that_are_not_the_gateways(client: Client, sandbox: Sandbox) -> None:
    task_id = spoilt(sandbox, "http_502_html", "http_503_empty", "html_200", "empty_200")
    html, empty, portal, nothing = (client.task(task_id) for _ in range(4))
    assert (html.status, html.headers["Content-Type"]) == (502, "text/html") and b"Bad Gateway" in html.body
    assert (empty.status, empty.body) == (503, b"")
    assert (
        portal.status == 200
        and portal.headers["Content-Type"].startswith("text/html")
        and b"<form" in portal.body
    )
    assert (nothing.status, nothing.body) == (200, b"")


@pytest.mark.parametrize(
    ("kind", "expected"), [("array", list), ("string", str), ("number", int), ("object", dict)]
)
def test_wrong_json(client: Client, sandbox: Sandbox, kind: str, expected: type) -> None:
    reply = client.task(spoilt(sandbox, f"wrong_json:kind={kind}"))
    assert reply.status == 200 and isinstance(reply.json, expected)


def test_deep_json(client: Client, sandbox: Sandbox) -> None:
    assert client.task(spoilt(sandbox, "wrong_json:kind=deep")).body.startswith(b"[" * 5000)


def test_success_false_with_status_200(client: Client, sandbox: Sandbox) -> None:
    reply = client.task(spoilt(sandbox, "success_false_200:code=busy,message=Come back"))
    assert (reply.status, reply.json["success"]) == (200, False)
    assert reply.json["error"] == {"code": "busy", "message": "Come back"}


def test_truncated_closes_within_the_announced_body(client: Client, sandbox: Sandbox) -> None:
    raw = client.raw_task(spoilt(sandbox, "truncated"))
    assert raw.ending == "closed" and raw.header("Date")
    assert 0 < len(raw.body) < int(raw.header("Content-Length") or 0)
    with pytest.raises(http.client.IncompleteRead):
        client.task(spoilt(sandbox, "truncated:at=10"))


def test_truncated_json_is_whole_http(client: Client, sandbox: Sandbox) -> None:
    reply = client.task(spoilt(sandbox, "truncated_json"))
    assert reply.status == 200 and int(reply.headers["Content-Length"]) == len(reply.body)
    with pytest.raises(ValueError, match=r"."):
        json.loads(reply.body)


def test_wrong_length_announces_fewer_bytes_than_it_sends(client: Client, sandbox: Sandbox) -> None:
    raw = client.raw_task(spoilt(sandbox, "wrong_length"))
    assert int(raw.header("Content-Length") or 0) == len(raw.body) - 7
    more = client.raw_task(spoilt(sandbox, "wrong_length:delta=5"))
    assert int(more.header("Content-Length") or 0) == len(more.body) + 5


def test_reset_comes_before_any_answer(client: Client, sandbox: Sandbox) -> None:
    raw = client.raw_task(spoilt(sandbox, "reset"))
    assert (raw.received, raw.ending) == (b"", "reset")


def test_reset_can_come_within_the_answer(client: Client, sandbox: Sandbox) -> None:
    raw = client.raw_task(spoilt(sandbox, "reset:after=20"))
    assert raw.ending == "reset" and raw.head.startswith("HTTP/1.1 200 OK") and len(raw.body) == 20


def test_hanging_says_nothing(client: Client, sandbox: Sandbox) -> None:
    task_id = spoilt(sandbox, "hanging", "hanging:seconds=0.05")
    raw = client.raw_task(task_id, timeout=0.3)
    assert (raw.received, raw.ending) == (b"", "silent")
    assert client.raw_task(task_id).ending == "closed"
    assert [entry["status"] for entry in sandbox.requests(task_id=task_id)] == [None, None]


def test_dripping_comes_in_drops_and_is_whole(client: Client, sandbox: Sandbox) -> None:
    task_id = spoilt(sandbox, "dripping:chunk=100,interval=0.005")
    started = time.monotonic()
    reply = client.task(task_id)
    assert reply.data["task_id"] == task_id and int(reply.headers["Content-Length"]) == len(reply.body)
    assert time.monotonic() - started > 0.02


def test_slow_comes_late(client: Client, sandbox: Sandbox) -> None:
    started = time.monotonic()
    assert client.task(spoilt(sandbox, "slow:seconds=0.2")).status == 200
    assert time.monotonic() - started > 0.19


def test_oversized_is_json_of_the_size_asked_for(client: Client, sandbox: Sandbox) -> None:
    reply = client.task(spoilt(sandbox, "oversized:bytes=3000000"))
    assert len(reply.body) == 3_000_000 and reply.json["success"] is True


def test_gzip_is_sent_unasked(client: Client, sandbox: Sandbox) -> None:
    task_id = spoilt(sandbox, "gzip")
    reply = client.task(task_id)
    assert reply.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(reply.body))["data"]["task_id"] == task_id


def test_chunked_has_small_chunks(client: Client, sandbox: Sandbox) -> None:
    task_id = spoilt(sandbox, "chunked:size=5", "chunked:size=5")
    raw = client.raw_task(task_id, to_the_end=False)
    assert raw.header("Transfer-Encoding") == "chunked" and raw.header("Content-Length") is None
    assert raw.body.startswith(b"5\r\n") and raw.body.endswith(b"0\r\n\r\n")
    assert client.task(task_id).data["task_id"] == task_id


def test_bad_utf8_and_bom(client: Client, sandbox: Sandbox) -> None:
    task_id = spoilt(sandbox, "bad_utf8", "bom")
    bad = client.task(task_id).body
    with pytest.raises(UnicodeDecodeError):
        bad.decode()
    assert json.loads(bad.replace(b"\xff", b""))["data"]["task_id"] == task_id
    bom = client.task(task_id).body
    assert (
        bom.startswith(b"\xef\xbb\xbf{") and json.loads(bom.decode("utf-8-sig"))["data"]["task_id"] == task_id
    )


def test_wrong_task_id_and_unknown_status(client: Client, sandbox: Sandbox) -> None:
    task_id = spoilt(
        sandbox, "wrong_task_id", "wrong_task_id:id=img_x", "unknown_status", "unknown_status:status=odd"
    )
    wrong, named, status, odd = (client.task(task_id).data for _ in range(4))
    assert wrong["task_id"] not in (task_id, None) and named["task_id"] == "img_x"
    assert (status["status"], odd["status"]) == ("archived", "odd")


def test_missing_null_and_reordered_fields(client: Client, sandbox: Sandbox) -> None:
    task_id = spoilt(
        sandbox, "missing_fields:fields=model+output", "null_fields:fields=model", "reordered_fields", "ok"
    )
    missing, null, reordered, whole = (client.task(task_id) for _ in range(4))
    assert "model" not in missing.data and "output" not in missing.data and "status" in missing.data
    assert null.data["model"] is None
    assert list(reordered.json) == ["request_id", "data", "success"]
    assert list(reordered.data) == list(whole.data)[::-1] and reordered.data == whole.data


def test_other_types_and_extra_fields(client: Client, sandbox: Sandbox) -> None:
    task_id = spoilt(sandbox, "other_types", "extra_fields")
    other, extra = client.task(task_id).data, client.task(task_id).json
    assert other["credits_used"] == "8" and isinstance(other["created_at"], int)
    assert "url" in other["output"]["resultUrls"][0]
    assert extra["x_first"] is True and extra["data"]["x_future"] and extra["data"]["task_id"] == task_id


def test_redirect_points_to_another_origin_that_answers_without_a_key(
    client: Client, sandbox: Sandbox
) -> None:
    task_id = spoilt(
        sandbox, "redirect", "redirect:status=307,to=self", "redirect:to=http://example.invalid/"
    )
    other, itself, given = (client.task(task_id) for _ in range(3))
    assert other.status == 302 and other.headers["Location"].startswith(f"{sandbox.cdn_url}/redirected/")
    assert (
        itself.status == 307 and itself.headers["Location"] == f"{sandbox.base_url}/api/v1/images/{task_id}"
    )
    assert given.headers["Location"] == "http://example.invalid/"
    assert client.download(other.headers["Location"]).data["task_id"] == task_id
    leaked = client.ask("GET", other.headers["Location"], headers=client.authorization)
    assert leaked.status == 200
    assert [entry["authorization"] for entry in sandbox.requests(origin="cdn")] == ["absent", "right"]


def test_a_script_gives_the_kth_request_the_kth_fault(client: Client, sandbox: Sandbox) -> None:
    task_id = spoilt(
        sandbox,
        "http_429:retry_after=1",
        "http_500",
        "http_502_html",
        "http_503_empty",
        "reset",
        "truncated",
        "ok",
    )
    endings = [client.raw_task(task_id, to_the_end=False) for _ in range(8)]
    lines = [raw.head.split("\r\n")[0][9:12] for raw in endings]
    assert lines == ["429", "500", "502", "503", "", "200", "200", "200"]
    assert [raw.ending for raw in endings][4:] == ["reset", "closed", "whole", "whole"]
    names = [entry["fault"] for entry in sandbox.requests(task_id=task_id)]
    assert (
        names
        == ["http_429:retry_after=1", "http_500", "http_502_html", "http_503_empty", "reset", "truncated"]
        + [None] * 2
    )


def test_rules_by_endpoint_count_and_task(client: Client, sandbox: Sandbox) -> None:
    one, two = sandbox.add_task(duration=0), sandbox.add_task(duration=0)
    sandbox.set_fault("http_500", endpoint="task", first=1, skip=1)
    sandbox.set_fault("http_503", task_id=two)
    assert client.get("/api/v1/account/balances").status == 200
    assert [client.task(one).status for _ in range(3)] == [200, 500, 200]
    assert [client.task(two).status for _ in range(2)] == [503, 503]
    sandbox.clear_faults()
    assert client.task(two).status == 200


def test_rules_with_a_script(client: Client, sandbox: Sandbox) -> None:
    sandbox.set_fault(["http_500", "ok", "http_504"], endpoint="balances")
    assert [client.get("/api/v1/account/balances").status for _ in range(4)] == [500, 200, 504, 200]


def test_random_faults_repeat_with_their_seed(client: Client, sandbox: Sandbox) -> None:
    def outcomes(seed: int) -> list:
        sandbox.reset()
        sandbox.set_fault("http_500", endpoint="balances", probability=0.5, seed=seed)
        return [client.get("/api/v1/account/balances").status for _ in range(40)]

    first = outcomes(1)
    assert {200, 500} == set(first)
    assert outcomes(1) == first != outcomes(2)


def test_generate_can_lose_its_answer_with_and_without_having_accepted(
    client: Client, sandbox: Sandbox
) -> None:
    sandbox.set_fault(
        ["reset", "reset:accepted=true", "http_500:accepted=true", "truncated"], endpoint="generate"
    )
    for made in (0, 1, 2, 3):
        with contextlib.suppress(ConnectionError, http.client.HTTPException):
            client.generate()
        assert client.control("GET", "/tasks").json["total"] == made
    assert client.get("/api/v1/account/balances").data["credits"] == 10_000 - 3 * 8


def test_faults_reach_history_items_too(client: Client, sandbox: Sandbox) -> None:
    sandbox.add_tasks(2, duration=0)
    sandbox.set_fault("unknown_status", endpoint="history")
    assert [item["status"] for item in client.get("/api/v1/images/history").data["items"]] == ["archived"] * 2


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("http_512", "unknown fault 'http_512'"),
        ("trunkated", "did you mean 'truncated'"),
        ("slow:minutes=1", "unknown option of fault 'slow'"),
        ("slow:seconds=long", "must be a number"),
        ("slow:5", "write option=value"),
        (5, "a fault is text"),
    ],
)
def test_a_fault_that_is_not_known_is_refused_with_advice(
    sandbox: Sandbox, fault: object, words: str
) -> None:
    with pytest.raises(SandboxError, match=words):
        sandbox.add_task(faults=[fault])
