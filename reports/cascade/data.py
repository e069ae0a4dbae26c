"""The data of the cascade: who completed train-the-trainer courses, who attended and taught which trainings, and when."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from trainers.models import TrainerProfile
from trainings.counting.question import Question, counted_enrolments, counted_headcounts, training_filter
from trainings.models import Assignment, Training

# A graduate: their current trainer profile, otherwise their participant record.
Graduate = tuple[str, int]


@dataclass
class Traces:
    """Trainings that count, by key, and what trainers did in them, by the keys of their profiles.

    `ends` is the day on which a training counts. `completed` holds the graduates of each train-the-trainer course, `unnamed` the number of further
    graduates from headcounts. `attended` and `taught` are each trainer's trainings; observing is not teaching.
    """

    ends: dict[int, date] = field(default_factory=dict)
    makers: list[int] = field(default_factory=list)
    unnamed: dict[int, int] = field(default_factory=dict)
    completed: dict[int, set[Graduate]] = field(default_factory=lambda: defaultdict(set))
    attended: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    taught: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    certified: dict[int, date | None] = field(default_factory=dict)


def makers_of_trainers() -> QuerySet[Training]:
    """Return the train-the-trainer courses that count, earliest first, each annotated with its `unnamed` graduates."""
    question = Question(rule="completed")
    headcounted = (
        counted_headcounts(question)
        .filter(party__training=OuterRef("pk"))
        .values("party__training")
        .values(n=Sum("completed"))
    )
    trainings = Training.objects.filter(training_filter(question, ""), course__makes_trainers=True)
    return (
        trainings.select_related("country", "course")
        .annotate(unnamed=Coalesce(Subquery(headcounted), 0))
        .order_by("counts_on", "pk")
    )


def all_profiles() -> QuerySet[TrainerProfile]:
    """Return every trainer, including former ones: their deliveries still count."""
    return TrainerProfile.objects.select_related("member__organisation").order_by("name_key")


def read_traces(makers: list[Training], profiles: list[TrainerProfile]) -> Traces:
    """Read what happened in trainings that count. Two queries."""
    traces = Traces(
        ends={training.pk: training.counts_on for training in makers},
        makers=[training.pk for training in makers],
        unnamed={training.pk: training.unnamed for training in makers},  # type: ignore[attr-defined]  # annotated
        certified={profile.pk: profile.certified_on for profile in profiles},
    )
    _read_enrolments(traces)
    taught = Assignment.objects.filter(training_filter(Question(), "training__")).exclude(part=Assignment.Part.OBSERVER)
    for profile, training, day in taught.order_by().values_list("trainer", "training", "training__counts_on"):
        traces.ends[training] = day
        traces.taught[profile].add(training)
    return traces


def _read_enrolments(traces: Traces) -> None:
    """Add to `traces` who completed train-the-trainer courses and what trainers attended. One query."""
    profile = "participant__member__profile"
    completed = Exists(counted_enrolments(Question(rule="completed")).filter(pk=OuterRef("pk")))
    rows = counted_enrolments(Question()).filter(Q(training__in=traces.makers) | Q(**{f"{profile}__isnull": False}))
    columns = ("training", "training__counts_on", "participant", profile, "has_completed")
    for training, day, person, trainer, has_completed in rows.annotate(has_completed=completed).values_list(*columns):
        traces.ends[training] = day
        if trainer:
            traces.attended[trainer].add(training)
        if has_completed and training in traces.unnamed:
            traces.completed[training].add(("trainer", trainer) if trainer else ("person", person))
