"""What was done to knowledge, in sentences."""

from django.utils.translation import gettext_lazy as _

from audit.sentences import Label, label, say
from knowledge.models import Post

SENTENCES = {
    "draft_post": _("began a post."),
    "publish_post": _("published a post."),
    "change_post": _("changed a post."),
    "delete_draft": _("threw a draft away."),
    "pin_post": _("pinned a post."),
    "unpin_post": _("took a post from the top of the library."),
}


def _posts(keys: set[str]) -> dict[str, Label]:
    """Their addresses alone: a title may be for one ministry, or of a draft; the page says who may read it."""
    found = Post.objects.filter(pk__in=keys)
    return {str(post.pk): Label(str(_("a post")), post.get_absolute_url()) for post in found}


def tell() -> None:
    """Say this app's actions in the record."""
    say(SENTENCES)
    label("knowledge.post", _posts)
