"""The control API, the scenarios, and the sandbox as an object."""

from __future__ import annotations

import concurrent.futures
import json
import ssl
import time
import urllib.request
from pathlib import Path

import pytest
import yaml
from sandbox_client import Client

from apimall.sandbox import Sandbox, SandboxError
from apimall.sandbox.faults.catalogue import CATALOGUE
from apimall.sandbox.scenario_files import apply_scenario, built_in_scenarios, describe_scenario
from apimall.sandbox.settings import Settings


def test_the_log_has_names_of_headers_and_never_a_key(client: Client, sandbox: Sandbox) -> None:
    task_id = client.control("POST", "/tasks", {"duration": 0}).json["task_id"]
    client.task(task_id)
    client.ask(
        "GET", f"{sandbox.base_url}/api/v1/images/{task_id}", headers={"Authorization": "Bearer sk-other"}
    )
    client.download(client.image_url(task_id))
    reply = client.control("GET", "/requests")
    log = reply.json
    assert (log["total"], log["dropped"]) == (4, 0)
    first, second = log["requests"][:2]
    assert (first["method"], first["path"], first["status"]) == ("GET", f"/api/v1/images/{task_id}", 200)
    assert (first["task_id"], first["endpoint"], first["fault"], first["origin"]) == (
        task_id,
        "task",
        None,
        "api",
    )
    assert "Authorization" in first["headers"] and sandbox.api_key.encode() not in reply.body
    assert [entry["authorization"] for entry in log["requests"]] == ["right", "wrong", "right", "absent"]
    assert second["status"] == 401
    assert len(client.control("GET", "/requests?origin=cdn").json["requests"]) == 1
    assert len(client.control("GET", f"/requests?limit=2&task_id={task_id}").json["requests"]) == 2


def test_statistics(client: Client, sandbox: Sandbox) -> None:
    sandbox.set_fault("http_500", endpoint="balances", first=2)
    for _ in range(5):
        client.get("/api/v1/account/balances")
    stats = client.control("GET", "/stats").json
    assert stats["by_status"] == {"500": 2, "200": 3} and stats["by_fault"] == {"http_500": 2}
    assert stats["by_endpoint"] == {"balances": 5} and stats["by_authorization"] == {"api: right": 5}
    assert 1 <= stats["max_requests_in_one_second"] <= 5


def test_the_busiest_second_is_found() -> None:
    from apimall.sandbox.requestlog import LOG_SIZE, Entry, RequestLog

    log = RequestLog()
    for moment in (0.0, 0.5, 0.9, 1.2, 1.4, 3.0):
        log.add(Entry(moment, "api", "GET", "/", "task", None, (), "right"))
    assert log.max_in_one_second == 4  # 0.5 to 1.4
    for _ in range(LOG_SIZE + 10):
        log.add(Entry(4.0, "cdn", "GET", "/", "image", None, (), "absent"))
    described = log.describe(None, None, None)
    assert len(described["requests"]) == LOG_SIZE and described["dropped"] == 16  # type: ignore[arg-type]


def test_tasks_by_the_thousand(client: Client) -> None:
    ids = client.control("POST", "/tasks", {"count": 2000, "duration": 50, "model": "z-image"}).json[
        "task_ids"
    ]
    assert len(set(ids)) == 2000
    truth = client.control("GET", f"/tasks/{ids[7]}").json
    assert truth["duration_seconds"] == pytest.approx(50) and truth["model"] == "z-image"
    assert truth["completed"] == pytest.approx(truth["created"] + 50)
    mixed = {"tasks": [{"id": "mine", "outcome": "failed"}, {"count": 2}]}
    assert client.control("POST", "/tasks", mixed).json["task_ids"][0] == "mine"
    assert client.control("GET", "/tasks?limit=1").json["total"] == 2003


def test_the_truth_tells_when_a_client_learned_of_the_end(client: Client, sandbox: Sandbox) -> None:
    task_id = sandbox.add_task(outcome="never", faults=["ok", "http_500"])
    client.task(task_id)
    sandbox.finish_task(task_id)
    client.task(task_id)
    assert sandbox.task(task_id)["terminal_seen"] is None
    client.task(task_id)
    truth = sandbox.task(task_id)
    assert truth["polls"] == 3 and truth["terminal_seen"] >= truth["completed"] >= truth["created"]


def test_tasks_can_be_finished_over_http(client: Client, sandbox: Sandbox) -> None:
    task_id = sandbox.add_task(outcome="never")
    assert client.control("POST", f"/tasks/{task_id}", {"outcome": "failed"}).json["status"] == "failed"
    assert client.task(task_id).data["status"] == "failed"


