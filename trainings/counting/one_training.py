"""Figures of a single training: its totals, whether submitted or not, and the seats for each row of a list."""

from collections import defaultdict
from dataclasses import asdict
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from trainings.counting.cells import Cell, Figures, surplus
from trainings.counting.question import Rule
from trainings.models import DuplicatePair, Enrolment, Headcount, Training


def with_seats(rows: QuerySet[Training]) -> QuerySet[Training]:
    """Annotate each training with its `seats` by the attended rule. Subqueries, no query of their own."""
    named = (
        Enrolment.objects.filter(training=OuterRef("pk"), removed_at=None, attended_sessions__gt=0)
        .order_by()
        .values("training")
        .values(n=Count("pk"))
    )
    headcounted = (
        Headcount.objects.filter(party__training=OuterRef("pk"))
        .order_by()
        .values("party__training")
        .values(n=Sum("attended"))
    )
    return rows.annotate(seats=Coalesce(Subquery(named), 0) + Coalesce(Subquery(headcounted), 0))


def training_totals(training: Training) -> dict[str, Any]:
    """Return the figures of one training as plain numbers, by both rules, whether submitted or not. Two queries.

    `unmarked` are the marks not recorded: enrolled people times sessions held, minus the existing marks.
    """
    enrolled = list(
        Enrolment.objects.filter(training=training, removed_at=None)
        .order_by()
        .values_list("participant", "participant__sex", "minutes", "attended_sessions", "recorded_sessions")
    )
    headcounts, pairs = _headcounts_and_pairs(training)
    return {
        "enrolled": len(enrolled),
        "unmarked": sum(max(training.sessions_held - recorded, 0) for *_rest, recorded in enrolled),
        "attended": asdict(_of_one_training(training, "attended", enrolled, headcounts, pairs)),
        "completed": asdict(_of_one_training(training, "completed", enrolled, headcounts, pairs)),
        "scheduled_minutes": training.scheduled_minutes,
        "completion_threshold": training.completion_threshold,
    }


def _headcounts_and_pairs(
    training: Training,
) -> tuple[list[tuple[str, int, int | None]], list[tuple[int, int]]]:
    """Return (sex, attended, completed) of each headcount, and the open pairs with one among its people. One query."""
    here = Enrolment.objects.filter(training=training, removed_at=None).order_by().values("participant")
    pair = "pair"
    pairs = DuplicatePair.objects.filter(state=DuplicatePair.State.OPEN, first__in=here, second__in=here)
    counts = Headcount.objects.filter(party__training=training).order_by()
    rows = counts.values_list("sex", "attended", "completed").union(
        pairs.order_by().annotate(kind=Value(pair)).values_list("kind", "first", "second"), all=True
    )
    enrolments: list[tuple[Any, Any, Any]] = list(rows)
    return (
        [(sex, attended, completed) for sex, attended, completed in enrolments if sex != pair],
        [(first, second) for kind, first, second in enrolments if kind == pair],
    )


def _of_one_training(
    training: Training,
    rule: Rule,
    enrolled: list[tuple[Any, ...]],
    headcounts: list[tuple[str, int, int | None]],
    pairs: list[tuple[int, int]],
) -> Figures:
    """Count one training from its rows, with the same cell as every other figure."""
    cell, people = Cell(), defaultdict(set)
    needed = training.completion_threshold * training.scheduled_minutes
    if training.is_cancelled:
        return Figures()
    for person, sex, minutes, sessions, _recorded in enrolled:
        if sessions and (rule == "attended" or 100 * minutes >= needed):
            people[sex].add(person)
            cell.minutes += minutes
    for sex, there in people.items():
        cell.seats[sex] = cell.named[sex] = cell.distinct[sex] = cell.in_training[training.pk, sex] = len(there)
        cell.merged_by_sex[sex] = cell.merged_in_training_by_sex[training.pk, sex] = surplus(there, pairs)
    everybody = set().union(*people.values())
    cell.merged = cell.merged_in_training[training.pk] = surplus(everybody, pairs)
    for sex, attended, completed in headcounts:
        cell.add_headcount(training.pk, sex, attended, completed if rule == "completed" else attended)
    known = [(c if rule == "completed" else a) or 0 for _sex, a, c in headcounts]
    cell.minutes += sum(known) * training.scheduled_minutes
    if everybody or any(known):
        cell.trainings.add(training.pk)
    if training.is_verified:
        cell.verified = sum(cell.seats.values())
    return cell.figures()
