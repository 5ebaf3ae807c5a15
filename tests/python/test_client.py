"""The blocking calls, against a gateway."""

from __future__ import annotations

import base64
import inspect
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Callable

import pytest
import yaml

import apimall
from apimall.sandbox import Sandbox


def test_get_tells_the_state_of_now(
    client: apimall.Client, sandbox: Sandbox, make_task: Callable[..., str]
) -> None:
    task_id = make_task(duration=10_000)
    assert client.images.get(task_id).status in {"pending", "processing"}
    sandbox.finish_task(task_id)
    assert client.images.get(task_id).status == apimall.ImageStatus.COMPLETED


def test_wait_returns_when_the_task_ends(client: apimall.Client, make_task: Callable[..., str]) -> None:
    task = client.images.wait(make_task(), timeout=60)
    assert task.status == "completed"
    assert len(task.result_urls) == 1


def test_a_failed_task_is_data(client: apimall.Client, make_task: Callable[..., str]) -> None:
    task = client.images.wait(make_task(outcome="failed", error_message="No."))
    assert task.status is apimall.ImageStatus.FAILED
    assert task.error_message == "No."


def test_a_wait_overcomes_faults(client: apimall.Client, make_task: Callable[..., str]) -> None:
    task_id = make_task(
        duration=0.1, faults=["http_429:retry_after=0", "reset", "http_502_html", "empty_200"]
    )
    assert client.images.wait(task_id, timeout=60).status == "completed"


@pytest.mark.parametrize("timeout", [0.3, "300ms", timedelta(milliseconds=300)])
def test_a_deadline_keeps_what_is_known(
    client: apimall.Client, make_task: Callable[..., str], timeout: float
) -> None:
    task_id = make_task(outcome="never")
    with pytest.raises(apimall.DeadlineError, match=r"(?i)again") as caught:
        client.images.wait(task_id, timeout=timeout)
    assert caught.value.task_id == task_id
    assert caught.value.last_task is not None
    assert caught.value.last_task.task_id == task_id


def test_no_limit_when_asked_for(client: apimall.Client, make_task: Callable[..., str]) -> None:
    assert client.images.wait(make_task(), timeout=math.inf).status == "completed"


def test_on_status_hears_of_each_change(client: apimall.Client, make_task: Callable[..., str]) -> None:
    seen: list[apimall.ImageTask] = []
    task = client.images.wait(make_task(duration=20, pending=6), on_status=seen.append)
    words = [one.status.raw for one in seen]
    assert len(words) == len(set(words))
    assert set(words) <= {"pending", "processing", "completed"}
    assert seen
    assert task.status == "completed"


def test_an_error_in_on_status_ends_the_wait(client: apimall.Client, make_task: Callable[..., str]) -> None:
    def stop(task: apimall.ImageTask) -> None:
        raise LookupError(task.task_id)

    with pytest.raises(LookupError):
        client.images.wait(make_task(duration=1000), on_status=stop)
    assert client.images.wait(make_task()).status == "completed"


def test_generate_wait_and_download(client: apimall.Client, tmp_path: Path) -> None:
    started = client.images.generate(
        model="nano-banana", prompt="A lighthouse ☀", num_images=2, output_format="png"
    )
    assert started.task_id.startswith("img_")
    assert started.credits_used
    task = client.images.wait(started)
    files = client.images.download(task, tmp_path / "new" / "folder")
    assert len(files.files) == len(task.result_urls) == 2
    assert files.task_id == task.task_id
    for file in files.files:
        data = Path(file).read_bytes()
        assert len(data) == file.bytes
        assert data.startswith(b"\x89PNG")
        assert file.media_type == "image/png"
    assert sum(file.bytes for file in files.files) == files.total_bytes


def test_download_by_id(client: apimall.Client, make_task: Callable[..., str], tmp_path: Path) -> None:
    assert len(client.images.download(make_task(duration=0.1), str(tmp_path)).paths) == 1


def test_generate_and_wait_raises_when_the_task_fails(client: apimall.Client) -> None:
    assert client.images.generate_and_wait(model="nano-banana", prompt="fine").status == "completed"
    with pytest.raises(apimall.TaskFailed) as caught:
        client.images.generate_and_wait(model="nano-banana", prompt="sandbox:fail")
    assert caught.value.task_id == caught.value.last_task.task_id


def test_wait_many_keeps_the_order(client: apimall.Client, make_task: Callable[..., str]) -> None:
    ids = [make_task(duration=seconds) for seconds in (8, 1, 4)]
    seen: list[tuple[int, int]] = []
    tasks = client.images.wait_many(ids, on_progress=lambda _, done, total: seen.append((done, total)))
    assert [task.task_id for task in tasks] == ids
    assert seen[-1] == (3, 3)
    assert client.images.wait_many([]) == []


def test_wait_many_with_errors_among_the_results(
    client: apimall.Client, make_task: Callable[..., str]
) -> None:
    ids = [make_task(), "img_unknown", "history"]
    task, unknown, refused = client.images.wait_many(ids, return_exceptions=True)
    assert isinstance(task, apimall.ImageTask)
    assert isinstance(unknown, apimall.NotFoundError)
    assert unknown.task_id == "img_unknown"
    assert isinstance(refused, apimall.InvalidArgumentError)
    with pytest.raises(apimall.NotFoundError):
        client.images.wait_many([make_task(duration=10_000), "img_unknown"])


