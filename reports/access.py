"""Access rules of the reports: who may see which figures. No other module decides this."""

from dataclasses import replace
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from members.models import Member, Organisation, RoleCode
from reports.models import IndicatorValue, Release, Snapshot, Strength
from trainings.access import KEEPING_ROLES
from trainings.counting import Question

LAST_YEAR = 9998  # the last year whose quarters all end on a valid date


def can_see_reports(member: Member) -> bool:
    """Any active member may see reports; the small-cell rule applies."""
    return member.is_active


def sees_whole(member: Member, question: Question) -> bool:
    """Whether the member may see every number of a question, because they may see the names of everybody it is about.

    Recorders and coordinators may do so for people of their own ministry and for everybody in trainings it owns.
    """
    own = member.organisation_id
    return member.has_role(*KEEPING_ROLES) and own in (question.organisation, question.owner)


def allowed_question(question: Question, *, whole: bool) -> Question:
    """Restrict the question for this reader: those who may not see names get whole quarters and no single trainer."""
    if whole:
        return question
    return replace(
        question,
        trainer=None,
        training=None,
        first=quarter_start(question.first) if question.first else None,
        last=quarter_end(question.last) if question.last else None,
    )


def allowed_dimensions(*, whole: bool) -> frozenset[str]:
    """Return the breakdowns this reader may use. Months are finer than quarters, so they need the full view."""
    everything = {
        "organisation", "host", "course", "year", "quarter", "month", "sex", "rank_group", "nato", "age_band", "time", "country",
    }  # fmt: skip
    return frozenset(everything if whole else everything - {"month"})


def quarter_start(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def quarter_end(day: date) -> date:
    start = quarter_start(day)
    month, year = (start.month + 3, start.year) if start.month < 10 else (1, start.year + 1)
    return date.fromordinal(date(year, month, 1).toordinal() - 1)


def can_freeze(member: Member) -> bool:
    """Coordinators and admins may save and sign a snapshot of figures as reported."""
    return member.is_active and member.has_role(RoleCode.COORDINATOR, RoleCode.ADMIN)


def visible_snapshots(member: Member) -> QuerySet[Snapshot]:
    """Snapshots this member may open: their own, their organisation's and those shared with them; for admins, all."""
    if not member.is_active:
        return Snapshot.objects.none()
    if member.has_role(RoleCode.ADMIN):
        return Snapshot.objects.all()
    shared = Snapshot.shown_to.through.objects.filter(snapshot=OuterRef("pk"), member=member)
    return Snapshot.objects.filter(Q(made_by=member) | Q(organisation=member.organisation_id) | Q(Exists(shared)))


def can_show_snapshot(member: Member, snapshot: Snapshot) -> bool:
    """Admins, and coordinators of the snapshot's organisation, may share it with more observers."""
    if not can_freeze(member):
        return False
    return member.has_role(RoleCode.ADMIN) or member.organisation_id == snapshot.organisation_id


def check_sees_reports(member: Member) -> None:
    """Raise Http404 for members who may not see reports, as if there were none."""
    if not can_see_reports(member):
        raise Http404


def can_release(member: Member) -> bool:
    """Coordinators may release small numbers of their own ministry's people for a standard report."""
    return member.is_active and member.has_role(RoleCode.COORDINATOR) and member.organisation.can_keep


def visible_releases(member: Member) -> QuerySet[Release]:
    """Releases of the coordinator's own ministry."""
    return (
        Release.objects.filter(organisation=member.organisation_id) if can_release(member) else Release.objects.none()
    )


def can_tag_courses(member: Member) -> bool:
    """Admins may set which courses contribute to which target."""
    return member.is_active and member.has_role(RoleCode.ADMIN)


def ministries() -> QuerySet[Organisation]:
    """The network's ministries, for which strengths and indicators are recorded."""
    return Organisation.objects.filter(kind=Organisation.Kind.MINISTRY).select_related("country")


def can_enter_strengths(member: Member) -> bool:
    """Coordinators may enter their own ministry's strength. Admins only read it in the report."""
    return member.has_role(RoleCode.COORDINATOR) and member.organisation.kind == Organisation.Kind.MINISTRY


def editable_strengths(member: Member) -> QuerySet[Strength]:
    """Strength tables this member may open in full and change. Others see them in the report, small numbers hidden."""
    if not can_enter_strengths(member):
        return Strength.objects.none()
    return Strength.objects.filter(organisation=member.organisation_id)


def sees_units(member: Member, ministry: int) -> bool:
    """Whether the member may see figures by unit. Units appear next to names, and their strength is sensitive."""
    return sees_whole(member, Question(organisation=ministry))


def visible_indicators(member: Member) -> QuerySet[IndicatorValue]:
    """Any active member may read every value, including replaced ones."""
    return IndicatorValue.objects.all() if member.is_active else IndicatorValue.objects.none()


def indicator_ministries(member: Member) -> QuerySet[Organisation]:
    """Ministries whose indicators this member may enter: all for admins, their own for coordinators."""
    if member.has_role(RoleCode.ADMIN):
        return ministries()
    if member.has_role(RoleCode.COORDINATOR):
        return ministries().filter(pk=member.organisation_id)
    return Organisation.objects.none()


def can_enter_indicators(member: Member, organisation: int | None = None) -> bool:
    """Whether the member may enter indicators at all, or for one ministry. No query."""
    if member.has_role(RoleCode.ADMIN):
        return True
    own = can_enter_strengths(member)
    return own if organisation is None else own and member.organisation_id == organisation


def mends_records(member: Member) -> bool:
    """Whether the member has records to fix: their organisation's, or for trainers, those of trainings they record."""
    return member.has_role(*KEEPING_ROLES, RoleCode.TRAINER)


def sees_network_quality(member: Member) -> bool:
    """Admins may see what is missing from the network's records by ministry, without names."""
    return member.has_role(RoleCode.ADMIN)


def can_see_quality(member: Member) -> bool:
    """Members who can fix records, and admins, may see the data-quality desk. Observers may not."""
    return mends_records(member) or sees_network_quality(member)
