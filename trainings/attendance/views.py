"""The attendance grid: show it, save single marks, and save the form without JavaScript."""

from typing import Any
from uuid import uuid4, uuid5

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from audit.record import record, record_reading
from common.views import errors_as_messages, sentences
from members.encryption import browser_name
from members.models import Member
from members.request import member_of
from trainings import access
from trainings.attendance import actions
from trainings.attendance.edits import MarkEdit
from trainings.attendance.grid import sheet_marks, sheet_rows, written_rows
from trainings.models import Enrolment, Mark, MarkChange, Session, SheetEdition, Training
from trainings.pages import fetch_training, posted_key, require, tabs_for

# Above this many people the grid shows one session a page, unless all are requested.
ALL_SESSIONS_UP_TO = 50


def _number(text: str) -> int:
    if not (text.isdecimal() and len(text) < 10):
        raise ValidationError(_("The page sent something that is not a mark. Load it again."))
    return int(text)


def posted_edits(request: HttpRequest) -> list[MarkEdit]:
    """Return the marks a form changed: each cell sends what it showed, and only a difference is an edit.

    A cell is named m-ENROLMENT-SESSION and its old value s-…: "value version". A cell's key follows from the form's
    key and the edit itself, so that the same form sent again makes the same request.
    """
    form_key = posted_key(request.POST.get("form_key", ""))
    edits = []
    for name in request.POST:
        words = request.POST.get(name, "")
        if not name.startswith("s-"):
            continue
        shown_value, _space, version = words.rpartition(" ")
        value = request.POST.get("m-" + name[2:], "")
        if value == shown_value:
            continue
        enrolment, _dash, session = name[2:].partition("-")
        key = uuid5(form_key, f"{name} {words} {value}")
        edits.append(MarkEdit(_number(enrolment), _number(session), value, _number(version), key))
    return edits


def _chosen_session(request: HttpRequest, sessions: list[Session]) -> Session | None:
    wanted = request.GET.get("session", "") or request.POST.get("session", "")
    session = next((s for s in sessions if str(s.pk) == wanted), None)
    return session or next(iter(sessions), None)


def ticked_off(request: HttpRequest) -> frozenset[int]:
    """The people an amendment removes from the roster."""
    return frozenset(int(number) for number in request.POST.getlist("off") if number.isdecimal() and len(number) < 10)


def sheet_context(request: HttpRequest, training: Training, *, amending: bool = False) -> dict[str, Any]:
    """Return the context of the grid of one training for this member. Four queries for any size.

    The first view in a quarter of an hour is written to the audit log as a view of names, before anything is shown.
    """
    member = member_of(request)
    record = access.can_record(member, training)
    rows = sheet_rows(access.visible_enrolments(member, training))
    if rows:
        record_reading(training, "attendance", by=member, session=request.session)
    sessions = [session for session in training.sessions.all() if not session.is_cancelled]
    chosen = _chosen_session(request, sessions)
    is_large = len(rows) > ALL_SESSIONS_UP_TO and len(sessions) > 1
    one_at_a_time = is_large and "all" not in (request.GET.get("view"), request.POST.get("view"))
    columns = [chosen] if one_at_a_time and chosen else sessions
    can_record = record and training.is_open
    return {
        "training": training, "sessions": sessions, "shown_sessions": columns, "chosen": chosen,
        "is_large": is_large, "one_at_a_time": one_at_a_time, "form_key": uuid4(), "can_record": can_record, "may_record": record,
        "shown_people": " ".join(str(row.enrolment) for row in rows), "amending": amending,
        "written_rows": written_rows(
            rows, columns, marks=sheet_marks(columns), chosen=chosen, editable=can_record or amending,
            session_count=len(sessions), removable=ticked_off(request) if amending else None,
        ),
        "tabs": tabs_for(training, "attendance", names=True, record=record),
        **_printed(member, training, chosen),
    }  # fmt: skip


def _printed(member: Member, training: Training, session: Session | None) -> dict[str, Any]:
    """Whether sign-in sheets may be printed, and the latest printed one of a session. At most one query."""
    if session is None or not access.can_use_sheets(member, training):
        return {}
    return {"can_print": True, "edition": SheetEdition.objects.filter(session=session).first()}


