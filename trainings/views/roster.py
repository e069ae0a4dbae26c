"""The roster: typing, pasting, correcting and removing people."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from audit.record import record_reading
from common.folding import loose, spelling
from common.uploads.reading import read_pasted
from common.views import add_refusal, sentences
from members.models import Organisation, Rank, RankGroup
from trainings import access
from trainings.actions import roster as actions
from trainings.forms import PersonForm, person_initial
from trainings.models import Enrolment, Participant, Training
from trainings.roster_reading.known import known_tables
from trainings.roster_reading.reading import WRONG, ReadRoster, ReadRow, read_roster
from trainings.views.common import fetch_training, member_of, require, tabs_for

SUGGESTIONS = 6
ROWS_MOST = 500

COLUMN_KINDS = [
    ("", gettext_lazy("Leave out")), ("family_name", gettext_lazy("Family name")), ("given_name", gettext_lazy("Given name")),
    ("full_name", gettext_lazy("Family and given name")), ("full_name_given_first", gettext_lazy("Given and family name")),
    ("sex", gettext_lazy("Sex")), ("rank", gettext_lazy("Rank")), ("unit", gettext_lazy("Unit")),
]  # fmt: skip
# What this page takes from pasted cells; the rest of what a sheet may hold is left out.
ON_THE_PAGE = frozenset(kind for kind, _label in COLUMN_KINDS) | {"number"}


def _roster_context(request: HttpRequest, training: Training) -> dict[str, Any]:
    member = member_of(request)
    record = access.can_record(member, training)
    seen = access.visible_enrolments(member, training).select_related("participant", "organisation", "rank")
    if seen:
        record_reading(training, "roster", by=member, session=request.session)
    return {
        "training": training,
        "people": [row for row in seen if row.removed_at is None],
        "removed": [row for row in seen if row.removed_at is not None] if record else [],
        "can_record": record and training.is_open,
        "tabs": tabs_for(training, "roster", names=True, record=record),
    }


def _first_person(training: Training, home: int) -> PersonForm:
    return PersonForm(initial={"organisation": home})


@require_http_methods(["GET", "POST"])
def roster(request: HttpRequest, reference: str) -> HttpResponse:
    """Who is on the roster, and a form for the next person."""
    training, member = fetch_training(request, reference), member_of(request)
    record = access.can_record(member, training)
    require(record or access.can_see_some_names(member, training))
    form = _first_person(training, _last_home(request, training))
    if request.method == "POST":
        require(record)
        form = PersonForm(request.POST)
        if form.is_valid():
            try:
                added = actions.add_to_roster(training=training, rows=[form.row()], by=member)
            except ValidationError as refusal:
                add_refusal(form, refusal)
            else:
                if added:
                    messages.success(request, _("%(name)s is on the roster.") % {"name": added[0].participant})
                    request.session["roster_home"] = form.cleaned_data["organisation"].pk
                    return redirect("trainings:roster", reference)
                form.add_error(
                    "is_another", _("This person is on the roster already. If it is another one, say so here.")
                )
    context = {**_roster_context(request, training), "form": form}
    context["ranks"] = Rank.objects.filter(country=training.keeper.country_id) if context["can_record"] else []
    return render(request, "trainings/roster.html", context, status=422 if form.errors else 200)


def _last_home(request: HttpRequest, training: Training) -> int:
    """The home of the person added last, else the keeper: most rosters come from one ministry."""
    return int(request.session.get("roster_home") or training.keeper_id)


@require_POST
def suggest(request: HttpRequest, reference: str) -> HttpResponse:
    """Earlier participants whom this member may see, by the beginning of a name in any script.

    Asked by POST, though it changes nothing: a name has no place in an address, which proxies and browsers keep. Rank and
    unit come from the latest enrolment whose names this member may see.
    """
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_record(member, training))
    typed = f"{request.POST.get('family_name', '')} {request.POST.get('given_name', '')}"[:160]
    found: list[Participant] = []
    if len(spelling(typed)) >= 2:
        found = list(
            access.visible_participants(member)
            .filter(Q(spelling_key__startswith=spelling(typed)) | Q(loose_key__startswith=loose(typed)))
            .select_related("organisation")[:SUGGESTIONS]
        )
    if found:
        record_reading(training, "suggestions", by=member, session=request.session)
    last: dict[int, Enrolment] = {}
    seen = access.enrolments_with_names(member).filter(participant__in=found)
    for enrolment in seen.select_related("training").order_by("pk"):
        last[enrolment.participant_id] = enrolment
    people = [(person, last.get(person.pk)) for person in found]
    return render(request, "trainings/_suggestions.html", {"people": people, "training": training})


@require_http_methods(["GET", "POST"])
def enrolment_edit(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Correct one row of the roster."""
    training, member = fetch_training(request, reference), member_of(request)
    enrolment = get_object_or_404(
        access.visible_enrolments(member, training).select_related("participant", "organisation", "training"), pk=pk
    )
    require(access.can_record(member, training))
    record_reading(training, "roster", by=member, session=request.session)
    form = PersonForm(request.POST or None, initial=person_initial(enrolment))
    form.fields["organisation"].disabled = True
    del form.fields["is_another"]
    if request.method == "POST" and form.is_valid():
        row = form.row()
        enrolment.rank, enrolment.rank_words = row.rank, row.rank_words
        enrolment.rank_group, enrolment.unit = row.rank_group, row.unit
        try:
            actions.change_enrolment(
                enrolment=enrolment, family_name=row.family_name, given_name=row.given_name, sex=row.sex, by=member
            )
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The row is corrected."))
            return redirect("trainings:roster", reference)
    context = {"form": form, "training": training, "enrolment": enrolment}
    return render(request, "trainings/enrolment_form.html", context, status=422 if form.errors else 200)


