"""Who of a list is known already: decided where one visible person fits exactly, proposed where several or nearly do.

Nothing is merged by itself. Exact: the spelling key, family and given name in either order, or an equal service number. Near:
the loose key, or one typing error (a letter more, less, another, or two swapped) in one of the two names.
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.conf import settings

from common.folding import loose, spelling
from members.models import Member
from trainings.access import visible_participants
from trainings.models import Participant, Sex

CANDIDATES_MOST = 6
LETTERS_FOR_AN_ERROR = 4  # in shorter names one letter is another name


@dataclass(frozen=True)
class Wanted:
    """One person of a list: home organisation, names, sex and service digest ("" where there is none)."""

    organisation: int
    family: str
    given: str
    sex: str
    service: str = ""


@dataclass(frozen=True)
class Known:
    """One visible participant, as much as matching needs."""

    pk: int
    family: str
    given: str
    sex: str
    service: str


@dataclass
class Match:
    """Who a person of a list may be: exactly these, or nearly these, each with why in the words of `WHY`."""

    exact: list[tuple[Known, str]] = field(default_factory=list)
    near: list[tuple[Known, str]] = field(default_factory=list)

    @property
    def only(self) -> Known | None:
        """The one person who fits exactly, where there is no other."""
        return self.exact[0][0] if len(self.exact) == 1 else None


def is_compatible(one: str, other: str) -> bool:
    """Return whether two records of these sexes may be one person."""
    return Sex.NOT_RECORDED in (one, other) or one == other


def service_digest(number: str, organisation: int) -> str:
    """Return what is kept of a service number: HMAC-SHA256 with PERSON_KEY over the home and its letters and digits.

    "" for a number without any. The number itself is kept nowhere.
    """
    bare = "".join(letter for letter in spelling(number) if letter.isalnum())
    if not bare:
        return ""
    return hmac.new(settings.PERSON_KEY.encode(), f"{organisation}:{bare}".encode(), hashlib.sha256).hexdigest()


def one_error_from(word: str) -> Iterator[str]:
    """Yield the word with each letter left out in turn: two words are one error apart only if they share one of these."""
    yield word
    for n in range(len(word)):
        yield word[:n] + word[n + 1 :]


def is_one_error(one: str, other: str) -> bool:
    """Return whether the words differ by one letter more, less or another, or by two neighbours swapped.

    The optimal string alignment distance of 1 (Damerau 1964).
    """
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (len(a) > 1 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:])
    return a[1:] == b if len(a) > len(b) else a == b[1:]


class _Index:
    """The visible people of one home, found by names and service digest."""

    def __init__(self, people: Iterable[Known]) -> None:
        self.by_name: dict[tuple[str, str], list[Known]] = defaultdict(list)
        self.by_loose: dict[tuple[str, str], list[Known]] = defaultdict(list)
        self.by_service: dict[str, list[Known]] = defaultdict(list)
        self.given_of: dict[str, set[str]] = defaultdict(set)
        self.family_of: dict[str, set[str]] = defaultdict(set)
        for person in people:
            family, given = spelling(person.family), spelling(person.given)
            self.by_name[family, given].append(person)
            self.by_loose[loose(person.family), loose(person.given)].append(person)
            self.given_of[family].add(given)
            self.family_of[given].add(family)
            if person.service:
                self.by_service[person.service].append(person)
        self.families_by_part: dict[str, list[str]] = defaultdict(list)
        for family in self.given_of:
            for part in one_error_from(family):
                self.families_by_part[part].append(family)

    def exact(self, wanted: Wanted) -> Iterator[tuple[Known, str]]:
        family, given = spelling(wanted.family), spelling(wanted.given)
        yield from ((person, "service") for person in self.by_service.get(wanted.service, ()) if wanted.service)
        yield from ((person, "name") for person in self.by_name.get((family, given), ()))
        if family != given:
            yield from ((person, "swapped") for person in self.by_name.get((given, family), ()))

    def near(self, wanted: Wanted) -> Iterator[tuple[Known, str]]:
        family, given = spelling(wanted.family), spelling(wanted.given)
        keys = loose(wanted.family), loose(wanted.given)
        for order in (keys, keys[::-1]):
            yield from ((person, "loose") for person in self.by_loose.get(order, ()))
        if len(given) >= LETTERS_FOR_AN_ERROR:
            for other in self.given_of.get(family, ()):
                if is_one_error(given, other):
                    yield from ((person, "typing") for person in self.by_name[family, other])
        if len(family) >= LETTERS_FOR_AN_ERROR:
            alike = {one for part in one_error_from(family) for one in self.families_by_part.get(part, ())}
            for other in alike & self.family_of.get(given, set()):
                if is_one_error(family, other):
                    yield from ((person, "typing") for person in self.by_name[other, given])


def match(wanted: Sequence[Wanted], *, by: Member) -> list[Match]:
    """Return for each person of a list who among those that `by` may see they are, or may be.

    One query for all; 5,000 people against 100,000 take about a second.
    """
    homes = {one.organisation for one in wanted}
    people: dict[int, list[Known]] = defaultdict(list)
    rows = visible_participants(by).filter(organisation__in=homes).order_by()
    columns = ("organisation", "pk", "family_name", "given_name", "sex", "service_digest")
    for home, pk, family, given, sex, service in rows.values_list(*columns):
        people[home].append(Known(pk, family, given, sex, service))
    indexes = {home: _Index(people[home]) for home in homes}
    return [_match_one(one, indexes[one.organisation]) for one in wanted]


def _match_one(wanted: Wanted, index: _Index) -> Match:
    found, seen = Match(), set[int]()
    for person, why in index.exact(wanted):
        # An equal service number is the person whatever else is written; a name of the other sex is another person.
        if person.pk not in seen and (why == "service" or is_compatible(person.sex, wanted.sex)):
            seen.add(person.pk)
            found.exact.append((person, why))
    by_service = [pair for pair in found.exact if pair[1] == "service"]
    if by_service:
        found.exact = by_service
        return found
    if wanted.service:  # somebody with another number is somebody else
        found.exact = [(person, why) for person, why in found.exact if not person.service]
    if not found.exact:
        for person, why in index.near(wanted):
            differs = wanted.service and person.service
            if person.pk not in seen and is_compatible(person.sex, wanted.sex) and not differs:
                seen.add(person.pk)
                found.near.append((person, why))
    found.near = found.near[:CANDIDATES_MOST]
    return found


def unseen_with_service(digests: Iterable[str]) -> dict[str, Participant]:
    """Return participants by their service digest, whoever may see them: to join silently, never to show. One query."""
    found = Participant.objects.filter(service_digest__in=[d for d in digests if d])
    return {person.service_digest: person for person in found.order_by("-pk")}
