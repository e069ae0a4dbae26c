"""Views of the library, of posts, their editor and their history."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.markdown import markdown
from common.views import errors_as_messages, is_fragment, page_of
from knowledge import access
from knowledge.cards import cards, drafts_of, posts_of, rows_for_cards
from knowledge.conflicts import ChangedMeanwhileError
from knowledge.discussion import views as discussion
from knowledge.materials.views import files_of
from knowledge.models import Post
from knowledge.pages import fetch_post, reader_of, show_theirs
from knowledge.posts import actions as posts
from knowledge.posts.differences import differences
from knowledge.posts.filters import PostFilter
from knowledge.posts.forms import BodyForm, PostForm
from members.request import member_of
from trainings.pages import require

PAGE = 20
NEWEST = ("-published_at", "-pk")


@login_not_required
@require_GET
def post_list(request: HttpRequest) -> HttpResponse:
    """List posts, newest first, with pinned ones on top if unfiltered; anonymous readers see public posts."""
    reader = reader_of(request)
    post_filter = PostFilter(request.GET, access.readable_posts(reader) if reader else access.public_posts())
    chosen = sum(bool(request.GET.get(name)) for name in post_filter.filters)
    page = page_of(request, post_filter.qs.order_by(*NEWEST), PAGE)
    # The page is selected first: otherwise the joins for its twenty posts would be made for all posts before them too.
    on_page = Post.objects.filter(pk__in=posts_of(page).values("pk")).order_by(*NEWEST)
    on_top = not chosen and page.number == 1
    pinned = list(rows_for_cards(post_filter.qs.exclude(pinned_at=None).order_by("-pinned_at")[:3])) if on_top else []
    listed = [row for row in rows_for_cards(on_page) if row not in pinned]
    all_cards = cards([*pinned, *listed], reader)
    context = {
        "filter": post_filter,
        "page": page,
        "pinned": all_cards[: len(pinned)],
        "cards": all_cards[len(pinned) :],
        "chosen_count": chosen,
        "topic": post_filter.chosen("topic") if reader else None,
        "reader": reader,
        "can_write": bool(reader and access.can_write(reader)),
    }
    if is_fragment(request):
        return render(request, "knowledge/posts/_posts.html", context)
    context["drafts"] = drafts_of(reader) if reader else []
    return render(request, "knowledge/posts/post_list.html", context)


@login_not_required
@require_GET
def post_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a post with its discussion and files."""
    post, reader = fetch_post(request, slug), reader_of(request)
    context = {"post": post, **_of_post(post, reader), **discussion.of_post(request, post, reader)}
    return render(request, "knowledge/posts/post_detail.html", context)


def _of_post(post: Post, reader: Any) -> dict[str, Any]:
    return {
        "body": markdown(post.body),
        "topics": post.topics.all(),
        "audience": [row.get_rank_group_display() for row in post.audience.all()],
        "reader": reader,
        "can_edit": bool(reader and access.can_edit(reader, post)),
        "can_delete": bool(reader and access.can_delete(reader, post)),
        "can_pin": bool(reader and access.can_pin(reader, post)),
        **files_of(post, reader),
    }


@require_http_methods(["GET", "POST"])
def post_new(request: HttpRequest) -> HttpResponse:
    """Write a post: preview it, save it as a draft, or publish it."""
    by = member_of(request)
    require(access.can_write(by))
    kind = request.GET.get("kind", "")
    first = {"kind": kind if kind in Post.Kind.values else Post.Kind.MATERIAL, "language": "en"}
    form = PostForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid() and "look" not in request.POST:
        post = posts.write_post(post=form.instance, choices=form.choices(), publish="publish" in request.POST, by=by)
        messages.success(
            request, _("Your post is published.") if post.published_at else _("Your draft is kept. Only you see it.")
        )
        return redirect("knowledge:files_add", post.slug) if post.kind == Post.Kind.MATERIAL else redirect(post)
    return _editor(request, form)


