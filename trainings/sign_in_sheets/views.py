"""Printed sign-in sheets: create one, open it by its code, and enter what is on the paper."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.record import record, record_reading
from common.scripts import in_cyrillic
from common.views import errors_as_messages, errors_in_form, pdf_response, render_form
from members.models import Rank
from members.request import member_of
from trainings import access
from trainings.attendance.actions import KeyReusedError
from trainings.attendance.views import conflict_rows
from trainings.models import Mark, Session, SheetEdition, SheetLine
from trainings.pages import fetch_training, posted_key, require, tabs_for
from trainings.sign_in_sheets import actions
from trainings.sign_in_sheets.forms import EvidenceForm, SheetForm, WalkIns
from trainings.sign_in_sheets.headings import default_headings
from trainings.sign_in_sheets.pdf import sheet_pdf
from trainings.sign_in_sheets.typed_exceptions import BEGINNINGS, CYRILLIC_BEGINNINGS, LETTERS, LONGEST, read_exceptions

# Walk-ins shown at first; the other blank lines are folded away.
WALK_INS_OPEN = 2


@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Choose how the sign-in sheet of a session is printed; list the sheets printed so far."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_use_sheets(member, training))
    session = get_object_or_404(Session.objects.select_related("training"), training=training, pk=pk)
    editions = list(session.sheet_editions.select_related("made_by"))
    first = {"headings": default_headings(training), "script": SheetEdition.Script.WRITTEN, "blank_lines": 8}
    if editions:
        first = {name: getattr(editions[0], name) for name in first}
    form = SheetForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            edition = actions.make_sheet(session=session, **form.cleaned_data, by=member)
            messages.success(
                request,
                _("Edition %(n)d is ready. Its numbers stay as they are, whatever becomes of the roster.")
                % {"n": edition.number},
            )
            return redirect("trainings:sheet", reference, pk)
    context = {
        "training": training, "session": session, "form": form, "editions": editions,
        "tabs": tabs_for(training, "attendance", names=True, record=True),
    }  # fmt: skip
    return render_form(request, "trainings/sign_in_sheets/sheet_form.html", context)


@require_GET
def sheet_find(request: HttpRequest) -> HttpResponse:
    """Open a printed sheet by the code on it, for users without a camera."""
    typed = request.GET.get("code", "")
    code = "".join(sign for sign in typed.upper() if sign.isalnum())[:20]
    edition = access.visible_editions(member_of(request)).filter(code=code).first() if code else None
    if edition:
        return redirect(edition)
    status = 404 if code else 200
    return render(
        request, "trainings/sign_in_sheets/sheet_find.html", {"code": typed[:40], "wrong": bool(code)}, status=status
    )


def fetch_edition(request: HttpRequest, code: str) -> SheetEdition:
    """Return the edition with this code that the member may open, else 404. One query."""
    seen = access.visible_editions(member_of(request)).select_related(
        "session", "training__country", "training__language", "training__owner", "made_by"
    )
    return get_object_or_404(seen, code=code)


@require_GET
def edition_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """Download the sheet to print. It contains names, so each download writes an audit entry."""
    edition = fetch_edition(request, code)
    record("export_names", edition.training, by=member_of(request), is_reading=True, what="sign-in sheet")
    name = f"{edition.training.reference}-{edition.session.date:%Y-%m-%d}-{edition.number}"
    return pdf_response(sheet_pdf(edition), name)


@dataclass(frozen=True)
class PageLine:
    """One line of the paper with its mark as the page shows it."""

    number: int
    person: str
    value: str
    label: str
    version: int
    # Removed from the roster since it was printed: nothing is recorded for this line.
    is_gone: bool


def _page_lines(edition: SheetEdition) -> tuple[list[PageLine], list[int]]:
    """The lines that have a person, and the numbers of those that have none. Two queries."""
    marks = {
        enrolment: (value, version)
        for enrolment, value, version in Mark.objects.filter(session=edition.session).values_list(
            "enrolment", "value", "version"
        )
    }
    rows: list[PageLine] = []
    blank: list[int] = []
    for line in SheetLine.objects.filter(edition=edition).select_related("enrolment__participant"):
        if line.enrolment is None:
            blank.append(line.number)
            continue
        value, version = marks.get(line.enrolment.pk, ("", 0))
        label = str(Mark.Value(value).label) if value else ""
        gone = line.enrolment.removed_at is not None
        rows.append(PageLine(line.number, str(line.enrolment.participant), value, label, version, gone))
    return rows, blank


def _written_shown(rows: list[PageLine]) -> str:
    """What the page shows for each line, for the form to send back: number:value:version."""
    return " ".join(f"{row.number}:{row.value}:{row.version}" for row in rows)


def _read_shown(text: str) -> dict[int, tuple[str, int]]:
    marks_shown = {}
    for piece in text.split():
        number, _colon, rest = piece.partition(":")
        value, _colon, version = rest.partition(":")
        if not (number.isdecimal() and version.isdecimal()) or max(len(number), len(version)) > 9:
            raise ValidationError(_("The page sent something that is not a line. Load it again."))
        marks_shown[int(number)] = (value, int(version))
    return marks_shown


@dataclass
class TypedIn:
    """What a form says about a sheet, as far as it was understood."""

    marks: dict[int, str]
    walk_ins: WalkIns
    marks_shown: dict[int, tuple[str, int]]
    key: UUID
    wrong: list[str]

    @property
    def is_valid(self) -> bool:
        return self.walk_ins.is_valid() and not self.wrong


def _typed_in(request: HttpRequest, edition: SheetEdition, rows: list[PageLine], blank: list[int]) -> TypedIn:
    """Parse the posted form. A blank line counts as a walk-in once it has a name."""
    walk_ins = WalkIns(request.POST, edition.training, blank)
    signed = {form.number for form in walk_ins.filled}
    read = read_exceptions(request.POST.get("exceptions", ""), {row.number for row in rows} | set(blank))
    wrong = [*read.wrong]
    wrong += [
        _("Line %(n)d is blank. Say below who signed there.") % {"n": n}
        for n in read.marks
        if n in blank and n not in signed
    ]
    try:
        marks_shown, key = _read_shown(request.POST.get("shown", "")), posted_key(request.POST.get("form_key", ""))
    except ValidationError as refusal:
        wrong += refusal.messages
        marks_shown, key = {}, uuid4()
    return TypedIn(read.marks, walk_ins, marks_shown, key, wrong)


def counted(values: Mapping[str, int], walk_ins: int) -> str:
    """Return numbers of marks and walk-ins as part of a sentence: "34 present, 3 absent, 1 late, 2 walk-ins"."""
    words = {"present": _("present"), "absent": _("absent"), "late": _("late"), "excused": _("excused")}
    parts = [
        f"{values[value]} {word}"
        for value, word in words.items()
        if values.get(value) or (value == "present" and value in values)
    ]
    if walk_ins:
        parts.append(ngettext("%(n)d walk-in", "%(n)d walk-ins", walk_ins) % {"n": walk_ins})
    return ", ".join(parts)


def _preview(typed: TypedIn, rows: list[PageLine]) -> str:
    """The session's totals of marks once this is saved, without walk-ins."""
    values = Counter(
        typed.marks.get(row.number) or row.value or Mark.Value.PRESENT.value for row in rows if not row.is_gone
    )
    late = [typed.marks[form.number] for form in typed.walk_ins.filled if form.number in typed.marks]
    sentence = counted({"present": 0, **values}, len(typed.walk_ins.filled))
    return f"{sentence} ({counted(Counter(late), 0)})" if late else sentence


