"""A page of search results: the objects as they are now, with the place of the match."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from common.days import written_day
from common.markdown import plain
from knowledge.models import Post
from search.excerpts import Budget, Excerpt, Highlighter, Piece, excerpt_of, marked
from search.models import Document, Kind
from search.ranking import SearchHits
from trainings.models import Assignment

PAGE = 20
Row = Mapping[str, Any]
# The fields displayed for each kind, read with the documents as values only: whole rows would come from ten tables.
COLUMNS = {
    Kind.POST: (
        "post__kind", "post__title", "post__slug", "post__body", "post__language", "post__published_at",
        "post__author__given_name", "post__author__family_name", "post__organisation__short_name",
    ),
    Kind.MATERIAL: (
        "post__title", "post__slug", "version__material", "version__material__title", "version__material__language",
        "version__name", "version__added_at", "version__text__places",
    ),
    Kind.COMMENT: (
        "comment", "comment__body", "comment__at", "comment__author__given_name", "comment__author__family_name",
        "post__title", "post__slug",
    ),
    Kind.NOTE: (
        "note", "note__worked", "note__resisted", "note__unanswered", "note__at", "note__is_author_hidden",
        "note__author__given_name", "note__author__family_name", "training__title", "training__reference",
    ),
    Kind.TRAINER: (
        "profile__slug", "profile__position", "profile__qualifications", "profile__deployments", "profile__about",
        "profile__rank__name", "profile__member__given_name", "profile__member__family_name",
        "profile__member__organisation__short_name",
    ),
    Kind.TRAINING: (
        "training", "training__title", "training__reference", "training__place", "training__notes", "training__language",
        "training__starts_on", "training__cancelled_at", "training__host__short_name",
    ),
    Kind.COURSE: ("course", "course__name", "course__code", "course__summary", "course__audience"),
}  # fmt: skip


@dataclass(frozen=True)
class Result:
    """One search result. `facts` are shown below its title; `pieces` are the title with matches marked.

    `score` lets programs compare matches: higher is better.
    """

    kind: Kind
    label: str
    title: str
    url: str
    pieces: tuple[Piece, ...]
    excerpt: Excerpt
    facts: tuple[str, ...]
    score: int
    language: str = ""


@dataclass(frozen=True)
class _Card:
    """The fields displayed for one kind; `places` as in `excerpts`."""

    label: str
    title: str
    url: str
    facts: Sequence[object]
    places: Sequence[Sequence[object]]
    language: str = ""


def results(hits: SearchHits, first: int, languages: Mapping[str, str]) -> list[Result]:
    """Return one page of results, starting at `first`. Three queries at most.

    `languages` are the names of languages by code.
    """
    levels = hits.page(first, PAGE)
    if not levels:
        return []
    columns = dict.fromkeys(("pk", "kind", "training", *chain.from_iterable(COLUMNS.values())))
    rows = {row["pk"]: row for row in Document.objects.filter(pk__in=levels).values(*columns)}
    teachers = _teachers([row["training"] for row in rows.values() if row["kind"] == Kind.TRAINING])
    budget, highlighter = Budget(), Highlighter(hits.query, hits.similar)
    worst = len(hits.levels) + 1
    return [
        _result(row | {"teachers": teachers.get(row["training"], [])}, worst - level, highlighter, budget, languages)
        for pk, level in levels.items()
        if (row := rows.get(pk))  # may have been deleted meanwhile
    ]


def _teachers(trainings: Sequence[int]) -> dict[int, list[str]]:
    """The names of those who teach each of these trainings. One query, none without trainings."""
    names: dict[int, list[str]] = defaultdict(list)
    if trainings:
        columns = ("training", "trainer__member__given_name", "trainer__member__family_name")
        for training, *name in Assignment.objects.filter(training__in=trainings).values_list(*columns):
            names[training].append(" ".join(name).strip())
    return names


def _result(row: Row, score: int, highlighter: Highlighter, budget: Budget, languages: Mapping[str, str]) -> Result:
    kind = Kind(row["kind"])
    card = CARDS[kind](row)
    facts = [*card.facts, languages.get(card.language, "") if kind == Kind.MATERIAL else ""]
    return Result(
        kind,
        card.label,
        card.title,
        card.url,
        marked(card.title, highlighter),
        excerpt_of(card.places, highlighter, budget),
        tuple(str(fact) for fact in facts if fact),
        score,
        card.language,
    )


def _name(row: Row, kind_of_row: str) -> str:
    return f"{row[f'{kind_of_row}__given_name']} {row[f'{kind_of_row}__family_name']}".strip()


def _texts(row: Row, *columns: str) -> list[list[object]]:
    return [["", 0, row[column]] for column in columns if row[column]]


def _post(row: Row) -> _Card:
    return _Card(
        str(Post.Kind(row["post__kind"]).label),
        row["post__title"],
        reverse("knowledge:detail", args=[row["post__slug"]]),
        (_name(row, "post__author"), row["post__organisation__short_name"], written_day(row["post__published_at"])),
        [["", 0, plain(row["post__body"])]],
        row["post__language"],
    )


def _material(row: Row) -> _Card:
    facts = (
        row["version__name"],
        _("of the post “%(title)s”") % {"title": row["post__title"]},
        written_day(row["version__added_at"]),
    )
    return _Card(
        _("File"),
        row["version__material__title"],
        reverse("knowledge:material", args=[row["post__slug"], row["version__material"]]),
        facts,
        row["version__text__places"] or [],
        row["version__material__language"],
    )


def _comment(row: Row) -> _Card:
    return _Card(
        _("Comment"),
        row["post__title"],
        reverse("knowledge:comment", args=[row["post__slug"], row["comment"]]),
        (_name(row, "comment__author"), written_day(row["comment__at"])),
        _texts(row, "comment__body"),
    )


def _note(row: Row) -> _Card:
    who = _("author not shown") if row["note__is_author_hidden"] else _name(row, "note__author")
    return _Card(
        _("Field note"),
        row["training__title"],
        reverse("knowledge:note", args=[row["note"]]),
        (who, row["training__reference"], written_day(row["note__at"])),
        _texts(row, "note__worked", "note__resisted", "note__unanswered"),
    )


def _trainer(row: Row) -> _Card:
    return _Card(
        _("Trainer"),
        _name(row, "profile__member"),
        reverse("trainers:detail", args=[row["profile__slug"]]),
        (row["profile__rank__name"], row["profile__member__organisation__short_name"]),
        _texts(row, "profile__position", "profile__qualifications", "profile__deployments", "profile__about"),
    )


def _training(row: Row) -> _Card:
    facts = (
        row["training__reference"],
        row["training__place"],
        row["training__host__short_name"],
        written_day(row["training__starts_on"]),
        _("cancelled") if row["training__cancelled_at"] else "",
    )
    teachers = [["trainers", 0, ", ".join(row["teachers"])]] if row["teachers"] else []
    return _Card(
        _("Training"),
        row["training__title"],
        reverse("trainings:detail", args=[row["training__reference"]]),
        facts,
        [*_texts(row, "training__notes"), *teachers],
        row["training__language"],
    )


def _course(row: Row) -> _Card:
    url = f"{reverse('trainings:courses')}#course-{row['course']}"
    return _Card(
        _("Course"),
        row["course__name"],
        url,
        (row["course__code"],),
        _texts(row, "course__summary", "course__audience"),
    )


CARDS: dict[Kind, Callable[[Row], _Card]] = {
    Kind.POST: _post, Kind.MATERIAL: _material, Kind.COMMENT: _comment, Kind.NOTE: _note, Kind.TRAINER: _trainer, Kind.TRAINING: _training,
    Kind.COURSE: _course,
}  # fmt: skip
