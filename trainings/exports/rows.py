"""Rows of exports: people with their marks, and trainings with their figures, as one member may see them."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members.models import Member, RankGroup
from trainings.access import trainings_with_all_names
from trainings.counting import with_seats
from trainings.disclosure.small_cells import suppress_number
from trainings.models import Enrolment, Mark, Session, Sex, Training

AT_ONCE = 2000
PERSON = (
    "participant__family_name", "participant__given_name", "participant__sex", "rank_words", "rank__name", "rank__nato",
    "rank_group", "unit", "organisation__short_name", "age_band",
)  # fmt: skip


def person_header() -> list[str]:
    return [
        _("Family name"),
        _("Given name"),
        _("Sex"),
        _("Rank"),
        _("NATO code"),
        _("Rank group"),
        _("Unit"),
        _("Home"),
        _("Age band"),
    ]


def _person_cells(facts: dict[str, Any]) -> list[object]:
    return [
        facts["participant__family_name"], facts["participant__given_name"], str(Sex(facts["participant__sex"]).label),
        facts["rank_words"] or facts["rank__name"] or "", facts["rank__nato"] or "", str(RankGroup(facts["rank_group"]).label),
        facts["unit"], facts["organisation__short_name"], facts["age_band"],
    ]  # fmt: skip


def people_of_training(seen: QuerySet[Enrolment], sessions: Sequence[Session]) -> Iterator[list[object]]:
    """Yield the people on a roster with a cell for each session's mark and the minutes attended. Two queries per 2,000 people, plus one."""
    rows = seen.filter(removed_at=None).order_by("line", "pk")
    words = {"": "", **{value: str(label) for value, label in Mark.Value.choices}}
    keys = list(rows.values_list("pk", flat=True))
    # By key, so that a person added meanwhile does not shift the marks of others.
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        marks = _marks_of(some)
        for facts in rows.filter(pk__in=some).values("pk", "minutes", *PERSON):
            own = marks[facts["pk"]]
            yield [*_person_cells(facts), *(words[own.get(session.pk, "")] for session in sessions), facts["minutes"]]


def _marks_of(enrolments: Sequence[int]) -> dict[int, dict[int, str]]:
    """Return the marks of these enrolments by session; each enrolment has an entry. One query."""
    marks: dict[int, dict[int, str]] = {key: {} for key in enrolments}
    for enrolment, session, value in Mark.objects.filter(enrolment__in=marks).values_list(
        "enrolment", "session", "value"
    ):
        marks[enrolment][session] = value
    return marks


def people_header() -> list[str]:
    return [
        _("Training"),
        _("Title"),
        _("From"),
        _("To"),
        *person_header(),
        _("Sessions attended"),
        _("Minutes attended"),
        _("State"),
    ]


def people_of_list(seen: QuerySet[Enrolment]) -> Iterator[list[object]]:
    """Yield the people of many trainings, one row per enrolment. One query, read 2,000 rows at a time."""
    states = dict(Training.Figures.choices)
    columns = ("training__reference", "training__title", "training__starts_on", "training__ends_on", "training__figures",
               "attended_sessions", "minutes")  # fmt: skip
    rows = seen.order_by("training__ends_on", "training", "line", "pk")
    for facts in rows.values(*columns, *PERSON).iterator(chunk_size=AT_ONCE):
        yield [
            facts["training__reference"], facts["training__title"], facts["training__starts_on"].isoformat(),
            facts["training__ends_on"].isoformat(), *_person_cells(facts), facts["attended_sessions"], facts["minutes"],
            str(states[facts["training__figures"]]),
        ]  # fmt: skip


def figures_header() -> list[str]:
    return [_("Training"), _("Title"), _("Course"), _("From"), _("To"), _("Place"), _("Country"), _("Host"), _("Kept by"),
            _("State"), _("Attended")]  # fmt: skip


def figures_of_list(trainings: QuerySet[Training], member: Member) -> Iterator[list[object]]:
    """Yield trainings and attendances; 1 to 4 is "under 5" unless the member sees its names. Two queries."""
    whole = set(trainings_with_all_names(member).values_list("pk", flat=True))
    for training in with_seats(trainings).iterator(chunk_size=AT_ONCE):
        seats: int = training.seats  # type: ignore[attr-defined]  # annotated by with_seats
        shown_seats = seats if training.pk in whole else suppress_number(seats)
        yield [
            training.reference, training.title, training.course.code, training.starts_on.isoformat(), training.ends_on.isoformat(),
            training.place, str(training.country), str(training.host), str(training.owner),
            str(_("Cancelled")) if training.is_cancelled else str(training.get_figures_display()),
            str(_("under 5")) if shown_seats is None else shown_seats,
        ]  # fmt: skip
