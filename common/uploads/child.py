"""The process in which an upload is read: bytes on standard input, JSON on standard output, little memory and time.

Answers `{"sheets": […]}` or `{"refused": code}`. A file that breaks a library ends the process with an error, and the portal
says that the file is damaged.
"""

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from common.uploads.cells import RefusedError, packed
from common.uploads.delimited import decoded, split_text

EXTRA_MEMORY = 140_000_000
CPU_SECONDS = 8
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How other kinds of files begin, and the sentence that names them.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"), (b"{\\rtf", "other_document"), (b"\x89PNG", "picture"), (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"), (b"II*\x00", "picture"), (b"MM\x00*", "picture"), (b"Rar!", "other_document"),
    (b"7z\xbc\xaf", "other_document"), (b"\x1f\x8b", "other_document"), (b"BM", "picture"), (b"RIFF", "picture"),
)  # fmt: skip


def limit_memory_and_time(memory: int = EXTRA_MEMORY, seconds: int = CPU_SECONDS) -> None:
    """Bound what this process may take from here on: bytes beyond what it has, seconds of the processor.

    On systems without such limits the portal's clock remains.
    """
    with suppress(ImportError, OSError, ValueError):
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * os.sysconf("SC_PAGE_SIZE") + memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _refuse_other_kinds(content: bytes, name: str) -> None:
    if not content.strip(b"\x00 \t\r\n"):
        raise RefusedError("empty")
    if content.startswith(_OLE):
        is_locked = any(word.encode("utf-16-le") in content for word in ("EncryptedPackage", "EncryptionInfo"))
        raise RefusedError("password" if is_locked else "xls")
    start = content[:1_024].lstrip(b"\xef\xbb\xbf \t\r\n")
    for beginning, code in _OTHERS:
        if start.startswith(beginning) and not (beginning == b"BM" and b"\x00" not in start):
            raise RefusedError(code)
    if b"%PDF-" in start:
        raise RefusedError("pdf")
    if start[:1] == b"<":
        raise RefusedError("web_page")
    if (
        name.endswith((".xlsx", ".xlsm"))
        and b"\x00" in content[:4_096]
        and content[:2] not in (b"\xff\xfe", b"\xfe\xff")
    ):
        raise RefusedError("damaged")


def answer_for(content: bytes, name: str) -> dict[str, object]:
    """Return the JSON answer for a file."""
    try:
        if content.startswith(b"PK"):
            from common.uploads.workbook import read_workbook

            return {"sheets": packed(read_workbook(content))}
        _refuse_other_kinds(content, name.lower())
        try:
            return {"sheets": packed([split_text(decoded(content))])}
        except RefusedError as refused:
            # What calls itself a workbook and is neither that nor text is a damaged workbook.
            if refused.code == "no_text" and name.lower().endswith((".xlsx", ".xlsm", ".xls")):
                raise RefusedError("damaged") from refused
            raise
    except RefusedError as refused:
        return {"refused": refused.code}
    except MemoryError:
        return {"refused": "too_large"}


def main() -> None:
    # openpyxl takes numpy along where it happens to be installed, which fills the memory before a row is read.
    sys.modules["numpy"] = None  # type: ignore[assignment]  # a module of None cannot be imported: its documented use
    limit_memory_and_time()
    answer = answer_for(sys.stdin.buffer.read(), sys.argv[1] if len(sys.argv) > 1 else "")
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
