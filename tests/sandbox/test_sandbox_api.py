"""The documented calls answer as documented."""

from __future__ import annotations

import json
import re
import socket
import statistics

import pytest
from sandbox_client import Client

from apimall.sandbox import Sandbox

ULID = "[0-7][0-9A-HJKMNP-TV-Z]{25}"
DOCUMENTED = """{
  "success": true,
  "data": {
    "task_id": "img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M",
    "model": "nano-banana",
    "status": "completed",
    "output": {
      "resultUrls": [
        "URL"
      ]
    },
    "primary_url": "URL",
    "image_url": "URL",
    "error_message": null,
    "credits_used": 8,
    "credits_refunded": 0,
    "created_at": "TIME",
    "updated_at": "TIME",
    "completed_at": "TIME"
  },
  "request_id": "REQUEST"
}"""


def test_a_completed_task_reads_exactly_as_the_documented_example(client: Client, sandbox: Sandbox) -> None:
    task_id = sandbox.add_task(id="img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M", duration=0)
    reply = client.task(task_id)
    text = reply.body.decode()
    text = re.sub(r"http://127\.0\.0\.1:\d+/generated/[^\"]+-01\.webp", "URL", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "TIME", text)
    assert re.sub(f"req_{ULID}", "REQUEST", text) == DOCUMENTED
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert reply.headers["Date"].endswith(" GMT")


def test_request_ids_differ_between_two_answers_in_the_same_state(client: Client, sandbox: Sandbox) -> None:
    task_id = sandbox.add_task(outcome="never")
    assert client.task(task_id).json["request_id"] != client.task(task_id).json["request_id"]


def test_a_task_goes_from_pending_over_processing_to_completed(client: Client, sandbox: Sandbox) -> None:
    pending = sandbox.add_task(duration=1000, pending=1000)
    processing = sandbox.add_task(duration=1000, pending=0)
    assert client.task(pending).data["status"] == "pending"
    data = client.task(processing).data
    assert (data["status"], data["output"], data["completed_at"]) == ("processing", None, None)
    sandbox.finish_task(processing)
    data = client.task(processing).data
    assert (data["status"], data["updated_at"]) == ("completed", data["completed_at"])


def test_an_unknown_task_is_the_documented_404(client: Client) -> None:
    reply = client.task("img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M")
    assert reply.status == 404
    assert re.fullmatch(f"req_{ULID}", reply.json.pop("request_id"))
    assert list(reply.json) == ["success", "error", "request_id"]
    assert reply.json["error"] == {"code": "not_found", "message": "Task not found"}


@pytest.mark.parametrize("given", [None, "Bearer sk-wrong", "Basic eDp5"])
def test_a_missing_or_wrong_key_is_a_401(client: Client, sandbox: Sandbox, given: str) -> None:
    headers = {} if given is None else {"Authorization": given}
    reply = client.ask("GET", f"{sandbox.base_url}/api/v1/account/balances", headers=headers)
    assert (reply.status, reply.json["success"], reply.json["error"]["code"]) == (401, False, "unauthorized")


def test_the_key_has_the_form_of_the_vendors_keys(sandbox: Sandbox) -> None:
    assert re.fullmatch(r"sk-[0-9a-f]{48}", sandbox.api_key)


def test_generate_answers_and_charges(client: Client) -> None:
    before = client.get("/api/v1/account/balances").data
    assert before["credits"] == before["api_credits"] == 10_000
    data = client.generate(num_images=2).data
    assert list(data) == ["task_id", "request_id", "credits_used", "remaining_credits", "model"]
    assert re.fullmatch(f"img_{ULID}", data["task_id"])
    assert (data["credits_used"], data["remaining_credits"]) == (16, 9_984)
    assert client.get("/api/v1/account/balances").data["credits"] == 9_984


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"model": "nano-apple"}, "Unknown model: nano-apple"),
        ({"model": None}, "model is required"),
        ({"prompt": " "}, "prompt is required"),
        ({"num_images": 7}, "num_images"),
        ({"num_images": 0}, "num_images"),
        ({"num_images": "2"}, "num_images"),
        ({"sandbox": {"outcome": "lost"}}, "outcome"),
    ],
)
def test_what_a_gateway_refuses_is_a_400(client: Client, body: dict, words: str) -> None:
    reply = client.generate(**body)
    assert (reply.status, reply.json["error"]["code"]) == (400, "invalid_parameters")
    assert words in reply.json["error"]["message"]


