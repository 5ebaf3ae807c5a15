"""The CDN: pictures, ranges, expiry and its own faults."""

from __future__ import annotations

import http.client
import io

import pytest
from PIL import Image
from sandbox_client import Client

from apimall.sandbox import Sandbox


@pytest.fixture
def url(client: Client, sandbox: Sandbox) -> str:
    """The URL of a completed task's picture."""
    return client.image_url(sandbox.add_task(duration=0))


def test_the_cdn_is_another_origin(sandbox: Sandbox, url: str) -> None:
    assert sandbox.cdn_url != sandbox.base_url and url.startswith(f"{sandbox.cdn_url}/generated/")


@pytest.mark.parametrize(
    ("parameters", "kind", "size"),
    [
        ({}, "WEBP", (64, 64)),
        ({"output_format": "png", "aspect_ratio": "16:9"}, "PNG", (64, 36)),
        ({"output_format": "jpg", "aspect_ratio": "3:4", "resolution": "2K"}, "JPEG", (96, 128)),
        ({"image_size": "200x100"}, "WEBP", (200, 100)),
        ({"image_size": "portrait_16_9"}, "WEBP", (36, 64)),
        ({"prompt": "Ein Füchslein 🦊 im Schnee " * 40}, "WEBP", (64, 64)),
    ],
)
def test_pictures_have_the_size_and_format_asked_for(
    client: Client, parameters: dict, kind: str, size: tuple
) -> None:
    task_id = client.generate(**{"prompt": "a fox in the snow", **parameters}, sandbox={"duration": 0}).data[
        "task_id"
    ]
    reply = client.download(client.image_url(task_id))
    picture = Image.open(io.BytesIO(reply.body))
    assert (picture.format, picture.size) == (kind, size)
    assert reply.headers["Content-Type"] == f"image/{kind.lower()}"


def test_the_pictures_of_a_task_differ(client: Client, sandbox: Sandbox) -> None:
    urls = client.task(sandbox.add_task(duration=0, num_images=3)).data["output"]["resultUrls"]
    assert len({client.download(url).body for url in urls}) == 3


def test_length_validators_and_head(client: Client, url: str) -> None:
    whole, head = client.download(url), client.download(url, "HEAD")
    assert int(whole.headers["Content-Length"]) == len(whole.body) > 100
    assert head.body == b"" and head.headers["Content-Length"] == whole.headers["Content-Length"]
    assert head.headers["ETag"] == whole.headers["ETag"] and whole.headers["Accept-Ranges"] == "bytes"
    assert client.download(url, If_None_Match=whole.headers["ETag"]).status == 304


def test_ranges(client: Client, url: str) -> None:
    whole = client.download(url).body
    total = len(whole)
    middle = client.download(url, Range="bytes=10-19")
    assert (middle.status, middle.body) == (206, whole[10:20])
    assert middle.headers["Content-Range"] == f"bytes 10-19/{total}"
    assert client.download(url, Range="bytes=50-").body == whole[50:]
    assert client.download(url, Range="bytes=-5").body == whole[-5:]
    beyond = client.download(url, Range=f"bytes={total}-")
    assert (beyond.status, beyond.headers["Content-Range"]) == (416, f"bytes */{total}")
    assert client.download(url, Range="bytes=0-1,5-6").status == 200


def test_if_range_gives_everything_when_the_file_has_changed(
    client: Client, sandbox: Sandbox, url: str
) -> None:
    first = client.download(url)
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert client.download(url, Range="bytes=9-", If_Range=etag).status == 206
    assert client.download(url, Range="bytes=9-", If_Range=modified).status == 206
    assert client.download(url, Range="bytes=9-", If_Range='"other"').status == 200
    sandbox.set_fault("changed", endpoint="image", first=1)
    second = client.download(url, Range="bytes=9-", If_Range=etag)
    assert second.status == 200 and second.body != first.body and second.headers["ETag"] != etag


def test_a_range_can_be_ignored_and_validators_missing(client: Client, sandbox: Sandbox, url: str) -> None:
    sandbox.set_fault(["no_range", "no_etag", "corrupt"], endpoint="image")
    assert client.download(url, Range="bytes=5-").status == 200
    assert "ETag" not in client.download(url).headers
    corrupt, whole = client.download(url), client.download(url)
    assert len(corrupt.body) == len(whole.body) and corrupt.body != whole.body


@pytest.mark.parametrize("status", [403, 404, 410])
def test_urls_expire_and_a_fresh_answer_has_fresh_ones(client: Client, sandbox: Sandbox, status: int) -> None:
    sandbox.load_scenario({"expired_status": status})
    task_id = sandbox.add_task(duration=0)
    old = client.image_url(task_id)
    assert client.download(old).status == 200
    sandbox.expire_urls()
    assert client.download(old).status == status
    fresh = client.image_url(task_id)
    assert fresh != old and client.download(fresh).status == 200


