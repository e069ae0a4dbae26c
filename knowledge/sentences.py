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
    "choose_notices": _("chose what to be told of."),
    "leave_digest": _("ended the digest."),
    "make_secret_address": _("made a secret address for feeds."),
    "revoke_secret_address": _("ended the secret address for feeds."),
    "unpin_post": _("took a post from the top of the library."),
    "add_material": _("added a file to a post."),
    "add_version": _("added a new version of a file."),
    "change_material": _("changed what is said of a file."),
    "withdraw_version": _("withdrew a version of a file."),
    "restore_version": _("put a version of a file back into use."),
    "remove_material": _("removed a file from a post."),
    "use_material": _("named a material that the training uses."),
    "drop_material": _("took a material off the training."),
    "tell_outcome": _("said how a material went."),
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
    label("knowledge.material", lambda keys: {key: Label(str(_("a file"))) for key in keys})
    label("knowledge.materialversion", lambda keys: {key: Label(str(_("a version of a file"))) for key in keys})
