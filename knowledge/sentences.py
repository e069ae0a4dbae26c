"""Audit log sentences for actions of knowledge, and labels of its objects there."""

from django.utils.translation import gettext_lazy as _

from audit.sentences import Label, label, say
from knowledge.models import Post

SENTENCES = {
    "draft_post": _("began a post."),
    "publish_post": _("published a post."),
    "change_post": _("changed a post."),
    "delete_draft": _("threw a draft away."),
    "pin_post": _("pinned a post."),
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
    "write_comment": _("wrote a comment."),
    "change_comment": _("changed a comment."),
    "remove_comment": _("removed a comment of their own."),
    "accept_answer": _("accepted an answer."),
    "take_back_answer": _("took the acceptance of an answer back."),
    "thank": _("gave thanks."),
    "take_thanks_back": _("took thanks back."),
    "save_post": _("saved a post for later."),
    "unsave_post": _("no longer keeps a post for later."),
    "follow": _("began to follow a topic or a person."),
    "unfollow": _("stopped following a topic or a person."),
    "report_post": _("reported a post or a comment to the moderators."),
    "hide_post": _("hid a post: %(reason)s"),
    "hide_comment": _("hid a comment: %(reason)s"),
    "restore_post": _("showed a hidden post again."),
    "restore_comment": _("showed a hidden comment again."),
    "leave_reported": _("left as it is what was reported."),
    "write_field_note": _("wrote a field note about %(reference)s."),
    "decline_field_note": _("has no field note to write about %(reference)s."),
    "change_field_note": _("changed a field note about %(reference)s."),
    "delete_field_note": _("took a field note about %(reference)s back."),
    "collect_note": _("put a field note on the list for the next edition."),
    "settle_item": _("changed the state of an item for the next edition."),
    "drop_item": _("took an item off the list for the next edition."),
    "export_revision": _("took the list for the next edition along, %(items)s items."),
    "save_search": _("saved a search."),
    "forget_search": _("removed a saved search."),
}


def _posts(keys: set[str]) -> dict[str, Label]:
    """Label posts without titles, and without URLs that are 404 for some readers of the audit log: some are for one ministry."""
    posts = Post.objects.filter(pk__in=keys).defer("body")
    return {str(post.pk): Label(str(_("a post")), post.get_absolute_url() if _for_all(post) else "") for post in posts}


def _for_all(post: Post) -> bool:
    return post.reach != Post.Reach.MINISTRY and not post.is_draft and post.hidden_at is None


def register_sentences() -> None:
    """Register this app's sentences with the audit log."""
    say(SENTENCES)
    label("knowledge.post", _posts)
    label("knowledge.material", lambda keys: {key: Label(str(_("a file"))) for key in keys})
    label("knowledge.materialversion", lambda keys: {key: Label(str(_("a version of a file"))) for key in keys})
