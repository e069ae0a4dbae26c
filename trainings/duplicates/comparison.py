"""Content of the page of a pair: facts of both participants with differences, and their trainings with each session's marks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext as _

from common.days import written_day
from trainings.duplicates.forms import MergeForm
from trainings.duplicates.merge_plan import Cell, Standing
from trainings.models import Enrolment, Mark, Participant, Training


@dataclass(frozen=True)
class Fact:
    """One fact of a participant: its label, its text, and whether the other one differs."""

    label: str
    words: str
    differs: bool


@dataclass(frozen=True)
class ComparedPerson:
    """One participant: name and facts."""

    name: str
    name_differs: bool
    facts: list[Fact]


def differing(people: Sequence[Participant], standings: Sequence[Standing]) -> list[ComparedPerson]:
    """Return the facts of the two, each with whether they differ. No query."""
    facts = [_facts(person, [e for s in standings if (e := s.of(person))]) for person in people]
    names = [str(person) for person in people]
    return [
        ComparedPerson(
            names[n],
            names[0] != names[1],
            [
                Fact(label, words, tells and words != facts[1 - n][label][0])
                for label, (words, tells) in facts[n].items()
            ],
        )
        for n in (0, 1)
    ]


def _facts(person: Participant, enrolments: Sequence[Enrolment]) -> dict[str, tuple[str, bool]]:
    """Return the text of each fact, and whether a difference in it indicates two people."""
    last = enrolments[-1] if enrolments else None
    rank = (last.rank_words or str(last.rank or "") or str(last.get_rank_group_display())) if last else ""
    known, unknown = _("known"), _("not known")
    return {
        _("Sex"): (str(person.get_sex_display()), True),
        _("Rank, last"): (rank or "–", True),
        _("Unit, last"): ((last.unit if last else "") or "–", True),
        _("E-mail"): (person.email or unknown, True),
        _("Service number"): (known if person.service_hash else unknown, False),
        _("Member"): (person.member.full_name if person.member else "–", True),
        _("Trainings"): (str(sum(enrolment.removed_at is None for enrolment in enrolments)), False),
        _("Recorded first"): (written_day(person.created_at), False),
    }


@dataclass
class ShownSession:
    """One session where both are enrolled: both marks, and the resulting one."""

    cell: Cell
    choose: BoundField | None
    surviving_mark: str


@dataclass
class ShownTraining:
    """One training: either participant's marks in words, the result, and its sessions where both are enrolled."""

    training: Training
    first: str
    second: str
    becomes: str
    sessions: list[ShownSession] = field(default_factory=list)


def shown_trainings(standings: Sequence[Standing], form: MergeForm) -> list[ShownTraining]:
    return [_shown(standing, form) for standing in standings]


def _shown(standing: Standing, form: MergeForm) -> ShownTraining:
    training = ShownTraining(
        standing.training,
        _marks(standing, standing.first, "first_label"),
        _marks(standing, standing.second, "second_label"),
        _becomes(standing),
    )
    if standing.both_on:
        training.sessions = [
            ShownSession(cell, form.mark_of(cell), str(Mark.Value(cell.only).label) if cell.only else "–")
            for cell in standing.cells
        ]
    return training


def _marks(standing: Standing, enrolment: Enrolment | None, which: str) -> str:
    """The marks of one participant in session order; empty if not in the training."""
    if enrolment is None:
        return ""
    if enrolment.removed_at is not None:
        return str(_("taken off the roster"))
    return ", ".join(getattr(cell, which) or "–" for cell in standing.cells)


def _becomes(standing: Standing) -> str:
    if standing.both_on:
        return str(_("both stand here: one seat instead of two"))
    on: list[Any] = [e for e in (standing.first, standing.second) if e and e.removed_at is None]
    return str(_("stays as it is")) if on else str(_("stays taken off"))