def words_of_marks() -> str:
    """The letters and beginnings of words for each mark, in both scripts, as JSON for the page's script."""
    words = {**LETTERS, **BEGINNINGS}
    cyrillic = {in_cyrillic(word): mark for word, mark in words.items() if in_cyrillic(word)}
    return json.dumps({**words, **cyrillic, **CYRILLIC_BEGINNINGS})


def _edition_context(
    request: HttpRequest, edition: SheetEdition, rows: list[PageLine], blank: list[int], typed: TypedIn | None = None
) -> dict[str, Any]:
    training = edition.training
    entry = edition.entries.select_related("by").filter(taken_back_at=None).first()
    walk_ins = typed.walk_ins if typed else WalkIns(None, training, blank)
    folded = walk_ins.forms[WALK_INS_OPEN:]
    return {
        "edition": edition, "training": training, "session": edition.session, "rows": rows, "blank": blank,
        "is_open": training.is_open and not edition.session.is_cancelled,
        "entry": entry,
        "entry_says": counted(entry.counts, entry.counts.get("walk_ins", 0)) if entry else "",
        "exceptions": request.POST.get("exceptions", "")[:LONGEST],
        "form_key": typed.key if typed else uuid4(),
        "shown": request.POST.get("shown", "") if typed and typed.marks_shown else _written_shown(rows),
        "walk_ins_wrong": [form for form in walk_ins.forms if form.is_bound and form.errors],
        "walk_ins": walk_ins, "walk_ins_open": walk_ins.forms[:WALK_INS_OPEN], "walk_ins_folded": folded,
        "unfold": any(form.has_changed() for form in folded if form.is_bound),
        "ranks": Rank.objects.filter(country=training.owner.country_id) if training.is_open else [],
        "evidence": list(access.visible_evidence(member_of(request), training).filter(session=edition.session)),
        "scan_form": EvidenceForm(training=training, initial={"session": edition.session_id}, auto_id="scan_%s"),
        "states": json.dumps({row.number: row.value for row in rows if not row.is_gone}),
        "words": words_of_marks(), "longest": LONGEST,
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def edition(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a printed sheet: unmarked people are present; exceptions and walk-ins are typed, previewed and saved."""
    printed, member = fetch_edition(request, code), member_of(request)
    record_reading(printed.training, "sign-in sheet", by=member, session=request.session)
    rows, blank = _page_lines(printed)
    if request.method == "POST":
        return _type_in(request, printed, rows, blank)
    return render(request, "trainings/sign_in_sheets/edition.html", _edition_context(request, printed, rows, blank))


def _type_in(request: HttpRequest, printed: SheetEdition, rows: list[PageLine], blank: list[int]) -> HttpResponse:
    """Preview a form, or save it if requested; errors are shown with the typed input."""
    if "save" in request.POST:
        blank = _blank_before(request, printed, blank)
    typed = _typed_in(request, printed, rows, blank)
    status: int = 200
    more: dict[str, Any] = {}
    if not typed.is_valid:
        status, more = 422, {"wrong": typed.wrong}
    elif "save" not in request.POST:
        more = {"preview": _preview(typed, rows)}
    else:
        try:
            answer = actions.record_from_sheet(
                edition=printed,
                exceptions=typed.marks,
                walk_ins=typed.walk_ins.rows(),
                marks_shown=typed.marks_shown,
                key=typed.key,
                by=member_of(request),
            )
        except ValidationError as refusal:
            _mark_twin(typed.walk_ins, refusal)
            status, more = 422, {"wrong": refusal.messages}
        except KeyReusedError:
            status, more = 409, {"wrong": [_("This page was sent before with something else. Load it again.")]}
        else:
            messages.success(request, _("The sheet is recorded."))
            if not answer.marks.conflicts:
                return redirect(printed)
            status, more = 409, {"conflicts": conflict_rows(answer.marks.conflicts)}
            rows, blank = _page_lines(printed)
            return render(
                request,
                "trainings/sign_in_sheets/edition.html",
                {**_fresh(request, printed, rows, blank), **more},
                status=status,
            )
    return render(
        request,
        "trainings/sign_in_sheets/edition.html",
        {**_edition_context(request, printed, rows, blank, typed), **more},
        status=status,
    )


def _fresh(request: HttpRequest, printed: SheetEdition, rows: list[PageLine], blank: list[int]) -> dict[str, Any]:
    """The page after saving: with empty input."""
    return {**_edition_context(request, printed, rows, blank), "exceptions": ""}


def _blank_before(request: HttpRequest, printed: SheetEdition, blank: list[int]) -> list[int]:
    """The blank lines as this form had them: those it filled itself when it was sent before are included."""
    try:
        key = posted_key(request.POST.get("form_key", ""))
    except ValidationError:
        return blank
    filled = SheetLine.objects.filter(edition=printed, filled_by__key=key).values_list("number", flat=True)
    return sorted({*blank, *filled})


def _mark_twin(walk_ins: WalkIns, refusal: ValidationError) -> None:
    """Offer "this is another person" on the line whose name is already on the roster."""
    for error in refusal.error_list if hasattr(refusal, "error_list") else []:
        for form in walk_ins.forms:
            if error.code == "twin" and error.params and form.number == error.params["number"]:
                form.add_error(
                    "is_another", _("This person is on the roster already. If it is another one, say so here.")
                )


@require_POST
def edition_undo(request: HttpRequest, code: str) -> HttpResponse:
    """Undo the latest form entered from a sheet."""
    printed = fetch_edition(request, code)
    entry = printed.entries.filter(taken_back_at=None).first()
    with errors_as_messages(request):
        if entry is None:
            raise ValidationError(_("There is nothing to take back."))
        back = actions.take_back_sheet(entry=entry, by=member_of(request))
        text = ngettext("%(n)d mark is taken back.", "%(n)d marks are taken back.", back.marks) % {"n": back.marks}
        if back.walk_ins:
            text += " " + ngettext(
                "%(n)d walk-in is off the roster.", "%(n)d walk-ins are off the roster.", back.walk_ins
            ) % {"n": back.walk_ins}
        if back.staying:
            text += " " + ngettext(
                "%(n)d stays: marked elsewhere since.", "%(n)d stay: marked elsewhere since.", back.staying
            ) % {"n": back.staying}
        messages.success(request, text)
    return redirect(printed)
