"""A kept file handed out: how, whole or in part, by whom, and what a browser may do with it."""

import hashlib
import subprocess
import sys
from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, default_storage
from django.http import Http404, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.test import RequestFactory

from common.files.file_types import KINDS
from common.files.serving import SANDBOX, disposition, file_response, preview_response
from portal.headers import AnswerHeadersMiddleware
from tests.common.sheet_files import PROJECT

# The end of an answer looks at the connection to the database.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
CONTENT = bytes(range(256)) * 4
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()
NAME = "files/ab/cd/abcd0000000000000000000000000000.pdf"
PDF = "application/pdf"


@pytest.fixture(autouse=True)
def stored(places) -> None:
    default_storage.save(NAME, ContentFile(CONTENT))


def response_for(
    method: str = "get",
    *,
    kind: str = PDF,
    inline: bool = False,
    as_name: str = "a.pdf",
    name: str = NAME,
    **headers: str,
):
    """Ask for the file as a browser does, through the middlewares that touch an answer."""
    request = getattr(RequestFactory(), method)("/x", headers={"Accept-Encoding": "gzip, br", **headers})

    def view(request):
        return file_response(
            request, name=name, kind=kind, as_name=as_name, size=len(CONTENT), checksum=CHECKSUM, inline=inline
        )

    return AnswerHeadersMiddleware(GZipMiddleware(view))(request)


def body(answer) -> bytes:
    with closing(answer):
        return answer.getvalue() if answer.streaming else answer.content


def test_whole_file_is_saved_in_a_sandbox():
    answer = response_for()
    stored = {name: answer[name] for name in answer.headers if name not in ("Vary", "Permissions-Policy")}
    assert (answer.status_code, body(answer), stored) == (200, CONTENT, {
        "Content-Type": PDF, "Content-Disposition": 'attachment; filename="a.pdf"', "Content-Length": "1024",
        "Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "private, no-cache", "Accept-Ranges": "bytes",
        "ETag": f'"{CHECKSUM}"',
    })  # fmt: skip


@pytest.mark.parametrize("kind", [*KINDS, "text/html", "image/svg+xml", "text/html; charset=utf-8"])
def test_only_pictures_are_shown_in_place(kind):
    answer = response_for(kind=kind, inline=True)
    visible = answer["Content-Disposition"].partition(";")[0]
    assert (visible, answer["Content-Type"], answer["Content-Security-Policy"]) == (
        "inline" if kind in ("image/jpeg", "image/png", "image/webp") else "attachment",
        kind if kind in KINDS else "application/octet-stream",
        SANDBOX,
    )
    answer.close()


RANGES = {
    "bytes=0-9": (0, 10), "bytes=10-": (10, 1014), "bytes=-4": (1020, 4), "bytes=-5000": (0, 1024), "bytes=0-0": (0, 1),
    "bytes=1023-": (1023, 1), "bytes=1000-99999999": (1000, 24), "bytes= 5 - 6": (5, 2),
}  # fmt: skip


@pytest.mark.parametrize("wanted", RANGES)
def test_part_of_a_file_is_given(wanted):
    first, length = RANGES[wanted]
    answer = response_for(Range=wanted)
    assert (
        answer.status_code,
        body(answer),
        answer["Content-Range"],
        answer["Content-Length"],
        answer.has_header("Content-Encoding"),
    ) == (
        206,
        CONTENT[first : first + length],
        f"bytes {first}-{first + length - 1}/1024",
        str(length),
        False,
    )


@pytest.mark.parametrize("wanted", ["bytes=1024-", "bytes=5000-6000", "bytes=-0", "bytes=1024-1025"])
def test_part_that_is_not_there_is_refused(wanted):
    answer = response_for(Range=wanted)
    assert (answer.status_code, answer["Content-Range"], body(answer)) == (416, "bytes */1024", b"")


