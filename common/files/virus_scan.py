"""The virus scanner, if configured: clamd, over its own protocol (clamd(8), INSTREAM).

If it is configured but unreachable, or answers anything but clean, every file is refused: it fails closed.
"""

import socket
import struct
import time
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

PIECE = 256 * 1024
MAX_ANSWER_BYTES = 4_096


def _connected(address: str, seconds: float) -> socket.socket:
    """Return a connection to `unix:/path` or `tcp://host:port`. Raises OSError."""
    url = urlsplit(address)
    if url.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(seconds)
        try:
            connection.connect(url.path)
        except OSError:
            connection.close()
            raise
        return connection
    return socket.create_connection((url.hostname or "127.0.0.1", url.port or 3310), seconds)


def _asked(file: IO[bytes], address: str, seconds: float) -> str:
    """Return the scanner's answer about a file. Raises OSError if it gives none within `seconds` in total."""
    until = time.monotonic() + seconds
    answer = b""
    with _connected(address, seconds) as connection:
        connection.sendall(b"zINSTREAM\x00")
        file.seek(0)
        while piece := file.read(PIECE):
            connection.settimeout(max(0.001, until - time.monotonic()))
            connection.sendall(struct.pack(">L", len(piece)) + piece)
        connection.sendall(bytes(4))
        while b"\x00" not in answer and len(answer) < MAX_ANSWER_BYTES:
            connection.settimeout(max(0.001, until - time.monotonic()))
            part = connection.recv(MAX_ANSWER_BYTES)
            if not part:
                break
            answer += part
    return answer.rstrip(b"\x00\n").decode(errors="replace")


def check_clean(file: IO[bytes]) -> None:
    """Raise ValidationError if the scanner finds something, or is configured and gives no clear answer.

    Does nothing if CLAMD_URL is empty. Memory does not grow with the file; clamd itself takes about 1 s for 20 MB.
    """
    if not settings.CLAMD_URL:
        return
    try:
        answer = _asked(file, settings.CLAMD_URL, settings.CLAMD_SECONDS)
    except OSError:
        answer = ""
    if answer == "stream: OK":
        return
    if answer.endswith(" FOUND"):
        raise ValidationError(
            _("The virus scanner found something in this file, so it is not taken. Have your computer checked.")
        )
    raise ValidationError(
        _("Files are looked through by a virus scanner, and it does not answer now. Try again in a few minutes.")
    )
