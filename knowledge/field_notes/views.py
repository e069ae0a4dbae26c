"""Views of field notes: writing, listing, and the list used to revise the manuals."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.record import record
from common.sheets import sheet_response
from common.views import add_refusal, errors_as_messages, errors_in_form, is_fragment, page_of, render_form
from knowledge import access
from knowledge.conflicts import ChangedMeanwhileError
from knowledge.field_notes import actions as notes
from knowledge.field_notes.forms import CollectForm, NoteForm
from knowledge.models import FieldNote, RevisionItem
from knowledge.pages import show_theirs
from knowledge.posts.filters import NoteFilter, RevisionFilter
from members.models import Member
from members.request import member_of
from trainings.pages import fetch_training, require

PAGE = 20
WAITING_SHOWN = 5


def _named(rows: Iterable[FieldNote], reader: Member) -> list[FieldNote]:
    """Return the notes with `shown_author`: the author's name if this reader may see it, else empty."""
    field_notes = list(rows)
    for note in field_notes:
        note.__dict__["shown_author"] = note.author.full_name if access.can_see_author(reader, note) else ""
        note.__dict__["is_mine"] = note.author_id == reader.pk
    return field_notes


def _fetch(request: HttpRequest, pk: int) -> FieldNote:
    """Return a note this member may read, else 404. One query."""
    seen = access.visible_notes(member_of(request)).select_related("training__course", "training__owner", "author")
    return get_object_or_404(seen, pk=pk)


@require_GET
def note_list(request: HttpRequest) -> HttpResponse:
    """List field notes, newest first; on top, trainings the reader may still write a note about."""
    by = member_of(request)
    require(access.can_write(by))
    note_filter = NoteFilter(request.GET, access.visible_notes(by))
    rows = note_filter.qs.select_related("training__course", "training__owner", "author").prefetch_related("topics")
    page = page_of(request, rows.order_by("-at", "-pk"), PAGE)
    chosen = sum(bool(request.GET.get(name)) for name in note_filter.filters)
    context = {"filter": note_filter, "page": page, "notes": _named(page, by), "chosen_count": chosen}
    if is_fragment(request):
        return render(request, "knowledge/field_notes/_notes.html", context)
    context["waiting"] = access.trainings_to_note(by, timezone.now()).order_by("-ends_on")[:WAITING_SHOWN]
    context["can_collect"] = access.can_collect(by)
    return render(request, "knowledge/field_notes/note_list.html", context)


@require_GET
def note_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a note, and its items on the list for the next edition."""
    note, by = _fetch(request, pk), member_of(request)
    return _detail(request, note, by, CollectForm() if access.can_collect(by) else None)


def _detail(request: HttpRequest, note: FieldNote, by: Member, form: CollectForm | None) -> HttpResponse:
    _named([note], by)
    items = access.visible_revision_items(by).filter(note=note).select_related("topic", "by")
    context = {
        "note": note, "topics": note.topics.all(), "form": form, "items": items,
        "can_edit": access.can_edit_note(by, note),
    }  # fmt: skip
    return render(
        request, "knowledge/field_notes/note_detail.html", context, status=422 if form and form.errors else 200
    )


@require_http_methods(["GET", "POST"])
def note_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Write a note about a training one taught or records, or decline to; redirects to edit an existing note."""
    training, by = fetch_training(request, reference), member_of(request)
    require(access.can_note(by, training))
    if mine := FieldNote.objects.filter(training=training, author=by).first():
        return redirect("knowledge:note_edit", mine.pk)
    form = NoteForm(request.POST or None, instance=FieldNote(training=training))
    if "nothing" in request.POST:
        if not any(request.POST.get(name, "").strip() for name in notes.ANSWERS):
            notes.decline_note(training=training, by=by)
            messages.success(request, _("You are asked no more about this training."))
            return redirect(training)
        add_refusal(form, ValidationError(_("You have written something. Save it, or empty the answers first.")))
    if not form.is_bound:
        form.initial["topics"] = [topic.pk for topic in training.course.topics.all()]
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            note = notes.write_note(note=form.instance, topics=form.cleaned_data["topics"], by=by)
            messages.success(request, _("Thank you: your note is kept, and trainers find it."))
            return redirect(note)
    context = {"form": form, "training": training}
    return render_form(request, "knowledge/field_notes/note_form.html", context)


