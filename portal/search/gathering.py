"""What is read of each thing for the index: its words by tier, what it is filtered by, and who its readers are.

Only what some member finds: published posts that nobody hid, the newest version of a file that was not withdrawn, active
trainers. Names of participants are never read here, nor the author of a field note who is not to be shown.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone

from common.markdown import plain
from knowledge.models import FieldNote, MaterialText, MaterialVersion, Post
from members.models import Member, Organisation
from portal.search.models import Kind, Tier
from portal.search.words import folded
from trainers.models import Topic, TrainerProfile
from trainings.models import Assignment, Course, Training

# Of one file so many letters are indexed: a long manual has a million.
LETTERS_MOST = 2_000_000
LONG_AGO = datetime(2000, 1, 1, tzinfo=timezone.get_default_timezone())


@dataclass(frozen=True)
class Doc:
    """One thing as the index takes it. `group` is what decides alike who reads it; `row` the name of its pointer."""

    kind: Kind
    object_id: int
    row: dict[str, int]
    at: datetime
    group: str
    title: str
    names: tuple[str, ...]
    texts: tuple[str, ...] = ()
    topics: frozenset[int] = frozenset()
    languages: frozenset[str] = frozenset()
    organisations: frozenset[int | None] = frozenset()
    year: int | None = None
    waits_for_text: bool = False

    def facets(self) -> set[str]:
        """What the filters ask for, in words that no folded word can look like."""
        found = {f"kind={self.kind}", f"group={self.group}"}
        found |= {f"topic={pk}" for pk in self.topics} | {f"language={code}" for code in self.languages}
        found |= {f"ministry={pk}" for pk in self.organisations if pk}
        return found | ({f"year={self.year}"} if self.year else set())

    def terms(self) -> dict[Tier, set[str]]:
        """The words of each tier."""
        return {
            Tier.FACET: self.facets(), Tier.TITLE: folded([self.title]), Tier.NAMES: folded(self.names),
            Tier.TEXT: folded(self.texts),
        }  # fmt: skip


def post_group(reach: str, organisation: int) -> str:
    """The readers of a post: its reach, and of which ministry it is."""
    return f"post:{reach}:{organisation}"


def _organisation(home: Organisation) -> list[str]:
    return [home.name, home.short_name]


def _topics(topics: Iterable[Topic]) -> list[str]:
    return [topic.name for topic in topics]


def posts(keys: Collection[int] | None) -> QuerySet[Post]:
    """Posts that some member finds, by their numbers; all where none are given."""
    rows = Post.objects.filter(published_at__isnull=False, hidden_at=None)
    rows = rows.filter(pk__in=keys) if keys is not None else rows
    return rows.select_related("author", "organisation").prefetch_related("topics")


def _post(post: Post) -> Doc:
    assert post.published_at is not None  # noqa: S101 - narrows the type; `posts` has the published ones
    return Doc(
        Kind.POST, post.pk, {"post_id": post.pk}, post.published_at, post_group(post.reach, post.organisation_id), post.title,
        (post.author.full_name, *_organisation(post.organisation), *_topics(post.topics.all())), (plain(post.body),),
        topics=frozenset(topic.pk for topic in post.topics.all()), languages=frozenset({post.language_id}),
        organisations=frozenset({post.organisation_id}), year=timezone.localtime(post.published_at).year,
    )  # fmt: skip


def versions(keys: Collection[int] | None) -> QuerySet[MaterialVersion]:
    """Of the files (by the numbers of their materials) the version in use: the newest that was not withdrawn."""
    newer = MaterialVersion.objects.filter(
        material=OuterRef("material"), number__gt=OuterRef("number"), withdrawn_at=None
    )
    rows = MaterialVersion.objects.filter(
        ~Exists(newer), withdrawn_at=None, material__removed_at=None,
        material__post__published_at__isnull=False, material__post__hidden_at=None,
    )  # fmt: skip
    rows = rows.filter(material__in=keys) if keys is not None else rows
    parts = ("material__post__organisation", "added_by", "text")
    return rows.select_related(*parts).prefetch_related("material__post__topics")


def places_of(version: MaterialVersion) -> list[list[Any]]:
    """The words of a file by place: kind, number, text and, of a sheet, its name."""
    try:
        return list(version.text.places)
    except MaterialText.DoesNotExist:
        return []


def _texts(version: MaterialVersion) -> Iterator[str]:
    left = LETTERS_MOST
    for place in places_of(version):
        if left <= 0:
            return
        yield place[2][:left]
        left -= len(place[2])


def _material(version: MaterialVersion) -> Doc:
    material, post = version.material, version.material.post
    return Doc(
        Kind.MATERIAL, material.pk, {"version_id": version.pk, "post_id": post.pk}, version.added_at,
        post_group(post.reach, post.organisation_id), f"{material.title} {version.name}",
        (version.added_by.full_name, *_organisation(post.organisation), *_topics(post.topics.all())),
        (post.title, *_texts(version)), topics=frozenset(topic.pk for topic in post.topics.all()),
        languages=frozenset({material.language_id}), organisations=frozenset({post.organisation_id}),
        year=timezone.localtime(version.added_at).year,
        waits_for_text=version.text_state == MaterialVersion.Text.WAITING,
    )  # fmt: skip


def notes(keys: Collection[int] | None) -> QuerySet[FieldNote]:
    rows = FieldNote.objects.all() if keys is None else FieldNote.objects.filter(pk__in=keys)
    return rows.select_related("author", "training__keeper", "training__host", "training__course").prefetch_related(
        "topics"
    )


def _note(note: FieldNote) -> Doc:
    training = note.training
    # Filtered by the training's keeper, so that it does not tell of which ministry a hidden author is.
    author = [] if note.is_author_hidden else [note.author.full_name]
    return Doc(
        Kind.NOTE, note.pk, {"note_id": note.pk, "training_id": training.pk}, note.at, "note", training.title,
        (*author, training.place, *_organisation(training.host), *_topics(note.topics.all())),
        (note.worked, note.resisted, note.unanswered), topics=frozenset(topic.pk for topic in note.topics.all()),
        languages=frozenset({training.language_id}), organisations=frozenset({training.keeper_id}),
        year=training.starts_on.year,
    )  # fmt: skip


def profiles(keys: Collection[int] | None) -> QuerySet[TrainerProfile]:
    rows = TrainerProfile.objects.filter(member__is_active=True)
    rows = rows.filter(pk__in=keys) if keys is not None else rows
    return rows.select_related("member__organisation").prefetch_related("topics", "languages")


def _trainer(profile: TrainerProfile) -> Doc:
    member: Member = profile.member
    languages = list(profile.languages.all())
    return Doc(
        Kind.TRAINER, profile.pk, {"profile_id": profile.pk}, member.joined_at, "trainer", member.full_name,
        (member.full_name, profile.position, *_organisation(member.organisation), *_topics(profile.topics.all())),
        (profile.qualifications, profile.deployments, profile.about), topics=frozenset(topic.pk for topic in profile.topics.all()),
        languages=frozenset(language.pk for language in languages),
        organisations=frozenset({member.organisation_id}),
    )  # fmt: skip


def trainings(keys: Collection[int] | None) -> QuerySet[Training]:
    rows = Training.objects.all() if keys is None else Training.objects.filter(pk__in=keys)
    teaching = Assignment.objects.select_related("trainer__member")
    return rows.select_related("course", "country", "host", "keeper").prefetch_related(
        "partners", "course__topics", Prefetch("assignments", teaching)
    )


def _training(training: Training) -> Doc:
    teachers = [assignment.trainer.member.full_name for assignment in training.assignments.all()]
    organisations = [training.host, training.keeper, *training.partners.all()]
    return Doc(
        Kind.TRAINING, training.pk, {"training_id": training.pk}, training.created_at, "training",
        f"{training.title} {training.reference}",
        (training.place, training.country.name, *(word for home in organisations for word in _organisation(home)), *teachers,
         training.course.name, *_topics(training.course.topics.all())),
        (training.notes,), topics=frozenset(topic.pk for topic in training.course.topics.all()),
        languages=frozenset({training.language_id}), organisations=frozenset({training.host_id, training.keeper_id}),
        year=training.starts_on.year,
    )  # fmt: skip


def courses(keys: Collection[int] | None) -> QuerySet[Course]:
    rows = Course.objects.all() if keys is None else Course.objects.filter(pk__in=keys)
    return rows.prefetch_related("topics")


def _course(course: Course) -> Doc:
    return Doc(
        Kind.COURSE, course.pk, {"course_id": course.pk}, LONG_AGO, "course", f"{course.name} {course.code}",
        tuple(_topics(course.topics.all())), (course.summary, course.audience),
        topics=frozenset(topic.pk for topic in course.topics.all()),
    )  # fmt: skip


# For each kind: the rows that some member finds, what is read of one, when it came, and its number in the index.
SOURCES: dict[Kind, tuple[Callable[[Collection[int] | None], QuerySet[Any]], Callable[[Any], Doc], str, str]] = {
    Kind.POST: (posts, _post, "published_at", "pk"),
    Kind.MATERIAL: (versions, _material, "added_at", "material_id"),
    Kind.NOTE: (notes, _note, "at", "pk"),
    Kind.TRAINER: (profiles, _trainer, "member__joined_at", "pk"),
    Kind.TRAINING: (trainings, _training, "created_at", "pk"),
    Kind.COURSE: (courses, _course, "", "pk"),
}


def docs_of(kind: Kind, keys: Collection[int]) -> list[Doc]:
    """Return these things as the index takes them, those that nobody finds left out. At most six queries."""
    rows, read, _at, _key = SOURCES[kind]
    return [read(row) for row in rows(keys)]


def in_order() -> Iterator[tuple[Kind, int]]:
    """Yield everything that some member finds, oldest first, so that of equal ones the higher number is the newer.

    Two numbers and a moment for each thing are held, no words.
    """
    found: list[tuple[datetime, str, int]] = []
    for kind, (rows, _read, at, key) in SOURCES.items():
        plain_rows = rows(None).select_related(None).prefetch_related(None).order_by()
        if at:
            found += [(moment, kind.value, pk) for moment, pk in plain_rows.values_list(at, key).iterator()]
        else:
            found += [(LONG_AGO, kind.value, pk) for pk in plain_rows.values_list(key, flat=True)]
    for _moment, kind_value, pk in sorted(found):
        yield Kind(kind_value), pk
