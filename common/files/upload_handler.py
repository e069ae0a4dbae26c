"""Limits request bodies before anything reads them: no more of a file is written than may be stored."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from common.files.storage import file_most

# One request may contain this many files of the largest size.
FILES_AT_ONCE = 10


class BoundedUploadHandler(FileUploadHandler):
    """The first upload handler: passes on slightly more than the limit of an oversized file, so its form can report it.

    A request that announces more than ten of the largest files is refused before it is read.
    """

    def handle_raw_input(self, input_data: Any, META: dict, content_length: int, *_rest: Any) -> None:  # noqa: N803 - Django's name
        if content_length > FILES_AT_ONCE * file_most():
            raise RequestDataTooBig("The request announces more than may be sent at once.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start <= file_most() else None

    def file_complete(self, file_size: int) -> None:
        return None  # left to the next handler
