"""What a filled workbook would change: each cell compared with its value when the workbook was made and with the portal now.

A cell with its original value changes nothing. A different value is imported if the portal still has the original; an
emptied cell needs confirmation; if the portal was changed too, a person chooses. By value: a mark that was changed and
changed back is unchanged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid5

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.folding import spelling
from common.uploads.cells import Sheet, unpacked
from trainings.attendance.edits import MarkEdit
from trainings.models import Mark, RosterImport, Session
from trainings.roster_import.parsing.values import text_of
from trainings.roster_import.workbook.keys import FACTS, fact_hash, written
from trainings.roster_import.workbook.people import Person, fact_labels, people_of, session_title
from trainings.roster_import.workbook.reading import Filled, FilledRow, mark_in, read_filled

SET, CLEAR, BOTH, WRONG = "set", "clear", "both", "wrong"
# Possible answers: the workbook's value, the portal's, or a mark in place of an unknown word.
TAKE, KEEP = "workbook", "portal"


@dataclass
class CellDifference:
    """A cell that changed: its original value, the workbook's, the portal's now."""

    kind: str
    enrolment: int
    session: int
    title: str
    was: str
    says: str
    words: str
    now: str
    version: int
    answer: str = ""

    @property
    def key(self) -> str:
        return f"{self.enrolment}-{self.session}"

    @property
    def is_waiting(self) -> bool:
        return self.kind != SET and not self.answer

    @property
    def result(self) -> str:
        """The mark to write; the portal's own if nothing is imported."""
        if self.answer == KEEP or self.is_waiting:
            return self.now
        return self.says if self.answer in ("", TAKE) else self.answer


@dataclass
class FactDifference:
    """A name, sex, rank, unit or home that the workbook changed: shown, never imported."""

    label: str
    says: str
    portal: str


@dataclass
class PersonDifferences:
    """The differences of one person's row. If its name changed, a person decides whether its marks are theirs."""

    person: Person
    number: int
    cells: list[CellDifference] = field(default_factory=list)
    facts: list[FactDifference] = field(default_factory=list)
    is_renamed: bool = False
    answer: str = ""

    @property
    def must_say_whose(self) -> bool:
        return self.is_renamed and bool(self.cells) and not self.answer

    @property
    def is_waiting(self) -> bool:
        return self.must_say_whose or (self.answer != KEEP and any(cell.is_waiting for cell in self.cells))

    @property
    def taken(self) -> list[CellDifference]:
        """The cells that write a mark."""
        if self.must_say_whose or self.answer == KEEP:
            return []
        return [cell for cell in self.cells if cell.result != cell.now]


@dataclass
class Differences:
    """All differences: by person, and in sentences what cannot be imported because the portal changed since."""

    filled: Filled
    people: list[PersonDifferences]
    notes: list[str]

    @property
    def is_ready(self) -> bool:
        return not any(person.is_waiting for person in self.people)

    @property
    def taken(self) -> list[CellDifference]:
        return [cell for person in self.people for cell in person.taken]

    def edits(self) -> list[MarkEdit]:
        """Return the marks to write. Their keys derive from the workbook, the cell, its version and value: twice is once."""
        secret = self.filled.workbook.secret
        return [
            MarkEdit(
                cell.enrolment,
                cell.session,
                cell.result,
                cell.version,
                uuid5(secret, f"{cell.enrolment} {cell.session} {cell.version} {cell.result}"),
            )
            for cell in self.taken
        ]


def walk_in_sheet(roster_import: RosterImport) -> Sheet:
    """Return the rows of a filled workbook without a key, to be read like those of any list."""
    assert roster_import.workbook is not None  # noqa: S101 - narrows the type; asked only of filled workbooks
    return read_filled(unpacked(roster_import.sheets), roster_import.workbook).walk_ins


def find_differences(roster_import: RosterImport) -> Differences:
    """Return what changed in a filled workbook since it was made, with the answers given. Three queries."""
    assert roster_import.workbook is not None  # noqa: S101 - narrows the type; asked only of filled workbooks
    filled = read_filled(unpacked(roster_import.sheets), roster_import.workbook)
    people = people_of(roster_import.training)
    held = {session.pk: session for session in roster_import.training.sessions.all()}
    titles = dict(roster_import.workbook.sessions) | {pk: session_title(session) for pk, session in held.items()}
    notes = _Notes(filled, held, people)
    changed_people = []
    for row in filled.rows:
        person = people.get(row.enrolment)
        if person is None:  # an enrolment is never deleted, but the training may be from another database
            continue
        differences = PersonDifferences(person, row.number, facts=_facts(filled, row, person))
        differences.is_renamed = _is_renamed(filled, row, person)
        differences.cells = [cell for cell in _cells(filled, row, person, titles) if notes.is_open(cell, person)]
        _answer(differences, roster_import.chosen)
        if differences.cells or differences.facts:
            changed_people.append(differences)
    changed_people.sort(key=lambda person: not person.is_waiting)
    return Differences(filled, changed_people, notes.sentences())


def _facts(filled: Filled, row: FilledRow, person: Person) -> list[FactDifference]:
    """The facts in the row that differ from what was written and from the portal now."""
    was = filled.workbook.rows[str(row.enrolment)]["facts"]
    labels = fact_labels()
    return [
        FactDifference(labels[fact], row.facts[fact][:160], person.facts[n])
        for n, fact in enumerate(FACTS)
        if fact in row.facts
        and row.facts[fact] != person.facts[n]
        and fact_hash(filled.workbook, fact, row.facts[fact]) != was[n]
    ]