@pytest.mark.parametrize(
    "wanted",
    [
        "bytes=0-1,5-6",
        "bytes=9-2",
        "bytes=-",
        "bytes=a-b",
        "lines=1-2",
        "bytes=1",
        "bytes=0x1-2",
        "",
        "bytes=٣-٤",
        "bytes=" + "9" * 5_000 + "-",
    ],
)
def test_several_parts_or_nonsense_give_the_whole(wanted):
    answer = response_for(Range=wanted)
    assert (answer.status_code, body(answer), answer["Content-Length"]) == (200, CONTENT, "1024")


@pytest.mark.parametrize(
    ("version", "status"),
    [(f'"{CHECKSUM}"', 206), ('"other"', 200), (f'W/"{CHECKSUM}"', 200), ("Wed, 25 Nov 2026 10:00:00 GMT", 200)],
)
def test_part_of_another_version_is_not_mixed_in(version, status):
    answer = response_for(**{"Range": "bytes=0-9", "If-Range": version})
    assert (answer.status_code, body(answer)) == (status, CONTENT[:10] if status == 206 else CONTENT)


def test_what_the_browser_has_is_not_sent_again():
    answer = response_for(**{"If-None-Match": f'"{CHECKSUM}"'})
    assert (answer.status_code, body(answer), answer["ETag"], answer["Content-Security-Policy"]) == (
        304,
        b"",
        f'"{CHECKSUM}"',
        SANDBOX,
    )
    assert body(response_for(**{"If-None-Match": '"other"'})) == CONTENT


def test_head_tells_the_same_without_the_bytes():
    for headers in ({}, {"Range": "bytes=0-9"}):
        head, whole = response_for("head", **headers), response_for(**headers)
        with closing(whole):
            texts = [
                {name: value for name, value in answer.headers.items() if name != "Vary"} for answer in (head, whole)
            ]
            assert (body(head), head.status_code, texts[0]) == (b"", whole.status_code, texts[1])


def test_file_that_is_gone_is_not_found():
    with pytest.raises(Http404):
        response_for(name="files/ab/cd/gone.pdf")


def test_file_is_closed_with_its_answer_though_nobody_read_it(monkeypatch):
    opened = []
    usual = default_storage.open
    monkeypatch.setattr(default_storage, "open", lambda name: opened.append(usual(name)) or opened[-1])
    answer = response_for()
    assert [file.closed for file in opened] == [False]
    answer.close()
    assert [file.closed for file in opened] == [True]


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.pdf", 'attachment; filename="a.pdf"'),
        (
            "Вежба Ђ.pdf",
            "attachment; filename=\"Vezba D.pdf\"; filename*=UTF-8''%D0%92%D0%B5%D0%B6%D0%B1%D0%B0%20%D0%82.pdf",
        ),
        ("čas đ.pdf", "attachment; filename=\"cas d.pdf\"; filename*=UTF-8''%C4%8Das%20%C4%91.pdf"),
        ('a"b\\c.pdf', "attachment; filename=\"a_b_c.pdf\"; filename*=UTF-8''a%22b%5Cc.pdf"),
        ("100%25.pdf", "attachment; filename=\"100_25.pdf\"; filename*=UTF-8''100%2525.pdf"),
        ("a\r\nSet-Cookie: x.pdf", 'attachment; filename="aSet-Cookie: x.pdf"'),
        ("漢.pdf", "attachment; filename=\"_.pdf\"; filename*=UTF-8''%E6%BC%A2.pdf"),
    ],
)
def test_name_is_told_in_both_scripts_and_breaks_no_header(name, header):
    assert disposition(name) == header
    HttpResponse()["Content-Disposition"] = disposition(name)  # refuses a broken one


def test_web_server_sends_where_it_is_configured(settings):
    settings.ACCEL_PREFIX = "/stored"
    for headers in ({}, {"Range": "bytes=0-9"}):
        answer = response_for(name="files/ab/cd/a b.pdf", **headers)
        assert (answer.status_code, answer["X-Accel-Redirect"], body(answer), answer.streaming) == (
            200,
            "/stored/files/ab/cd/a%20b.pdf",
            b"",
            False,
        )
        assert (answer["Content-Type"], answer["Content-Disposition"], answer.has_header("Content-Range")) == (
            PDF,
            'attachment; filename="a.pdf"',
            False,
        )
    settings.ACCEL_PREFIX = ""
    with closing(response_for()) as answer:  # control
        assert not answer.has_header("X-Accel-Redirect")