@require_POST
def enrolment_remove(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Take one person off the roster; it can be undone from the same page."""
    training, member = fetch_training(request, reference), member_of(request)
    enrolment = get_object_or_404(access.visible_enrolments(member, training).filter(removed_at=None), pk=pk)
    require(access.can_record(member, training))
    try:
        actions.remove_from_roster(enrolment=enrolment, by=member)
    except ValidationError as refusal:
        messages.error(request, sentences(refusal))
    else:
        messages.success(request, _("The person is off the roster. Below the list you can bring them back."))
    return redirect("trainings:roster", reference)


@require_POST
def enrolment_restore(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Bring a removed person back with their marks."""
    training, member = fetch_training(request, reference), member_of(request)
    enrolment = get_object_or_404(access.visible_enrolments(member, training).exclude(removed_at=None), pk=pk)
    require(access.can_record(member, training))
    try:
        actions.restore_to_roster(enrolment=enrolment, by=member)
    except ValidationError as refusal:
        messages.error(request, sentences(refusal))
    else:
        messages.success(request, _("The person is on the roster again, with their marks."))
    return redirect("trainings:roster", reference)


@dataclass
class Understood:
    """One pasted line as understood, and what is wrong with it."""

    number: int
    cells: list[str]
    row: actions.RosterRow | None
    wrong: list[str]
    notes: list[str]
    # The earlier line with the same name, and what was answered: "same", "another" or not yet.
    twin_of: int | None = None
    answer: str = ""


def _understood(read: ReadRow, home: Organisation, ranks: dict[int, Rank]) -> Understood:
    """Return a read row as the page shows it: a row for the roster unless something is wrong with it."""
    if read.state == WRONG:
        return Understood(read.number, read.cells, None, read.reasons, [])
    rank = ranks.get(read.rank_pk) if read.rank_pk else None
    row = actions.RosterRow(
        family_name=read.family, given_name=read.given, organisation=home, sex=read.sex, rank=rank, rank_words=read.rank,
        rank_group=read.group or RankGroup.NOT_RECORDED, unit=read.unit,
    )  # fmt: skip
    return Understood(read.number, read.cells, row, [], read.reasons)


def _read_pasted(text: str, home: Organisation, answers: QueryDict) -> tuple[ReadRoster, list[Understood]]:
    """Read pasted cells by the columns the page answered, else as they are understood. Four queries."""
    tables = known_tables(home.country_id, countries=[home.country_id])
    sheets = read_pasted(text)
    kinds = header = None
    if "has_header" in answers or "column-0" in answers:
        known = {kind for kind, _label in COLUMN_KINDS}
        header = bool(answers.get("has_header"))
        width = max((len(row) for row in sheets[0].rows), default=0)
        kinds = {n: kind if (kind := answers.get(f"column-{n}", "")) in known else "" for n in range(width)}
    roster = read_roster(sheets, tables, kinds=kinds, has_header=header, only_kinds=ON_THE_PAGE)
    ranks = Rank.objects.in_bulk({row.rank_pk for row in roster.rows if row.rank_pk})
    return roster, [_understood(row, home, ranks) for row in roster.rows]


def _ask_about_twins(lines: list[Understood], answers: QueryDict) -> None:
    """Ask of each line whether it is the person of an earlier line of the same name, and take the answer in."""
    seen: dict[str, list[tuple[int, str]]] = {}
    for line in lines:
        if line.row is None:
            continue
        key, _loose_key = actions.name_keys(line.row.family_name, line.row.given_name)
        earlier = seen.setdefault(key, [])
        line.twin_of = next((n for n, sex in earlier if actions.is_compatible(sex, line.row.sex)), None)
        earlier.append((line.number, line.row.sex))
        if line.twin_of is None:
            continue
        line.answer = answers.get(f"twin-{line.number}", "")
        if line.answer == "another":
            line.row = replace(line.row, is_another=True)
        elif line.answer != "same":
            line.answer = ""
            line.wrong.append(
                _("The same name stands in row %(n)d. Say whether it is the same person.") % {"n": line.twin_of}
            )


@require_http_methods(["GET", "POST"])
def roster_paste(request: HttpRequest, reference: str) -> HttpResponse:
    """Paste rows, see what was understood, assign the columns, then add them all or none."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_record(member, training))
    text = request.POST.get("rows", "").replace("\x00", "")
    homes = Organisation.objects.select_related("country")
    home = next((o for o in homes if str(o.pk) == request.POST.get("organisation")), training.keeper)
    context: dict[str, Any] = {
        "training": training, "text": text, "homes": homes, "home": home, "kinds": COLUMN_KINDS, "wrong": [],
        "rows_most": ROWS_MOST,
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "trainings/roster_paste.html", context)
    try:
        roster, lines = _read_pasted(text, home, request.POST)
        if len(roster.rows) > ROWS_MOST:
            raise ValidationError(
                _("These are %(n)d rows; at most %(most)d go in at once. Paste them in parts.")
                % {"n": len(roster.rows), "most": ROWS_MOST}
            )
    except ValidationError as refusal:
        context["wrong"] = refusal.messages if text.strip() else [_("Paste at least one row.")]
        return render(request, "trainings/roster_paste.html", context, status=422)
    _ask_about_twins(lines, request.POST)
    wrong_lines = [line for line in lines if line.wrong]
    rows = [line.row for line in lines if line.row and line.answer != "same"]
    context |= {
        "lines": lines,
        "columns": [(column.index, column.kind) for column in roster.columns],
        "questions": [column.question for column in roster.questions],
        "left_out": roster.left_out,
        "has_header": roster.header_row is not None,
        "wrong_count": len(wrong_lines),
        "can_add": all(line.row for line in lines),
        "row_count": len(rows),
    }
    if "add" in request.POST and not wrong_lines and lines:
        try:
            added = actions.add_to_roster(training=training, rows=rows, by=member)
        except ValidationError as refusal:
            context["wrong"] = refusal.messages
            return render(request, "trainings/roster_paste.html", context, status=422)
        text = ngettext("%(n)d person is on the roster.", "%(n)d people are on the roster.", len(added))
        messages.success(request, text % {"n": len(added)})
        return redirect("trainings:roster", reference)
    return render(request, "trainings/roster_paste.html", context, status=422 if wrong_lines else 200)
