"""The kinds of notifications about knowledge, and how each is worded."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from knowledge import access
from knowledge.models import Comment, Post
from notifications.kinds import NotificationKind, register_kinds, register_target
from notifications.models import DeliveryMode


def _values(target: Post | Comment) -> dict[str, str]:
    post = target.post if isinstance(target, Comment) else target
    return {"name": target.author.full_name, "title": post.title}


FOLLOWED = NotificationKind(
    "followed",
    gettext_lazy("Something new of a topic or a person that I follow"),
    DeliveryMode.DIGEST,
    lambda post: _("%(name)s published “%(title)s”") % _values(post),
    is_in_digest=False,  # a section of the digest lists new posts, starting with these
)
COMMENTED = NotificationKind(
    "commented",
    gettext_lazy("A comment on what I wrote, or an answer to me"),
    DeliveryMode.AT_ONCE,
    lambda comment: _("%(name)s commented on “%(title)s”") % _values(comment),
    lambda comment: pgettext("digest", "%(name)s commented: %(title)s") % _values(comment),
)
MENTIONED = NotificationKind(
    "mentioned",
    gettext_lazy("Somebody mentions me"),
    DeliveryMode.AT_ONCE,
    lambda comment: _("%(name)s mentions you in “%(title)s”") % _values(comment),
    lambda comment: pgettext("digest", "%(name)s mentions you: %(title)s") % _values(comment),
)
NEW_VERSION = NotificationKind(
    "new_version",
    gettext_lazy("A new version of a material that a planned training of mine uses"),
    DeliveryMode.AT_ONCE,
    digest_sentence=lambda post: pgettext("digest", "New version: %(title)s") % _values(post),
)
# Only for settings: new results of saved searches are counted when the digest is written.
SAVED_SEARCH = NotificationKind(
    "search",
    gettext_lazy("Something new in a search that I saved"),
    DeliveryMode.DIGEST,
    modes=(DeliveryMode.OFF, DeliveryMode.DIGEST),
)
PINNED = NotificationKind("pinned", gettext_lazy("News that the secretariat pins"), DeliveryMode.DIGEST)


def register() -> None:
    """Register these kinds and their targets with `notifications`."""
    register_kinds(FOLLOWED, COMMENTED, MENTIONED, NEW_VERSION, SAVED_SEARCH, PINNED)
    register_target(Post, access.readable_posts, "author")
    register_target(Comment, access.readable_comments, "author", "post")
