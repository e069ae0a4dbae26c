"""Find which participants of one home are probably one person. Only proposes: a person decides.

Finds equal service numbers, equal names in either order, names that sound alike, and one typing error in one of the two
names. Incompatible sexes and different service numbers rule out any pair.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from common.folding import loose, spelling
from trainings.models import DuplicatePair, Participant, Sex

Why = DuplicatePair.Why
LETTERS_FOR_AN_ERROR = 4  # in shorter names one different letter makes another name
# A slip is rare: two spellings that more people of a home have than this are two names, like Marija and Marina.
BEARERS_OF_A_SLIP = 2
# Within one name each is compared with this many after it, so that a name shared by hundreds does not make thousands of pairs.
MAX_ALIKE = 20


def is_compatible(first: str, other: str) -> bool:
    """Return whether two participants of these sexes may be one person."""
    return Sex.NOT_RECORDED in (first, other) or first == other


def is_one_error(first: str, other: str) -> bool:
    """Return whether the words differ by one letter inserted, removed or replaced, or by two neighbours swapped.

    The optimal string alignment distance of 1 (Damerau 1964).
    """
    if first == other or abs(len(first) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(first), len(other)) and first[start] == other[start]:
        start += 1
    a, b = first[start:], other[start:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (len(a) > 1 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:])
    return a[1:] == b if len(a) > len(b) else a == b[1:]


@dataclass(slots=True, frozen=True)
class Record:
    """A participant's name, as much as comparing needs: folded to its spelling. `pk` is the unmerged participant."""

    pk: int
    family_name: str
    given_name: str
    sex: str
    service: str

    @property
    def loose_key(self) -> str:
        return f"{loose(self.family_name)} {loose(self.given_name)}".strip()

    @property
    def swapped_loose_key(self) -> str:
        return f"{loose(self.given_name)} {loose(self.family_name)}".strip()


ReasonByPair = dict[tuple[int, int], str]


def with_standing(people: QuerySet[Participant]) -> QuerySet[Participant]:
    """Annotate each row with `who` it stands for and their sex: a merged row lends its name and number to another."""
    return people.annotate(who=Coalesce("merged_into", "pk"), standing_sex=Coalesce("merged_into__sex", "sex"))


def records_of(people: QuerySet[Participant]) -> dict[int, list[Record]]:
    """Return the names by home, oldest first; a merged name counts for the one it was merged into. One query."""
    by_home: dict[int, list[Record]] = defaultdict(list)
    columns = ("organisation", "who", "family_name", "given_name", "standing_sex", "service_hash")
    for home, pk, family, given_name, sex, service in with_standing(people.order_by("pk")).values_list(*columns):
        by_home[home].append(Record(pk, spelling(family), spelling(given_name), sex, service))
    return by_home


class Identified(Protocol):
    """What identifies a person, a participant or a row of a list, besides the names."""

    @property
    def sex(self) -> str: ...

    @property
    def service(self) -> str: ...


def may_be_one(first: Identified, other: Identified) -> bool:
    """Return whether neither sex nor service number rules it out."""
    numbers_differ = first.service and other.service and first.service != other.service
    return is_compatible(first.sex, other.sex) and not numbers_differ


def close_words(words: Mapping[str, int]) -> dict[str, list[str]]:
    """Return for each word those within one typing error of it; `words` gives how many people have each.

    By deletion neighbourhoods: two words one error apart share a word after removing one letter from either or both.
    So the cost grows with the letters, not with the square of the words.
    """
    neighbourhoods: dict[str, list[str]] = defaultdict(list)
    for word in words:
        if len(word) >= LETTERS_FOR_AN_ERROR:
            for left in {word, *(word[:n] + word[n + 1 :] for n in range(len(word)))}:
                neighbourhoods[left].append(word)
    close: dict[str, set[str]] = defaultdict(set)
    for together in neighbourhoods.values():
        for n, first in enumerate(together):
            for other in together[n + 1 :]:
                if min(words[first], words[other]) <= BEARERS_OF_A_SLIP and is_one_error(first, other):
                    close[first].add(other)
                    close[other].add(first)
    return {word: sorted(others) for word, others in close.items()}


