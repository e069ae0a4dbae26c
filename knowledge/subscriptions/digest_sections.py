"""The digest's sections about new posts."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import pgettext

from knowledge.access import readable_posts
from knowledge.models import Post
from members.models import Member
from notifications.digest import DigestItem, DigestSection

MAX_POSTS = 15


def _item(post: Post) -> DigestItem:
    return DigestItem(f"{post.title} ({post.author.full_name})", post.get_absolute_url())


def new_posts(member: Member, since: datetime, until: datetime) -> Iterator[DigestSection]:
    """Yield new posts by others that a member may read: those they follow, then the rest. Three queries."""
    new = readable_posts(member).filter(published_at__gt=since, published_at__lte=until).exclude(author=member)
    follows = Q(author__followed_by__member=member) | Q(topics__followed_by__member=member)
    by_key = new.filter(pk__in=new.filter(follows).values("pk"))
    followed = list(by_key.select_related("author").order_by("-published_at")[:MAX_POSTS])
    yield DigestSection(pgettext("digest", "Topics and people you follow"), [_item(post) for post in followed])
    rest = new.exclude(pk__in=[post.pk for post in followed]).select_related("author")
    posts, more = list(rest.order_by("-published_at")[: MAX_POSTS + 1]), ""
    if len(posts) > MAX_POSTS:
        words = pgettext("digest", "and %(n)s more in the library:") % {"n": rest.count() - MAX_POSTS}
        more = f"{words} {settings.SITE_URL}{reverse('knowledge:list')}"
    items = [_item(post) for post in posts[:MAX_POSTS]]
    yield DigestSection(pgettext("digest", "New in the network"), items, more)
