"""Excerpts of search results: a few words around a match, with the matching words marked. For one page of results."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from search.names import SimilarNames
from search.query import SearchQuery
from search.words import WORD, folded_word, is_near

LETTERS_BEFORE, EXCERPT_LENGTH = 60, 220
# The maximum number of characters searched for the best place, in one document and on a whole page.
MAX_LETTERS_EACH, MAX_LETTERS_ALL = 120_000, 600_000


@dataclass(frozen=True)
class Piece:
    """A piece of a text; `is_match` if it matches the query."""

    text: str
    is_match: bool = False


@dataclass(frozen=True)
class Excerpt:
    pieces: tuple[Piece, ...] = ()
    place: str = ""

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


class Budget:
    """The number of characters that may still be searched for one page."""

    def __init__(self) -> None:
        self.remaining = MAX_LETTERS_ALL

    def take(self, places: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        """Yield the places of one document until its share or the total is used up, but always the first."""
        share = MAX_LETTERS_EACH
        for n, place in enumerate(places):
            if n and (share <= 0 or self.remaining <= 0):
                return
            share -= len(place[2])
            self.remaining -= len(place[2])
            yield place


# (start, end, index of the word or phrase of the query)
Match = tuple[int, int, int]


class Highlighter:
    """Finds matches of a query in texts, by the same rules as the index."""

    def __init__(self, query: SearchQuery, similar: SimilarNames) -> None:
        self._query, self._similar = query, similar
        self._known: dict[str, int | None] = {}
        self.count = len(query.words) + len(query.phrases)

    def matches(self, text: str) -> list[Match]:
        """Return the matches in a text in order; a phrase is one match."""
        words = [(*word.span(), folded_word(word[0])) for word in WORD.finditer(text)]
        single = [(start, end, n) for start, end, word in words if (n := self._which(word)) is not None]
        return sorted([*single, *self._phrases(words)], key=lambda match: (match[0], -match[1]))

    def _which(self, word: str) -> int | None:
        """Return the index of the first word of the query that this word matches, or None."""
        if word not in self._known:
            stands_for = (n for n, one in enumerate(self._query.words) if self._stands_for(one, word))
            self._known[word] = next(stands_for, None)
        return self._known[word]

    def _stands_for(self, wanted: str, word: str) -> bool:
        return is_near(wanted, word) or word in self._similar.get(wanted, ())

    def _phrases(self, words: Sequence[tuple[int, int, str]]) -> Iterator[Match]:
        for n, phrase in enumerate(self._query.phrases, len(self._query.words)):
            size = len(phrase)
            for at in range(len(words) - size + 1):
                if words[at][2] == phrase[0] and tuple(word for _s, _e, word in words[at : at + size]) == phrase:
                    yield words[at][0], words[at + size - 1][1], n


def marked(text: str, highlighter: Highlighter) -> tuple[Piece, ...]:
    """Return the whole of a short text with matches marked."""
    text = unicodedata.normalize("NFC", text)
    return tuple(_cut(text, highlighter.matches(text), 0, len(text)))


def excerpt_of(places: Iterable[Sequence[Any]], highlighter: Highlighter, budget: Budget) -> Excerpt:
    """Return the part of a document's places with the most query words, the first of equals, or else its beginning.

    A place is its kind (page, slide, sheet, trainers or nothing), number, text and optionally a name.
    """
    best: tuple[int, str, list[Match], Sequence[Any]] | None = None
    for place in budget.take(places):
        text = unicodedata.normalize("NFC", " ".join(str(place[2])[:MAX_LETTERS_EACH].split()))
        if not text:
            continue
        matches = highlighter.matches(text)
        different = len({n for _start, _end, n in matches})
        if best is None or different > best[0]:
            best = (different, text, matches, place)
        if different == highlighter.count:
            break
    if best is None:
        return Excerpt()
    different, text, matches, place = best
    start, end = _window(text, matches)
    pieces = [Piece("… ")] if start else []
    pieces += _cut(text, matches, start, end)
    return Excerpt(
        (*pieces, *([Piece(" …")] if end < len(text) else [])),
        place_name(place) if different or place[0] == "trainers" else "",
    )


def _window(text: str, matches: list[Match]) -> tuple[int, int]:
    """Return the span with the most different query words, starting a little before the first, at whole words."""
    reach = EXCERPT_LENGTH - LETTERS_BEFORE

    def different(match: Match) -> int:
        return len({n for start, _end, n in matches if match[0] <= start < match[0] + reach})

    at = max(matches, key=lambda match: (different(match), -match[0]))[0] if matches else 0
    start = max(0, at - LETTERS_BEFORE)
    end = min(len(text), start + EXCERPT_LENGTH)
    if start:
        start = text.find(" ", start, at) + 1 or at
    if end < len(text):
        end = max(text.rfind(" ", at + 1, end), 0) or end
    return start, end


def _cut(text: str, matches: Iterable[Match], start: int, end: int) -> Iterator[Piece]:
    here = start
    for first, last, _n in matches:
        if first < here or last > end:
            continue
        if first > here:
            yield Piece(text[here:first])
        yield Piece(text[first:last], True)
        here = last
    if here < end:
        yield Piece(text[here:end])


def place_name(place: Sequence[Any]) -> str:
    """Describe a place in words; empty for texts without places."""
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
