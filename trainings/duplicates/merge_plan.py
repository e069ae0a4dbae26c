"""Plan a merge of two participants: the trainings of each, what must be chosen, and what prevents it. Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from django.utils.translation import gettext as _

from trainings.models import Enrolment, Mark, Participant, Session, Sex, Training


@dataclass
class Cell:
    """The marks of both participants in one session; "" is not recorded."""

    session: Session
    first: str = ""
    second: str = ""

    @property
    def must_choose(self) -> bool:
        """Both are recorded and differ."""
        return bool(self.first and self.second) and self.first != self.second

    @property
    def only(self) -> str:
        """The mark where nothing has to be chosen: the recorded one."""
        return self.first or self.second

    @property
    def first_label(self) -> str:
        return str(Mark.Value(self.first).label) if self.first else ""

    @property
    def second_label(self) -> str:
        return str(Mark.Value(self.second).label) if self.second else ""


@dataclass
class Standing:
    """One training where one or both participants are enrolled, or were removed."""

    training: Training
    first: Enrolment | None = None
    second: Enrolment | None = None
    cells: list[Cell] = field(default_factory=list)

    @property
    def both_on(self) -> bool:
        """Both are on the roster: their marks become one person's."""
        return _is_on(self.first) and _is_on(self.second)

    @property
    def is_locked(self) -> bool:
        return self.training.figures != Training.Figures.RECORDED

    @property
    def to_choose(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.must_choose] if self.both_on else []

    def of(self, person: Participant) -> Enrolment | None:
        return next((e for e in (self.first, self.second) if e and e.participant_id == person.pk), None)


def _is_on(enrolment: Enrolment | None) -> bool:
    return enrolment is not None and enrolment.removed_at is None


def compare(first: Participant, second: Participant) -> list[Standing]:
    """Return the trainings of the two, oldest first, with their marks. Three queries."""
    standings: dict[int, Standing] = {}
    rows = Enrolment.objects.filter(participant__in=[first.pk, second.pk]).select_related(
        "training", "rank", "organisation"
    )
    for enrolment in rows.order_by("training__starts_on", "training"):
        standing = standings.setdefault(enrolment.training_id, Standing(enrolment.training))
        setattr(standing, "first" if enrolment.participant_id == first.pk else "second", enrolment)
    cells: dict[int, Cell] = {}
    for session in Session.objects.filter(training__in=standings):
        cells[session.pk] = Cell(session)
        standings[session.training_id].cells.append(cells[session.pk])
    marks = Mark.objects.filter(enrolment__participant__in=[first.pk, second.pk])
    for person, session_pk, value in marks.values_list("enrolment__participant", "session", "value"):
        setattr(cells[session_pk], "first" if person == first.pk else "second", value)
    return list(standings.values())


def seen_hash(first: Participant, second: Participant, standings: Iterable[Standing]) -> str:
    """Return a hash of what the page showed and a merge depends on: names and facts of both, and the marks where both are on."""
    body = [
        [p.pk, p.family_name, p.given_name, p.sex, p.email, p.member_id, p.merged_into_id] for p in (first, second)
    ] + [
        [s.training.pk, s.is_locked, *([cell.session.pk, cell.first, cell.second] for cell in s.cells)]
        for s in standings
        if s.both_on
    ]
    return sha256(json.dumps(body).encode()).hexdigest()[:32]


def locked_for_sex(person: Participant, sex: str, standings: Iterable[Standing]) -> list[Training]:
    """Return the trainings whose locked figures would change if this person's sex changed to another one."""
    if person.sex == sex:
        return []
    return [
        standing.training
        for standing in standings
        if standing.is_locked and (e := standing.of(person)) and e.removed_at is None and e.has_attended
    ]


def sexes_of(first: Participant, second: Participant) -> list[str]:
    """Return the sexes a person must choose between: one if both agree. The recorded one comes first."""
    return sorted({first.sex, second.sex}, key=lambda sex: sex == Sex.NOT_RECORDED)


def against_sex(first: Participant, second: Participant, sex: str, standings: Sequence[Standing]) -> list[str]:
    """Return in sentences why the merged person cannot have this sex: locked figures count the other."""
    words = _(
        "%(reference)s has locked figures that count %(name)s as “%(was)s”, so the sex cannot become “%(sex)s”. "
        "Keep “%(was)s”, or have those figures returned or amended first."
    )
    return [
        words % {"reference": training.reference, "name": person, "was": Sex(person.sex).label, "sex": Sex(sex).label}
        for person in (first, second)
        for training in locked_for_sex(person, sex, standings)
    ]


def against_merging(first: Participant, second: Participant, standings: Iterable[Standing]) -> list[str]:
    """Return in sentences what prevents merging these two whatever is chosen; empty if nothing does."""
    sentences = []
    if first.member_id and second.member_id and first.member_id != second.member_id:
        sentences.append(
            _(
                "The two records belong to different members of the portal, so they cannot be merged. Say that they are not the same."
            )
        )
    for standing in standings:
        if standing.both_on and standing.is_locked:
            submitted = _(
                "Both stand in %(reference)s, whose figures are submitted: merged, it would have one seat less. Have "
                "its coordinator return the figures, then merge."
            )
            verified = _(
                "Both stand in %(reference)s, whose figures are verified: merged, it would have one seat less. Have "
                "its coordinator amend the figures by taking one of the two off, then merge."
            )
            words = submitted if standing.training.is_submitted else verified
            sentences.append(words % {"reference": standing.training.reference})
    return sentences
