"""Create, change, cancel and restore trainings, with their sessions and trainers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, F, Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import changed_row, changes, record, values_of
from common.actions import action
from common.days import written_day
from common.folding import spelling
from members.models import Country, Member, Organisation
from trainers.models import Topic, TrainerProfile
from trainings.attendance.minutes import recount_enrolments
from trainings.models import Assignment, Course, ReferenceCounter, Session, Training
from trainings.models.training import MINUTES_A_DAY

MAX_SESSIONS = 60
MAX_DAYS = 366


@dataclass(frozen=True)
class SessionPlan:
    """One session as entered in a form. `pk` names an existing one; minutes None means end minus start."""

    date: date
    starts: time | None = None
    ends: time | None = None
    title: str = ""
    minutes: int | None = None
    pk: int | None = None

    @property
    def counted_minutes(self) -> int:
        """Minutes of the session: as set, else end minus start, else 0."""
        if self.minutes is not None:
            return self.minutes
        if self.starts is None or self.ends is None:
            return 0
        span = datetime.combine(self.date, self.ends) - datetime.combine(self.date, self.starts)
        return int(span.total_seconds()) // 60


def take_reference(country: Country, year: int) -> str:
    """Return the next reference of that country and year, such as ME-2026-011.

    Call it in a transaction: the counter's row stays locked until it ends, so concurrent calls never get the same one.
    """
    ReferenceCounter.objects.get_or_create(country=country, year=year)
    counter = ReferenceCounter.objects.select_for_update().get(country=country, year=year)
    counter.last = F("last") + 1
    counter.save(update_fields=["last"])
    counter.refresh_from_db()
    return f"{country.code}-{year}-{counter.last:03}"


def owner_of(host: Organisation, lead: TrainerProfile | None) -> Organisation | None:
    """Return the host if it can own a training, else the lead trainer's ministry, else None."""
    if host.can_keep:
        return host
    return lead.member.organisation if lead and lead.member.organisation.can_keep else None


def check_sessions(training: Training, plans: Sequence[SessionPlan]) -> None:
    """Raise ValidationError with one sentence per invalid session: outside the training, backwards or overlapping."""
    wrong: list[str] = []
    if not plans:
        wrong.append(_("A training needs at least one session."))
    if len(plans) > MAX_SESSIONS:
        wrong.append(_("A training has at most %(n)d sessions.") % {"n": MAX_SESSIONS})
    clocked: list[tuple[date, time, time, int]] = []
    for number, plan in enumerate(plans, start=1):
        if not training.starts_on <= plan.date <= training.ends_on:
            wrong.append(
                _("Session %(n)d on %(day)s is outside the training (%(first)s to %(last)s).")
                % {
                    "n": number,
                    "day": written_day(plan.date),
                    "first": written_day(training.starts_on),
                    "last": written_day(training.ends_on),
                }
            )
        if (plan.starts is None) != (plan.ends is None):
            wrong.append(_("Session %(n)d has only one of its two clock times. Give both or none.") % {"n": number})
        elif plan.starts and plan.ends:
            if plan.ends <= plan.starts:
                wrong.append(_("Session %(n)d ends before it starts.") % {"n": number})
            else:
                clocked.append((plan.date, plan.starts, plan.ends, number))
        if plan.minutes is not None and not 0 <= plan.minutes <= MINUTES_A_DAY:
            wrong.append(_("Session %(n)d: minutes must be between 0 and 1,440.") % {"n": number})
    clocked.sort()
    for before, after in pairwise(clocked):
        if before[0] == after[0] and after[1] < before[2]:
            wrong.append(
                _("Sessions %(a)d and %(b)d overlap on %(day)s.")
                % {"a": before[3], "b": after[3], "day": written_day(before[0])}
            )
    if wrong:
        raise ValidationError(wrong)


def refresh_training(training: Training) -> None:
    """Update what is derived from the sessions: the period's day and the scheduled minutes. Two queries."""
    held = training.sessions.filter(cancelled_at=None).aggregate(
        last=Max("date"), minutes=Sum("minutes"), n=Count("pk")
    )
    training.counts_on = held["last"] or training.ends_on
    training.scheduled_minutes = held["minutes"] or 0
    training.sessions_held = held["n"]
    training.title_key = spelling(f"{training.title} {training.place} {training.reference}")[:420]
    training.save(update_fields=["counts_on", "scheduled_minutes", "sessions_held", "title_key"])


