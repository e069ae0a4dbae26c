"""What changed between two texts, word by word."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

_PARTS = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")
# The comparison grows with the square of the parts: above this many words whole lines are compared, above as many
# lines nothing is, and the texts are shown one after the other.
PARTS_MOST = 4_000


@dataclass(frozen=True)
class Piece:
    """A run of text: `kind` is same, gone or new."""

    kind: str
    text: str


def differences(old: str, new: str) -> list[Piece]:
    """Return the new text with what went and what came, in reading order. Below half a second for any two texts."""
    one, two = _PARTS.findall(old), _PARTS.findall(new)
    if max(len(one), len(two)) > PARTS_MOST:
        one, two = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if max(len(one), len(two)) > PARTS_MOST:
        one, two = [old], [new]
    return list(_pieces(one, two))


def _pieces(one: list[str], two: list[str]) -> Iterator[Piece]:
    for code, a, b, c, d in difflib.SequenceMatcher(None, one, two).get_opcodes():
        if code == "equal":
            yield Piece("same", "".join(one[a:b]))
            continue
        if b > a:
            yield Piece("gone", "".join(one[a:b]))
        if d > c:
            yield Piece("new", "".join(two[c:d]))
