"""Signed keys identify the cells of an offline workbook, even if it was sorted, hidden, retyped or saved as CSV.

A key names the workbook, a kind and an id, and is signed: `ABCDEFGHJK-person-1234-QWERTYUI`.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from common.uploads.cells import Cell
from trainings.models import Workbook

# A person's row, a session's column, a column of facts, and heading rows without content.
PERSON, SESSION, FACT, HEADING = "person", "session", "fact", "heading"
FACTS = ("family_name", "given_name", "sex", "rank", "unit", "organisation")
_KEY = re.compile(r"([A-Z2-9]{10})-(person|session|fact|heading)-(\w{1,20})-([A-Z2-7]{8})")


@dataclass(frozen=True)
class Key:
    """A key as written in a cell."""

    code: str
    kind: str
    target: str
    signature: str

    def __str__(self) -> str:
        return f"{self.code}-{self.kind}-{self.target}-{self.signature}"


def _signed(workbook: Workbook, kind: str, about: str) -> str:
    made = hmac.new(workbook.secret.bytes, f"{workbook.code}-{kind}-{about}".encode(), hashlib.sha256).digest()
    return base64.b32encode(made).decode()[:8]


def make_key(workbook: Workbook, kind: str, about: object) -> str:
    """Return the key of a row or column of this workbook."""
    return str(Key(workbook.code, kind, str(about), _signed(workbook, kind, str(about))))


def key_in(cell: Cell) -> Key | None:
    """Return the key in a cell, genuine or not; None for any other cell."""
    match = _KEY.fullmatch(cell.strip()) if isinstance(cell, str) and cell.count("-") == 3 else None
    return Key(*match.groups()) if match else None


def is_genuine(key: Key, workbook: Workbook) -> bool:
    """Return whether the portal wrote this key into this workbook."""
    return key.code == workbook.code and hmac.compare_digest(key.signature, _signed(workbook, key.kind, key.target))


def written(text: str) -> str:
    """Return a text as it comes back from a file: single spaces, none at the ends."""
    return " ".join(text.split())


def fact_hash(workbook: Workbook, fact: str, text: str) -> str:
    """Return the stored hash of a fact as written: enough to detect a change, not to read the fact."""
    return hmac.new(workbook.secret.bytes, f"{fact}:{written(text)}".encode(), hashlib.sha256).hexdigest()[:12]