def test_parameters_that_nobody_knows_pass(client: Client) -> None:
    assert client.generate(whatever={"deep": [1]}, aspect_ratio="7:3").status == 200


def test_bodies_that_are_not_json_objects_are_400s(client: Client, sandbox: Sandbox) -> None:
    for body in (b"", b"{", b"[]"):
        reply = client.ask("POST", f"{sandbox.base_url}/api/v1/images/generate", body, client.authorization)
        assert reply.status == 400


def test_a_client_that_waits_for_leave_to_send_its_body_gets_it(sandbox: Sandbox) -> None:
    body = json.dumps({"model": "z-image", "prompt": "x" * 5000}).encode()
    head = f"POST /api/v1/images/generate HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sandbox.api_key}\r\n"
    head += f"Expect: 100-continue\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    with socket.create_connection(
        ("127.0.0.1", int(sandbox.base_url.rpartition(":")[2])), timeout=20
    ) as plug:
        plug.sendall(head.encode())
        assert plug.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        plug.sendall(body)
        assert plug.recv(100).startswith(b"HTTP/1.1 200 OK\r\n")


def test_credits_run_out_and_come_back_with_a_failure(client: Client, sandbox: Sandbox) -> None:
    sandbox.load_scenario({"credits": 20})
    task_id = client.generate(num_images=2, sandbox={"outcome": "never", "refund": 0.5}).data["task_id"]
    refused = client.generate()
    assert (refused.status, refused.json["error"]["code"]) == (402, "insufficient_credits")
    sandbox.finish_task(task_id, "failed")
    data = client.task(task_id).data
    assert (data["status"], data["credits_used"], data["credits_refunded"]) == ("failed", 16, 8)
    assert data["error_message"] and data["output"] is data["primary_url"] is data["image_url"] is None
    assert client.get("/api/v1/account/balances").data["credits"] == 12
    assert client.generate().status == 200


def test_a_prompt_can_ask_for_failure(client: Client, sandbox: Sandbox) -> None:
    whole = client.generate(prompt="sandbox:fail please", sandbox={"duration": 0}).data["task_id"]
    half = client.generate(prompt="sandbox:fail-half", sandbox={"duration": 0}).data["task_id"]
    assert client.task(whole).data["credits_refunded"] == 8
    assert client.task(half).data["credits_refunded"] == 4
    assert client.get("/api/v1/account/balances").data["credits"] == 10_000 - 4


def test_a_failure_rate_is_about_kept(client: Client, sandbox: Sandbox) -> None:
    sandbox.load_scenario({"failure_probability": 0.3})
    failed = sum(sandbox.task(task_id)["outcome"] == "failed" for task_id in sandbox.add_tasks(300))
    assert 50 < failed < 130


def test_history_pages_newest_first(client: Client, sandbox: Sandbox) -> None:
    ids = sandbox.add_tasks(45, duration=0)
    old = sandbox.add_task(age=3600, duration=10, outcome="failed")
    first = client.get("/api/v1/images/history").data
    assert (first["page"], first["limit"]) == (1, 20)
    assert [item["task_id"] for item in first["items"]] == ids[::-1][:20]
    names = [
        "task_id",
        "model",
        "source",
        "created_at",
        "status",
        "image_url",
        "credits_used",
        "credits_refunded",
        "completed_at",
    ]
    assert list(first["items"][0]) == names
    third = client.get("/api/v1/images/history?page=3&limit=20").data["items"]
    assert [item["task_id"] for item in third] == [*ids[::-1][40:], old]
    assert (third[-1]["status"], third[-1]["image_url"]) == ("failed", None)
    assert third[0]["image_url"].startswith(sandbox.cdn_url)
    assert client.get("/api/v1/images/history?page=9&limit=50").data["items"] == []


