"""The place of a match: a few words around it, with what was found marked. For the results of one page only."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.search.words import WORD, folded_word

AROUND, LONG = 60, 220
# So many letters of one thing, and of all on a page, are looked through for the best place.
LETTERS_EACH, LETTERS_ALL = 120_000, 600_000


@dataclass(frozen=True)
class Piece:
    """A piece of a text; `is_found` where it is one of the words that were asked for."""

    text: str
    is_found: bool = False


@dataclass(frozen=True)
class Excerpt:
    pieces: tuple[Piece, ...] = ()
    place: str = ""

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


class Budget:
    """How many letters may still be looked through for one page."""

    def __init__(self) -> None:
        self.left = LETTERS_ALL

    def take(self, places: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        """Yield the places of one thing while its share and the whole last, the first one always."""
        mine = LETTERS_EACH
        for n, place in enumerate(places):
            if n and (mine <= 0 or self.left <= 0):
                return
            mine -= len(place[2])
            self.left -= len(place[2])
            yield place


Hit = tuple[int, int, int]


class Sought:
    """What is looked for in texts: for each word of a question the words that stand for it."""

    def __init__(self, words: Sequence[frozenset[str]]) -> None:
        self.count = len(words)
        # Of two words of the question that one word stands for, the first has it.
        self.which = {word: n for n in reversed(range(self.count)) for word in words[n]}

    def hits(self, text: str) -> list[Hit]:
        """Return where words stand that were found: start, end, and which word of the question each is."""
        which = self.which
        return [(*match.span(), which[key]) for match in WORD.finditer(text) if (key := folded_word(match[0])) in which]


def marked(text: str, sought: Sought) -> tuple[Piece, ...]:
    """Return the whole of a short text with the words marked."""
    text = unicodedata.normalize("NFC", text)
    return tuple(_cut(text, sought.hits(text), 0, len(text)))


def excerpt_of(places: Iterable[Sequence[Any]], sought: Sought, budget: Budget) -> Excerpt:
    """Return the piece of a thing's places that holds most of the words, the first of equal ones; its beginning where none does.

    A place is its kind (page, slide, sheet, trainers or nothing), number, text and perhaps a name.
    """
    best: tuple[int, str, list[Hit], Sequence[Any]] | None = None
    for place in budget.take(places):
        text = unicodedata.normalize("NFC", " ".join(str(place[2])[:LETTERS_EACH].split()))
        if not text:
            continue
        hits = sought.hits(text)
        different = len({n for _start, _end, n in hits})
        if best is None or different > best[0]:
            best = (different, text, hits, place)
        if different == sought.count:
            break
    if best is None:
        return Excerpt()
    different, text, hits, place = best
    start, end = _window(text, hits)
    pieces = [Piece("… ")] if start else []
    pieces += _cut(text, hits, start, end)
    return Excerpt(
        (*pieces, *([Piece(" …")] if end < len(text) else [])),
        place_words(place) if different or place[0] == "trainers" else "",
    )


def _window(text: str, hits: list[Hit]) -> tuple[int, int]:
    """The stretch with most different words, from a little before the first of them, whole words only."""
    at = (
        max(hits, key=lambda hit: (len({n for s, _e, n in hits if hit[0] <= s < hit[0] + LONG - AROUND}), -hit[0]))[0]
        if hits
        else 0
    )
    start = max(0, at - AROUND)
    end = min(len(text), start + LONG)
    if start:
        start = text.find(" ", start, at) + 1 or at
    if end < len(text):
        end = max(text.rfind(" ", at + 1, end), 0) or end
    return start, end


def _cut(text: str, hits: Iterable[Hit], start: int, end: int) -> Iterator[Piece]:
    here = start
    for first, last, _n in hits:
        if first < here or last > end:
            continue
        if first > here:
            yield Piece(text[here:first])
        yield Piece(text[first:last], True)
        here = last
    if here < end:
        yield Piece(text[here:end])


def place_words(place: Sequence[Any]) -> str:
    """Return where a place is, in words; nothing where a text has none."""
    kind, number, name = place[0], place[1], place[3] if len(place) > 3 else ""
    if kind == "page":
        return _("page %(number)s") % {"number": number}
    if kind == "slide":
        return _("slide %(number)s") % {"number": number}
    if kind == "sheet":
        return _("sheet %(name)s") % {"name": name or number}
    if kind == "trainers":
        return _("taught by")
    return ""