def _set_sessions(training: Training, plans: Sequence[SessionPlan]) -> None:
    """Make the sessions match the plans. A session with marks cannot be deleted, only cancelled."""
    check_sessions(training, plans)
    existing = {session.pk: session for session in training.sessions.all()}
    remaining = {plan.pk for plan in plans if plan.pk}
    for session in existing.values():
        if session.pk in remaining:
            continue
        if session.marks.exists():
            raise ValidationError(
                _("%(session)s has marks, so it cannot be removed. Cancel it instead: its marks are kept.")
                % {"session": session}
            )
        if session.sheet_editions.exists() or session.evidence.exists():
            raise ValidationError(
                _("%(session)s has a printed sign-in sheet or a scan, so it cannot be removed. Cancel it instead.")
                % {"session": session}
            )
        session.delete()
    for plan in plans:
        session = existing[plan.pk] if plan.pk in existing else Session(training=training)
        session.date, session.starts, session.ends = plan.date, plan.starts, plan.ends
        session.title, session.minutes = plan.title, plan.counted_minutes
        session.save()


def _set_trainers(training: Training, trainers: Iterable[tuple[TrainerProfile, str]]) -> None:
    parts = {trainer.pk: part for trainer, part in trainers}
    if list(parts.values()).count(Assignment.Part.LEAD) > 1:
        raise ValidationError(_("A training has one lead trainer; make the others co-trainers."))
    training.assignments.exclude(trainer__in=parts).delete()
    for pk, part in parts.items():
        Assignment.objects.update_or_create(training=training, trainer_id=pk, defaults={"part": part})


def _settle_owner(training: Training, trainers: Sequence[tuple[TrainerProfile, str]], by: Member) -> None:
    """Set the owner of a new training by the rule; refuse one that the creator's organisation would not own."""
    lead = next((trainer for trainer, part in trainers if part == Assignment.Part.LEAD), None)
    owner = owner_of(training.host, lead)
    if owner is None:
        raise ValidationError(
            _("The host keeps no records here, so the training needs a lead trainer whose ministry keeps it.")
        )
    if owner.pk != by.organisation_id:
        raise ValidationError(
            _(
                "%(owner)s would keep this record. You can record trainings that %(own)s keeps: as the host, or with a lead trainer of yours."
            )
            % {"owner": owner.short_name, "own": by.organisation.short_name}
        )
    training.owner = owner


@action
def create_training(
    *,
    training: Training,
    sessions: Sequence[SessionPlan],
    trainers: Sequence[tuple[TrainerProfile, str]] = (),
    partners: Iterable[Organisation] = (),
    key: UUID | None = None,
    by: Member,
) -> Training:
    """Save a new training with its reference, sessions and trainers; return it.

    Repeating the client's `key` returns the training created the first time.
    """
    # A form sent twice at once comes from one member: locking their row lets the second request find the first's work.
    Member.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if key and (made := Training.objects.filter(created_key=key).first()):
        return made
    _settle_owner(training, trainers, by)
    _check_dates(training)
    training.reference = take_reference(training.country, training.starts_on.year)
    training.created_by, training.created_key = by, key
    training.counts_on = training.ends_on
    training.completion_threshold = training.course.completion_threshold
    training.save()
    training.partners.set(partners)
    _set_sessions(training, sessions)
    _set_trainers(training, trainers)
    refresh_training(training)
    record("create_training", training, by=by, reference=training.reference, sessions=len(sessions))
    return training


def _check_dates(training: Training) -> None:
    if training.ends_on < training.starts_on:
        raise ValidationError({"ends_on": _("The training ends before it starts.")})
    if (training.ends_on - training.starts_on).days > MAX_DAYS:
        raise ValidationError({"ends_on": _("A training lasts at most a year.")})


def locked(training: Training) -> Training:
    """Return the training fresh from the database, its row locked until the end of the transaction.

    Its course and owner are not locked: each audit entry refers to an organisation and would wait for it.
    """
    return Training.objects.select_for_update(of=("self",)).select_related("course", "owner").get(pk=training.pk)