def test_as_completed_yields_each_as_it_ends(
    client: apimall.Client, sandbox: Sandbox, make_task: Callable[..., str]
) -> None:
    slow, quick = make_task(duration=10_000), make_task()
    seen = []
    for task in client.images.as_completed([slow, quick]):
        seen.append(task.task_id)
        sandbox.finish_task(slow)
    assert seen == [quick, slow]


def test_leaving_as_completed_ends_the_other_waits(
    client: apimall.Client, make_task: Callable[..., str]
) -> None:
    for task in client.images.as_completed([make_task(duration=10_000), make_task()]):
        assert task.status == "completed"
        break
    assert client.images.wait(make_task()).status == "completed"


def test_history_is_an_iterator_over_pages(client: apimall.Client, sandbox: Sandbox) -> None:
    nothing = next(client.images.history())  # an empty account has one page, and it is empty
    assert (nothing.page, nothing.items) == (1, ())
    ids = {client.images.generate(model="z-image", prompt=str(i)).task_id for i in range(5)}
    before = client.stats().requests
    history = client.images.history(limit=2)
    assert client.stats().requests == before
    page = next(history)
    assert client.stats().requests == before + 1  # the others were not asked for
    assert (page.page, page.limit, len(page.items)) == (1, 2, 2)
    assert [one.page for one in history] == [2, 3]
    pages = list(client.images.history(limit=2))
    assert [len(one.items) for one in pages] == [2, 2, 1]
    assert {item.task_id for one in pages for item in one.items} == ids
    assert [one.page for one in client.images.history(2, 2)] == [2, 3]
    assert isinstance(page.items[0].status, apimall.ImageStatus)
    assert page.items[0].created_at is not None
    for wrong in ({"limit": 51}, {"limit": 0}, {"page": 0}):
        with pytest.raises(apimall.InvalidArgumentError):
            next(client.images.history(**wrong))


def test_balances(client: apimall.Client) -> None:
    before = client.account.balances()
    used = client.images.generate(model="nano-banana", prompt="x").credits_used
    assert used is not None
    assert before.credits is not None
    assert client.account.balances().credits == before.credits - used


def test_every_call_takes_a_timeout_and_a_priority(
    client: apimall.Client, make_task: Callable[..., str]
) -> None:
    for kind in (apimall.Images, apimall.AsyncImages):
        for name in (one for one in dir(kind) if not one.startswith("_")):
            taken = inspect.signature(getattr(kind, name)).parameters
            assert {"timeout", "priority"} <= set(taken), name
            assert ("on_status" in taken) == (name in {"wait", "generate_and_wait"}), name
    started = client.images.generate(model="nano-banana", prompt="x", priority="batch", timeout="20s")
    assert client.images.wait(started, priority="batch").status == "completed"


def test_the_timeout_is_that_of_one_call(client: apimall.Client, sandbox: Sandbox) -> None:
    sandbox.set_fault("hanging", endpoint="api")
    calls: list[Callable[..., object]] = [
        lambda **options: next(client.images.history(**options)),
        client.account.balances,
        lambda **options: client.images.get("img_1", **options),
    ]
    for call in calls:
        with pytest.raises((apimall.DeadlineError, apimall.RequestTimedOutError)):
            call(timeout=0.2)


def test_downloads_run_beside_waits(
    client: apimall.Client, sandbox: Sandbox, make_task: Callable[..., str], tmp_path: Path
) -> None:
    quick, slow = make_task(), make_task(duration=10_000)
    for task in client.images.as_completed([quick, slow]):
        before = client.stats().waits_outstanding
        assert client.images.download(task, tmp_path / str(task.task_id)).files
        assert before == client.stats().waits_outstanding == (1 if task.task_id == quick else 0)
        sandbox.finish_task(slow)
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([quick, slow])


def test_urls_that_expire_before_the_download_are_renewed(
    client: apimall.Client, sandbox: Sandbox, make_task: Callable[..., str], tmp_path: Path
) -> None:
    task = client.images.wait(make_task())
    sandbox.expire_urls()
    assert client.images.download(task, tmp_path).files


def test_a_notebook_shows_what_was_downloaded(
    client: apimall.Client, make_task: Callable[..., str], tmp_path: Path
) -> None:
    task, other = client.images.wait_many([make_task(), make_task()])
    assert "<img" not in task._repr_mimebundle_()["text/html"]
    (file,) = client.images.download(task, tmp_path).files
    picture = f"data:{file.media_type};base64,{base64.b64encode(Path(file).read_bytes()).decode()}"
    assert picture in task._repr_mimebundle_()["text/html"]
    listed = apimall.ImageTaskList([task, other])._repr_mimebundle_()["text/html"]
    assert listed.count("<img") == listed.count(picture) == 1
    Path(file).unlink()
    assert "<img" not in task._repr_mimebundle_()["text/html"]


