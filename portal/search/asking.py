"""A question to the index: which entries hold all its words, of those a member may see, ranked.

All of it is worked out on sets of numbers, so both databases answer alike: they only keep and return the sets.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from audit.kept import at_hand, keep, kept
from common.prepared import Prepared, rounded
from members.models import Member
from portal.search import seeing
from portal.search.bits import gathered, highest, of_members
from portal.search.models import Kind, NameSlip, SearchPosting, SearchState, SearchWord, Tier
from portal.search.words import (
    LETTERS_FOR_AN_ERROR,
    PREFIX_LEAST,
    has_figures,
    is_frame,
    lefts,
    mistyped,
    near,
    stem,
    words_of,
)
from trainings.duplicates import is_one_error

WORDS_MOST, LETTERS_MOST = 10, 200
# Of a beginning the shortest words are taken: so many for each word of the question. Equal lengths by the alphabet.
COMPLETIONS_MOST = 200
WEIGHTS = {Tier.TITLE: 12, Tier.NAMES: 6, Tier.TEXT: 2}
EXACT, NEAR, SLIP = 4, 2, 1


@dataclass(frozen=True)
class Asked:
    """A question: its folded words in their order, each once, and the facets that narrow it, as `topic=3`."""

    words: tuple[str, ...]
    kind: str = ""
    facets: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str, kind: str = "", facets: Iterable[str] = ()) -> "Asked":
        return cls(tuple(dict.fromkeys(words_of(text))), kind, tuple(facets))


@dataclass
class Found:
    """What a question finds: `bits` under all filters, `levels` the same by falling score, the counts without that of kind.

    `words` are, for each word of the question, the words of the index that stand for it.
    """

    bits: int = 0
    levels: list[tuple[int, int]] = field(default_factory=list)
    counts: dict[Kind, int] = field(default_factory=dict)
    words: list[frozenset[str]] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    kinds: dict[Kind, int] = field(default_factory=dict)

    def kinds_of(self, numbers: Iterable[int]) -> list[Kind]:
        """Return which kinds these entries are of."""
        wanted = of_members(numbers)
        return [kind for kind, held in self.kinds.items() if held & wanted]

    @property
    def total(self) -> int:
        return self.bits.bit_count()

    def numbers(self, first: int, most: int) -> list[tuple[int, int]]:
        """Return (number, score) of so many entries from `first` on: by score, then the newest year, then the newest entry."""
        out: list[tuple[int, int]] = []
        for score, level in self.levels:
            if first >= (held := level.bit_count()):
                first -= held
                continue
            for part in self._by_year(level):
                if first >= (held := part.bit_count()):
                    first -= held
                    continue
                out += [(number, score) for number in highest(part, first, most - len(out))]
                first = 0
                if len(out) >= most:
                    return out
        return out

    def _by_year(self, level: int) -> Iterable[int]:
        for year in self.years:
            if part := level & year:
                yield part
                level &= ~year
        yield level


# What each question needs, by word: the sets of kinds, years and groups of readers. Kept until the index changes.
FRAME = "frame of the search"


@dataclass(frozen=True)
class _Word:
    """How a word of the index stands for one of the question."""

    pk: int
    word: str
    how: int


class Index:
    """The part of the index that these questions of one member need. Two queries, one more where it is not up to date.

    One more where it has changed since this process answered a question of this member: which groups they find. Its frame is
    read along with the words then. Whatever changes the one or the other leaves a line, and so another stamp.
    """

    def __init__(self, member: Member, state: SearchState, asked: Sequence[Asked]) -> None:
        frame: dict[str, int] | None = at_hand(FRAME, state.stamp)
        wanted = list(dict.fromkeys(word for one in asked for word in one.words))
        facets = {facet for one in asked for facet in one.facets}
        rows = _rows(wanted, facets - (frame or {}).keys(), with_frame=frame is None)
        narrows = {word: pk for pk, word, *_keys in rows if "=" in word}
        self.standing = {word: _standing(word, rows) for word in wanted}
        held_by: dict[int, list[Hashable]] = {pk: [facet] for facet, pk in narrows.items()}
        for word, standing in self.standing.items():
            for one in standing:
                held_by.setdefault(one.pk, []).append((word, one.how))
        self.sets = _sets(state, held_by)
        asked_for = {facet: self.sets.get((Tier.FACET, facet), 0) for facet in narrows}
        if frame is None:
            frame = keep(FRAME, {word: bits for word, bits in asked_for.items() if is_frame(word)}, state.stamp)
        self.facets = frame | asked_for
        self.kinds = {kind: frame.get(f"kind={kind}", 0) for kind in Kind}
        held = {word.removeprefix("group="): bits for word, bits in frame.items() if word.startswith("group=")}
        groups = kept(f"groups found by {member.pk}", lambda: seeing.groups_seen(member), (state.stamp, member.rights))
        self.visible = seeing.visible_set(member, state.generation, groups, held, self.kinds[Kind.MATERIAL])
        self.years = [frame[word] for word in sorted(frame, reverse=True) if word.startswith("year=")]

    def find(self, asked: Asked) -> Found:
        """Answer one of the questions. No query."""
        within = reduce(lambda bits, facet: bits & self.facets.get(facet, 0), asked.facets, self.visible)
        levels = [self._levels(word) for word in asked.words]
        if not levels or not all(levels):
            return Found(words=[self._words(word) for word in asked.words], counts=dict.fromkeys(Kind, 0))
        everything = reduce(lambda bits, found: bits & reduce(or_, (b for _s, b in found)), levels, within)
        kind = self.kinds.get(asked.kind, -1) if asked.kind else -1  # type: ignore[call-overload]  # a Kind is its own word
        bits = everything & kind
        return Found(
            bits, _ranked(bits, levels), {name: (everything & held).bit_count() for name, held in self.kinds.items()},
            [self._words(word) for word in asked.words], self.years, self.kinds,
        )  # fmt: skip

    def _words(self, word: str) -> frozenset[str]:
        return frozenset(one.word for one in self.standing[word])

    def _levels(self, word: str) -> list[tuple[int, int]]:
        """Where a word stands, by falling score, each entry once: rarer words weigh more, among what this member sees."""
        by_weight: dict[int, int] = defaultdict(int)
        for how in (EXACT, NEAR, SLIP):
            for tier, weight in WEIGHTS.items():
                bits = self.sets.get((tier, (word, how)), 0)
                if how == SLIP and tier != Tier.NAMES:
                    # Of a title only a trainer's name.
                    bits = bits & self.kinds[Kind.TRAINER] if tier == Tier.TITLE else 0
                by_weight[weight * how] |= bits
        seen, levels = 0, []
        for weight, bits in sorted(by_weight.items(), reverse=True):
            if fresh := bits & self.visible & ~seen:
                levels.append((weight, fresh))
                seen |= fresh
        rare = round(8 * math.log2(1 + self.visible.bit_count() / max(1, seen.bit_count())))
        return [(weight * rare, bits) for weight, bits in levels]


def _ranked(bits: int, levels: list[list[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Return the entries of `bits` by falling sum of the words' scores.

    The word with the fewest entries first, and only along what is not empty: no more steps than entries times words.
    """
    scored: dict[int, int] = defaultdict(int)

    def add(rest: int, score: int, left: list[list[tuple[int, int]]]) -> None:
        if not left:
            scored[score] |= rest
            return
        for more, held in left[0]:
            if both := rest & held:
                add(both, score + more, left[1:])

    add(bits, 0, sorted(levels, key=len)) if bits else None
    return sorted(scored.items(), reverse=True)


