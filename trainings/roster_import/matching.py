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
from django.db.models.functions import Coalesce

from common.folding import loose, spelling
from members.models import Member
from trainings.access import visible_records
from trainings.duplicates import LETTERS_FOR_AN_ERROR, is_compatible, is_one_error
from trainings.models import Participant

CANDIDATES_MOST = 6


@dataclass(frozen=True)
class Wanted:
    """One person of a list: home organisation, names, sex and service digest ("" where there is none)."""

    organisation: int
    family: str
    given: str
    sex: str
    service: str = ""


@dataclass(slots=True)
class Known:
    """One visible participant, as much as matching needs."""

    pk: int
    family: str
    given: str
    sex: str
    service: str
    spelling_key: str
    loose_key: str


@dataclass
class Match:
    """Who a person of a list may be: exactly these, or nearly these, each with why in the words of `WHY`."""

    exact: list[tuple[Known, str]] = field(default_factory=list)
    near: list[tuple[Known, str]] = field(default_factory=list)

    @property
    def only(self) -> Known | None:
        """The one person who fits exactly, where there is no other."""
        return self.exact[0][0] if len(self.exact) == 1 else None


def service_digest(number: str, organisation: int) -> str:
    """Return what is kept of a service number: HMAC-SHA256 with PERSON_KEY over the home and its letters and digits.

    "" for a number without any. The number itself is kept nowhere.
    """
    bare = "".join(letter for letter in spelling(number) if letter.isalnum())
    if not bare:
        return ""
    return hmac.new(settings.PERSON_KEY.encode(), f"{organisation}:{bare}".encode(), hashlib.sha256).hexdigest()


class _Index:
    """The visible people of one home, found by names and service digest. What is near is looked up only where it is asked."""

    def __init__(self, people: Iterable[Known]) -> None:
        self.by_key: dict[str, list[Known]] = defaultdict(list)
        self.by_loose: dict[str, list[Known]] = defaultdict(list)
        self.by_service: dict[str, list[Known]] = defaultdict(list)
        for person in people:
            self.by_key[person.spelling_key].append(person)
            self.by_loose[person.loose_key].append(person)
            if person.service:
                self.by_service[person.service].append(person)
        self._families: dict[str, list[Known]] = {}
        self._given: dict[str, list[Known]] = {}

    def exact(self, wanted: Wanted) -> Iterator[tuple[Known, str]]:
        family, given = spelling(wanted.family), spelling(wanted.given)
        yield from ((person, "service") for person in self.by_service.get(wanted.service, ()) if wanted.service)
        yield from ((person, "name") for person in self.by_key.get(f"{family} {given}", ()))
        if family != given:
            yield from ((person, "swapped") for person in self.by_key.get(f"{given} {family}", ()))

    def near(self, wanted: Wanted) -> Iterator[tuple[Known, str]]:
        family, given = spelling(wanted.family), spelling(wanted.given)
        for order in (f"{wanted.family} {wanted.given}", f"{wanted.given} {wanted.family}"):
            yield from ((person, "loose") for person in self.by_loose.get(loose(order), ()))
        if not self._families:
            self._split()
        if len(given) >= LETTERS_FOR_AN_ERROR:
            same = self._families.get(family, ())
            yield from ((person, "typing") for person in same if is_one_error(given, spelling(person.given)))
        if len(family) >= LETTERS_FOR_AN_ERROR:
            same = self._given.get(given, ())
            yield from ((person, "typing") for person in same if is_one_error(family, spelling(person.family)))

    def _split(self) -> None:
        """Sort the people by each of their two names: once, when the first name is not found as it is written."""
        self._families, self._given = defaultdict(list), defaultdict(list)
        for people in self.by_key.values():
            for person in people:
                self._families[spelling(person.family)].append(person)
                self._given[spelling(person.given)].append(person)


def match(wanted: Sequence[Wanted], *, by: Member) -> list[Match]:
    """Return for each person of a list who among those that `by` may see they are, or may be.

    One query for all; 5,000 people against 100,000 take about a second.
    """
    homes = {one.organisation for one in wanted}
    people: dict[int, list[Known]] = defaultdict(list)
    rows = visible_records(by).filter(organisation__in=homes).order_by()
    # A merged record lends its names and its number to the one it was merged into.
    rows = rows.annotate(who_stands=Coalesce("merged_into", "pk"), standing_sex=Coalesce("merged_into__sex", "sex"))
    columns = ("organisation", "who_stands", "family_name", "given_name", "standing_sex", "service_digest", "spelling_key",
               "loose_key")  # fmt: skip
    for home, pk, family, given, sex, service, spelling_key, loose_key in rows.values_list(*columns):
        people[home].append(Known(pk, family, given, sex, service, spelling_key, loose_key))
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
    """Return records by their service digest, whoever may see them: to join silently, never to show. One query."""
    rows = Participant.objects.filter(service_digest__in=[d for d in digests if d]).select_related("merged_into")
    return {record.service_digest: record for record in rows.order_by("-pk")}