class SignedStorage(InMemoryStorage):
    """Signs addresses as the storages of S3 do."""

    def url(self, name, parameters=None, expire=None):
        return f"https://s3.example/{name}?" + "&".join(
            [f"expire={expire}", *(f"{k}={v}" for k, v in parameters.items())]
        )


def test_storage_elsewhere_sends_by_a_signed_address_for_a_minute(settings):
    settings.STORAGE_URL, settings.ACCEL_PREFIX = "s3://k:s@s3.example/b", "/stored"
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"{__name__}.SignedStorage"}}
    default_storage.save(NAME, ContentFile(CONTENT))
    answer = response_for()
    texts = urlsplit(answer["Location"])
    assert (answer.status_code, texts.netloc, texts.path, parse_qs(texts.query, separator="&")) == (
        302,
        "s3.example",
        f"/{NAME}",
        {
            "expire": ["60"],
            "ResponseContentType": [PDF],
            "ResponseContentDisposition": ['attachment; filename="a.pdf"'],
        },
    )
    assert (answer["Cache-Control"], answer["Referrer-Policy"], answer.has_header("X-Accel-Redirect")) == (
        "private, no-store",
        "no-referrer",
        False,
    )
    visible = response_for(kind="image/jpeg", inline=True)  # the pages' policy shows no picture from elsewhere
    assert (visible.status_code, body(visible)) == (200, CONTENT)


def test_preview_is_a_picture_shown_in_place():
    request = RequestFactory().get("/x")
    answer = preview_response(request, b"RIFFxxxxWEBP", "abc-1-800")
    assert (answer["Content-Type"], answer["Content-Disposition"], answer["ETag"], body(answer)) == (
        "image/webp",
        "inline",
        '"abc-1-800"',
        b"RIFFxxxxWEBP",
    )
    with pytest.raises(Http404):
        preview_response(request, b"", "abc")


STREAMED = """
import os, sys
os.environ.update(TESTING="1", DATABASE_URL="sqlite://:memory:", DJANGO_SETTINGS_MODULE="portal.settings", VAR_DIR=sys.argv[1])
import django; django.setup()
from django.test import RequestFactory
from common.files.serving import file_response
peak = lambda: int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) / 1024
size, sent, before = 500 * 1024 * 1024, 0, peak()
answer = file_response(RequestFactory().get("/x", headers={"Range": "bytes=1-"}), name="files/big.mp4", kind="video/mp4",
                       as_name="a.mp4", size=size, checksum="x")
for piece in answer: sent += len(piece)
if sys.argv[2:]: kept = open(sys.argv[1] + "/media/files/big.mp4", "rb").read()
print(answer.status_code, sent == size - 1, peak() - before)
"""


def streamed(folder, *more: str) -> tuple[str, float]:
    big = folder / "media" / "files" / "big.mp4"
    big.parent.mkdir(parents=True, exist_ok=True)
    with big.open("wb") as file:
        file.truncate(500 * 1024 * 1024)
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", STREAMED, str(folder), *more], capture_output=True, text=True, cwd=PROJECT, check=True
    )  # fmt: skip
    said, megabytes = ended.stdout.rsplit(maxsplit=1)
    return said, float(megabytes)


@pytest.mark.drill
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is measured by /proc")
def test_download_of_500_mb_streams_in_constant_memory(places):
    said, megabytes = streamed(places)
    print(f"500 MB in a range: {megabytes:.1f} MB")
    assert (said, megabytes < 10) == ("206 True", True)
    assert streamed(places, "whole")[1] > 400  # control: the measure sees one that is held whole