class _Home:
    """The participants of one home, indexed by service number and by their names in every spelling.

    Without `slips` typing errors are not looked for: that compares every name of the home with the others.
    """

    def __init__(self, records: Collection[Record], *, slips: bool) -> None:
        self.by_service: dict[str, list[Record]] = defaultdict(list)
        self.by_name: dict[tuple[str, str], list[Record]] = defaultdict(list)
        self.by_loose: dict[str, list[Record]] = defaultdict(list)
        for record in records:
            if record.service:
                self.by_service[record.service].append(record)
            self.by_name[record.family_name, record.given_name].append(record)
            self.by_loose[record.loose_key].append(record)
        self.families = close_words(Counter(record.family_name for record in records)) if slips else {}
        self.close_given_names = close_words(Counter(record.given_name for record in records)) if slips else {}

    def alike(self, record: Record) -> Iterator[tuple[Iterable[Record], str]]:
        """Yield the possible duplicates of this one, the strongest reason first."""
        if record.service:
            yield self.by_service[record.service], Why.SERVICE
        yield self.by_name[record.family_name, record.given_name], Why.NAME
        if record.family_name != record.given_name:
            yield self.by_name.get((record.given_name, record.family_name), ()), Why.SWAPPED
        yield self.by_loose[record.loose_key], Why.LOOSE
        yield self.by_loose.get(record.swapped_loose_key, ()), Why.LOOSE
        for family in self.families.get(record.family_name, ()):
            yield self.by_name.get((family, record.given_name), ()), Why.TYPING
        for given_name in self.close_given_names.get(record.given_name, ()):
            yield self.by_name.get((record.family_name, given_name), ()), Why.TYPING


def find_pairs(records: Collection[Record], only: Collection[int] | None = None, *, slips: bool = True) -> ReasonByPair:
    """Return which of these names of one home may be one person, and why; `only` limits to pairs with one of these.

    `slips` says whether one typing error is looked for, too.
    Linear in the records: at most MAX_ALIKE of each kind for each. 100,000 records take about three seconds. No query.
    """
    home = _Home(records, slips=slips)
    wanted = None if only is None else set(only)
    pairs: ReasonByPair = {}
    for record in records:
        if wanted is not None and record.pk not in wanted:
            continue
        for others, why in home.alike(record):
            _take(pairs, record, others, why, both_ways=wanted is not None)
    return pairs


def _take(pairs: ReasonByPair, record: Record, others: Iterable[Record], why: str, *, both_ways: bool) -> None:
    """Add the pairs of one participant. Without `both_ways` only with later ones: the earlier ones add theirs."""
    taken = 0
    for other in others:
        is_earlier = other.pk < record.pk and not both_ways
        if other.pk == record.pk or is_earlier or not may_be_one(record, other):
            continue
        pairs.setdefault((min(record.pk, other.pk), max(record.pk, other.pk)), why)
        taken += 1
        if taken == MAX_ALIKE:
            return


def pairs_at_hand(people: Collection[Participant]) -> ReasonByPair:
    """Return the pairs of new people that indexes can find: by service number and by names, spelling and sound, in either order.

    One query. Typing errors are found when the home is compared as a whole.
    """
    spellings, sounds, services = set(), set(), set()
    for person in people:
        family, given_name = person.family_name, person.given_name
        spellings |= {person.spelling_key, f"{spelling(given_name)} {spelling(family)}".strip()}
        sounds |= {person.loose_key, f"{loose(given_name)} {loose(family)}".strip()}
        services |= {person.service_hash} - {""}
    alike = Q(spelling_key__in=spellings) | Q(loose_key__in=sounds) | Q(service_hash__in=services)
    near = Participant.objects.filter(alike, organisation__in={person.organisation_id for person in people})
    pairs: ReasonByPair = {}
    for records in records_of(near).values():
        pairs |= find_pairs(records, {person.pk for person in people}, slips=False)
    return pairs
