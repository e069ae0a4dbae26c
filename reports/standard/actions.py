"""Write actions for standard reports: releasing small numbers, and setting which courses contribute to which target."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import record
from common.actions import action
from members.models import Member
from reports.models import Contribution, Release
from trainings.models import Course


@action
def release_cells(*, pack: str, first: date, last: date, reason: str, by: Member) -> Release:
    """Let small numbers of one's own ministry's people appear in standard reports of this kind and exactly this period.

    Raises ValidationError if they are already released.
    """
    there = Release.objects.filter(organisation=by.organisation_id, kind=pack, first=first, last=last, ended_at=None)
    if there.select_for_update().exists():
        raise ValidationError(_("These numbers are released already."))
    made = Release.objects.create(
        organisation=by.organisation, kind=pack, first=first, last=last, reason=reason, made_by=by
    )
    record("release_cells", made, by=by, free_text={"reason": reason}, pack=pack, first=str(first), last=str(last))
    return made


@action
def withdraw_release(*, release: Release, by: Member) -> None:
    """Withdraw a release of small numbers. Standard reports made before do not change."""
    fresh = Release.objects.select_for_update().get(pk=release.pk)
    if fresh.ended_at is not None:
        raise ValidationError(_("This release was withdrawn already."))
    fresh.ended_at = timezone.now()
    fresh.save(update_fields=["ended_at"])
    record("withdraw_release", fresh, by=by)


@action
def set_contributions(*, course: Course, targets: Iterable[str], by: Member) -> None:
    """Set the targets that trainings of a course contribute to, without changing anything else of the course."""
    of_it = Contribution.objects.filter(course=course)
    wanted, there = set(targets), set(of_it.values_list("target", flat=True))
    of_it.exclude(target__in=wanted).delete()
    Contribution.objects.bulk_create([Contribution(course=course, target=target) for target in sorted(wanted - there)])
    record("set_contributions", course, by=by, targets=sorted(wanted))
