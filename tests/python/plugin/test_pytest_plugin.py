"""The pytest plugin, in pytest runs of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap

import pytest

from apimall import pytest_plugin

# As an installed plugin is loaded, but whether or not it is installed.
ENVIRONMENT = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def run_pytest(folder, code, *options):
    (folder / "test_it.py").write_text(textwrap.dedent(code), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "apimall.pytest_plugin", "-p", "no:cacheprovider", "-q"]
    return subprocess.run(
        [*command, "--strict-markers", "-W", "error", "--rootdir", str(folder), *options, "test_it.py"],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_documented_example_passes_as_it_is_printed(tmp_path):
    example = re.search(r"\n    import apimall\n(.*)", pytest_plugin.__doc__, re.DOTALL)
    run = run_pytest(tmp_path, example.group(0))
    assert run.returncode == 0, run.stdout + run.stderr
    assert "5 passed" in run.stdout


def test_each_test_finds_the_sandbox_as_good_as_new_and_at_the_same_address(tmp_path):
    run = run_pytest(
        tmp_path,
        """
        addresses = set()

        def test_first(apimall_sandbox, apimall_client):
            apimall_sandbox.set_fault("http_503")
            apimall_sandbox.add_task()
            addresses.add(apimall_sandbox.base_url)

        def test_second(apimall_sandbox, apimall_client):
            assert next(apimall_client.images.history()).items == ()
            assert apimall_sandbox.stats()["by_fault"] == {}
            assert addresses == {apimall_sandbox.base_url}
        """,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_mark_sets_the_scenario_and_settings_on_top_of_it(tmp_path):
    run = run_pytest(
        tmp_path,
        """
        import pytest

        @pytest.mark.apimall_sandbox("storm", credits=77)
        def test_both(apimall_client, apimall_sandbox):
            apimall_sandbox.clear_faults()
            assert apimall_client.account.balances().credits == 77

        @pytest.mark.apimall_sandbox({"credits": 78})
        def test_mapping(apimall_client):
            assert apimall_client.account.balances().credits == 78

        def test_neither(apimall_client):
            assert apimall_client.account.balances().credits == 10_000
        """,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_environment_is_as_before_after_the_test(tmp_path):
    run = run_pytest(
        tmp_path,
        """
        import os

        before = dict(os.environ)

        def test_with(apimall_sandbox):
            assert os.environ["APIMALL_BASE_URL"] == apimall_sandbox.base_url

        def test_without():
            for name in ("APIMALL_BASE_URL", "APIMALL_API_KEY", "no_proxy"):
                assert os.environ.get(name) == before.get(name)
        """,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("module", ["apimall._native", "aiohttp", "PIL", "apimall.sandbox", "asyncio"])
def test_a_run_that_does_not_use_it_loads_nothing(tmp_path, module):
    run = run_pytest(
        tmp_path,
        f"""
        import sys

        def test_nothing():
            assert {module!r} not in sys.modules
        """,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_wrong_scenario_is_told_in_one_line(tmp_path):
    run = run_pytest(
        tmp_path,
        """
        import pytest

        @pytest.mark.apimall_sandbox("strom")
        def test_it(apimall_sandbox):
            pass
        """,
    )
    assert run.returncode == 1
    assert "did you mean 'storm'?" in run.stdout