def test_faults_over_http(client: Client) -> None:
    rules = {"faults": [{"fault": "http_500", "endpoint": "balances", "first": 1}]}
    assert client.control("POST", "/faults", rules).json["faults"][0]["fault"] == "http_500"
    assert [client.get("/api/v1/account/balances").status for _ in range(2)] == [500, 200]
    client.control("POST", "/faults", {"fault": "http_503", "replace": True})
    assert len(client.control("GET", "/faults").json["faults"]) == 1
    assert set(client.control("GET", "/faults").json["catalogue"]) == set(CATALOGUE)
    client.control("DELETE", "/faults")
    assert client.get("/api/v1/account/balances").status == 200


def test_reset_forgets_everything_but_the_key(client: Client, sandbox: Sandbox) -> None:
    key, task_id = sandbox.api_key, client.generate().data["task_id"]
    sandbox.set_fault("http_500", endpoint="balances")
    assert client.control("POST", "/reset", {"scenario": {"credits": 5}}).json == {"reset": True}
    assert client.get("/api/v1/account/balances").data["credits"] == 5
    assert client.task(task_id).status == 404
    assert sandbox.api_key == key and len(sandbox.requests()) == 2
    client.control("POST", "/reset")
    assert client.get("/api/v1/account/balances").data["credits"] == 10_000


def test_reset_releases_what_hangs(client: Client, sandbox: Sandbox) -> None:
    task_id = sandbox.add_task(duration=0, faults=["hanging"])
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = pool.submit(client.raw_task, task_id)
        deadline = time.monotonic() + 20
        while not sandbox.requests(task_id=task_id) and time.monotonic() < deadline:
            time.sleep(0.005)
        sandbox.reset()
        assert waiting.result(timeout=10).ending == "closed"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("GET", "/nothing", None, 404, "no such call"),
        ("GET", "/tasks/img_x", None, 404, "there is no task"),
        ("POST", "/tasks", b"{", 400, "not JSON"),
        ("POST", "/tasks", {"durration": 1}, 400, "did you mean 'duration'"),
        ("POST", "/tasks", {"duration": -1}, 400, "not negative"),
        ("POST", "/tasks", {"count": 0}, 400, "count"),
        ("POST", "/tasks", {"model": "nano-bananna"}, 400, "did you mean 'nano-banana'"),
        ("POST", "/tasks", {"faults": ["http_5000"]}, 400, "unknown fault"),
        ("POST", "/faults", {"fault": "http_500", "endpoint": "tusk"}, 400, "did you mean 'task'"),
        ("POST", "/faults", {"endpoint": "task"}, 400, "needs a fault"),
        ("POST", "/reset", {"scenario": "stormy"}, 400, "did you mean 'storm'"),
        ("POST", "/reset", {"scenario": {"rate": "fast"}}, 400, "rate must be a number"),
        ("POST", "/reset", {"speed": 3}, 400, "unknown member of the body 'speed'"),
        ("POST", "/reset", {"scenario": __file__}, 400, "unknown scenario"),
        ("GET", "/requests?limit=x", None, 400, "limit"),
    ],
)
def test_wrong_control_requests_say_what_is_expected(
    client: Client, method: str, path: str, body: object, status: int, words: str
) -> None:
    reply = client.control(method, path, body)
    assert reply.status == status and words in reply.json["error"]


@pytest.mark.parametrize("name", built_in_scenarios())
def test_built_in_scenarios_load_and_say_what_they_are(sandbox: Sandbox, name: str) -> None:
    assert describe_scenario(name)
    sandbox.load_scenario(name)


def test_the_captive_portal_goes_away(client: Client, sandbox: Sandbox) -> None:
    sandbox.load_scenario("captive-portal")
    replies = [client.get("/api/v1/account/balances") for _ in range(5)]
    assert [reply.status for reply in replies] == [200, 200, 200, 302, 200]
    assert b"<form" in replies[0].body and replies[4].data["credits"]


def test_phases_change_the_settings_in_time(client: Client, sandbox: Sandbox) -> None:
    phases = [{"after": 0, "faults": ["http_503"], "duration_factor": 2}, {"after": 3600, "faults": []}]
    sandbox.load_scenario({"phases": phases})
    assert client.get("/api/v1/account/balances").status == 503


