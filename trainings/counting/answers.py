"""Answer questions about figures: in total, by dimension, and counts of distinct people."""

from collections.abc import Hashable
from dataclasses import replace

from trainings.counting.cells import Figures
from trainings.counting.columns import count_distinct
from trainings.counting.dimensions import FIRST
from trainings.counting.gathering import gather
from trainings.counting.question import Question, counted_enrolments


def figures(question: Question) -> Figures:
    """Return the figures of a question as one total."""
    return gather(question).figures()


def figures_by(question: Question, dimension: str) -> dict[Hashable, Figures]:
    """Return the figures by one of DIMENSIONS; keys are ids, codes, years or (year, quarter)."""
    return {key[0]: found for key, found in gather(question, (dimension,)).by().items()}


def once_per_course(question: Question) -> int:
    """Return the number of distinct (participant, course) among the named who completed. One query."""
    completed = counted_enrolments(replace(question, rule="completed"))
    return completed.values("participant", "training__course").distinct().count()


def first_timers(question: Question) -> int:
    """Return how many of the named are in their earliest counting training, regardless of the question's filters."""
    parts = gather(question, ("time",)).parts
    return count_distinct([part.people for part in parts if part.key == (FIRST,)])
