"""Files under the names that were asked for, and a page that shows them."""

from __future__ import annotations

import re

import pytest
from PIL import Image

from apimall.cli.gallery import write_gallery
from apimall.cli.naming import OutputTemplate
from apimall.cli.outcomes import Outcome


def names_in(folder):
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_pictures_come_under_the_task_id_and_decode(apimall, sandbox, tmp_path):
    task_id = sandbox.add_task(duration=0, num_images=2)
    run = apimall("download", task_id, "--folder", tmp_path / "new")
    assert run.code == 0
    assert len(run.lines[0]["files"]) == 2
    for file in run.lines[0]["files"]:
        assert task_id in file
        with Image.open(file) as picture:
            picture.load()


def test_a_template_names_files_and_folders(apimall, sandbox, tmp_path):
    ids = [sandbox.add_task(duration=0, model=model, num_images=2) for model in ("z-image", "nano-banana")]
    apimall("download", *ids, "--folder", tmp_path, "--output-template", "{model}/{index:03}-{n}.{ext}")
    assert names_in(tmp_path) == [
        "nano-banana/002-1.webp", "nano-banana/002-2.webp", "z-image/001-1.webp", "z-image/001-2.webp",
    ]  # fmt: skip


def test_a_prompt_is_a_safe_file_name(apimall, tmp_path):
    prompt = '../../etc/passwd: a "fox"\\ in the snow'
    template = "{index}-{prompt}.{ext}"
    apimall("generate", "-m", "z-image", prompt, "--folder", tmp_path, "--output-template", template)
    assert names_in(tmp_path) == ["1-etc-passwd-a-fox-in-the-snow.webp"]


def test_nothing_is_overwritten(apimall, sandbox, tmp_path):
    (tmp_path / "1.webp").write_text("mine")
    task_id = sandbox.add_task(duration=0, num_images=2)
    apimall("download", task_id, "--folder", tmp_path, "--output-template", "{index}.{ext}")
    assert names_in(tmp_path) == ["1-2-2.webp", "1-2.webp", "1.webp"]
    assert (tmp_path / "1.webp").read_text() == "mine"


@pytest.mark.parametrize(
    "template", ["{n}.{ext}", "/tmp/{task_id}", "../{task_id}", "{task_id", "{0}", "{index!x}"]
)
def test_a_template_that_cannot_be_is_refused(apimall, template):
    run = apimall("download", "img_x", "--output-template", template)
    assert run.code == 2
    assert "Traceback" not in run.stderr


def test_a_template_that_is_known_good_is_taken():
    assert OutputTemplate("{date}/{task_id}-{n:02}.{ext}").text.startswith("{date}")


def test_the_gallery_needs_nothing_but_itself(apimall, sandbox, tmp_path):
    good = sandbox.add_task(duration=0, num_images=2)
    bad = sandbox.add_task(duration=0, outcome="failed", error_message="<b>no</b> such style")
    page = tmp_path / "gallery.html"
    run = apimall("download", good, bad, "--folder", tmp_path / "pictures", "--gallery", page)
    assert run.code == 3
    text = page.read_text(encoding="utf-8")
    assert len(re.findall(r'src="data:image/', text)) == 2
    assert re.findall(r'(?:src|href)="(?!data:)([^"]*)"', text) == [
        f"pictures/{name}" for name in names_in(tmp_path / "pictures")
    ]
    assert "&lt;b&gt;no&lt;/b&gt; such style" in text
    assert "<script" not in text
    assert "http" not in re.sub(r"data:[^\"]*", "", text)
    assert "prefers-color-scheme: dark" in text


def test_a_large_picture_is_embedded_as_a_small_copy(tmp_path):
    file = tmp_path / "large.png"
    Image.effect_noise((2000, 1000), 80).save(file)
    write_gallery([Outcome("img_x", files=[file])], tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "data:image/jpeg" in text
    assert len(text) < file.stat().st_size / 2