def _editor(request: HttpRequest, form: PostForm, **more: Any) -> HttpResponse:
    """Render the editor of a post, with a preview if requested."""
    if "look" in request.POST:
        more["preview"] = markdown(request.POST.get("body", "")[:60_000])
    context = {"form": form, "post": form.instance if form.instance.pk else None, **more}
    wrong = (form.errors and "look" not in request.POST) or "theirs" in more
    return render(request, "knowledge/posts/post_form.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "POST"])
def post_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a post. If somebody else did so meanwhile, show both texts; nothing is lost."""
    post, by = fetch_post(request, slug), member_of(request)
    require(access.can_edit(by, post))
    form = PostForm(request.POST or None, instance=post)
    if request.method == "POST" and form.is_valid() and "look" not in request.POST:
        try:
            posts.change_post(
                post=form.instance, choices=form.choices(), version_seen=form.cleaned_data["version_seen"] or 0, by=by
            )
        except ChangedMeanwhileError as changed:
            return _conflict(request, form, changed)
        if "publish" in request.POST and post.is_draft:
            posts.publish_post(post=post, by=by)
        messages.success(request, _("Your post is saved."))
        return redirect(post)
    return _editor(request, form)


def _conflict(request: HttpRequest, form: PostForm, changed: ChangedMeanwhileError) -> HttpResponse:
    """Render the editor with one's own text in it, and the other text next to it."""
    theirs = show_theirs(request, form, changed)
    return _editor(
        request,
        form,
        theirs=theirs,
        pieces=differences(theirs.body, form.cleaned_data["body"]),
        their_editor=theirs.versions.select_related("by").first(),
    )


@require_POST
def post_preview(request: HttpRequest) -> HttpResponse:
    """Render a preview of a text for the editor. Saves nothing."""
    require(access.can_write(member_of(request)))
    form = BodyForm(request.POST)
    body = markdown(form.cleaned_data["body"]) if form.is_valid() else ""
    return render(
        request,
        "knowledge/posts/_preview.html",
        {"preview": body, "form": form},
        status=200 if form.is_valid() else 422,
    )


@require_GET
def post_history(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every version of a post, and the differences between one version and the previous one."""
    post = fetch_post(request, slug)
    require(access.can_see_history(member_of(request), post))
    rows = page_of(request, post.versions.select_related("by"), PAGE)
    wanted = request.GET.get("version", "")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 9 else post.version
    version = get_object_or_404(post.versions, number=number)
    before = post.versions.filter(number__lt=version.number).first()
    context = {
        "post": post, "page": rows, "shown": version, "before": before,
        "pieces": differences(before.body if before else "", version.body),
    }  # fmt: skip
    return render(request, "knowledge/posts/post_history.html", context)


@require_POST
def post_publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish a draft as it is."""
    post, by = fetch_post(request, slug), member_of(request)
    require(access.can_edit(by, post))
    with errors_as_messages(request):
        posts.publish_post(post=post, by=by)
        messages.success(request, _("Your post is published."))
    return redirect(post)


@require_http_methods(["GET", "POST"])
def post_delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Confirm, then delete a draft."""
    post, by = fetch_post(request, slug), member_of(request)
    require(access.can_delete(by, post))
    if request.method == "POST":
        with errors_as_messages(request):
            posts.delete_draft(post=post, by=by)
            messages.success(request, _("The draft is thrown away."))
            return redirect("knowledge:list")
        return redirect(post)
    return render(request, "knowledge/posts/post_delete.html", {"post": post})


@require_POST
def post_pin(request: HttpRequest, slug: str) -> HttpResponse:
    """Pin a post to the top of the library, or unpin it."""
    post, by = fetch_post(request, slug), member_of(request)
    require(access.can_pin(by, post))
    posts.pin_post(post=post, is_pinned="off" not in request.POST, by=by)
    return redirect(post)
