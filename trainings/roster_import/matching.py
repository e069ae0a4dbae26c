"""Match people of a list to known participants: decided if one visible person fits exactly, else proposed.

Nothing is merged automatically. Exact: the spelling key, family and given name in either order, or an equal service number.
Near: the loose key, or one typing error (a letter more, less, another, or two swapped) in one of the two names.
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings

from common.folding import loose, spelling
from members.models import Member
from trainings.access import visible_records
from trainings.duplicates.detection import LETTERS_FOR_AN_ERROR, is_compatible, is_one_error, may_be_one, with_standing
from trainings.models import Participant

MAX_CANDIDATES = 6


@dataclass(frozen=True)
class Wanted:
    """One person of a list: home organisation, names, sex and service hash ("" if none)."""

    organisation: int
    family_name: str
    given_name: str
    sex: str
    service: str = ""


@dataclass(slots=True)
class Known:
    """One visible participant, reduced to what matching needs."""

    pk: int
    family_name: str
    given_name: str
    sex: str
    service: str
    spelling_key: str
    loose_key: str


@dataclass
class Match:
    """The candidates for a person of a list: exact or near, each with the reason as a `DuplicatePair.Why`."""

    exact: list[tuple[Known, str]] = field(default_factory=list)
    near: list[tuple[Known, str]] = field(default_factory=list)

    @property
    def only(self) -> Known | None:
        """The one person who fits exactly, if there is no other."""
        return self.exact[0][0] if len(self.exact) == 1 else None


def service_hash(number: str, organisation: int) -> str:
    """Return the stored hash of a service number: HMAC-SHA256 with PERSON_KEY over the home and its letters and digits.

    "" for a number without any. The number itself is never stored.
    """
    bare = "".join(letter for letter in spelling(number) if letter.isalnum())
    if not bare:
        return ""
    return hmac.new(settings.PERSON_KEY.encode(), f"{organisation}:{bare}".encode(), hashlib.sha256).hexdigest()


# (key, family name, given name, sex, service hash, spelling key, loose key, home): many are read, few become a Known.
Row = tuple[Any, ...]


def _known(row: Row) -> Known:
    return Known(*row[:-1])


class _Exact:
    """People of one home with the names or the service number of somebody wanted. Only they become more than a row."""

    def __init__(self, rows: Iterable[Row], wanted: Iterable[Wanted]) -> None:
        self.by_key: dict[str, list[Known]] = {key: [] for one in wanted for key in _both_orders(one, spelling)}
        self.by_service: dict[str, list[Known]] = {one.service: [] for one in wanted if one.service}
        for row in rows:
            if row[5] in self.by_key or row[4] in self.by_service:
                person = _known(row)
                self.by_key.get(person.spelling_key, []).append(person)
                self.by_service.get(person.service, []).append(person)

    def find(self, wanted: Wanted) -> Iterator[tuple[Known, str]]:
        straight, swapped = _both_orders(wanted, spelling)
        yield from ((person, "service") for person in self.by_service.get(wanted.service, ()))
        yield from ((person, "name") for person in self.by_key[straight])
        if straight != swapped:
            yield from ((person, "swapped") for person in self.by_key[swapped])


class _Near:
    """People of one home who sound like somebody wanted, or are one typing error away.

    A key of several words is split at each of them: finding where its family name ends is not worth folding it again.
    """

    def __init__(self, rows: Iterable[Row], wanted: Sequence[Wanted]) -> None:
        self.by_loose: dict[str, list[Row]] = {key: [] for one in wanted for key in _both_orders(one, loose)}
        self.by_first: dict[str, list[tuple[str, Row]]] = {spelling(one.family_name): [] for one in wanted}
        self.by_last: dict[str, list[tuple[str, Row]]] = {spelling(one.given_name): [] for one in wanted}
        for row in rows:
            key, sound = row[5], row[6]
            if sound in self.by_loose:
                self.by_loose[sound].append(row)
            at = key.find(" ")
            while at >= 0:
                first, last = key[:at], key[at + 1 :]
                if first in self.by_first:
                    self.by_first[first].append((last, row))
                if last in self.by_last:
                    self.by_last[last].append((first, row))
                at = key.find(" ", at + 1)

    def find(self, wanted: Wanted) -> Iterator[tuple[Known, str]]:
        for order in _both_orders(wanted, loose):
            yield from ((_known(row), "loose") for row in self.by_loose[order])
        family, given_name = spelling(wanted.family_name), spelling(wanted.given_name)
        yield from _mistyped(given_name, self.by_first[family])
        yield from _mistyped(family, self.by_last[given_name])


def _mistyped(word: str, others: Iterable[tuple[str, Row]]) -> Iterator[tuple[Known, str]]:
    """Yield those whose word is this one with a typing error.

    Length or ends that no error explains rule most out without further comparison: hundreds can share a given name.
    """
    size = len(word)
    if size >= LETTERS_FOR_AN_ERROR:
        first, last = word[0], word[-1]
        for other, row in others:
            is_alike = -2 < len(other) - size < 2 and (other[0] == first or other[-1] == last)
            if is_alike and is_one_error(word, other):
                yield _known(row), "typing"


def _both_orders(wanted: Wanted, key: Callable[[str], str]) -> tuple[str, str]:
    """Return the key of the names in both orders. Keys are built word by word, so they can be concatenated."""
    family, given_name = key(wanted.family_name), key(wanted.given_name)
    return f"{family} {given_name}", f"{given_name} {family}"


def match(wanted: Sequence[Wanted], *, by: Member) -> list[Match]:
    """Return for each person of a list the people visible to `by` that they are, or may be.

    One query in total; 5,000 people against 100,000 take about half a second.
    """
    rows: dict[int, list[Row]] = defaultdict(list)
    people = (
        visible_records(by).filter(organisation__in={wanted_person.organisation for wanted_person in wanted}).order_by()
    )
    columns = ("who", "family_name", "given_name", "standing_sex", "service_hash", "spelling_key", "loose_key",
               "organisation")  # fmt: skip
    for row in with_standing(people).values_list(*columns):
        rows[row[-1]].append(row)
    matches: dict[Wanted, Match] = {}
    for home in {wanted_person.organisation for wanted_person in wanted}:
        there = list({wanted_person: None for wanted_person in wanted if wanted_person.organisation == home})
        exact = _Exact(rows[home], there)
        matches |= {wanted_person: _exactly(wanted_person, exact) for wanted_person in there}
        unknown = [wanted_person for wanted_person in there if not matches[wanted_person].exact]
        near = _Near(rows[home] if unknown else (), unknown)
        for wanted_person in unknown:
            matches[wanted_person].near = _nearly(wanted_person, near)
    return [matches[wanted_person] for wanted_person in wanted]


def _exactly(wanted: Wanted, among: _Exact) -> Match:
    match_found, seen = Match(), set[int]()
    for person, why in among.find(wanted):
        # An equal service number is the same person whatever the name; a name of the other sex is another person.
        if person.pk not in seen and (why == "service" or is_compatible(person.sex, wanted.sex)):
            seen.add(person.pk)
            match_found.exact.append((person, why))
    by_service = [pair for pair in match_found.exact if pair[1] == "service"]
    if by_service:
        match_found.exact = by_service
    elif wanted.service:  # another number is another person
        match_found.exact = [(person, why) for person, why in match_found.exact if not person.service]
    return match_found


def _nearly(wanted: Wanted, among: _Near) -> list[tuple[Known, str]]:
    """Return the near matches, except people of the other sex or with another number."""
    candidates: dict[int, tuple[Known, str]] = {}
    for person, why in among.find(wanted):
        if may_be_one(person, wanted):
            candidates.setdefault(person.pk, (person, why))
    return list(candidates.values())[:MAX_CANDIDATES]


class Named(Protocol):
    """A person or a row of a list, with the names."""

    @property
    def family_name(self) -> str: ...

    @property
    def given_name(self) -> str: ...


def bears_nearly(first: Named, other: Named) -> bool:
    """Whether two with one service number have nearly the same name, in either order: else the number is mistyped.

    Nearly: the loose key, or one typing error in the whole.
    """
    written = f"{first.family_name} {first.given_name}"
    orders = (f"{other.family_name} {other.given_name}", f"{other.given_name} {other.family_name}")
    return any(loose(written) == loose(name) or is_one_error(spelling(written), spelling(name)) for name in orders)


def unseen_with_service(hashes: Iterable[str]) -> dict[str, Participant]:
    """Return participants by service hash, whoever may see them: to join silently, never to show. One query."""
    rows = Participant.objects.filter(service_hash__in=[d for d in hashes if d]).select_related("merged_into")
    return {record.service_hash: record for record in rows.order_by("-pk")}
