"""The demo, and that it notices what is lost or wrong."""

from __future__ import annotations

import pytest
from PIL import Image

from apimall.cli.demo import run as demo_run
from apimall.cli.demo.board import SAVED, Board
from apimall.cli.demo.inspection import problems
from apimall.cli.demo.orders import ORDERS, Order


def test_it_runs_without_arguments_or_key_and_leaves_the_pictures(finish, tmp_path):
    run = finish("demo", "--speed", 40, cwd=tmp_path, env={"APIMALL_API_KEY": "", "APIMALL_BASE_URL": ""})
    assert run.code == 0, run.stdout + run.stderr
    assert "Nothing lost, nothing wrong" in run.stdout
    names = {file.name for file in (tmp_path / "demo-pictures").iterdir()}
    assert len(names) == sum(order.files for order in ORDERS) + 1
    assert "index.html" in names
    assert "requests" in run.stderr


def test_a_second_run_replaces_the_pictures_of_the_first(finish, tmp_path):
    for _ in range(2):
        assert finish("demo", "--speed", 100, "--folder", tmp_path / "here").code == 0
    assert len([*(tmp_path / "here").iterdir()]) == sum(order.files for order in ORDERS) + 1


def test_it_ends_with_an_error_when_a_picture_is_wrong(monkeypatch, tmp_path, capsys):
    wrong = (Order("flux-schnell", "A lie about its format", output_format="gif"),)
    monkeypatch.setattr(demo_run, "ORDERS", wrong)
    assert demo_run.run(tmp_path, seed=1, speed=100) == 1
    assert "is webp, not gif" in capsys.readouterr().out


@pytest.mark.parametrize("harm", ["missing", "truncated", "size", "count", "credits", "leak"])
def test_the_inspection_notices(tmp_path, harm):
    order = Order("m", "p", num_images=2)
    board = Board([order])
    row = board.rows[0]
    row.files = [tmp_path / "1.webp", tmp_path / "2.webp"]
    for file in row.files:
        Image.new("RGB", order.size).save(file)
    board.move(row, SAVED)
    books = {}
    assert problems(board, Books(books), 0) == []

    spent = 0
    if harm == "missing":
        row.files[1].unlink()
    elif harm == "truncated":
        row.files[1].write_bytes(row.files[1].read_bytes()[:-200])
    elif harm == "size":
        Image.new("RGB", (8, 8)).save(row.files[1])
    elif harm == "count":
        row.files.pop()
    elif harm == "credits":
        spent = 1
    else:
        books["cdn: leaked"] = 1
    assert len(problems(board, Books(books), spent)) == 1


class Books:
    """Stands for a sandbox, of which the inspection reads one count."""

    def __init__(self, by_authorization):
        self.by_authorization = by_authorization

    def stats(self):
        return {"by_authorization": self.by_authorization}
