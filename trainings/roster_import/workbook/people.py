"""The people and marks of a training as a workbook shows them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.days import written_day
from trainings.models import Enrolment, Mark, Session, Sex, Training
from trainings.roster_import.workbook.keys import written


@dataclass(frozen=True)
class Person:
    """One row: the enrolment, its facts in the order of `keys.FACTS`, and its marks as (value, version) by session."""

    enrolment: int
    facts: tuple[str, ...]
    marks: dict[int, tuple[str, int]]
    is_removed: bool = False

    @property
    def name(self) -> str:
        return f"{self.facts[0]}, {self.facts[1]}"


def people_of(training: Training) -> dict[int, Person]:
    """Return everybody ever on the roster by enrolment, in roster order. Two queries."""
    marks: dict[int, dict[int, tuple[str, int]]] = {}
    rows = Mark.objects.filter(enrolment__training=training).order_by()
    for enrolment, session, value, version in rows.values_list("enrolment", "session", "value", "version"):
        marks.setdefault(enrolment, {})[session] = (value, version)
    enrolments = (
        Enrolment.objects.filter(training=training)
        .order_by("line", "pk")
        .values_list(
            "pk",
            "participant__family_name",
            "participant__given_name",
            "participant__sex",
            "rank_words",
            "rank__name",
            "unit",
            "organisation__short_name",
            "removed_at",
        )
    )
    return {
        pk: Person(
            pk, (written(family), written(given), str(Sex(sex).label), written(words or rank or ""), written(unit), home),
            marks.get(pk, {}), removed is not None,
        )
        for pk, family, given, sex, words, rank, unit, home, removed in enrolments
    }  # fmt: skip


def fact_labels() -> dict[str, str]:
    """Return the labels of the columns of facts."""
    return {
        "family_name": _("Family name"), "given_name": _("Given name"), "sex": _("Sex"), "rank": _("Rank"), "unit": _("Unit"),
        "organisation": _("Home"),
    }  # fmt: skip


def session_title(session: Session) -> str:
    """Return a session's title for its column heading and for sentences about it."""
    return f"{written_day(session.date)} {session.title}".strip()
