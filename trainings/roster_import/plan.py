"""What an import would do, row by row, with the decisions a person must still make. Nothing here writes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from common.folding import spelling
from common.uploads.cells import unpacked
from members.models import Member, Organisation, RankGroup
from trainings.duplicates.detection import may_be_one
from trainings.models import (
    ColumnChoice,
    DuplicatePair,
    Enrolment,
    ImportedRow,
    Mark,
    RosterImport,
    Session,
    Sex,
    Training,
)
from trainings.roster_import.matching import Known, Match, Wanted, bears_nearly, match, service_hash
from trainings.roster_import.parsing.known import known_tables
from trainings.roster_import.parsing.reading import WRONG, ReadRoster, ReadRow, read_roster
from trainings.roster_import.sessions import sessions_of_columns
from trainings.roster_import.workbook.differences import walk_in_sheet

NEW, MATCHED, UNCLEAR, LEFT_OUT = "new", "matched", "unclear", "left out"


@dataclass(frozen=True)
class Candidate:
    """A participant that a person of the list may be, and why."""

    pk: int
    name: str
    why: str


@dataclass
class KeptCell:
    """A cell that differs from the portal, where the portal's value was changed since and stays."""

    what: str
    sheet: str
    portal: str


@dataclass
class PlannedRow:
    """One row: who it is, what it would change, or what a person must decide or fix first."""

    read: ReadRow
    organisation: Organisation | None
    state: str = NEW
    reasons: list[str] = field(default_factory=list)
    person: Known | None = None
    candidates: list[Candidate] = field(default_factory=list)
    twin_of: int | None = None
    shares_number: bool = False
    must_decide: bool = False
    must_confirm: bool = False
    enrolment: Enrolment | None = None
    said: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    kept_cells: list[KeptCell] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.read.number

    @property
    def is_ready(self) -> bool:
        """Whether it can be imported, or is left out."""
        return self.state in (NEW, MATCHED, LEFT_OUT)

    @property
    def changed_marks(self) -> dict[int, str]:
        """The marks it would set, by session."""
        return {
            int(what.removeprefix("mark ")): value for what, value in self.changes.items() if what.startswith("mark ")
        }

    @property
    def does_nothing(self) -> bool:
        """Whether importing it would change nothing."""
        return self.enrolment is not None and self.enrolment.removed_at is None and not self.changes

    @property
    def sex_label(self) -> str:
        return str(Sex(self.read.sex).label)

    @property
    def group_label(self) -> str:
        return str(RankGroup(self.read.group).label) if self.read.group else ""

    @property
    def marks_label(self) -> str:
        """The marks of the row in one word each."""
        return ", ".join(str(Mark.Value(mark).label) if mark else "–" for mark in self.read.marks)

    @property
    def rank_value(self) -> list[Any]:
        return [self.read.rank_pk, self.read.rank, self.read.group or "not_recorded"]


@dataclass
class Plan:
    """The current plan of an import: the roster as read, its planned rows, and the open questions."""

    roster: ReadRoster
    rows: list[PlannedRow]
    columns: list[list[Session]]
    open_columns: list[int]

    @property
    def is_ready(self) -> bool:
        return all(row.is_ready for row in self.rows) and not self.open_columns

    def count(self, state: str) -> int:
        return sum(row.state == state for row in self.rows)

    @property
    def unchanged(self) -> int:
        return sum(row.state == MATCHED and row.does_nothing for row in self.rows)


def remembered_kinds(organisation: Organisation) -> dict[str, str]:
    """Return what this ministry chose earlier for columns, by the folded words of their headers. One query."""
    return dict(ColumnChoice.objects.filter(organisation=organisation).values_list("header_key", "kind"))


def header_key(header: str) -> str:
    """Return the key by which a header's choice is remembered."""
    return spelling(header)[:120]