def test_a_scenario_can_bring_tasks_and_models(client: Client, sandbox: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "models: {mine: {credits: 1, modes: [{median: 3}]}}\ntasks: [{id: img_a, model: mine, duration: 0}]\n"
    )
    sandbox.load_scenario(str(file))
    assert client.task("img_a").data["model"] == "mine"
    assert client.generate(model="mine").data["credits_used"] == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "is not YAML"),
        ("[1]", "must be a mapping"),
        ("sped: 3", "did you mean 'speed'"),
        ("speed: 0", "speed must be above 0"),
        ("retry_after: never", "seconds, date, none"),
        ("faults: [{fault: http_5}]", "unknown fault"),
        ("models: {x: {modes: [{mean: 3}]}}", "model 'x'"),
        ("models: {x: {}}", "needs a list of modes"),
        ("phases: [{speed: 3}]", "after"),
        ("credits: 1.5", "whole number"),
    ],
)
def test_broken_scenario_files_are_explained_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(text)
    with pytest.raises(SandboxError, match=words) as caught:
        apply_scenario(Settings(), str(file))
    assert "\n" not in str(caught.value) and "broken.yaml" in str(caught.value)


def test_tls_with_a_ca_of_its_own() -> None:
    with Sandbox(tls=True) as sandbox:
        assert sandbox.ca_file is not None and sandbox.base_url.startswith("https://127.0.0.1:")
        trusting = ssl.create_default_context(cafile=sandbox.ca_file)
        url = sandbox.task(sandbox.add_task(id="img_t", duration=0))["task_id"]
        headers = {"Authorization": f"Bearer {sandbox.api_key}"}
        for base in (sandbox.base_url, sandbox.base_url.replace("127.0.0.1", "localhost")):
            request = urllib.request.Request(f"{base}/api/v1/images/{url}", headers=headers)
            with urllib.request.urlopen(request, context=trusting, timeout=20) as response:
                assert json.load(response)["data"]["primary_url"].startswith(sandbox.cdn_url)
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(sandbox.base_url, context=ssl.create_default_context(), timeout=20)
        ca_file = Path(sandbox.ca_file)
    assert not ca_file.exists()


def test_faults_of_the_connection_work_under_tls_too() -> None:
    with Sandbox(tls=True) as sandbox:
        faults = ["reset", "reset:after=9", "truncated", "hanging:seconds=0", "ok"]
        task_id = sandbox.add_task(duration=0, faults=faults)
        seen = [Client(sandbox).raw_task(task_id, to_the_end=False) for _ in faults]
    assert [raw.ending for raw in seen] == ["reset", "reset", "closed", "closed", "whole"]
    assert [len(raw.body) for raw in seen[:2]] == [0, 9]
    assert 0 < len(seen[2].body) < int(seen[2].header("Content-Length") or 0)
    assert (seen[0].received, seen[3].received) == (b"", b"")


def test_a_sandbox_that_does_not_run_says_so() -> None:
    sandbox = Sandbox()
    with pytest.raises(SandboxError, match="has not started"):
        _ = sandbox.base_url
    with pytest.raises(SandboxError, match="does not run"):
        sandbox.stats()
    with pytest.raises(SandboxError, match="unknown setting 'sped'"):
        Sandbox(sped=3)
    sandbox.stop()


def test_a_port_in_use_is_an_error_and_not_a_hang(sandbox: Sandbox) -> None:
    with (
        pytest.raises(SandboxError, match="is in use"),
        Sandbox(port=int(sandbox.base_url.rpartition(":")[2])),
    ):
        pass


def test_two_sandboxes_live_side_by_side(sandbox: Sandbox) -> None:
    with Sandbox(seed=8) as other:
        assert other.base_url != sandbox.base_url and other.api_key != sandbox.api_key


def manual() -> str:
    import apimall.sandbox

    return Path(apimall.sandbox.__file__).with_name("README.md").read_text(encoding="utf-8")


def test_the_examples_of_the_manual_work(capsys: pytest.CaptureFixture) -> None:
    python = manual().partition("```python\n")[2].partition("```")[0]
    exec(compile(python, "README.md", "exec"), {})
    assert "http://127.0.0.1:" in capsys.readouterr().out
    scenario = yaml.safe_load(manual().partition("```yaml\n")[2].partition("```")[0])
    with Sandbox(scenario=scenario) as sandbox:
        assert sandbox.task("img_example")["faults_left"] == ["http_500", "reset"]


def test_the_manual_names_every_fault_and_scenario() -> None:
    text = manual()
    assert [name for name in [*CATALOGUE, *built_in_scenarios()] if f"`{name}`" not in text] == []