@require_http_methods(["GET", "POST"])
def note_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one's own note. If it was changed in another window, show both texts."""
    note, by = _fetch(request, pk), member_of(request)
    require(access.can_edit_note(by, note))
    form = NoteForm(request.POST or None, instance=note)
    context: dict[str, Any] = {"form": form, "training": note.training, "note": note}
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.cleaned_data["version_seen"] or 0
            notes.change_note(note=form.instance, topics=form.cleaned_data["topics"], version_seen=seen, by=by)
        except ChangedMeanwhileError as changed:
            context["theirs"] = show_theirs(request, form, changed)
        else:
            messages.success(request, _("Your note is saved."))
            return redirect(note)
    return render_form(request, "knowledge/field_notes/note_form.html", context)


@require_http_methods(["GET", "POST"])
def note_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, then delete one's own note."""
    note, by = _fetch(request, pk), member_of(request)
    require(access.can_edit_note(by, note))
    if request.method == "POST":
        with errors_as_messages(request):
            notes.delete_note(note=note, by=by)
            messages.success(request, _("Your note is taken back."))
            return redirect("knowledge:notes")
        return redirect(note)
    return render(request, "knowledge/field_notes/note_delete.html", {"note": note})


@require_POST
def note_collect(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a note to the list for the next edition, under a topic."""
    note, by = _fetch(request, pk), member_of(request)
    require(access.can_collect(by))
    form = CollectForm(request.POST)
    if form.is_valid():
        with errors_in_form(form):
            notes.collect_note(note=note, topic=form.cleaned_data["topic"], words=form.cleaned_data["words"], by=by)
            messages.success(request, _("It is on the list for the next edition."))
            return redirect(note)
    return _detail(request, note, by, form)


@require_GET
def revision(request: HttpRequest) -> HttpResponse:
    """Show the list for the next edition of the manuals, by topic."""
    by = member_of(request)
    require(access.can_collect(by))
    revision_filter = RevisionFilter(request.GET, access.visible_revision_items(by))
    rows = revision_filter.qs.select_related("topic", "note__training", "note__author", "by").order_by(
        "topic__name", "at", "pk"
    )
    page = page_of(request, rows, 50)
    _named((item.note for item in page), by)
    context = {
        "filter": revision_filter,
        "page": page,
        "chosen_count": sum(bool(request.GET.get(name)) for name in revision_filter.filters),
    }
    return render(request, "knowledge/field_notes/revision.html", context)


@require_POST
def revision_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the state of an item, or delete it from the list."""
    by = member_of(request)
    item = get_object_or_404(access.visible_revision_items(by), pk=pk)
    with errors_as_messages(request):
        if "off" in request.POST:
            notes.drop_item(item=item, by=by)
        else:
            notes.settle_item(item=item, state=request.POST.get("state", ""), by=by)
    return redirect("knowledge:revision")


@require_POST
def revision_sheet(request: HttpRequest) -> HttpResponseBase:
    """Export the list by topic."""
    by = member_of(request)
    require(access.can_collect(by))
    revision_filter = RevisionFilter(request.POST, access.visible_revision_items(by))
    rows = revision_filter.qs.select_related("topic", "note__training", "note__author").order_by(
        "topic__name", "at", "pk"
    )
    record("export_revision", by.organisation, by=by, is_reading=True, items=rows.count())
    header = [_("Topic"), _("State"), _("What to change in the manual"), _("What worked?"), _("What met resistance?"),
              _("Which question could you not answer?"), _("Training"), _("Written by")]  # fmt: skip
    return sheet_response(request.POST.get("as", ""), "revision", header, _lines(rows, by))


def _lines(rows: Iterable[RevisionItem], reader: Member) -> Iterator[list[object]]:
    for item in rows:
        (note,) = _named([item.note], reader)
        yield [
            item.topic.name, item.get_state_display(), item.words, note.worked, note.resisted, note.unanswered,
            note.training.reference, note.__dict__["shown_author"] or _("name not shown"),
        ]  # fmt: skip
