"""Which members can find what: the access rules of all apps as one condition on the documents of the index."""

from django.db.models import Q

from knowledge.access import readable_comments, readable_posts, unavailable_versions, visible_notes
from members.models import Member
from search.models import Kind
from trainers.access import visible_profiles
from trainings.access import visible_trainings
from trainings.models import Course


def visible(member: Member) -> Q:
    """Return the condition for documents this member can find, from the apps' own access rules."""
    posts = Q(kind=Kind.POST)
    # Equivalent to `knowledge.access.readable_versions`, without reading all versions for each query.
    files = Q(kind=Kind.MATERIAL) & ~Q(version__in=unavailable_versions().values("pk"))
    comments = Q(kind=Kind.COMMENT, comment__in=readable_comments(member))
    return (
        Q(post__in=readable_posts(member)) & (posts | files | comments)
        | Q(kind=Kind.NOTE, note__in=visible_notes(member))
        | Q(kind=Kind.TRAINER, profile__in=visible_profiles(member))
        | Q(kind=Kind.TRAINING, training__in=visible_trainings(member))
        # Any active member may read the catalogue.
        | Q(kind=Kind.COURSE, course__in=Course.objects.all() if member.is_active else Course.objects.none())
    )