def check_open(training: Training) -> None:
    """Raise ValidationError if figures are submitted or verified, or the training is cancelled."""
    if training.is_cancelled:
        raise ValidationError(_("This training is cancelled."))
    if training.is_verified:
        raise ValidationError(_("The figures are verified. They change only by an amendment."))
    if training.is_submitted:
        raise ValidationError(_("The figures are submitted. Recall them first to change anything."))


# The facts of a training that its owner may change.
FACTS = ("course_id", "title", "host_id", "country_id", "place", "language_id", "mode", "starts_on", "ends_on", "notes")


@action
def change_training(
    *,
    training: Training,
    sessions: Sequence[SessionPlan],
    trainers: Sequence[tuple[TrainerProfile, str]],
    partners: Iterable[Organisation],
    by: Member,
) -> Training:
    """Save changed facts of a training whose figures are open. Its reference and owner do not change."""
    before = locked(training)
    check_open(before)
    _check_dates(training)
    changed_values = changes(values_of(before, FACTS), values_of(training, FACTS))
    changed = list(changed_values)
    training.completion_threshold = (
        training.course.completion_threshold if "course_id" in changed else before.completion_threshold
    )
    training.save(update_fields=[*(name.removesuffix("_id") for name in changed), "completion_threshold"])
    training.partners.set(partners)
    _set_sessions(training, sessions)
    _set_trainers(training, trainers)
    refresh_training(training)
    recount_enrolments(training)
    record(
        "change_training",
        training,
        by=by,
        fields=[name.removesuffix("_id") for name in changed],
        free_text=changed_values,
    )
    return training


@action
def cancel_training(*, training: Training, reason: str, by: Member) -> None:
    """Cancel a training whose figures are open: it no longer counts, but everything recorded stays stored."""
    fresh = locked(training)
    check_open(fresh)
    fresh.cancelled_at, fresh.cancelled_reason = timezone.now(), reason
    fresh.save(update_fields=["cancelled_at", "cancelled_reason"])
    record("cancel_training", fresh, by=by, free_text={"reason": reason}, about_people=True)


@action
def restore_training(*, training: Training, by: Member) -> None:
    """Restore a cancelled training."""
    fresh = locked(training)
    if not fresh.is_cancelled:
        raise ValidationError(_("This training is not cancelled."))
    fresh.cancelled_at, fresh.cancelled_reason = None, ""
    fresh.save(update_fields=["cancelled_at", "cancelled_reason"])
    record("restore_training", fresh, by=by)


@action
def toggle_session(*, session: Session, by: Member) -> Session:
    """Cancel a session, or reinstate it. Its marks stay stored and count only while it is not cancelled."""
    training = locked(session.training)
    check_open(training)
    session = Session.objects.select_for_update().get(pk=session.pk)
    session.cancelled_at = None if session.is_cancelled else timezone.now()
    session.save(update_fields=["cancelled_at"])
    refresh_training(training)
    recount_enrolments(training)
    verb = "cancel_session" if session.is_cancelled else "restore_session"
    record(verb, session, by=by, root=training, day=session.date.isoformat())
    return session


@action
def change_owner(*, training: Training, owner: Organisation, reason: str, by: Member) -> None:
    """Transfer the training to another ministry or the secretariat. For admins, with a reason."""
    fresh = locked(training)
    if not owner.can_keep:
        raise ValidationError(_("Only a ministry of the network or the secretariat keeps records."))
    if not reason.strip():
        raise ValidationError(_("Say why the keeper changes."))
    former = fresh.owner
    fresh.owner = owner
    fresh.save(update_fields=["owner"])
    record("change_owner", fresh, by=by, former=former.code, owner=owner.code, free_text={"reason": reason})


@action
def save_course(*, course: Course, topics: Iterable[Topic], by: Member) -> Course:
    """Save a new or changed course. Existing trainings keep their threshold."""
    created = course.pk is None
    changed_values = changed_row(
        course,
        ("code", "name", "days", "audience", "summary", "completion_threshold", "makes_trainers", "is_offered"),
    )
    course.save()
    course.topics.set(topics)
    record(
        "create_course" if created else "change_course", course, by=by, fields=changed_values, free_text=changed_values
    )
    return course