def test_urls_with_a_time_to_live(client: Client, sandbox: Sandbox) -> None:
    sandbox.load_scenario({"url_ttl": 1000})
    lasting = client.image_url(sandbox.add_task(duration=0))
    assert client.download(lasting).status == 200
    assert client.download(lasting.replace("expires=", "expires=9")).status == 403
    assert client.download(lasting.partition("?")[0]).status == 403
    sandbox.load_scenario({"url_ttl": 0})
    assert client.download(client.image_url(sandbox.add_task(duration=0))).status == 403


def test_pictures_do_not_exist_before_the_end(client: Client, sandbox: Sandbox) -> None:
    running, failed = sandbox.add_task(outcome="never"), sandbox.add_task(duration=0, outcome="failed")
    for name in (f"{running}-01.webp", f"{failed}-01.webp", "img_unknown-01.webp", "x", "../../etc/passwd"):
        assert client.download(f"{sandbox.cdn_url}/generated/{name}").status == 404
    assert client.ask("POST", f"{sandbox.cdn_url}/generated/x", b"").status == 405


def test_redirects_within_the_cdn(client: Client, sandbox: Sandbox) -> None:
    sandbox.load_scenario({"cdn_redirects": 2})
    url, hops = client.image_url(sandbox.add_task(duration=0)), 0
    reply = client.download(url)
    while reply.status == 302:
        url, hops = f"{sandbox.cdn_url}{reply.headers['Location']}", hops + 1
        reply = client.download(url)
    assert (reply.status, hops) == (200, 2)


def test_a_redirect_to_the_api_origin_still_finds_the_picture(
    client: Client, sandbox: Sandbox, url: str
) -> None:
    sandbox.set_fault("redirect", endpoint="image", first=1)
    location = client.download(url).headers["Location"]
    assert location.startswith(sandbox.base_url)
    assert client.download(location).body == client.download(url).body


def test_download_faults_by_task(client: Client, sandbox: Sandbox) -> None:
    faults = [
        "truncated:at=0.5",
        "reset:after=30",
        "wrong_length:delta=3",
        "http_500",
        "expired:status=410",
        "reset",
    ]
    task_id = sandbox.add_task(
        duration=0, download_faults=[*faults, "dripping:chunk=200,interval=0.001", "chunked"]
    )
    url = client.image_url(task_id)
    truncated, reset, wrong = (client.raw(url, key=False) for _ in range(3))
    assert (
        truncated.ending == "closed"
        and len(truncated.body) == int(truncated.header("Content-Length") or 0) // 2
    )
    assert (reset.ending, len(reset.body)) == ("reset", 30)
    assert int(wrong.header("Content-Length") or 0) == len(wrong.body) + 3
    assert [client.download(url).status for _ in range(2)] == [500, 410]
    assert client.raw(url, key=False).received == b""
    dripping, chunked, whole = (client.download(url) for _ in range(3))
    assert dripping.body == chunked.body == whole.body
    assert "Content-Length" not in chunked.headers


def test_an_interrupted_download_can_be_resumed(client: Client, sandbox: Sandbox) -> None:
    url = client.image_url(sandbox.add_task(duration=0, download_faults=["truncated:at=40"]))
    with pytest.raises(http.client.IncompleteRead) as caught:
        client.download(url)
    rest = client.download(url, Range=f"bytes={len(caught.value.partial)}-")
    assert caught.value.partial + rest.body == client.download(url).body


def test_the_cdn_notes_a_key_wherever_it_is(client: Client, sandbox: Sandbox, url: str) -> None:
    client.download(url)
    client.download(url, Authorization=f"Bearer {sandbox.api_key}")
    client.download(url, X_Other=sandbox.api_key)
    client.download(f"{url}?key={sandbox.api_key}")
    seen = [entry["authorization"] for entry in sandbox.requests(origin="cdn")]
    assert seen == ["absent", "right", "leaked", "leaked"]


def test_a_prompt_without_blanks_stays_within_the_picture() -> None:
    from PIL import Image, ImageDraw

    from apimall.sandbox.images import _font, _wrap

    pen, font = ImageDraw.Draw(Image.new("RGB", (8, 8))), _font(16)
    lines = _wrap(pen, "w" * 60 + " fox", font, 200)
    assert "".join(lines).replace(" ", "") == "w" * 60 + "fox"
    assert all(pen.textlength(line, font) <= 200 for line in lines)
