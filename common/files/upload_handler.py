"""What arrives in a request is bounded before anything looks at it: no more of a file is written than may be kept."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from common.files.storage import file_most

# So many of the largest files may come in one request.
FILES_AT_ONCE = 10


class BoundedUploadHandler(FileUploadHandler):
    """First of the handlers: of a file that is too large a little more than the limit goes on, so that its form can say so.

    A request that announces more than ten of the largest files is refused before it is read.
    """

    def handle_raw_input(self, input_data: Any, META: dict, content_length: int, *_rest: Any) -> None:  # noqa: N803 - Django's name
        if content_length > FILES_AT_ONCE * file_most():
            raise RequestDataTooBig("The request announces more than may be sent at once.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start <= file_most() else None

    def file_complete(self, file_size: int) -> None:
        return None  # the next handler has it