def read_import(roster_import: RosterImport) -> ReadRoster:
    """Read the cells of an import with the choices made now and earlier by the ministry. Four queries."""
    sheets = [walk_in_sheet(roster_import)] if roster_import.workbook_id else unpacked(roster_import.sheets)
    if roster_import.workbook_id and not sheets[0].rows:
        return ReadRoster(sheets[0].name, [], None, [], [], [], [])
    tables = known_tables(roster_import.organisation.country_id)
    options: dict[str, Any] = {
        "year": roster_import.training.starts_on.year,
        "sheet": roster_import.chosen.get("sheet"),
        "has_header": roster_import.chosen.get("has_header"),
    }
    kinds = {int(n): kind for n, kind in roster_import.chosen.get("kinds", {}).items()}
    if kinds:
        return read_roster(sheets, tables, kinds=kinds, **options)
    roster = read_roster(sheets, tables, **options)
    known = remembered_kinds(roster_import.organisation)
    again = {
        c.index: known[key]
        for c in roster.columns
        if (key := header_key(c.header)) and known.get(key, c.kind) != c.kind
    }
    if not again:
        return roster
    return read_roster(sheets, tables, kinds={c.index: again.get(c.index, c.kind) for c in roster.columns}, **options)


def plan_import(roster_import: RosterImport, *, by: Member) -> Plan:
    """Return what this import would do now. About a dozen queries for any size."""
    roster = read_import(roster_import)
    homes = Organisation.objects.select_related("country").in_bulk()
    rows = [PlannedRow(row, _home_of(row, roster_import.organisation, homes)) for row in roster.rows]
    answers: Mapping[str, Any] = roster_import.chosen.get("rows", {})
    _judge(rows, answers, by)
    if roster_import.workbook_id:
        _ask_about_listed(rows, roster_import)
    held = [session for session in roster_import.training.sessions.all() if not session.is_cancelled]
    chosen = {int(n): value for n, value in roster_import.chosen.get("sessions", {}).items()}
    columns = sessions_of_columns(roster.sessions, held, chosen)
    _compare(rows, roster_import.training, columns)
    unknown = [n for n, there in enumerate(columns) if not there and n not in chosen]
    return Plan(roster, rows, columns, unknown)


def _home_of(row: ReadRow, default: Organisation, homes: Mapping[int, Organisation]) -> Organisation | None:
    """Return the home a row names: an organisation, or a country's ministry or only organisation; the chosen one if it names none.

    None if it names something unknown.
    """
    if row.organisation_pk:
        return homes.get(row.organisation_pk)
    if not row.organisation_words or row.country == default.country_id:
        return default
    there = [home for home in homes.values() if home.country_id == row.country]
    ministries = [home for home in there if home.kind == Organisation.Kind.MINISTRY]
    return ministries[0] if ministries else there[0] if len(there) == 1 else None


def _judge(rows: list[PlannedRow], answers: Mapping[str, Any], by: Member) -> None:
    """Decide who each row is, by the answers given and by matching."""
    at = [row for row in rows if row.read.state != WRONG and row.organisation is not None]
    wanted = {id(row): _wanted(row) for row in at}
    matches = dict(zip(wanted, match(list(wanted.values()), by=by), strict=True))
    earlier = _Earlier()
    for row in rows:
        answer = answers.get(str(row.number), {})
        row.reasons = list(row.read.reasons)
        if answer.get("leave"):
            row.state = LEFT_OUT
            continue
        if row.read.state == WRONG:
            row.state = WRONG
            continue
        if row.organisation is None:
            row.state = WRONG
            row.reasons.append(
                _("Nobody knows the organisation “%(words)s”. Correct it, or choose that this column is left out.")
                % {"words": row.read.organisation_words[:60]}
            )
            continue
        _identify(row, wanted[id(row)], matches[id(row)], answer, earlier)


