"""Numbers without names: enter them, and switch to a roster."""

from collections.abc import Iterable, Sequence
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import record
from common.actions import action
from members.models import Member, Organisation
from trainings.actions import check_open, locked
from trainings.attendance.minutes import recount_enrolments
from trainings.models import Enrolment, Headcount, Party, Training


def check_counts(counts: Iterable[Headcount]) -> None:
    """Raise ValidationError for an impossible headcount row: out of range, or more completed than attended."""
    for count in counts:
        count.clean_fields(exclude=["party"])
        if count.completed is not None and count.completed > count.attended:
            raise ValidationError(_("More completed than attended in one row. Correct one of the two numbers."))


@action
def set_headcounts(
    *,
    training: Training,
    organisation: Organisation,
    counts: Sequence[Headcount],
    replaces_roster: bool = False,
    by: Member,
) -> Party:
    """Record an organisation by numbers. Refuses if it has a roster, unless `replaces_roster`.

    Switching removes its people from the roster, where each can be restored; no mark is lost.
    """
    fresh = locked(training)
    check_open(fresh)
    check_counts(counts)
    party, _created = Party.objects.select_for_update().get_or_create(
        training=fresh, organisation=organisation, defaults={"headcount_key": uuid4()}
    )
    if party.headcount_key is None:
        on_roster = Enrolment.objects.filter(party=party)
        if on_roster.exists() and not replaces_roster:
            raise ValidationError(
                _("%(organisation)s has a roster in this training. Confirm that the headcount takes its place.")
                % {"organisation": organisation.short_name}
            )
        key = uuid4()
        on_roster.update(party=None, removed_at=timezone.now(), removed_with=key)
        party.roster_key, party.headcount_key = None, key
        party.save(update_fields=["roster_key", "headcount_key"])
    party.headcounts.all().delete()
    for count in counts:
        count.party = party
    Headcount.objects.bulk_create([count for count in counts if count.attended])
    record(
        "set_headcounts",
        party,
        by=by,
        root=fresh,
        organisation=organisation.code,
        attended=sum(count.attended for count in counts),
    )
    return party


@action
def switch_to_roster(*, party: Party, by: Member) -> None:
    """Drop an organisation's headcount so that people can be entered; those it replaced come back."""
    training = locked(party.training)
    check_open(training)
    party = Party.objects.select_for_update().get(pk=party.pk)
    dropped = [[c.sex, c.rank_group, c.attended, c.completed] for c in party.headcounts.all()]
    party.headcounts.all().delete()
    taken_off = training.enrolments.filter(organisation=party.organisation, removed_with=party.headcount_key)
    # A participant merged into another meanwhile comes back as that one.
    taken_off = taken_off.filter(participant__merged_into=None)
    party.headcount_key, party.roster_key = None, party.roster_key or uuid4()
    party.save(update_fields=["headcount_key", "roster_key"])
    taken_off.filter(removed_with__isnull=False).update(party=party, removed_at=None, removed_with=None)
    recount_enrolments(training)
    record("switch_to_roster", party, by=by, root=training, organisation=party.organisation.code, dropped=dropped)
