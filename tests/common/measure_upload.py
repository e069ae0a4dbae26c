"""A process of its own: takes in a form with a file of 100 MB, made as it is read, and prints the memory that took (MB).

`python -m tests.common.measure_upload KIND FOLDER [whole]`: KIND is what fills the file, FOLDER is where it is stored;
`whole` holds the file in memory, as a control of the measure.
"""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.update(TESTING="1", DATABASE_URL="sqlite://:memory:", DJANGO_SETTINGS_MODULE="portal.settings")
os.environ["VAR_DIR"] = sys.argv[2]

import django

django.setup()

from django.core.exceptions import ValidationError
from django.core.handlers.wsgi import WSGIRequest

from common.files import storage as keeping
from tests.common import shared_files as make

SIZE = 100 * 1024 * 1024
# Long enough that 100 MB of noise do not hold it by chance.
BOUNDARY = b"the-end-of-one-part-and-the-beginning-of-the-next"
STREAMS = (b"x" * 1000 + b"\nendstream endobj 7 0 obj << /L 1 >>\nstream\n") * 1024


def peak() -> float:
    """Return the most memory this process has held so far, in MB."""
    status = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024


def parts(kind: str) -> Iterator[bytes]:
    """Yield a form with one file: its head, 100 MB and its tail."""
    yield b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
    if kind == "mp4":
        yield make.mp4() + (SIZE + 8).to_bytes(4, "big") + b"free"
    else:
        yield b"%%PDF-1.7\n1 0 obj << /Length %d >>\nstream\n" % SIZE
    block = STREAMS if kind == "streams" else os.urandom(1024 * 1024)
    left = SIZE
    while left > 0:
        yield block[:left]
        left -= min(left, len(block))
    yield b"" if kind == "mp4" else b"\nendstream\nendobj\n" + make.pdf()[9:]
    yield b"\r\n--" + BOUNDARY + b"--\r\n"


class Body(io.RawIOBase):
    """What a web server hands over as the body of a request."""

    def __init__(self, kind: str) -> None:
        self.parts, self.rest = parts(kind), b""

    def read(self, most: int = -1) -> bytes:
        while len(self.rest) < most and (part := next(self.parts, None)) is not None:
            self.rest += part
        read, self.rest = self.rest[:most], self.rest[most:]
        return read


def main() -> None:
    kind = sys.argv[1]
    keeping.forget(keeping.keep(io.BytesIO(make.pdf())).name)  # what is imported on the way is no memory of the file's
    length = sum(len(part) for part in parts(kind))
    before = peak()
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "POST", "SERVER_NAME": "x", "SERVER_PORT": "80", "CONTENT_LENGTH": str(length),
            "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY.decode()}", "wsgi.input": Body(kind),
        }
    )  # fmt: skip
    upload = request.FILES["file"]
    try:
        stored_file = keeping.keep(io.BytesIO(upload.read()) if sys.argv[3:] == ["whole"] else upload)
        print(stored_file.size >= SIZE, peak() - before)
    except ValidationError as refused:
        print(refused.messages, peak() - before)


if __name__ == "__main__":
    main()
