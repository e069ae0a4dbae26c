"""Permissions on trainings, their participants and their figures. All access rules are here and nowhere else."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from members.models import Member, RoleCode
from trainings.models import (
    Assignment,
    DuplicatePair,
    Enrolment,
    Evidence,
    Merge,
    Participant,
    RosterImport,
    SheetEdition,
    Training,
)
from trainings.models.training import TrainingQuerySet

TRAINER_SEES_NAMES_DAYS = 30

KEEPING_ROLES = (RoleCode.RECORDER, RoleCode.COORDINATOR)
RECORDING_PARTS = (Assignment.Part.LEAD, Assignment.Part.CO_TRAINER)


def _keeps_records(member: Member) -> bool:
    return member.has_role(*KEEPING_ROLES)


def visible_trainings(member: Member) -> TrainingQuerySet:
    """Any active member sees the facts and totals of every training."""
    if not member.is_active:
        return Training.objects.none()
    return Training.objects.all()


def _named_by_owner(member: Member) -> Q:
    """Trainings on which this member sees every name because their organisation is the owner."""
    return Q(owner=member.organisation_id) if _keeps_records(member) else Q(pk__in=[])


def _named_by_assignment(member: Member, parts: Iterable[str] = Assignment.Part.values) -> Q:
    """Trainings this trainer is assigned to in one of these parts, until 30 days after verification."""
    if not member.has_role(RoleCode.TRAINER):
        return Q(pk__in=[])
    limit = timezone.now() - timedelta(days=TRAINER_SEES_NAMES_DAYS)
    mine = Assignment.objects.filter(training=OuterRef("pk"), trainer__member=member, part__in=list(parts))
    return Q(Exists(mine)) & (Q(verified_at=None) | Q(verified_at__gt=limit))


def trainings_with_all_names(member: Member) -> TrainingQuerySet:
    """Trainings of which this member may see every participant."""
    return visible_trainings(member).filter(_named_by_owner(member) | _named_by_assignment(member))


def _part_of(member: Member, training: Training) -> str:
    """Return the member's part as a trainer of this training, or an empty string. One query per training object."""
    profile = getattr(member, "profile", None) if member.has_role(RoleCode.TRAINER) else None  # loaded at sign-in
    if profile is None:
        return ""
    known: dict[int, str] = training.__dict__.setdefault("_parts_by_member", {})
    if member.pk not in known:
        assignments = Assignment.objects.filter(training=training, trainer=profile).order_by()
        known[member.pk] = next(iter(assignments.values_list("part", flat=True)), "")  # at most one: a constraint
    return known[member.pk]


def remember_part(member: Member, training: Training, assignments: Iterable[Assignment]) -> None:
    """Set the member's part from assignments already loaded with their trainers, to save the query."""
    mine = [assignment.part for assignment in assignments if assignment.trainer.member_id == member.pk]
    training.__dict__.setdefault("_parts_by_member", {})[member.pk] = mine[0] if mine else ""


def keeps(member: Member, training: Training) -> bool:
    """Return whether the member is a recorder or coordinator of the owner. No query."""
    return _keeps_records(member) and training.owner_id == member.organisation_id


def can_see_all_names(member: Member, training: Training) -> bool:
    """Return whether the member sees every participant: as `trainings_with_all_names`, without its query."""
    if keeps(member, training):
        return True
    limit = timezone.now() - timedelta(days=TRAINER_SEES_NAMES_DAYS)
    return bool(_part_of(member, training)) and (training.verified_at is None or training.verified_at > limit)


def visible_enrolments(member: Member, training: Training) -> QuerySet[Enrolment]:
    """Enrolments of one training whose names this member may see: all, their own ministry's, or none."""
    everyone = Enrolment.objects.filter(training=training)
    if can_see_all_names(member, training):
        return everyone
    if _keeps_records(member):
        return everyone.filter(organisation=member.organisation_id)
    return everyone.none()


def enrolments_with_names(member: Member) -> QuerySet[Enrolment]:
    """Enrolments of any training whose names this member may see: as `visible_enrolments`, over all trainings."""
    seen = Q(training__in=trainings_with_all_names(member))
    if _keeps_records(member):
        seen |= Q(organisation=member.organisation_id)
    return Enrolment.objects.filter(seen)


def visible_imports(member: Member, training: Training) -> QuerySet[RosterImport]:
    """Imports into one training: committed ones for members who see all its names, previews for their author only."""
    taken_in = Q(state__in=RosterImport.FINISHED)
    mine = Q(by=member) & ~taken_in
    if can_see_all_names(member, training):
        mine |= taken_in
    return RosterImport.objects.filter(mine, training=training)


