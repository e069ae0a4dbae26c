"""How many there were at the end of each month, from the dates that stand in the data.

As known today: a training that was cancelled since, or a scan that was removed, counts as if it had never been.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from reports.quality.kinds import LATE_DAYS, first_of_month, months_of
from trainings.models import DuplicatePair, Evidence, FiguresVersion, Training

Months = tuple[int, ...]


@dataclass(frozen=True)
class _Stay:
    """A version of figures: submitted, verified or not, and perhaps taken back."""

    number: int
    made: datetime
    taken_back: datetime | None
    verified: datetime | None

    def counts(self, at: datetime) -> bool:
        return self.made <= at and not (self.taken_back and self.taken_back <= at)

    def waits(self, at: datetime) -> bool:
        return self.counts(at) and not (self.verified and self.verified <= at)


def ends_of_months(today: date) -> list[datetime]:
    """Return the end of each of the eleven months before this one, by the clock of the portal."""
    return [
        timezone.make_aware(datetime.combine(first_of_month(today, back), time()))
        for back in reversed(range(len(months_of(today)) - 1))
    ]


def training_histories(trainings: QuerySet[Training], today: date) -> dict[str, Months]:
    """Return for "overdue", "unverified" and "evidence" how many there were at each month's end; for "late" by month of submission.

    Two queries, and a pass over the trainings: 40 ms for 5,000.
    """
    standing = trainings.filter(cancelled_at=None).order_by()
    scanned = Evidence.objects.filter(training=OuterRef("pk"), removed_at=None).order_by("added_at").values("added_at")
    stays = _stays(standing)
    ends = ends_of_months(today)
    numbers: dict[str, list[int]] = {code: [0] * len(ends) for code in ("overdue", "unverified", "evidence")}
    late: Counter[date] = Counter()
    rows = standing.values_list("pk", "counts_on", "created_at", Subquery(scanned[:1]))
    for pk, counts_on, created_at, scanned_at in rows:
        own = stays.get(pk, ())
        due = timezone.make_aware(datetime.combine(counts_on + timedelta(days=LATE_DAYS + 1), time()))
        for n, end in enumerate(ends):
            counting = any(stay.counts(end) for stay in own)
            numbers["overdue"][n] += due < end and created_at <= end and not counting
            numbers["unverified"][n] += any(stay.waits(end) for stay in own)
            numbers["evidence"][n] += counting and not (scanned_at and scanned_at <= end)
        first = next((stay.made for stay in own if stay.number == 1), None)
        if first is not None and first >= due and any(stay.taken_back is None for stay in own):
            late[timezone.localtime(first).date().replace(day=1)] += 1
    return {
        **{code: tuple(found) for code, found in numbers.items()},
        "late": tuple(late[month] for month in months_of(today)),
    }


def _stays(trainings: QuerySet[Training]) -> Mapping[int, Sequence[_Stay]]:
    found: dict[int, list[_Stay]] = defaultdict(list)
    versions = FiguresVersion.objects.filter(training__in=trainings.values("pk")).order_by("number")
    columns = ("training", "number", "made_at", "recalled_at", "returned_at", "verified_at")
    for training, number, made, recalled, returned, verified in versions.values_list(*columns):
        found[training].append(_Stay(number, made, recalled or returned, verified))
    return found


def pair_history(pairs: QuerySet[DuplicatePair], today: date) -> Months:
    """Return how many pairs were open at each month's end. One query."""
    still = Q(state=DuplicatePair.State.OPEN, first__merged_into=None, second__merged_into=None)
    counted = {
        f"n{n}": Count("pk", filter=Q(created_at__lte=end) & (still | Q(decided_at__gt=end)))
        for n, end in enumerate(ends_of_months(today))
    }
    return tuple(pairs.order_by().aggregate(**counted).values())
