"""Sending stored files, after the view has checked access: from the portal, the web server in front, or by signed URL.

Always as an attachment, in a sandbox, with a fixed type; only re-encoded pictures are shown inline.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import IO
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from common.files.file_types import KINDS
from common.scripts import in_latin

PIECE = 256 * 1024
SANDBOX = "sandbox; default-src 'none'"
SIGNED_SECONDS = 60
PREVIEW = "image/webp"
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class _Piece:
    """A byte range of an opened file, read as it is sent; closes it."""

    def __init__(self, file: IO[bytes], first: int, length: int) -> None:
        self.file, self.first, self.length = file, first, length

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(self.first)
        left = self.length
        while left > 0 and (piece := self.file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece

    def close(self) -> None:
        self.file.close()


def disposition(as_name: str, *, inline: bool = False) -> str:
    """Return the header that names a download: in any script, with a Latin fallback name.

    RFC 6266, RFC 8187.
    """
    plain = "".join(c for c in as_name if c.isprintable())
    latin = unicodedata.normalize("NFKD", in_latin(plain).replace("đ", "d").replace("Đ", "D"))
    bare = "".join(c for c in latin if not unicodedata.combining(c))
    bare = re.sub(r'[^ -~]|["\\%/;]', "_", bare)
    way = "inline" if inline else "attachment"
    header = f'{way}; filename="{bare}"'
    return header if bare == plain else f"{header}; filename*=UTF-8''{quote(plain, safe='')}"


def _wanted(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """Return the offset and number of bytes that a request asks for: None for the whole, no bytes if out of range.

    An unparsable range, several ranges, or one of another version mean the whole (RFC 9110, 14.2).
    """
    match = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if not match or match.groups() == ("", "") or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = match.groups()
    if not first:
        length = min(int(last), size)
        return size - length, length
    begin, end = int(first), min(int(last) if last else size - 1, size - 1)
    if last and int(last) < begin:
        return None
    return begin, max(0, end - begin + 1)


def _dressed(response: HttpResponseBase, kind: str, etag: str, named: str) -> HttpResponseBase:
    """Return the response with the headers that every file has."""
    for header, value in {
        "Content-Type": kind,
        "Content-Disposition": named,
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "bytes",
        "ETag": etag,
    }.items():
        response[header] = value
    return response


def _by_portal(request: HttpRequest, name: str, size: int, etag: str) -> HttpResponseBase:
    """Return the requested bytes, read as they are sent."""
    wanted = _wanted(request, size, etag)
    if wanted is not None and not wanted[1]:
        response: HttpResponseBase = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    first, length = wanted or (0, size)
    if request.method == "HEAD":
        response = HttpResponse(status=206 if wanted else 200)
    else:
        try:
            opened = default_storage.open(name)
        except FileNotFoundError as gone:
            raise Http404 from gone
        response = StreamingHttpResponse(_Piece(opened, first, length), status=206 if wanted else 200)
    response["Content-Length"] = str(length)
    if wanted:
        response["Content-Range"] = f"bytes {first}-{first + length - 1}/{size}"
    return response


def file_response(
    request: HttpRequest, *, name: str, kind: str, as_name: str, size: int, checksum: str, inline: bool = False
) -> HttpResponseBase:
    """Return a stored file for GET or HEAD, described as in `storage.StoredFile`; the caller has checked permission.

    With ACCEL_PREFIX the web server in front sends it, with STORAGE_URL the storage itself, through a signed URL valid
    for a minute; else the portal, with any single range, in constant memory. `inline` shows a picture in place;
    anything else is downloaded all the same.
    """
    kind = kind if kind in KINDS else "application/octet-stream"
    is_inline = inline and kind in KINDS and KINDS[kind].is_picture
    named, etag = disposition(as_name, inline=is_inline), quote_etag(checksum)
    # Compressing here would send other bytes than the range and the length in the headers.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    if settings.STORAGE_URL and not is_inline:
        address = default_storage.url(  # type: ignore[call-arg]  # what storages of S3 take beside the name
            name,
            parameters={"ResponseContentDisposition": named, "ResponseContentType": kind},
            expire=SIGNED_SECONDS,
        )
        answer = HttpResponseRedirect(address)
        answer["Cache-Control"], answer["Referrer-Policy"] = "private, no-store", "no-referrer"
        return answer
    if unchanged := get_conditional_response(request, etag=etag):
        return _dressed(unchanged, kind, etag, named)
    if settings.ACCEL_PREFIX and not settings.STORAGE_URL:
        response: HttpResponseBase = HttpResponse()
        # The web server sets ranges and the length itself, from the file.
        response["X-Accel-Redirect"] = f"{settings.ACCEL_PREFIX}/{quote(name)}"
        return _dressed(response, kind, etag, named)
    return _dressed(_by_portal(request, name, size, etag), kind, etag, named)


def preview_response(request: HttpRequest, content: bytes, checksum: str) -> HttpResponseBase:
    """Return the picture of a page, made by `reading.page_picture`, to be shown inline. Empty content is a 404."""
    if not content:
        raise Http404
    etag = quote_etag(checksum)
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    response = get_conditional_response(request, etag=etag) or HttpResponse(content)
    return _dressed(response, PREVIEW, etag, "inline")