def _rows(wanted: Sequence[str], facets: Iterable[str], *, with_frame: bool) -> list[tuple[int, str, str, str, bool]]:
    """The words of the index that may stand for these, and the facets. One query."""
    plain = [word for word in wanted if not has_figures(word)]
    found = _KNOWN.rows(
        rounded([*wanted, *facets]), rounded(sorted({near(word) for word in plain})),
        rounded(sorted({stem(word) for word in wanted})), rounded(sorted({key for word in wanted for key in mistyped(word)})),
        rounded(sorted({key for word in plain for key in lefts(word)})),
        [word for word in wanted if len(word) >= PREFIX_LEAST], with_frame,
    )  # fmt: skip
    return sorted(set(found))


def _known(
    words: list[str], looses: list[str], stems: list[str], meant: list[str], left: list[str], begins: list[str],
    with_frame: bool,
) -> QuerySet[SearchWord, Any]:  # fmt: skip
    """Words as they stand, near ones, names that were perhaps meant, names one error away, what begins so; and the frame."""
    known = SearchWord.objects.order_by()
    parts = [known.filter(
        Q(word__in=words) | Q(loose__in=looses) | Q(stem__in=stems) | Q(is_name=True, loose__in=meant)
    )]  # fmt: skip
    if with_frame:
        parts.append(known.filter(is_frame=True))
    if left:
        parts.append(known.filter(pk__in=NameSlip.objects.filter(left__in=left).values("word")))
    parts += [_completions(known, word) for word in begins]
    columns = [part.values_list("pk", "word", "loose", "stem", "is_name") for part in parts]
    return columns[0].union(*columns[1:], all=True)


def _completions(known: QuerySet[SearchWord], word: str) -> QuerySet[SearchWord]:
    begins = known.filter(word__startswith=word)
    return known.filter(pk__in=begins.order_by(Length("word"), "word").values("pk")[:COMPLETIONS_MOST])


def _standing(word: str, rows: Iterable[tuple[int, str, str, str, bool]]) -> list[_Word]:
    """Which of the words stand for one of the question, and how near they are. No other number stands for a number."""
    key, root, meant, found = near(word), stem(word), mistyped(word), []
    is_exact = has_figures(word)
    for pk, other, other_key, other_root, is_name in rows:
        if "=" in other:
            continue
        if other == word:
            found.append(_Word(pk, other, EXACT))
        elif (not is_exact and other_key == key) or other_root == root or _begins(word, other):
            found.append(_Word(pk, other, NEAR))
        elif is_name and not is_exact and (other_key in meant or _is_slip(word, key, other, other_key)):
            found.append(_Word(pk, other, SLIP))
    return found


def _begins(word: str, other: str) -> bool:
    return len(word) >= PREFIX_LEAST and other.startswith(word)


def _is_slip(word: str, key: str, other: str, other_key: str) -> bool:
    if min(len(word), len(other)) < LETTERS_FOR_AN_ERROR:
        return False
    return is_one_error(word, other) or is_one_error(key, other_key)


def _postings(generation: list[int], words: list[int]) -> QuerySet[SearchPosting, Any]:
    rows = SearchPosting.objects.filter(generation=generation[0], word__in=words).order_by()
    return rows.values_list("tier", "word", "block", "bits")


_KNOWN, _POSTINGS = Prepared(_known), Prepared(_postings)


def _sets(state: SearchState, held_by: Mapping[int, Sequence[Hashable]]) -> dict[tuple[int, Hashable], int]:
    """The entries of each tier of what the words stand for: `held_by` says of each word's number for what. One query at most."""
    rows = _POSTINGS.rows([state.generation], rounded(sorted(held_by))) if held_by else []
    blocks = (((tier, key), block, bits) for tier, word, block, bits in rows for key in held_by[word])
    return gathered(blocks, state.next_number)
