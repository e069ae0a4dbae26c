"""A question about figures, and the rows it covers."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from trainings.models import Assignment, Course, Enrolment, Headcount, Training

Rule = Literal["attended", "completed", "once"]
COUNTING = (Training.Figures.SUBMITTED, Training.Figures.VERIFIED)
OF_TRAINING = ("host", "country", "course", "language", "mode", "owner")


@dataclass(frozen=True)
class Question:
    """Filters of a figure. Ids are primary keys; an empty field does not filter.

    `organisation` is the home of the people. `training` selects one training; with `whatever_state` it is counted before
    submission too, but never if cancelled. `trainer` is a profile: trainings they delivered, not those they observed.
    """

    rule: Rule = "attended"
    first: date | None = None
    last: date | None = None
    training: int | None = None
    host: int | None = None
    owner: int | None = None
    organisation: int | None = None
    country: str | None = None
    course: int | None = None
    topic: int | None = None
    language: str | None = None
    mode: str | None = None
    trainer: int | None = None
    sex: str | None = None
    rank_group: str | None = None
    verified_only: bool = False
    whatever_state: bool = False


def training_filter(question: Question, path: str) -> Q:
    """Return the filter on trainings of a question, for rows that reach the training by `path`."""
    wanted = Q(**{f"{path}cancelled_at": None})
    if not question.whatever_state:
        states = [Training.Figures.VERIFIED] if question.verified_only else list(COUNTING)
        wanted &= Q(**{f"{path}figures__in": states})
    if question.first:
        wanted &= Q(**{f"{path}counts_on__gte": question.first})
    if question.last:
        wanted &= Q(**{f"{path}counts_on__lte": question.last})
    for name in OF_TRAINING:
        if (value := getattr(question, name)) is not None:
            wanted &= Q(**{f"{path}{name}": value})
    key = path.removesuffix("__") if path else "pk"
    if question.training is not None:
        wanted &= Q(**{key: question.training})
    if question.topic is not None:
        wanted &= Q(**{f"{path}course__in": Course.objects.filter(topics=question.topic).order_by().values("pk")})
    if question.trainer is not None:
        taught = Assignment.objects.filter(trainer=question.trainer).exclude(part=Assignment.Part.OBSERVER)
        wanted &= Q(Exists(taught.filter(training=OuterRef(key)).order_by()))
    return wanted


def counted_enrolments(question: Question) -> QuerySet[Enrolment]:
    """Return the enrolments in the selected trainings that meet the rule: the named seats, but for "once" counted once."""
    enrolments = Enrolment.objects.filter(
        training_filter(question, "training__"), removed_at=None, attended_sessions__gt=0
    )
    if question.rule != "attended":
        enrolments = enrolments.alias(
            reached=100 * F("minutes") - F("training__completion_threshold") * F("training__scheduled_minutes")
        ).filter(reached__gte=0)
    if question.organisation is not None:
        enrolments = enrolments.filter(organisation=question.organisation)
    if question.sex is not None:
        enrolments = enrolments.filter(participant__sex=question.sex)
    if question.rank_group is not None:
        enrolments = enrolments.filter(rank_group=question.rank_group)
    return enrolments.order_by()


def counted_headcounts(question: Question) -> QuerySet[Headcount]:
    """Return the headcounts in the selected trainings, whatever the rule."""
    headcounts = Headcount.objects.filter(training_filter(question, "party__training__"))
    if question.organisation is not None:
        headcounts = headcounts.filter(party__organisation=question.organisation)
    if question.sex is not None:
        headcounts = headcounts.filter(sex=question.sex)
    if question.rank_group is not None:
        headcounts = headcounts.filter(rank_group=question.rank_group)
    return headcounts.order_by()
