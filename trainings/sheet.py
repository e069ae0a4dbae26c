"""The rows of the attendance sheet: read as plain values and written as text.

A sheet of 200 people in five sessions is a thousand cells of five choices each. Through a template it takes ten times as
long, so its rows, and nothing else, are written here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from members.models import RankGroup
from trainings.models import Enrolment, Mark, Session, Sex
from trainings.models.people import written_name

LETTERS = {"present": "P", "late": "L", "excused": "E", "absent": "A"}
# What stands in a row until it is known whose it is; no word of a person holds them, as each is escaped.
ENROLMENT, PERSON = "<enrolment>", "<person>"


@dataclass(frozen=True)
class SheetRow:
    """One person of the sheet. `detail` is the rank in the record's own words, its group and, if needed, the home."""

    enrolment: int
    person: str
    sex: str
    detail: str
    attended: int


def sheet_rows(enrolments: QuerySet[Enrolment]) -> list[SheetRow]:
    """Return who is on the sheet, in the order of the roster. One query; removed enrolments are left out."""
    found = list(
        enrolments.filter(removed_at=None).values_list(
            "pk", "participant__family_name", "participant__given_name", "participant__sex", "rank__nato",
            "rank_words", "rank_group", "organisation__short_name", "attended_sessions",
        )
    )  # fmt: skip
    several_homes = len({row[7] for row in found}) > 1
    groups = {value: str(label) for value, label in RankGroup.choices}
    return [
        SheetRow(
            pk, written_name(family, given), sex,
            " · ".join(part for part in (nato or words, groups[group], home if several_homes else "") if part), attended,
        )
        for pk, family, given, sex, nato, words, group, home, attended in found
    ]  # fmt: skip


def sheet_marks(sessions: Iterable[Session]) -> dict[tuple[int, int], tuple[str, int]]:
    """Return (value, version) of each mark of these sessions by (enrolment, session). One query."""
    marks = Mark.objects.filter(session__in=[session.pk for session in sessions])
    return {
        (enrolment, session): (value, version)
        for enrolment, session, value, version in marks.values_list("enrolment", "session", "value", "version")
    }


def _choices(session: Session, chosen: str, version: int, other: str) -> str:
    """The cell of one session with this value chosen, for any row."""
    name = f"{ENROLMENT}-{session.pk}"
    labels = [(value, LETTERS[value], str(label)) for value, label in Mark.Value.choices]
    boxes = "".join(
        f'<label class="{value or "clear"}"><input type="radio" name="m-{name}" value="{value}" '
        f'aria-label="{escape(label)}"{" checked" if value == chosen else ""}>{letter}</label>'
        for value, letter, label in [*labels, ("", "–", _("Not recorded"))]
    )
    return (
        f'<td class="session-cell mark{other}{"" if chosen else " is-unmarked"}" data-cell="{name}">'
        f'<input type="hidden" name="s-{name}" value="{chosen} {version}">'
        f'<fieldset aria-label="{PERSON}, {escape(date_format(session.date, "j F"))}">{boxes}</fieldset>'
        '<span class="mark-state"></span></td>'
    )


def _letter(value: str, other: str) -> str:
    """The cell of one mark that is only read."""
    label = escape(str(Mark.Value(value).label) if value else _("Not recorded"))
    return (
        f'<td class="session-cell{other}"><span class="mark-letter {value or "none"}" role="img" aria-label="{label}" '
        f'title="{label}">{LETTERS.get(value, "–")}</span></td>'
    )


def written_rows(
    rows: list[SheetRow],
    sessions: list[Session],
    *,
    marks: dict[tuple[int, int], tuple[str, int]],
    chosen: Session | None,
    editable: bool,
    session_count: int,
    removable: frozenset[int] | None = None,
) -> SafeString:
    """Return the rows of the table's body. `chosen` is the session a phone shows; the others are hidden there.

    With `removable` each row has a box to take the person off the roster, ticked for those in it.
    """
    sexes: dict[str, str] = {Sex.FEMALE: _("F"), Sex.MALE: _("M"), Sex.OTHER: _("O")}
    attended = escape(_("%(n)s of %(of)s")) % {"n": "<span>%s</span>", "of": session_count}
    # A cell looks the same in each row but for whose it is; few of them differ.
    cells: dict[tuple[int, str, int], str] = {}
    text = []
    for row in rows:
        detail = f"<small>{escape(row.detail)}</small>" if row.detail else ""
        line = [f'<tr><th scope="row">{PERSON}{detail}</th><td class="is-wide-only">{sexes.get(row.sex, "–")}</td>']
        for session in sessions:
            value, version = marks.get((row.enrolment, session.pk), ("", 0))
            key = (session.pk, value, version)
            if key not in cells:
                other = "" if session == chosen else " is-other"
                cells[key] = _choices(session, value, version, other) if editable else _letter(value, other)
            line.append(cells[key])
        if removable is not None:
            ticked = " checked" if row.enrolment in removable else ""
            line.append(
                f'<td><label class="choice"><input type="checkbox" name="off" value="{ENROLMENT}"{ticked}>'
                f'<span>{escape(_("Take off"))}<span class="visually-hidden"> {PERSON}</span></span></label></td>'
            )
        line.append(f'<td class="end number" data-attended="{ENROLMENT}">{attended % row.attended}</td></tr>\n')
        text.append("".join(line).replace(ENROLMENT, str(row.enrolment)).replace(PERSON, escape(row.person)))
    return mark_safe("".join(text))  # noqa: S308 - every word of a person is escaped above