def test_threads_share_a_client(client: apimall.Client, make_task: Callable[..., str]) -> None:
    ids = [make_task() for _ in range(40)]
    with ThreadPoolExecutor(8) as threads:
        assert [task.task_id for task in threads.map(client.images.wait, ids)] == ids


def test_closing_ends_calls_in_other_threads(
    client: apimall.Client, sandbox: Sandbox, make_task: Callable[..., str]
) -> None:
    task_id = make_task(outcome="never")
    caught: list[BaseException] = []
    asked = threading.Event()

    def wait() -> None:
        try:
            client.images.wait(task_id, on_status=lambda _: asked.set())
        except apimall.ClosedError as error:
            caught.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    assert asked.wait(30)
    client.close()
    thread.join(30)
    assert [type(error) for error in caught] == [apimall.ClosedError]
    assert caught[0].task_id == task_id  # type: ignore[attr-defined]
    with pytest.raises(apimall.ClosedError):
        client.images.get(task_id)
    client.close()


def test_stats(client: apimall.Client, make_task: Callable[..., str]) -> None:
    client.images.wait(make_task())
    stats = client.stats()
    assert stats.requests >= stats.polls >= 1
    assert stats.submissions == stats.events_delivered == 1


def test_every_setting_of_the_library_is_a_keyword() -> None:
    description = yaml.safe_load((Path(__file__).parents[2] / "capi" / "apimall.yaml").read_text())
    keys = {setting["key"] for setting in description["settings"]}
    for kind in (apimall.Client, apimall.AsyncClient):
        assert set(inspect.signature(kind).parameters) == keys


def test_settings_take_python_values(sandbox: Sandbox) -> None:
    settings = {
        "request_timeout": 2.5,
        "connect_timeout": timedelta(seconds=3),
        "retry_timeout": "1s",
        "wait_timeout": math.inf,
        "rate_per_second": 50.5,
        "rate_burst": "auto",
        "max_in_flight": 8,
        "max_outstanding": 1000,
        "poll_price": 0.1,
        "http_version": "1.1",
        "proxy": "none",
        "user_agent_suffix": "tests/1",
        "max_response_bytes": 1 << 20,
        "log_level": "debug",
    }
    with apimall.Client(sandbox.api_key, sandbox.base_url, **settings) as client:  # type: ignore[arg-type]
        assert client.account.balances().credits is not None


@pytest.mark.parametrize(
    "setting",
    [
        {"request_timeout": -1},
        {"poll_price": "soon"},
        {"http_version": "3"},
        {"max_in_flight": 0},
        {"base_url": "http://example.com"},
        {"api_key": b"sk-secret"},
    ],
)
def test_a_wrong_setting_is_named(sandbox: Sandbox, setting: dict[str, object]) -> None:
    with pytest.raises((apimall.InvalidSettingError, ValueError), match=next(iter(setting))):
        apimall.Client(**setting)  # type: ignore[arg-type]


def test_arguments_go_before_the_environment(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APIMALL_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("APIMALL_API_KEY", "sk-" + "0" * 48)
    with apimall.Client(sandbox.api_key, sandbox.base_url) as client:
        assert client.account.balances().credits is not None
    monkeypatch.setenv("APIMALL_BASE_URL", sandbox.base_url)
    with apimall.Client(sandbox.api_key) as client:
        assert client.account.balances().credits is not None
    with apimall.Client() as client, pytest.raises(apimall.UnauthorizedError):
        client.account.balances()


def test_without_a_key_there_is_no_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("APIMALL_API_KEY", raising=False)
    with pytest.raises(apimall.InvalidSettingError, match="APIMALL_API_KEY"):
        apimall.Client()


def test_one_liners_share_a_client(make_task: Callable[..., str], tmp_path: Path) -> None:
    from apimall import _default

    _default._clients.clear()
    task_id = make_task()
    assert apimall.wait(task_id).status == "completed"
    assert apimall.get(task_id).status == "completed"
    assert apimall.wait_many([task_id])[0].task_id == task_id
    assert apimall.download(task_id, tmp_path).files
    assert apimall.wait(apimall.generate(model="z-image", prompt="x")).status == "completed"
    assert apimall.generate_and_wait(model="z-image", prompt="x").status == "completed"
    assert [task.task_id for task in apimall.as_completed([task_id])] == [task_id]
    assert task_id not in {item.task_id for item in next(apimall.history(limit=2)).items}
    assert {item.task_id for page in apimall.history() for item in page.items} >= {task_id}
    assert apimall.balances().credits is not None
    assert len(_default._clients) == 1
    _default._clients.clear()


def test_what_was_learned_is_kept_from_client_to_client(
    sandbox: Sandbox, make_task: Callable[..., str], tmp_path: Path
) -> None:
    learned = tmp_path / "learned"
    kept = []
    for _ in range(2):
        with apimall.Client(sandbox.api_key, sandbox.base_url, learned_file=learned) as client:
            client.images.wait(make_task())
        kept.append(learned.read_bytes())
    assert kept[0] != kept[1]
    assert [file.name for file in tmp_path.iterdir()] == ["learned"]
