"""Views of comments on a post, and of its buttons for members."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.views import add_refusal, errors_in_form, is_fragment, render_form, sentences
from knowledge import access
from knowledge.conflicts import ChangedMeanwhileError
from knowledge.discussion import actions as comments
from knowledge.discussion import thread as discussion
from knowledge.discussion.forms import CommentForm
from knowledge.models import Comment, Post
from knowledge.pages import fetch_post, show_theirs
from knowledge.subscriptions import reactions
from members.models import Member
from members.request import member_of
from trainings.pages import require


def fetch_comment(request: HttpRequest, slug: str, pk: int) -> tuple[Post, Comment]:
    """Return a post this member may open and a comment on it, else 404. Two queries."""
    post = fetch_post(request, slug)
    comment = get_object_or_404(access.visible_comments(member_of(request), post).select_related("author"), pk=pk)
    comment.post = post
    return post, comment


def of_post(request: HttpRequest, post: Post, reader: Member | None) -> dict[str, Any]:
    """Return the discussion and the member's state for a post's page; empty for anonymous readers. Marks it as seen.

    Four queries, and one more if there is something new to mark.
    """
    if reader is None:
        return {}
    beside = discussion.around(post, reader)
    thread = discussion.discussion(request, post, reader, beside["seen_at"])
    if not post.is_draft and beside["is_news"]:
        reactions.mark_seen(post, reader)
    return {**beside, **thread, "comment_form": CommentForm(), "form_key": uuid4()}


def answer(request: HttpRequest, post: Post, comment: Comment | None = None, **more: Any) -> HttpResponse:
    """Redirect back or, for a fragment request, render only the discussion."""
    by = member_of(request)
    if not is_fragment(request):
        return redirect(discussion.place_of(comment, by) if comment else post)
    post.refresh_from_db(fields=["accepted", "hidden_at"])
    beside = discussion.around(post, by)
    thread = discussion.discussion(request, post, by, None)
    context = {
        "post": post,
        **beside,
        **thread,
        "comment_form": CommentForm(),
        "form_key": uuid4(),
        "said": True,
        **more,
    }
    return render(request, "knowledge/discussion/_discussion.html", context)


def _refused(request: HttpRequest, post: Post, refusal: ValidationError) -> HttpResponse:
    messages.error(request, sentences(refusal))
    return answer(request, post)


@require_POST
def comment_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a comment or a reply."""
    post, by = fetch_post(request, slug), member_of(request)
    require(access.can_comment(by, post))
    form = CommentForm(request.POST)
    if form.is_valid():
        answered = form.cleaned_data["answers"]
        parent = get_object_or_404(access.visible_comments(by, post), pk=answered) if answered else None
        with errors_in_form(form):
            comment = comments.write_comment(
                post=post, body=form.cleaned_data["body"], answers=parent, key=form.cleaned_data["key"], by=by
            )
            return answer(request, post, comment)
    if is_fragment(request):
        return answer(request, post, comment_form=form, form_key=request.POST.get("key", ""))
    return render(
        request, "knowledge/discussion/comment_form.html", {"form": form, "post": post, "is_new": True}, status=422
    )


@require_GET
def comment_place(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Redirect to a comment on its page of the discussion: the URL in notifications and emails."""
    _post, comment = fetch_comment(request, slug, pk)
    return redirect(discussion.place_of(comment, member_of(request)))


@require_http_methods(["GET", "POST"])
def comment_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change one's own comment. If it was changed in another window, show both texts."""
    post, comment = fetch_comment(request, slug, pk)
    by = member_of(request)
    require(access.can_change_comment(by, post, comment))
    form = CommentForm(request.POST or None, initial={"body": comment.body, "version_seen": comment.version})
    context: dict[str, Any] = {"form": form, "post": post, "comment": comment}
    if request.method == "POST" and form.is_valid():
        try:
            comments.change_comment(
                comment=comment,
                body=form.cleaned_data["body"],
                version_seen=form.cleaned_data["version_seen"] or 0,
                by=by,
            )
        except ChangedMeanwhileError as changed:
            context["theirs"] = show_theirs(request, form, changed)
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            return redirect(discussion.place_of(comment, by))
    return render_form(request, "knowledge/discussion/comment_form.html", context)


@require_POST
def comment_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Delete one's own comment."""
    post, comment = fetch_comment(request, slug, pk)
    require(access.can_change_comment(member_of(request), post, comment))
    try:
        comments.remove_comment(comment=comment, by=member_of(request))
    except ValidationError as refusal:
        return _refused(request, post, refusal)
    return answer(request, post)


@require_POST
def comment_thank(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Thank for a comment, or undo that."""
    post, comment = fetch_comment(request, slug, pk)
    require(access.can_thank(member_of(request), post, comment))
    reactions.thank(post=post, comment=comment, on="off" not in request.POST, by=member_of(request))
    return answer(request, post, comment)


@require_POST
def comment_accept(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Accept an answer to one's own question, or undo that."""
    post, comment = fetch_comment(request, slug, pk)
    by = member_of(request)
    require(access.can_accept(by, post))
    try:
        if "off" in request.POST:
            comments.take_back_answer(post=post, by=by)
        else:
            comments.accept_answer(post=post, comment=comment, by=by)
    except ValidationError as refusal:
        return _refused(request, post, refusal)
    post.refresh_from_db(fields=["accepted"])
    return answer(request, post, comment)


@require_POST
def post_thank(request: HttpRequest, slug: str) -> HttpResponse:
    """Thank for a post, or undo that."""
    post, by = fetch_post(request, slug), member_of(request)
    require(access.can_thank(by, post))
    reactions.thank(post=post, on="off" not in request.POST, by=by)
    return redirect(post)


@require_POST
def post_save(request: HttpRequest, slug: str) -> HttpResponse:
    """Save a post for later, or undo that."""
    post, by = fetch_post(request, slug), member_of(request)
    on = "off" not in request.POST
    require(access.can_keep(by, post) or not on)
    reactions.save_post(post=post, on=on, by=by)
    if on:
        messages.success(request, _("Saved for later."))
    return redirect(post)
