"""Views for reporting a post or a comment, and the moderators' desk."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.views import errors_as_messages, errors_in_form, page_of, render_form
from knowledge import access
from knowledge.discussion import thread
from knowledge.discussion.forms import WordsForm
from knowledge.discussion.views import fetch_comment
from knowledge.models import Comment, Complaint, Post
from knowledge.moderation import actions as moderation
from knowledge.pages import fetch_post
from members.request import member_of
from trainings.pages import require

SETTLED_SHOWN = 20


def _fetch(request: HttpRequest, slug: str, pk: int | None) -> tuple[Post, Comment | None]:
    return fetch_comment(request, slug, pk) if pk is not None else (fetch_post(request, slug), None)


def _place(request: HttpRequest, post: Post, comment: Comment | None) -> str | Post:
    """Return where to redirect to for a post or a comment on it."""
    return thread.place_of(comment, member_of(request)) if comment else post


def _asked(request: HttpRequest, form: WordsForm, act: Callable[[str], Any], done: str, **about: Any) -> HttpResponse:
    """Show a form for a reason and run `act` with it; then return to the post or comment."""
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            act(form.cleaned_data["words"])
            messages.success(request, done)
            return redirect(_place(request, about["post"], about["comment"]))
    return render_form(request, "knowledge/moderation/report_form.html", {"form": form, **about})


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """Report a post or a comment to the moderators."""
    post, comment = _fetch(request, slug, pk)
    by = member_of(request)
    require(access.can_report(by, post, comment))
    form = WordsForm(request.POST or None, label=_("What is wrong with it?"))
    return _asked(
        request,
        form,
        lambda words: moderation.report_post(post=post, comment=comment, words=words, by=by),
        _("Thank you. A moderator will look at it; its author does not hear who reported it."),
        post=post,
        comment=comment,
    )


@require_http_methods(["GET", "POST"])
def hide(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """Hide a post or a comment, with a reason shown to its author."""
    post, comment = _fetch(request, slug, pk)
    by = member_of(request)
    require(access.can_moderate(by, post, comment))
    form = WordsForm(request.POST or None, label=_("Why? Its author reads this."))
    return _asked(
        request,
        form,
        lambda words: moderation.hide_post(post=post, comment=comment, reason=words, by=by),
        _("It is hidden. Its author sees why."),
        post=post,
        comment=comment,
        is_hiding=True,
    )


@require_POST
def restore(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """Restore a hidden post or comment."""
    post, comment = _fetch(request, slug, pk)
    by = member_of(request)
    require(access.can_moderate(by, post, comment))
    with errors_as_messages(request):
        moderation.restore_post(post=post, comment=comment, by=by)
        messages.success(request, _("It is shown again."))
    return redirect(_place(request, post, comment))


@require_GET
def reported(request: HttpRequest) -> HttpResponse:
    """List reports: open ones, oldest first, then those settled last; for admins, ministries where nobody can settle any."""
    by = member_of(request)
    require(access.can_settle(by))
    rows = access.visible_complaints(by).select_related(
        "post__author", "post__organisation", "comment__author", "by", "settled_by"
    )
    rows = rows.defer("post__body")
    waiting = page_of(request, rows.filter(outcome=Complaint.Outcome.OPEN), 20)
    settled = rows.exclude(outcome=Complaint.Outcome.OPEN).order_by("-settled_at")[:SETTLED_SHOWN]
    homes = access.undecided_complaints(by).order_by("post__organisation__name").values("post__organisation__name")
    context = {"page": waiting, "settled": settled, "undecided": list(homes.annotate(n=Count("pk")))}
    return render(request, "knowledge/moderation/reported.html", context)


@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle a report without hiding anything."""
    by = member_of(request)
    complaint = get_object_or_404(access.visible_complaints(by).select_related("post"), pk=pk)
    with errors_as_messages(request):
        moderation.leave_reported(complaint=complaint, by=by)
        messages.success(request, _("It is left as it is."))
    return redirect("knowledge:reported")
