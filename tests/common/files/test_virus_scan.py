"""The virus scanner is asked where one is configured, and then nothing passes but what it calls clean."""

import io
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from django.core.exceptions import ValidationError

from common.files import storage as keeping
from common.files.virus_scan import check_clean
from tests.common import shared_files as make
from tests.common.shared_files import on_disk, upload

AWAY = "does not answer now"


def _exactly(connection: socket.socket, length: int) -> bytes:
    read = b""
    while len(read) < length:
        part = connection.recv(length - len(read))
        if not part:
            raise ConnectionError
        read += part
    return read


def received(connection: socket.socket) -> bytes:
    """Return the file that was sent, as clamd takes it: pieces with their length before, none at the end."""
    assert _exactly(connection, 10) == b"zINSTREAM\x00"
    content = b""
    while length := struct.unpack(">L", _exactly(connection, 4))[0]:
        content += _exactly(connection, length)
    return content


def honest(connection: socket.socket) -> None:
    content = received(connection)
    connection.sendall(b"stream: Eicar-Test-Signature FOUND\x00" if make.EICAR in content else b"stream: OK\x00")


@contextmanager
def scanner(answer: Callable[[socket.socket], None], family: int = socket.AF_INET, path: str = "") -> Iterator[str]:
    """Run a scanner on this machine that answers like this; yield its address."""
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.bind(path or ("127.0.0.1", 0))
    listening.listen(4)

    def serve() -> None:
        with suppress(OSError):  # closed at the end, or the portal went away
            while True:
                connection, _address = listening.accept()
                with connection, suppress(OSError):
                    answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"unix:{path}" if path else f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def checked(content: bytes) -> None:
    check_clean(io.BytesIO(content))


def test_clean_file_passes_and_an_infected_one_is_named(settings):
    with scanner(honest) as settings.CLAMD_URL:
        checked(make.pdf())
        checked(b"a" * 1_000_000)  # several pieces
        with pytest.raises(ValidationError, match="virus scanner found something"):
            checked(b"a" * 1_000_000 + make.EICAR)


def test_scanner_is_asked_over_a_unix_socket_too(settings, tmp_path):
    with scanner(honest, socket.AF_UNIX, str(tmp_path / "c")) as settings.CLAMD_URL:
        checked(make.pdf())
        with pytest.raises(ValidationError, match="virus scanner found something"):
            checked(make.EICAR)


def silent(connection: socket.socket) -> None:
    received(connection)
    connection.recv(1)  # until the portal gives up


def says(answer: bytes) -> Callable[[socket.socket], None]:
    def run(connection: socket.socket) -> None:
        received(connection)
        connection.sendall(answer)

    return run


ODD = {
    "silent": silent,
    "takes nothing": lambda connection: connection.recv(1) and connection.recv(1 << 30, socket.MSG_WAITALL),
    "hangs up": lambda connection: None,
    "hangs up after the file": says(b""),
    "cut answer": says(b"stream: O"),
    "error": says(b"INSTREAM size limit exceeded. ERROR\x00"),
    "another word": says(b"stream: OKAY\x00"),
    "clean and found": says(b"stream: OK\nstream: X FOUND\nx\x00"),
    "endless": says(b"x" * 100_000),
    "no text": says(b"\xff\xfe\x00"),
}


@pytest.mark.parametrize("case", ODD)
def test_without_a_clear_answer_nothing_is_taken(case, settings):
    settings.CLAMD_SECONDS = 0.3
    with scanner(ODD[case]) as settings.CLAMD_URL, pytest.raises(ValidationError, match=AWAY):
        checked(make.pdf())


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "unix:/no/such/socket", "nonsense"])
def test_scanner_that_is_away_lets_nothing_through(address, settings):
    settings.CLAMD_URL = address
    with pytest.raises(ValidationError, match=AWAY):
        checked(make.pdf())


def test_without_a_scanner_none_is_asked(settings):
    settings.CLAMD_URL = ""
    checked(make.EICAR)


def test_upload_is_looked_through_before_it_is_kept(settings, places):
    infected = b"Read this: " + make.EICAR
    with scanner(honest) as settings.CLAMD_URL:
        with pytest.raises(ValidationError, match="virus scanner found something"):
            keeping.keep(upload(infected))
        assert on_disk(places) == []
        stored_file = keeping.keep(upload(make.pdf()))
        assert on_disk(places / "media") == [stored_file.name]
    settings.CLAMD_URL = ""
    assert keeping.keep(upload(infected)).kind == "text/plain"  # control: it was the scanner