def _ask_about_listed(rows: Sequence[PlannedRow], roster_import: RosterImport) -> None:
    """Ask about a row added to a workbook for a person who already has a row there: their marks are in that one."""
    assert roster_import.workbook is not None  # noqa: S101 - narrows the type; asked only of filled workbooks
    enrolments = Enrolment.objects.filter(pk__in=[int(pk) for pk in roster_import.workbook.rows], removed_at=None)
    listed = set(enrolments.order_by().values_list("participant", flat=True))
    for row in rows:
        if row.person is not None and row.person.pk in listed:
            pk, row.person = row.person.pk, None
            row.candidates = [candidate for candidate in row.candidates if candidate.pk != pk]
            row.state, row.must_decide = UNCLEAR, True
            row.reasons.append(
                _("This person has a row in the workbook already. Leave this row out, or say that it is somebody else.")
            )


def _wanted(row: PlannedRow) -> Wanted:
    assert row.organisation is not None  # noqa: S101 - narrows the type; only rows with a home are matched
    hashed_number = service_hash(row.read.service_number, row.organisation.pk)
    return Wanted(row.organisation.pk, row.read.family_name, row.read.given_name, row.read.sex, hashed_number)


class _Earlier:
    """The rows judged so far, by their names and service numbers, and which row took which known participant."""

    def __init__(self) -> None:
        self.taken: dict[int, int] = {}
        self._by_name: dict[tuple[int, str, str], list[tuple[int, Wanted]]] = defaultdict(list)
        self._by_number: dict[str, list[tuple[int, Wanted]]] = defaultdict(list)

    def add(self, row: PlannedRow, wanted: Wanted) -> None:
        self._by_name[_name_of(wanted)].append((row.number, wanted))
        if wanted.service:
            self._by_number[wanted.service].append((row.number, wanted))
        if row.person:
            self.taken[row.person.pk] = row.number

    def ask(self, row: PlannedRow, wanted: Wanted, matched: Match) -> bool:
        """Flag a row that may be the person of an earlier one: by name, by service number, or as both match one participant."""
        names = [n for n, other in self._by_name[_name_of(wanted)] if may_be_one(other, wanted)]
        numbers = [n for n, other in self._by_number.get(wanted.service, ()) if bears_nearly(other, wanted)]
        if numbers:
            row.twin_of, row.shares_number = numbers[0], True
            words = _("Row %(n)d has the same service number and the same name or nearly so. Is it another person?")
        elif names:
            row.twin_of, words = names[0], _("The same name stands in row %(n)d. Is it another person?")
        elif matched.only and matched.only.pk in self.taken:
            row.twin_of, row.shares_number = self.taken[matched.only.pk], bool(wanted.service)
            words = _("Row %(n)d is the same known person already. Is it another person?")
        else:
            return False
        row.reasons.append(words % {"n": row.twin_of})
        return True


def _name_of(wanted: Wanted) -> tuple[int, str, str]:
    return wanted.organisation, spelling(wanted.family_name), spelling(wanted.given_name)


def _identify(row: PlannedRow, wanted: Wanted, matched: Match, answer: Mapping[str, Any], earlier: _Earlier) -> None:
    taken = earlier.taken
    pairs = [*matched.exact, *matched.near]
    row.candidates = [
        Candidate(p.pk, f"{p.family_name}, {p.given_name}", str(DuplicatePair.Why(why).label))
        for p, why in pairs
        if p.pk not in taken
    ]
    chosen = answer.get("person")
    if chosen == "new":
        row.state = NEW
    elif chosen and any(str(p.pk) == str(chosen) and p.pk not in taken for p, _why in pairs):
        row.person = next(p for p, _why in pairs if str(p.pk) == str(chosen))
    elif earlier.ask(row, wanted, matched):
        row.must_decide = True
    elif matched.only and matched.only.pk not in taken:
        row.person = matched.only
    elif row.candidates:
        row.must_decide = True
        row.reasons.append(
            _("Several people may be meant.") if len(row.candidates) > 1 else _("Perhaps this person is known.")
        )
    if row.person:
        row.state = MATCHED
    earlier.add(row, wanted)
    if row.must_decide:
        row.state = UNCLEAR
    elif row.read.state != "ok" and not answer.get("take"):
        row.state, row.must_confirm = UNCLEAR, True


