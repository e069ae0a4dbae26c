"""Helpers shared by all pages of a post."""

from typing import Any

from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from knowledge import access
from knowledge.conflicts import ChangedMeanwhileError
from knowledge.models import Post
from members.models import Member


def reader_of(request: HttpRequest) -> Member | None:
    """Return the signed-in member, or None for anonymous readers, who may read public posts."""
    return request.user if isinstance(request.user, Member) else None


def posts_for(reader: Member | None) -> QuerySet[Post]:
    """Return the posts whose page this reader may open."""
    return access.visible_posts(reader) if reader else access.public_posts()


def show_theirs(request: HttpRequest, form: BaseForm, changed: ChangedMeanwhileError) -> Any:
    """Keep the editor's own text in the form, add the conflict as an error, and return the current object.

    The form's `version_seen` becomes the current one: having seen the other text, the editor may overwrite it by saving
    again.
    """
    form.add_error(None, changed)
    sent = request.POST.copy()
    sent["version_seen"] = str(changed.now.version)
    form.data = sent
    return changed.now


def fetch_post(request: HttpRequest, slug: str) -> Post:
    """Return the post if this reader may open it, with its author and organisation, else 404. One query."""
    posts = posts_for(reader_of(request)).select_related("author__organisation", "organisation", "language")
    return get_object_or_404(posts, slug=slug)
