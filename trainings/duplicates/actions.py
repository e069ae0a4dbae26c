"""Find possible duplicates, and decide that they are not."""

from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import record
from common.actions import action
from members.models import Member, Organisation
from trainings.duplicates.detection import ReasonByPair, find_pairs, pairs_at_hand, records_of
from trainings.models import DuplicatePair, Participant, Training
from trainings.signals import figures_changed

AT_ONCE = 1000
MARKED_AT_ONCE = 10_000


def compare_when_committed() -> None:
    """Have the network's figures recounted: their number of people depends on open pairs."""
    transaction.on_commit(lambda: figures_changed.send(sender=Training))


def _open(reasons: ReasonByPair) -> None:
    """Save these pairs as open; existing pairs, above all decided ones, do not change."""
    pairs = [
        DuplicatePair(first_id=first, second_id=second, why=why) for (first, second), why in sorted(reasons.items())
    ]
    DuplicatePair.objects.bulk_create(pairs, ignore_conflicts=True, batch_size=AT_ONCE)


def note_pairs(made: Sequence[Participant]) -> None:
    """Open the pairs of people just added that indexes find at once. Two queries and an insert for any number.

    A typing error is found when the organisation is compared: by the worker within minutes, or from the page.
    """
    if pairs := pairs_at_hand(made):
        _open(pairs)


def locked_people(records: Collection[int]) -> dict[int, Participant]:
    """Lock these participants and map each to the one that represents it: itself, or the one it was merged into.

    While locked, nobody can be merged before the caller has written. One query, one more if somebody was merged.
    """
    rows = Participant.objects.select_for_update().order_by("pk")
    people = rows.in_bulk(list(records))
    while missing := {r.merged_into_id for r in people.values() if r.merged_into_id} - people.keys():
        people |= rows.in_bulk(list(missing))

    def standing(person: Participant) -> Participant:
        return people[person.merged_into_id] if person.merged_into_id else person

    return {pk: standing(standing(people[pk])) for pk in records}


def _compare(organisation: Organisation, *, only_new: bool) -> int:
    """Compare the participants of one home and return how many pairs are new. Three queries and the inserts."""
    people = Participant.objects.filter(organisation=organisation)
    now = timezone.now()
    to_compare = list(people.filter(compared_at=None, merged_into=None).order_by().values_list("pk", flat=True))
    records = records_of(people).get(organisation.pk, [])
    pairs = DuplicatePair.objects.filter(first__organisation=organisation)
    before = pairs.count()
    _open(find_pairs(records, to_compare if only_new else None))
    # People added meanwhile may not have been read, and are left for the next time.
    for start in range(0, len(to_compare), MARKED_AT_ONCE):
        people.filter(pk__in=to_compare[start : start + MARKED_AT_ONCE]).update(compared_at=now)
    return pairs.count() - before


@action
def look_for_duplicates(*, organisation: Organisation, by: Member) -> int:
    """Compare all people of a home with each other; return how many pairs are new.

    Decided pairs are never reopened. 100,000 people take about five seconds.
    """
    opened = _compare(organisation, only_new=False)
    record("look_for_duplicates", organisation, by=by, opened=opened)
    compare_when_committed()
    return opened


def compare_new_people() -> None:
    """Compare the people of each home that were added or renamed since the last time with all others of it.

    The worker's job: one query if there are none, two seconds for a home of 100,000. Audited only if a pair is found.
    """
    waiting = Participant.objects.filter(compared_at=None, merged_into=None).order_by()
    for organisation in Organisation.objects.filter(pk__in=waiting.values("organisation")):
        with transaction.atomic():
            if opened := _compare(organisation, only_new=True):
                record("look_for_duplicates", organisation, by=None, opened=opened)
                compare_when_committed()


def _locked(pair: DuplicatePair) -> DuplicatePair:
    return DuplicatePair.objects.select_for_update(of=("self",)).select_related("first").get(pk=pair.pk)


def _decide(pair: DuplicatePair, state: str, by: Member | None) -> None:
    pair.state, pair.decided_by, pair.decided_at = state, by, timezone.now() if by else None
    pair.save(update_fields=["state", "decided_by", "decided_at"])
    compare_when_committed()


@action
def set_different(*, pair: DuplicatePair, by: Member) -> None:
    """Mark these two as different people: the pair is not proposed again."""
    fresh = _locked(pair)
    if not fresh.is_open:
        raise ValidationError(_("These two are decided already. Load the page again."))
    _decide(fresh, DuplicatePair.State.DIFFERENT, by)
    record("set_different", fresh, by=by, root=fresh.first.organisation)


@action
def reopen_pair(*, pair: DuplicatePair, by: Member) -> None:
    """Reopen a pair that was marked as different people."""
    fresh = _locked(pair)
    if not fresh.is_different:
        raise ValidationError(_("Only two who were said to be different can be opened again. Load the page again."))
    _decide(fresh, DuplicatePair.State.OPEN, None)
    record("reopen_pair", fresh, by=by, root=fresh.first.organisation)