def _is_renamed(filled: Filled, row: FilledRow, person: Person) -> bool:
    """Whether the row's name differs from its original and from the person's name now, beyond script and accents."""
    was = filled.workbook.rows[str(row.enrolment)]["facts"]
    name = [written(row.facts[fact]) for fact in FACTS[:2]]
    if [fact_hash(filled.workbook, fact, text) for fact, text in zip(FACTS[:2], name, strict=True)] == was[:2]:
        return False
    return spelling(" ".join(name)) != spelling(f"{person.facts[0]} {person.facts[1]}")


def _cells(filled: Filled, row: FilledRow, person: Person, titles: Mapping[int, str]) -> list[CellDifference]:
    """The cells of a row that differ from when the workbook was made and from the portal now."""
    snapshot = filled.workbook.rows[str(row.enrolment)]["marks"]
    cells = []
    for n, (session, _title) in enumerate(filled.workbook.sessions):
        if session not in row.marks:
            continue
        was = snapshot[n][0]
        says = None if session in row.unread else mark_in(row.marks[session])
        now, version = person.marks.get(session, ("", 0))
        if says in (was, now):
            continue
        if says is None:
            kind = WRONG
        elif now != was:
            kind = BOTH
        else:
            kind = SET if says else CLEAR
        words = _("a formula without a result") if session in row.unread else text_of(row.marks[session])[:40]
        title = titles[session]
        cells.append(CellDifference(kind, person.enrolment, session, title, was, says or "", words, now, version))
    return cells


def _answer(differences: PersonDifferences, chosen: Mapping[str, Any]) -> None:
    """Apply the answers; ask again if the portal's mark changed since the answer."""
    differences.answer = chosen.get("people", {}).get(str(differences.person.enrolment), "")
    answers = chosen.get("cells", {})
    for cell in differences.cells:
        answer, version = answers.get(cell.key, ("", 0))
        if version == cell.version and (answer in (TAKE, KEEP) or cell.kind == WRONG):
            cell.answer = answer


class _Notes:
    """What cannot be imported because the portal changed since, counted into one sentence each."""

    def __init__(self, filled: Filled, held: Mapping[int, Session], people: Mapping[int, Person]) -> None:
        self.filled, self.held, self.people = filled, held, people
        self.closed: dict[str, int] = {}
        self.removed: dict[str, int] = {}

    def is_open(self, cell: CellDifference, person: Person) -> bool:
        """Whether a cell can be imported; counts it if not."""
        session = self.held.get(cell.session)
        if person.is_removed:
            self.removed[person.name] = self.removed.get(person.name, 0) + 1
        elif session is None or session.is_cancelled:
            self.closed[cell.title] = self.closed.get(cell.title, 0) + 1
        else:
            return True
        return False

    def sentences(self) -> list[str]:
        lines = [
            ngettext(
                "The session of %(session)s was cancelled or removed since; %(n)d mark of it is not taken.",
                "The session of %(session)s was cancelled or removed since; %(n)d marks of it are not taken.",
                n,
            )
            % {"session": title, "n": n}
            for title, n in self.closed.items()
        ]
        lines += [
            ngettext(
                "%(name)s was taken off the roster since; %(n)d mark is not taken.",
                "%(name)s was taken off the roster since; %(n)d marks are not taken.",
                n,
            )
            % {"name": name, "n": n}
            for name, n in self.removed.items()
        ]
        return [*lines, *self._added(), *self._missing()]

    def _added(self) -> list[str]:
        made_with = {session for session, _title in self.filled.workbook.sessions}
        lines = [
            _("The session of %(session)s was added since, so the workbook has no column for it.")
            % {"session": session_title(session)}
            for pk, session in self.held.items()
            if pk not in made_with and not session.is_cancelled
        ]
        new = sum(not p.is_removed and str(pk) not in self.filled.workbook.rows for pk, p in self.people.items())
        if new:
            lines.append(
                ngettext(
                    "%(n)d person came onto the roster since the workbook was made; it says nothing about them.",
                    "%(n)d people came onto the roster since the workbook was made; it says nothing about them.",
                    new,
                )
                % {"n": new}
            )
        return lines

    def _missing(self) -> list[str]:
        gone = len(self.filled.workbook.rows) - len(self.filled.rows)
        lines = [_("Row %(n)d bears no name, so it is passed over.") % {"n": n} for n in self.filled.nameless]
        lines += [
            _("The column of %(session)s is not in the file, so nothing of it is changed.") % {"session": title}
            for session, title in self.filled.workbook.sessions
            if session not in self.filled.sessions
        ]
        if gone:
            lines.append(
                ngettext(
                    "%(n)d row of the workbook is not in the file; nothing of it is changed.",
                    "%(n)d rows of the workbook are not in the file; nothing of them is changed.",
                    gone,
                )
                % {"n": gone}
            )
        return lines


def shown_mark(value: str) -> str:
    """Return a mark as pages name it."""
    return str(Mark.Value(value).label) if value else _("Not recorded")


def workbook_edits(roster_import: RosterImport) -> list[MarkEdit]:
    """Return the marks that a filled workbook writes, none for an ordinary list; refuse while a cell is undecided."""
    if roster_import.workbook_id is None:
        return []
    differences = find_differences(roster_import)
    if not differences.is_ready:
        raise ValidationError(_("Some cells still wait for a decision. Look at those at the top."))
    return differences.edits()
