"""What the index reads from each object: its words, and the values it can be filtered by.

Only what some member can find: published posts that are not hidden, comments neither hidden nor removed, the newest version of a file that is not
withdrawn, active trainers. Names of participants are never read here, nor the author of a field note who asked not to be shown. Which members can
find a document is decided for each query: see `visibility`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone

from common.markdown import plain
from knowledge.models import Comment, FieldNote, MaterialText, MaterialVersion, Post
from members.models import Member, Organisation
from search.models import Kind
from trainers.models import Topic, TrainerProfile
from trainings.models import Assignment, Course, Training

# The number of characters indexed of one file: a long manual has a million.
MAX_LETTERS = 2_000_000
LONG_AGO = datetime(2000, 1, 1, tzinfo=timezone.get_default_timezone())


@dataclass(frozen=True)
class Content:
    """The content of one document of the index. `pointers` are its foreign keys by field name."""

    kind: Kind
    object_id: int
    pointers: dict[str, int]
    at: datetime
    title: str
    names: tuple[str, ...]
    texts: tuple[str, ...] = ()
    topics: frozenset[int] = frozenset()
    languages: frozenset[str] = frozenset()
    organisations: frozenset[int | None] = frozenset()
    year: int | None = None
    waits_for_text: bool = False

    def filter_marks(self) -> set[str]:
        """The marks for filters, such as `topic=3`; no folded word can look like one."""
        marks = {f"topic={pk}" for pk in self.topics} | {f"language={code}" for code in self.languages}
        marks |= {f"ministry={pk}" for pk in self.organisations if pk}
        return marks | ({f"year={self.year}"} if self.year else set())


def _organisation(home: Organisation) -> list[str]:
    return [home.name, home.short_name]


def _topics(topics: Iterable[Topic]) -> list[str]:
    return [topic.name for topic in topics]


def posts(keys: Collection[int] | None) -> QuerySet[Post]:
    """Posts that some member can find, by primary key; without keys, all."""
    rows = Post.objects.filter(published_at__isnull=False, hidden_at=None)
    rows = rows.filter(pk__in=keys) if keys is not None else rows
    return rows.select_related("author", "organisation").prefetch_related("topics")


def _post(post: Post) -> Content:
    assert post.published_at is not None  # noqa: S101 - narrows the type; `posts` has the published ones
    return Content(
        Kind.POST,
        post.pk,
        {"post_id": post.pk},
        post.published_at,
        post.title,
        (post.author.full_name, *_organisation(post.organisation), *_topics(post.topics.all())),
        (plain(post.body),),
        topics=frozenset(topic.pk for topic in post.topics.all()),
        languages=frozenset({post.language_id}),
        organisations=frozenset({post.organisation_id}),
        year=timezone.localtime(post.published_at).year,
    )


def versions(keys: Collection[int] | None) -> QuerySet[MaterialVersion]:
    """The version in use of each file, by the materials' primary keys: the newest that is not withdrawn."""
    newer = MaterialVersion.objects.filter(
        material=OuterRef("material"), number__gt=OuterRef("number"), withdrawn_at=None
    )
    rows = MaterialVersion.objects.filter(
        ~Exists(newer),
        withdrawn_at=None,
        material__removed_at=None,
        material__post__published_at__isnull=False,
        material__post__hidden_at=None,
    )
    rows = rows.filter(material__in=keys) if keys is not None else rows
    parts = ("material__post__organisation", "added_by", "text")
    return rows.select_related(*parts).prefetch_related("material__post__topics")


def places_of(version: MaterialVersion) -> list[list[Any]]:
    """The words of a file by place: kind, number, text and, for a worksheet, its name."""
    try:
        return list(version.text.places)
    except MaterialText.DoesNotExist:
        return []


def _texts(version: MaterialVersion) -> Iterator[str]:
    left = MAX_LETTERS
    for place in places_of(version):
        if left <= 0:
            return
        yield place[2][:left]
        left -= len(place[2])


def _material(version: MaterialVersion) -> Content:
    material, post = version.material, version.material.post
    return Content(
        Kind.MATERIAL,
        material.pk,
        {"version_id": version.pk, "post_id": post.pk},
        version.added_at,
        f"{material.title} {version.name}",
        (version.added_by.full_name, *_organisation(post.organisation), *_topics(post.topics.all())),
        (post.title, *_texts(version)),
        topics=frozenset(topic.pk for topic in post.topics.all()),
        languages=frozenset({material.language_id}),
        organisations=frozenset({post.organisation_id}),
        year=timezone.localtime(version.added_at).year,
        waits_for_text=version.text_state == MaterialVersion.Text.WAITING,
    )


def comments(keys: Collection[int] | None) -> QuerySet[Comment]:
    """Readable comments on posts that some member can find."""
    rows = Comment.objects.filter(
        removed_at=None, hidden_at=None, post__published_at__isnull=False, post__hidden_at=None
    )
    rows = rows.filter(pk__in=keys) if keys is not None else rows
    return rows.select_related("author", "post").prefetch_related("post__topics")