@pytest.mark.parametrize("query", ["limit=0", "limit=51", "limit=x", "page=0", "page=-1", "page="])
def test_history_refuses_wrong_pages(client: Client, query: str) -> None:
    assert client.get(f"/api/v1/images/history?{query}").status == 400


def test_wrong_methods_and_paths_are_told_apart(client: Client, sandbox: Sandbox) -> None:
    assert client.get("/api/v1/images/generate").status == 405
    assert client.get("/api/v1/nothing").status == 404
    assert client.get("/api/v1/images/").status == 404


def test_a_limit_of_concurrent_jobs_is_a_429_of_its_own(client: Client, sandbox: Sandbox) -> None:
    sandbox.load_scenario({"concurrent_jobs": 1})
    task_id = client.generate(sandbox={"outcome": "never"}).data["task_id"]
    refused = client.generate()
    assert (refused.status, refused.json["error"]["code"]) == (429, "too_many_concurrent_jobs")
    assert refused.headers["Retry-After"] == "1"
    sandbox.finish_task(task_id)
    assert client.generate().status == 200


def test_a_task_may_show_any_subset_of_its_urls(client: Client, sandbox: Sandbox) -> None:
    data = client.task(sandbox.add_task(duration=0, result_fields=["image_url"], num_images=3)).data
    assert data["output"] is None and data["primary_url"] is None and data["image_url"]
    assert len(client.task(sandbox.add_task(duration=0, num_images=3)).data["output"]["resultUrls"]) == 3


def test_a_running_task_can_show_a_status_that_nobody_knows(client: Client, sandbox: Sandbox) -> None:
    task_id = sandbox.add_task(outcome="never", pending=0, running_status="warming_up")
    assert client.task(task_id).data["status"] == "warming_up"


def test_the_same_seed_and_order_give_the_same_durations(sandbox: Sandbox, client: Client) -> None:
    def durations(seed: int) -> list:
        sandbox.load_scenario({"seed": seed})
        for model in ("nano-banana", "gpt-image", "nano-banana", "midjourney"):
            client.generate(model=model)
        tasks = client.control("GET", "/tasks").json["tasks"]
        return [round(task["duration_seconds"], 3) for task in tasks]

    first = durations(3)
    assert durations(3) == first
    assert durations(4) != first


@pytest.mark.parametrize(
    ("model", "parameters", "low", "high"),
    [
        ("flux-schnell", {}, 1.5, 2.7),
        ("nano-banana", {}, 5, 8),
        ("nano-banana-2", {}, 10, 17),
        ("nano-banana-pro", {}, 18, 40),
        ("gpt-image", {"quality": "low"}, 12, 19),
        ("gpt-image", {"quality": "high"}, 190, 290),
        ("midjourney", {}, 35, 90),
    ],
)
def test_models_take_about_their_published_time(
    sandbox: Sandbox, model: str, parameters: dict, low: float, high: float
) -> None:
    ids = sandbox.add_tasks(400, model=model, parameters=parameters)
    durations = sorted(sandbox.task(task_id)["duration_seconds"] for task_id in ids)
    middle = statistics.median(durations)
    assert low < middle < high
    assert 1.4 < durations[int(0.95 * len(durations))] / middle < 5


def test_gpt_image_without_a_quality_has_two_humps(sandbox: Sandbox) -> None:
    durations = [
        sandbox.task(task_id)["duration_seconds"] for task_id in sandbox.add_tasks(300, model="gpt-image")
    ]
    assert sum(duration < 60 for duration in durations) > 60
    assert sum(duration > 120 for duration in durations) > 60


def test_speed_divides_durations(sandbox: Sandbox) -> None:
    sandbox.load_scenario({"speed": 10})
    assert sandbox.task(sandbox.add_task(duration=5))["duration_seconds"] == pytest.approx(0.5, abs=1e-3)
