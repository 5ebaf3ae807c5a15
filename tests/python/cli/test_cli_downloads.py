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
    at_once = ["--set", 'sandbox={"duration": 0}']
    apimall(
        "generate", "-m", "z-image", prompt, *at_once, "--folder", tmp_path, "--output-template", template
    )
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


@pytest.mark.parametrize("command", ["download", "generate", "demo"])
def test_a_folder_that_cannot_be_is_told_before_anything_is_sent(apimall, sandbox, tmp_path, command):
    (tmp_path / "file").write_text("in the way")
    words = {"download": ["img_x"], "generate": ["-m", "z-image", "a fox"], "demo": []}[command]
    run = apimall(command, *words, "--folder", tmp_path / "file" / "pictures")
    assert run.code == 1
    assert run.stderr.startswith(f"Error: cannot write into the folder {tmp_path / 'file' / 'pictures'}: ")
    assert "--folder" in run.stderr
    assert sandbox.requests() == []


def test_a_gallery_that_cannot_be_is_told_before_anything_is_sent(apimall, sandbox, tmp_path):
    (tmp_path / "file").write_text("in the way")
    gallery = tmp_path / "file" / "page.html"
    run = apimall("generate", "-m", "z-image", "a fox", "--folder", tmp_path, "--gallery", gallery)
    assert run.code == 1
    assert "--gallery" in run.stderr
    assert sandbox.requests() == []


def test_prompts_come_through_a_pipe_into_names_and_the_gallery(apimall, tmp_path):
    at_once = ["--set", 'sandbox={"duration": 0}']
    started = apimall("generate", "-m", "z-image", *at_once, stdin='a fox & a "hen"\n')
    waited = apimall("wait", stdin=started.stdout)
    page = tmp_path / "page.html"
    template = ["--output-template", "{index}-{prompt}.{ext}"]
    fetched = apimall("download", "--folder", tmp_path, *template, "--gallery", page, stdin=waited.stdout)
    assert fetched.code == 0
    assert names_in(tmp_path) == ["1-a-fox-a-hen.webp", "page.html"]
    assert 'alt="a fox &amp; a &quot;hen&quot;"' in page.read_text(encoding="utf-8")


def test_the_gallery_knows_the_size_of_pictures_and_keeps_what_can_be_seen_through(tmp_path):
    clear, opaque = tmp_path / "clear.png", tmp_path / "opaque.png"
    noise = Image.effect_noise((900, 600), 80)
    noise.save(opaque)
    Image.merge("LA", (noise, noise)).save(clear)
    write_gallery([Outcome("img_x", files=[clear, opaque])], tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert text.count(' width="900" height="600" ') == 2
    assert text.index("data:image/webp") < text.index("data:image/jpeg")
    assert 'alt="img_x (2 of 2)"' in text


def test_what_was_not_saved_is_named_with_the_command_that_fetches_it(apimall, sandbox, tmp_path):
    lost = sandbox.add_task(duration=0, download_faults=["http_404"] * 50)
    run = apimall("download", lost, "--folder", tmp_path)
    assert run.code == 1
    words = "Errors came in the way of 1 task. Trying again costs nothing:"
    assert f"{words}\n  apimall download --folder {tmp_path} {lost}\n" in run.stderr
