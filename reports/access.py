"""Who may see which figures, and how. Nowhere else."""

from dataclasses import replace
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from members.models import Member, Organisation, RoleCode
from reports.models import IndicatorValue, Release, Snapshot, Strength
from trainings.access import KEEPING_ROLES
from trainings.counting import Question

LAST_YEAR = 9998  # the last whose quarters end in a year that a date can hold


def can_see_reports(member: Member) -> bool:
    """Any active member sees reports, by the small-cell rule."""
    return member.is_active


def sees_whole(member: Member, question: Question) -> bool:
    """See every number of a question: it is about people whose names this member may see, all of them.

    Those are a recorder's or coordinator's own ministry's people, and everybody in trainings that it keeps.
    """
    own = member.organisation_id
    return member.has_role(*KEEPING_ROLES) and own in (question.organisation, question.owner)


def allowed_question(question: Question, *, whole: bool) -> Question:
    """Return the question as this reader may ask it: who may not see names chooses whole quarters and no single trainer."""
    if whole:
        return question
    return replace(
        question, trainer=None, training=None,
        first=quarter_start(question.first) if question.first else None,
        last=quarter_end(question.last) if question.last else None,
    )  # fmt: skip


def allowed_dimensions(*, whole: bool) -> frozenset[str]:
    """Return by what this reader may break figures down: months are finer than quarters."""
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
    """Freeze figures as they are reported, and sign them: coordinators and admins."""
    return member.is_active and member.has_role(RoleCode.COORDINATOR, RoleCode.ADMIN)


def visible_snapshots(member: Member) -> QuerySet[Snapshot]:
    """Snapshots this member may open: their own, their organisation's, those shown to them; an admin all."""
    if not member.is_active:
        return Snapshot.objects.none()
    if member.has_role(RoleCode.ADMIN):
        return Snapshot.objects.all()
    shared = Snapshot.shown_to.through.objects.filter(snapshot=OuterRef("pk"), member=member)
    return Snapshot.objects.filter(Q(made_by=member) | Q(organisation=member.organisation_id) | Q(Exists(shared)))


def can_show_snapshot(member: Member, snapshot: Snapshot) -> bool:
    """Let more observers see a snapshot: who made it, and who may make one for the same organisation; admins."""
    if not can_freeze(member):
        return False
    return member.has_role(RoleCode.ADMIN) or member.organisation_id == snapshot.organisation_id


def check_sees_reports(member: Member) -> None:
    """Answer as if there were no reports where a member may not see them."""
    if not can_see_reports(member):
        raise Http404


def can_release(member: Member) -> bool:
    """Release small numbers of their own ministry's people for a pack: its coordinators."""
    return member.is_active and member.has_role(RoleCode.COORDINATOR) and member.organisation.can_keep


def visible_releases(member: Member) -> QuerySet[Release]:
    """Releases of a coordinator's own ministry."""
    return (
        Release.objects.filter(organisation=member.organisation_id) if can_release(member) else Release.objects.none()
    )


def can_tag_courses(member: Member) -> bool:
    """Say which courses contribute to which target: admins."""
    return member.is_active and member.has_role(RoleCode.ADMIN)


def ministries() -> QuerySet[Organisation]:
    """The ministries of the network: whose strength and indicators are kept."""
    return Organisation.objects.filter(kind=Organisation.Kind.MINISTRY).select_related("country")


def can_enter_strengths(member: Member) -> bool:
    """Enter the strength of one's own ministry: its coordinators. Admins read what the report shows."""
    return member.has_role(RoleCode.COORDINATOR) and member.organisation.kind == Organisation.Kind.MINISTRY


def editable_strengths(member: Member) -> QuerySet[Strength]:
    """The tables that this member may open in full and change. The report shows them to others, small numbers hidden."""
    if not can_enter_strengths(member):
        return Strength.objects.none()
    return Strength.objects.filter(organisation=member.organisation_id)


def sees_units(member: Member, ministry: int) -> bool:
    """See figures by unit: units stand beside names, and how strong each is tells more than a ministry may want told."""
    return sees_whole(member, Question(organisation=ministry))


def visible_indicators(member: Member) -> QuerySet[IndicatorValue]:
    """Any active member reads every value, replaced ones too."""
    return IndicatorValue.objects.all() if member.is_active else IndicatorValue.objects.none()


def indicator_ministries(member: Member) -> QuerySet[Organisation]:
    """The ministries whose indicators this member may enter: admins all, coordinators their own."""
    if member.has_role(RoleCode.ADMIN):
        return ministries()
    if member.has_role(RoleCode.COORDINATOR):
        return ministries().filter(pk=member.organisation_id)
    return Organisation.objects.none()


def can_enter_indicators(member: Member, organisation: int | None = None) -> bool:
    """Enter indicators at all, or those of one ministry. No query."""
    if member.has_role(RoleCode.ADMIN):
        return True
    own = can_enter_strengths(member)
    return own if organisation is None else own and member.organisation_id == organisation


def mends_records(member: Member) -> bool:
    """Has records to mend: recorders and coordinators their organisation's, trainers those of trainings they record."""
    return member.has_role(*KEEPING_ROLES, RoleCode.TRAINER)


def sees_network_quality(member: Member) -> bool:
    """See by ministry what the network's records lack, without names: admins."""
    return member.has_role(RoleCode.ADMIN)


def can_see_quality(member: Member) -> bool:
    """See the data-quality desk: who can mend something, and admins. Observers do not."""
    return mends_records(member) or sees_network_quality(member)
