'''A pytest plugin: your tests get a gateway of their own, on this machine, and spend no credits.

It is there as soon as `apimall[sandbox]` is installed, and costs nothing in runs that do not use it.

- `apimall_sandbox`: an `apimall.sandbox.Sandbox`. One server serves the whole run; before each test it
  forgets everything. While a test uses it, `APIMALL_BASE_URL` and `APIMALL_API_KEY` name it, so that programs
  that make a client of their own reach it too.
- `apimall_client`: an `apimall.Client` of that sandbox.
- `@pytest.mark.apimall_sandbox(scenario, **settings)`: the scenario of a test (a built-in name, a file or
  a mapping) and settings on top of it. Without it, tasks take a fiftieth of their usual time and nothing goes
  wrong.

An example:

    import apimall
    import pytest


    def make_poster(client: apimall.Client) -> str:
        """Stands for your own program."""
        task = client.images.generate_and_wait(model="nano-banana", prompt="a poster for a jazz night")
        return task.result_urls[0]


    def test_a_poster_is_made(apimall_client):
        assert make_poster(apimall_client).endswith(".webp")


    def test_a_slow_gateway_and_a_proxy_in_the_way_do_no_harm(apimall_client, apimall_sandbox):
        apimall_sandbox.set_fault("http_502_html", endpoint="task", first=2)
        assert make_poster(apimall_client)
        assert apimall_sandbox.stats()["by_fault"] == {"http_502_html": 2}


    def test_a_task_that_fails_is_told(apimall_client, apimall_sandbox):
        task_id = apimall_sandbox.add_task(duration=0, outcome="failed", error_message="no such style")
        assert apimall_client.images.wait(task_id).error_message == "no such style"


    @pytest.mark.apimall_sandbox(credits=5)
    def test_an_empty_account_is_told(apimall_client):
        with pytest.raises(apimall.InsufficientCreditsError):
            make_poster(apimall_client)


    def test_a_client_of_my_own_reaches_the_sandbox(apimall_sandbox):
        with apimall.Client() as client:
            assert client.account.balances().credits == 10_000
'''

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

# Everything else is imported by the fixtures: this file is loaded in every run of pytest.
if TYPE_CHECKING:
    from collections.abc import Iterator

    from apimall import Client
    from apimall.sandbox import Sandbox

_MARK = "apimall_sandbox"
_SPEED = 50.0
_NO_PROXY = ("no_proxy", "NO_PROXY")


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line(
        "markers",
        f"{_MARK}(scenario=None, **settings): the gateway that this test meets; see apimall.pytest_plugin",
    )


@pytest.fixture(scope="session")
def _apimall_sandbox_server() -> Iterator[Sandbox]:
    try:
        from apimall.sandbox import Sandbox
    except ImportError as error:
        pytest.fail(str(error), pytrace=False)
    with Sandbox(speed=_SPEED) as sandbox:
        yield sandbox


@pytest.fixture
def apimall_sandbox(
    _apimall_sandbox_server: Sandbox, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Sandbox:
    """Give the test a gateway and a CDN on this machine, as good as new; see `apimall.sandbox.Sandbox`."""
    sandbox = _apimall_sandbox_server
    sandbox.reset(_scenario(request.node.get_closest_marker(_MARK)))
    monkeypatch.setenv("APIMALL_BASE_URL", sandbox.base_url)
    monkeypatch.setenv("APIMALL_API_KEY", sandbox.api_key)
    for name in _NO_PROXY:
        monkeypatch.setenv(name, "127.0.0.1")
    return sandbox


@pytest.fixture
def apimall_client(apimall_sandbox: Sandbox) -> Iterator[Client]:
    """Give the test a client of the sandbox, closed when the test has ended."""
    from apimall import Client

    with Client(apimall_sandbox.api_key, apimall_sandbox.base_url) as client:
        yield client


def _scenario(mark: pytest.Mark | None) -> object:
    """Return what a reset takes: nothing, a scenario, or one with settings on top."""
    if mark is None:
        return None
    scenario: Any = mark.args[0] if mark.args else None
    if len(mark.args) > 1:
        pytest.fail(f"@pytest.mark.{_MARK} takes one scenario, and settings by keyword", pytrace=False)
    if not mark.kwargs:
        return scenario
    if isinstance(scenario, str):
        from apimall.sandbox.scenario_files import read_scenario

        scenario = read_scenario(scenario)
    return {**(scenario or {}), **mark.kwargs}
