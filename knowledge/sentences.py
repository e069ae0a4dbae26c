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
    "save_search": _("saved a search."),
    "forget_search": _("removed a saved search."),
}


def _posts(keys: set[str]) -> dict[str, Label]:
    """No titles, and no address that would answer some readers of the record with 404: a post may be for one ministry."""
    found = Post.objects.filter(pk__in=keys).defer("body")
    return {str(post.pk): Label(str(_("a post")), post.get_absolute_url() if _for_all(post) else "") for post in found}


def _for_all(post: Post) -> bool:
    return post.reach != Post.Reach.MINISTRY and not post.is_draft and post.hidden_at is None


def tell() -> None:
    """Say this app's actions in the record."""
    say(SENTENCES)
    label("knowledge.post", _posts)
