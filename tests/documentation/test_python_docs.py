"""Every Python example of the pages, of the docstrings and of the notebook is run as it is printed."""

from __future__ import annotations

import doctest
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import apimall
from apimall.sandbox import Sandbox

DOCS = Path(__file__).resolve().parents[2] / "python" / "docs"
BLOCK = re.compile(r"^```python( test)?\n(.*?)^```", flags=re.DOTALL | re.MULTILINE)
EXAMPLES = [
    pytest.param(code, bool(test), id=f"{page.stem}-{number}")
    for page in sorted(DOCS.glob("*.md"))
    for number, (test, code) in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")))
]


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    """A gateway that the environment names, and a folder to write in."""
    with Sandbox(seed=5, speed=50.0) as running:
        monkeypatch.setenv("APIMALL_BASE_URL", running.base_url)
        monkeypatch.setenv("APIMALL_API_KEY", running.api_key)
        monkeypatch.chdir(tmp_path)
        yield running


def test_there_are_examples() -> None:
    """A change of the pages' form would otherwise go unseen."""
    assert len(EXAMPLES) >= 10


@pytest.mark.parametrize(("code", "is_test"), EXAMPLES)
def test_the_examples_of_the_pages(code: str, is_test: bool, sandbox: Sandbox, tmp_path: Path) -> None:
    """Programs end well; tests pass under the pytest plugin."""
    path = tmp_path / "test_example.py"
    path.write_text(code, encoding="utf-8")
    plugin = ["-m", "pytest", "-q", "-p", "apimall.pytest_plugin", "-p", "no:cacheprovider", "-W", "error"]
    command = [sys.executable, *(plugin if is_test else ["-W", "error"]), path.name]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr


def documented() -> Iterator[Any]:
    """Every public name, and its methods, whose docstring has an example."""
    for name in apimall.__all__:
        value = getattr(apimall, name)
        for one in [value, *(vars(value).values() if isinstance(value, type) else [])]:
            if isinstance(one, apimall.ImageStatus):
                continue  # each word inherits the class's own text
            if ">>>" in (inspect.getdoc(one) or ""):
                yield pytest.param(one, id=f"{name}.{getattr(one, '__name__', '')}")


@pytest.mark.parametrize("value", list(documented()))
def test_the_examples_of_the_docstrings(value: Any, sandbox: Sandbox) -> None:
    """Each statement runs; what it prints depends on the gateway, and is not compared."""
    import asyncio

    asynchronous = "Async" in getattr(value, "__qualname__", "")
    known = sandbox.add_task(id="img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M", duration=0)
    lines = [example.source for example in doctest.DocTestParser().get_examples(inspect.getdoc(value) or "")]
    body = "\n".join(f"    {line}" for line in "".join(lines).splitlines())
    opened = "async with apimall.AsyncClient()" if asynchronous else "with apimall.Client()"
    setup = f"task = {'await ' if asynchronous else ''}client.images.wait(ids[0])"
    body = f"async def main():\n  {opened} as client:\n    {setup}\n{body}"
    names = {"apimall": apimall, "asyncio": asyncio, "ids": [known]}
    exec(compile(body, "docstring", "exec"), names)
    main: Any = names["main"]
    asyncio.run(main())


def test_the_notebook_runs_and_shows_the_pictures(sandbox: Sandbox, tmp_path: Path) -> None:
    """In a kernel, from its first cell to its last."""
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    notebook = nbformat.read(DOCS / "quickstart.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    client = nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    shown = [out["data"].get("text/html", "") for cell in notebook.cells for out in cell.get("outputs", [])]
    assert any("<img src=" in one for one in shown)
    assert "<table>" in shown[-1]


def test_every_exception_has_its_advice() -> None:
    """The page on errors forgets none."""
    page = (DOCS / "errors.md").read_text(encoding="utf-8")
    table = "".join(line for line in page.splitlines() if line.startswith("|"))
    kinds = [getattr(apimall, name) for name in apimall.__all__ if not name.startswith("_")]
    named = [
        kind.__name__ for kind in kinds if isinstance(kind, type) and issubclass(kind, apimall.ApimallError)
    ]
    assert len(named) > 20
    assert [name for name in named if name != "ApimallError" and f"`{name}`" not in table] == []