def visible_records(member: Member) -> QuerySet[Participant]:
    """Participants this member may see: their own ministry's, and everybody in trainings with all names.

    One merged into another is included where that other is visible: its name still identifies the person.
    """
    if not member.is_active:
        return Participant.objects.none()
    named = Enrolment.objects.filter(participant=OuterRef("who"), training__in=trainings_with_all_names(member))
    seen = Q(Exists(named))
    if _keeps_records(member):
        seen |= Q(organisation=member.organisation_id)
    return Participant.objects.alias(who=Coalesce("merged_into", "pk")).filter(seen)


def can_link(member: Member, participant: Participant) -> bool:
    """Link a participant to a member: recorders and coordinators of the home organisation. No query."""
    return _keeps_records(member) and participant.organisation_id == member.organisation_id


def can_decide_duplicates(member: Member) -> bool:
    """Decide on duplicates in one's own organisation: its coordinators."""
    return member.has_role(RoleCode.COORDINATOR) and member.organisation.can_keep


def visible_pairs(member: Member) -> QuerySet[DuplicatePair]:
    """Possible duplicates of this coordinator's own organisation. Nobody else sees both participants."""
    if not (member.is_active and can_decide_duplicates(member)):
        return DuplicatePair.objects.none()
    return DuplicatePair.objects.filter(first__organisation=member.organisation_id)


def open_pairs(member: Member) -> QuerySet[DuplicatePair]:
    """Pairs that need this member's decision."""
    return visible_pairs(member).filter(
        state=DuplicatePair.State.OPEN, first__merged_into=None, second__merged_into=None
    )


def visible_merges(member: Member) -> QuerySet[Merge]:
    """Merges of participants of this coordinator's own organisation."""
    if not (member.is_active and can_decide_duplicates(member)):
        return Merge.objects.none()
    return Merge.objects.filter(survivor__organisation=member.organisation_id)


def can_see_some_names(member: Member, training: Training) -> bool:
    """See the participants page at all: with all names, or those of one's own ministry."""
    return can_see_all_names(member, training) or (
        _keeps_records(member)
        and Enrolment.objects.filter(training=training, organisation=member.organisation_id).exists()
    )


def can_create(member: Member) -> bool:
    """Create a training owned by one's own organisation."""
    return member.has_role(*KEEPING_ROLES, RoleCode.TRAINER) and member.organisation.can_keep


def can_edit(member: Member, training: Training) -> bool:
    """Set host, dates, sessions and trainers: recorders and coordinators of the owner.

    The trainer who created it may too until figures are submitted, so that a slip can be corrected.
    """
    if keeps(member, training):
        return True
    return (
        member.has_role(RoleCode.TRAINER)
        and training.created_by_id == member.pk
        and training.owner_id == member.organisation_id
        and training.is_open
    )


def can_record(member: Member, training: Training) -> bool:
    """Record participants, marks and headcounts: the owner's recorders and coordinators, and assigned trainers.

    Decides who, not when: the actions check whether figures are locked.
    """
    if keeps(member, training):
        return True
    return _part_of(member, training) in RECORDING_PARTS


def can_use_sheets(member: Member, training: Training) -> bool:
    """Print sign-in sheets, enter them and attach scans: members who may record and see every name."""
    return can_record(member, training) and can_see_all_names(member, training)


def can_use_workbook(member: Member, training: Training) -> bool:
    """Download a training as a workbook and upload it again: members who may record and see every name."""
    return can_use_sheets(member, training)


def trainings_to_record(member: Member) -> TrainingQuerySet:
    """Trainings this member may record with every name visible: as `can_use_sheets`, over all trainings."""
    return visible_trainings(member).filter(_named_by_owner(member) | _named_by_assignment(member, RECORDING_PARTS))


def enrolments_to_mend(member: Member) -> QuerySet[Enrolment]:
    """Enrolments this member may correct: in trainings they record, and their own ministry's people in any training."""
    concerned = Q(training__in=trainings_to_record(member))
    if _keeps_records(member):
        concerned |= Q(organisation=member.organisation_id)
    return Enrolment.objects.filter(concerned)


def visible_editions(member: Member) -> QuerySet[SheetEdition]:
    """Editions of sign-in sheets that this member may open: as `can_use_sheets`, over all trainings."""
    return SheetEdition.objects.filter(training__in=trainings_to_record(member))


def visible_evidence(member: Member, training: Training) -> QuerySet[Evidence]:
    """Scans of one training that this member may open: all of them if they see every name, otherwise none."""
    evidence = Evidence.objects.filter(training=training, removed_at=None)
    return evidence if can_see_all_names(member, training) else evidence.none()


def can_submit(member: Member, training: Training) -> bool:
    """Submit or withdraw a submission: recorders and coordinators of the owner."""
    return keeps(member, training)


def can_verify(member: Member, training: Training) -> bool:
    """Verify, return or amend: coordinators of the owner. The action refuses figures they submitted themselves."""
    return member.has_role(RoleCode.COORDINATOR) and training.owner_id == member.organisation_id


def can_change_owner(member: Member, training: Training) -> bool:
    return member.has_role(RoleCode.ADMIN)