def _comment(comment: Comment) -> Content:
    """Has no title: with its post's title, each comment would be found along with the post itself."""
    post = comment.post
    return Content(
        Kind.COMMENT,
        comment.pk,
        {"comment_id": comment.pk, "post_id": post.pk},
        comment.at,
        "",
        (comment.author.full_name,),
        (comment.body,),
        topics=frozenset(topic.pk for topic in post.topics.all()),
        languages=frozenset({post.language_id}),
        organisations=frozenset({post.organisation_id}),
        year=timezone.localtime(comment.at).year,
    )


def notes(keys: Collection[int] | None) -> QuerySet[FieldNote]:
    rows = FieldNote.objects.all() if keys is None else FieldNote.objects.filter(pk__in=keys)
    return rows.select_related("author", "training__owner", "training__host", "training__course").prefetch_related(
        "topics"
    )


def _note(note: FieldNote) -> Content:
    training = note.training
    # Filtered by the training's owner, so that the ministry of a hidden author is not revealed.
    author = [] if note.is_author_hidden else [note.author.full_name]
    return Content(
        Kind.NOTE,
        note.pk,
        {"note_id": note.pk, "training_id": training.pk},
        note.at,
        training.title,
        (*author, training.place, *_organisation(training.host), *_topics(note.topics.all())),
        (note.worked, note.resisted, note.unanswered),
        topics=frozenset(topic.pk for topic in note.topics.all()),
        languages=frozenset({training.language_id}),
        organisations=frozenset({training.owner_id}),
        year=training.starts_on.year,
    )


def profiles(keys: Collection[int] | None) -> QuerySet[TrainerProfile]:
    rows = TrainerProfile.objects.filter(member__is_active=True)
    rows = rows.filter(pk__in=keys) if keys is not None else rows
    return rows.select_related("member__organisation").prefetch_related("topics", "languages")


def _trainer(profile: TrainerProfile) -> Content:
    member: Member = profile.member
    languages = list(profile.languages.all())
    return Content(
        Kind.TRAINER,
        profile.pk,
        {"profile_id": profile.pk},
        member.joined_at,
        member.full_name,
        (member.full_name, profile.position, *_organisation(member.organisation), *_topics(profile.topics.all())),
        (profile.qualifications, profile.deployments, profile.about),
        topics=frozenset(topic.pk for topic in profile.topics.all()),
        languages=frozenset(language.pk for language in languages),
        organisations=frozenset({member.organisation_id}),
    )


def trainings(keys: Collection[int] | None) -> QuerySet[Training]:
    rows = Training.objects.all() if keys is None else Training.objects.filter(pk__in=keys)
    teaching = Assignment.objects.select_related("trainer__member")
    return rows.select_related("course", "country", "host", "owner").prefetch_related(
        "partners", "course__topics", Prefetch("assignments", teaching)
    )


def _training(training: Training) -> Content:
    teachers = [assignment.trainer.member.full_name for assignment in training.assignments.all()]
    organisations = [training.host, training.owner, *training.partners.all()]
    return Content(
        Kind.TRAINING, training.pk, {"training_id": training.pk}, training.created_at,
        f"{training.title} {training.reference}",
        (training.place, training.country.name, *(word for home in organisations for word in _organisation(home)), *teachers,
         training.course.name, *_topics(training.course.topics.all())),
        (training.notes,), topics=frozenset(topic.pk for topic in training.course.topics.all()),
        languages=frozenset({training.language_id}), organisations=frozenset({training.host_id, training.owner_id}),
        year=training.starts_on.year,
    )  # fmt: skip


def courses(keys: Collection[int] | None) -> QuerySet[Course]:
    rows = Course.objects.all() if keys is None else Course.objects.filter(pk__in=keys)
    return rows.prefetch_related("topics")


def _course(course: Course) -> Content:
    return Content(
        Kind.COURSE,
        course.pk,
        {"course_id": course.pk},
        LONG_AGO,
        f"{course.name} {course.code}",
        tuple(_topics(course.topics.all())),
        (course.summary, course.audience),
        topics=frozenset(topic.pk for topic in course.topics.all()),
    )


# For each kind: the rows some member can find, the function that reads one, and the field of its number in the index.
SOURCES: dict[Kind, tuple[Callable[[Collection[int] | None], QuerySet[Any]], Callable[[Any], Content], str]] = {
    Kind.POST: (posts, _post, "pk"),
    Kind.MATERIAL: (versions, _material, "material_id"),
    Kind.COMMENT: (comments, _comment, "pk"),
    Kind.NOTE: (notes, _note, "pk"),
    Kind.TRAINER: (profiles, _trainer, "pk"),
    Kind.TRAINING: (trainings, _training, "pk"),
    Kind.COURSE: (courses, _course, "pk"),
}


def contents_of(kind: Kind, object_ids: Collection[int]) -> list[Content]:
    """Return what the index reads from these objects, without those nobody can find. At most six queries."""
    rows, read, _key = SOURCES[kind]
    return [read(row) for row in rows(object_ids)]


def object_ids(kind: Kind) -> QuerySet[Any, int]:
    """Return the primary keys of all objects of a kind that some member can find."""
    rows, _read, key = SOURCES[kind]
    return rows(None).select_related(None).prefetch_related(None).order_by().values_list(key, flat=True)