@require_http_methods(["GET", "POST"])
def attendance(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the grid, and save it without JavaScript."""
    training, member = fetch_training(request, reference, "country", "language"), member_of(request)
    record = access.can_record(member, training)
    require(record or access.can_see_some_names(member, training))
    if request.method == "POST":
        require(record)
        return _save(request, training)
    return render(request, "trainings/attendance/attendance.html", sheet_context(request, training))


def _sheet_url(request: HttpRequest, training: Training) -> str:
    url = reverse("trainings:attendance", args=[training.reference])
    if request.POST.get("view") == "all":
        return f"{url}?view=all"
    session = request.POST.get("session", "")
    return f"{url}?session={session}" if session.isdecimal() else url


def _save(request: HttpRequest, training: Training) -> HttpResponse:
    """Apply the changed cells of the posted grid; show conflicts side by side."""
    try:
        edits = posted_edits(request)
        _check_visible(request, training, [edit.enrolment for edit in edits])
        answer = actions.change_marks(training=training, edits=edits, by=member_of(request)) if edits else None
    except ValidationError as refusal:
        return render(
            request,
            "trainings/attendance/attendance.html",
            {**sheet_context(request, training), "refusal": refusal.messages},
            status=422,
        )
    except actions.KeyReusedError:
        text = _("This sheet was sent before with other marks. Nothing was changed; here it is as it stands now.")
        return render(
            request,
            "trainings/attendance/attendance.html",
            {**sheet_context(request, training), "refusal": [text]},
            status=409,
        )
    if answer is None:
        messages.info(request, _("Nothing was changed."))
    else:
        _tell(request, answer)
    if answer and answer.conflicts:
        context = {**sheet_context(request, training), "conflicts": conflict_rows(answer.conflicts)}
        return render(request, "trainings/attendance/attendance.html", context, status=409)
    return redirect(_sheet_url(request, training))


def _tell(request: HttpRequest, answer: actions.MarksAnswer) -> None:
    if answer.applied:
        text = ngettext("%(n)d mark is saved.", "%(n)d marks are saved.", answer.applied) % {"n": answer.applied}
        messages.success(request, text)
    elif not answer.conflicts and not answer.held:
        messages.info(request, _("Everything stood so already."))
    if answer.held:
        messages.warning(request, _("The figures are locked. Your marks are kept and shown to the coordinator."))


def conflict_rows(conflicts: list[MarkChange]) -> list[dict[str, Any]]:
    """Each conflict with both values in words."""
    people = Enrolment.objects.select_related("participant").in_bulk([c.enrolment_id for c in conflicts])
    sessions = Session.objects.in_bulk([c.session_id for c in conflicts])
    words = {"": _("Not recorded"), **{value: str(label) for value, label in Mark.Value.choices}}
    return [
        {
            "person": people[c.enrolment_id].participant,
            "session": sessions[c.session_id],
            "theirs": words[c.answer_value],
            "yours": words[c.new_value],
        }
        for c in conflicts
    ]


def _check_visible(request: HttpRequest, training: Training, enrolments: list[int]) -> None:
    """Refuse a mark for a person this member cannot see, with the message for a person who is not enrolled."""
    wanted = set(enrolments)
    seen = access.visible_enrolments(member_of(request), training).filter(pk__in=wanted).count()
    if seen != len(wanted):
        raise ValidationError(_("A mark was sent for somebody who is not enrolled. Load the sheet again."))


@require_POST
def mark(request: HttpRequest, reference: str) -> JsonResponse:
    """Save one mark in the background. Answers after the commit: 200 saved, 409 conflict, 423 held, 422 refused.

    A mark names the member who made it: one that waited in the browser for another member is not written (401).
    """
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_record(member, training))
    if request.POST.get("member", browser_name(member.pk)) != browser_name(member.pk):
        return JsonResponse({"error": "other_member"}, status=401)
    try:
        edit = MarkEdit(
            _number(request.POST.get("enrolment", "")),
            _number(request.POST.get("session", "")),
            request.POST.get("value", ""),
            _number(request.POST.get("base", "")),
            posted_key(request.POST.get("key", "")),
        )
        _check_visible(request, training, [edit.enrolment])
        answer = actions.change_marks(training=training, edits=[edit], by=member)
    except ValidationError as refusal:
        return JsonResponse({"error": sentences(refusal)}, status=422)
    except actions.KeyReusedError:
        return JsonResponse({"error": _("This key was used for another mark.")}, status=409)
    change = answer.changes[0]
    status = {MarkChange.Outcome.CONFLICT: 409, MarkChange.Outcome.HELD: 423}.get(
        MarkChange.Outcome(change.outcome), 200
    )
    there = Enrolment.objects.filter(pk=edit.enrolment).values_list("attended_sessions", flat=True).first()
    body = {
        "outcome": change.outcome, "value": change.answer_value, "version": change.answer_version,
        "attended": there, "at": date_format(timezone.localtime(), "H:i"),
        "message": str(MarkChange.Outcome(change.outcome).label),
    }  # fmt: skip
    return JsonResponse(body, status=status)


@require_POST
def mark_rest(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Mark present everyone this page showed without a mark in one session."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_record(member, training))
    session = get_object_or_404(Session, training=training, pk=pk)
    try:
        batch = uuid5(posted_key(request.POST.get("form_key", "")), f"rest {pk}")
        enrolments = [_number(n) for n in request.POST.get("shown", "").split()]
        _check_visible(request, training, enrolments)
        answer = actions.mark_rest_present(session=session, enrolments_shown=enrolments, batch=batch, by=member)
    except ValidationError as refusal:
        messages.error(request, sentences(refusal))
    except actions.KeyReusedError:
        messages.error(request, _("This page was used before. Load it again."))
    else:
        _tell(request, answer)
        if answer.applied:
            request.session["undo_batch"] = {"batch": str(batch), "training": training.pk, "n": answer.applied}
    return redirect(_sheet_url(request, training))


@require_POST
def undo(request: HttpRequest, reference: str) -> HttpResponse:
    """Undo the last "mark everyone else present", where nobody changed a mark since."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_record(member, training))
    with errors_as_messages(request):
        answer = actions.undo_batch(training=training, batch=posted_key(request.POST.get("batch", "")), by=member)
        request.session.pop("undo_batch", None)
        text = ngettext("%(n)d mark is taken back.", "%(n)d marks are taken back.", answer.applied)
        messages.success(request, text % {"n": answer.applied})
    return redirect(_sheet_url(request, training))


@require_POST
def keep(request: HttpRequest, reference: str) -> JsonResponse:
    """Record that a browser is about to store this grid with its names; it stores nothing without this answer."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_record(member, training))
    record("keep_names", training, by=member, is_reading=True)
    return JsonResponse({"kept": "recorded"})
