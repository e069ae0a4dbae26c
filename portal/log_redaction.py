"""Log lines that say what went wrong and where, without anything a person typed."""

import logging
import re
import traceback
from types import TracebackType

# URLs contain one-time links; whoever reads a log must not be able to use them.
_SECRETS = re.compile(r"(/members/welcome/|/account/password/reset/key/|/knowledge/feed/|/notifications/leave/)[^/\s]+")
# URLs of trainers contain their names. Places in the code, such as trainers/views.py, stay.
_NAMES = re.compile(r"(/trainers/)(?!topics\b|[\w/]+\.py\b)[^/\s\"'?]+")
_ADDRESS = re.compile(r"[^\s@<>\"'=]+@[^\s@<>\"',;]+")
_QUERY = re.compile(r"\?[^\s\"']*")


def without_secrets(text: str) -> str:
    """Return a line without one-time links, names of trainers in URLs, email addresses and query strings."""
    return _QUERY.sub("?…", _ADDRESS.sub("…@…", _NAMES.sub(r"\1…", _SECRETS.sub(r"\1…", text))))


class DiscreetFormatter(logging.Formatter):
    """Logs exceptions as their type and traceback locations; messages, which may quote what was typed, are left out."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name.startswith("django.security"):  # quotes hosts, referrers and cookies as they were sent
            record = logging.makeLogRecord(
                {**record.__dict__, "msg": "a request was refused", "args": None, "exc_info": None}
            )
        record = logging.makeLogRecord({**record.__dict__, "exc_text": None})
        return without_secrets(super().format(record))

    def formatException(  # noqa: N802 - the name of the standard library
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        lines = []
        error: BaseException | None = ei[1]
        while error is not None:
            kind = type(error)
            lines += [f"{kind.__module__}.{kind.__qualname__} (its words are left out)\n"]
            lines += traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__)).format()
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "".join(lines).rstrip()
