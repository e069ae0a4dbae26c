"""The example of the proxy as it is: nginx sends a file of 500 MB that the portal has let out, and nobody gets there alone."""

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.handlers.wsgi import WSGIRequest

from common.files.serving import file_response
from tests.common.sheet_files import PROJECT
from tests.services import free_port

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NGINX is None or not sys.platform.startswith("linux"), reason="needs nginx"),
]
NAME = "files/ab/cd/big.mp4"
SIZE = 500 * 1024 * 1024


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def sent_by_portal(settings) -> Iterator[tuple[int, list[int]]]:
    """A portal that lets out one file to everybody: its port, and the bytes of each answer's body."""
    settings.ACCEL_PREFIX = "/stored"
    bodies: list[int] = []

    def portal(environ, start_response):
        answer = file_response(
            WSGIRequest(environ), name=NAME, kind="video/mp4", as_name="Вежба.mp4", size=SIZE, checksum="x"
        )
        bodies.append(len(answer.content))
        start_response(f"{answer.status_code} OK", list(answer.items()))
        return [answer.content]

    server = WSGIServer(("127.0.0.1", free_port()), _Quiet)
    server.set_app(portal)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port, bodies
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def proxy(places: Path, sent_by_portal) -> Iterator[HTTPConnection]:
    """The example's own location, around it no more than a server needs; yields a connection to it."""
    example = (PROJECT / "deploy" / "nginx.conf.example").read_text()
    location = re.search(r"    location /stored/ \{.*?\n    \}\n", example, re.DOTALL)
    assert location is not None
    port = free_port()
    stored = location[0].replace("/srv/mreza/var/media/", f"{places}/media/")
    temporary = " ".join(
        f"{name}_temp_path {places / 'tmp' / name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = places / "nginx.conf"
    config.write_text(
        f"user root; daemon off; master_process off; pid {places}/pid; error_log {places}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary}\nserver {{ listen 127.0.0.1:{port};\n{stored}"
        f"location / {{ proxy_pass http://127.0.0.1:{sent_by_portal[0]}; }} }} }}\n"
    )
    process = subprocess.Popen([str(NGINX), "-c", str(config), "-e", str(places / "error.log")], stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + 10
        while time.monotonic() < until and process.poll() is None:
            with suppress(ConnectionError), closing(HTTPConnection("127.0.0.1", port, 5)) as probe:
                probe.request("GET", "/stored/")
                probe.getresponse()
                break
        with closing(HTTPConnection("127.0.0.1", port, 30)) as connection:
            yield connection
    finally:
        process.terminate()
        process.communicate(timeout=10)


def get(proxy: HTTPConnection, path: str, **headers: str) -> HTTPResponse:
    proxy.close()
    proxy.request("GET", path, headers=headers)
    return proxy.getresponse()


@pytest.fixture
def big(places: Path) -> None:
    default_storage.save(NAME, ContentFile(b"x"))
    with open(default_storage.path(NAME), "r+b") as file:
        file.truncate(SIZE)


@pytest.mark.usefixtures("big")
def test_download_of_500_mb_occupies_the_portal_for_an_empty_answer(proxy, sent_by_portal):
    answer, received = get(proxy, "/knowledge/x"), 0
    while piece := answer.read(1024 * 1024):
        received += len(piece)
    texts = {name: answer.headers[name] for name in (
        "Content-Type", "Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options", "Cross-Origin-Resource-Policy",
        "Cache-Control", "X-Accel-Redirect", "Content-Length")}  # fmt: skip
    assert (received, sent_by_portal[1]) == (SIZE, [0])
    assert texts == {
        "Content-Type": "video/mp4", "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Disposition": "attachment; filename=\"Vezba.mp4\"; filename*=UTF-8''%D0%92%D0%B5%D0%B6%D0%B1%D0%B0.mp4",
        "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "private, no-cache",
        "X-Accel-Redirect": None, "Content-Length": str(SIZE),
    }  # fmt: skip


@pytest.mark.usefixtures("big")
def test_part_is_given_by_the_proxy_and_nobody_gets_there_alone(proxy, sent_by_portal):
    part = get(proxy, "/x", Range="bytes=0-9")
    assert (part.status, part.headers["Content-Range"], part.read()) == (206, f"bytes 0-9/{SIZE}", b"x" + bytes(9))
    again = get(proxy, "/x", **{"If-None-Match": part.headers["ETag"]})
    assert (again.status, again.read()) == (304, b"")
    for path in (f"/stored/{NAME}", f"/stored/../stored/{NAME}", f"//stored/{NAME}", f"/%73tored/{NAME}"):
        refused = get(proxy, path)
        assert (refused.status, b"nginx" in refused.read()) == (404, True)
    assert sent_by_portal[1] == [0, 0]