def _compare(rows: list[PlannedRow], training: Training, columns: Sequence[Sequence[Session]]) -> None:
    """Set what each row changes in the portal, and what it leaves because it was changed there since."""
    people = [row.person.pk for row in rows if row.person]
    enrolled = {
        enrolment.participant_id: enrolment
        for enrolment in Enrolment.objects.filter(training=training, participant__in=people).select_related(
            "participant"
        )
    }
    last: dict[int, dict[str, Any]] = {}
    for imported in (
        ImportedRow.objects.filter(enrolment__in=enrolled.values())
        .exclude(roster_import__state=RosterImport.State.UNDONE)
        .order_by("pk")
    ):
        last[imported.enrolment_id] = {**last.get(imported.enrolment_id, {}), **imported.said}
    marks: dict[int, dict[int, Mark]] = {}
    for mark in Mark.objects.filter(enrolment__in=enrolled.values()):
        marks.setdefault(mark.enrolment_id, {})[mark.session_id] = mark
    titles = {session.pk: str(session) for there in columns for session in there}
    for row in rows:
        row.said = _said(row, columns)
        if row.person and (there := enrolled.get(row.person.pk)):
            row.enrolment = there
            stands = {**_stands(there), **{f"mark {s}": m.value for s, m in marks.get(there.pk, {}).items()}}
        else:
            stands = {}
        for what, value in row.said.items():
            present, before = stands.get(what), last.get(row.enrolment.pk, {}).get(what) if row.enrolment else None
            if present == value:
                continue
            if not _is_recorded(present) or (before is not None and present == before):
                row.changes[what] = value
            elif row.enrolment is not None and row.enrolment.removed_at is None:
                row.kept_cells.append(KeptCell(_called(what, titles), _shown(what, value), _shown(what, present)))


def _said(row: PlannedRow, columns: Sequence[Sequence[Session]]) -> dict[str, Any]:
    """The values of a row worth storing, by field; empty cells have none."""
    read = row.read
    said: dict[str, Any] = {"unit": read.unit, "age_band": read.age_band}
    if read.sex != Sex.NOT_RECORDED:
        said["sex"] = read.sex
    if read.rank or read.group:
        said["rank"] = row.rank_value
    for there, value in zip(columns, read.marks, strict=False):
        if value:
            said |= {f"mark {session.pk}": value for session in there}
    return {what: value for what, value in said.items() if value}


def facts_of(enrolment: Enrolment) -> dict[str, Any]:
    """Return an enrolment's facts of that day, in the form of a row: rank (key, words, group), unit, age band."""
    return {
        "unit": enrolment.unit,
        "age_band": enrolment.age_band,
        "rank": [enrolment.rank_id, enrolment.rank_words, enrolment.rank_group],
    }


def _stands(enrolment: Enrolment) -> dict[str, Any]:
    return {**facts_of(enrolment), "sex": enrolment.participant.sex}


def _is_recorded(value: Any) -> bool:
    return value not in (None, "", Sex.NOT_RECORDED) and value != [None, "", "not_recorded"]


def _called(what: str, titles: Mapping[int, str]) -> str:
    names = {"unit": _("unit"), "age_band": _("age band"), "sex": _("sex"), "rank": _("rank")}
    return names.get(what) or titles.get(int(what.removeprefix("mark ")), what)


def _shown(what: str, value: Any) -> str:
    if what == "rank":
        return str(value[1] or value[2])
    if what == "sex":
        return str(Sex(value).label)
    if what.startswith("mark "):
        return str(Mark.Value(value).label) if value else _("not recorded")
    return str(value)
