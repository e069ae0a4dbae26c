"""What a member may see of the index: asked of each app's access at the time of the question.

What decides alike who reads it forms a group: posts (with their files) of one reach and ministry, all trainings, and so on. The
apps are asked how many of each group this member finds, in one query. All or none: the group's set is taken or left. Some of
them, or another number than the index holds: the entries are asked for one by one.
"""

from collections.abc import Callable, Iterable

from django.db.models import CharField, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value

from audit.kept import kept
from common.prepared import Prepared
from knowledge.access import readable_posts, readable_versions, visible_notes
from members.models import Member
from portal.search.bits import of_members
from portal.search.gathering import post_group
from portal.search.models import Kind, SearchEntry
from trainers.access import visible_profiles
from trainings.access import visible_trainings
from trainings.models import Course


def _counted(rows: QuerySet, group: str) -> QuerySet:
    """One line: the group's name and how many of it there are."""
    words = {"search_group": Value(group, CharField()), "search_home": Value(None, IntegerField())}
    return rows.order_by().annotate(**words).values_list(*words).annotate(search_n=Count("*"))


def groups_seen(member: Member) -> dict[str, int]:
    """Return how many of each group this member finds, by the apps' own rules. One query."""
    question = kept(f"groups shown to {member.pk}", lambda: Prepared(lambda: _groups(member)), member.rights)
    found = {post_group(name, home) if home else name: n for name, home, n in question.rows()}
    # Any active member reads the catalogue.
    return found | ({"course": -1} if member.is_active else {})


def _groups(member: Member) -> QuerySet:
    posts = readable_posts(member).order_by().values_list("reach", "organisation").annotate(search_n=Count("*"))
    others = [
        _counted(visible_notes(member), "note"), _counted(visible_profiles(member), "trainer"),
        _counted(visible_trainings(member), "training"),
    ]  # fmt: skip
    return posts.union(*others, all=True)


def visible_entries(
    member: Member, entries: QuerySet[SearchEntry], kinds: Iterable[Kind] = Kind
) -> QuerySet[SearchEntry]:
    """Keep of these entries what this member finds, by the apps' own rules for each; of these kinds alone."""
    # One by one: of a page's twenty, PostgreSQL looks up each rather than reading all that this member finds.
    rules: dict[Kind, Callable[[], Q | Exists]] = {
        Kind.POST: lambda: Exists(readable_posts(member).filter(pk=OuterRef("post"))),
        Kind.MATERIAL: lambda: Exists(readable_versions(member).filter(pk=OuterRef("version"))),
        Kind.NOTE: lambda: Exists(visible_notes(member).filter(pk=OuterRef("note"))),
        Kind.TRAINER: lambda: Exists(visible_profiles(member).filter(pk=OuterRef("profile"))),
        Kind.TRAINING: lambda: Exists(visible_trainings(member).filter(pk=OuterRef("training"))),
        # Any active member reads the catalogue.
        Kind.COURSE: lambda: Exists(Course.objects.filter(pk=OuterRef("course"))) if member.is_active else Q(pk__in=[]),
    }
    seen = Q(pk__in=[])
    for kind in kinds:
        seen |= Q(kind=kind) & Q(rules[kind]())
    return entries.filter(seen)


def visible_set(member: Member, generation: int, groups: dict[str, int], held: dict[str, int], files: int) -> int:
    """Return the numbers this member finds. `held` are the index's sets by group, `files` that of all files.

    No query where each group is seen whole, as it is while the index is up to date.
    """
    whole, in_part = 0, 0
    for name, bits in held.items():
        n = groups.get(name, 0)
        counted = (bits & ~files).bit_count()
        if n == counted or n == -1:
            whole |= bits
        elif n:
            in_part |= bits
    if in_part:
        rows = SearchEntry.objects.filter(generation=generation)
        whole |= of_members(visible_entries(member, rows).values_list("number", flat=True)) & in_part
    return whole
