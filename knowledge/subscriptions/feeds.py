"""Atom feeds of new posts, for feed readers, which cannot sign in."""

import re

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from common.markdown import markdown
from knowledge.models import Post

ENTRIES = 30
# Characters not allowed in XML 1.0, section 2.2: control characters except tab and line ends.
_UNTELLABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def _telling(text: str) -> str:
    """Return the text without characters not allowed in XML."""
    return _UNTELLABLE.sub("", text)


def atom_of(posts: QuerySet[Post], address: str) -> str:
    """Return the newest of these posts as an Atom feed whose own URL is `address`. Two queries.

    A post's text is the HTML of its page: cleaned, and escaped again as Atom requires. No discussion, no files.
    """
    title = _("%(site)s: new in the library") % {"site": settings.SITE_NAME}
    feed = Atom1Feed(
        title=title,
        link=settings.SITE_URL + reverse("knowledge:list"),
        description=title,
        feed_url=settings.SITE_URL + address,
        language=settings.LANGUAGE_CODE,
    )
    for post in posts.select_related("author").prefetch_related("topics").order_by("-published_at", "-pk")[:ENTRIES]:
        link = settings.SITE_URL + post.get_absolute_url()
        feed.add_item(
            title=_telling(post.title),
            link=link,
            description=_telling(str(markdown(post.body))),
            unique_id=link,
            author_name=_telling(post.author.full_name),
            pubdate=post.published_at,
            updateddate=post.changed_at,
            categories=[_telling(topic.name) for topic in post.topics.all()],
        )
    return feed.writeString("utf-8")
