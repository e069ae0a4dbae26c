"""What a page of results shows: the things themselves, as they are now, with the place of the match."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.kept import kept
from common.days import written_day
from common.markdown import plain
from common.prepared import Prepared, rounded
from knowledge.models import Post
from members.models import Member
from portal.search.asking import Asked, Found, Index
from portal.search.excerpts import Budget, Excerpt, Piece, Sought, excerpt_of, marked
from portal.search.models import Kind, SearchEntry, SearchState
from portal.search.seeing import visible_entries
from trainings.models import Assignment

PAGE = 20
Row = Mapping[str, Any]
# What each kind shows of itself, read along with the entries: values alone, for of whole rows there are ten tables.
COLUMNS = {
    Kind.POST: (
        "post__kind", "post__title", "post__slug", "post__body", "post__language", "post__published_at",
        "post__author__given_name", "post__author__family_name", "post__organisation__short_name",
    ),
    Kind.MATERIAL: (
        "post__title", "post__slug", "version__material", "version__material__title", "version__material__language",
        "version__name", "version__added_at", "version__text__places",
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
    """One thing that was found. `facts` stand below its title, `pieces` are the title with the words marked."""

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
class _Shown:
    """What one kind of thing tells of itself; `places` as in `excerpts`."""

    label: str
    title: str
    url: str
    facts: Sequence[object]
    places: Sequence[Sequence[object]]
    language: str = ""


def results(member: Member, generation: int, found: Found, first: int, languages: Mapping[str, str]) -> list[Result]:
    """Return one page of what was found, from `first` on, each asked of its app's access once more. Two queries at most.

    `languages` are their names by code.
    """
    scores = dict(found.numbers(first, PAGE))
    kinds = tuple(found.kinds_of(scores))
    question = kept(f"entries shown to {member.pk}", lambda: _entries(member), member.rights)
    found_rows = question.rows([generation], rounded(scores, PAGE), kinds) if scores else []
    names = _columns(kinds)
    by_number = {row[0]: dict(zip(names, row, strict=True)) for row in found_rows}
    teachers = _teachers([row["training"] for row in by_number.values() if row["kind"] == Kind.TRAINING])
    budget, sought = Budget(), Sought(found.words)
    return [
        _result(row | {"teachers": teachers.get(row.get("training", 0), [])}, scores[n], sought, budget, languages)
        for n in scores
        if (row := by_number.get(n))
    ]


def _columns(kinds: Iterable[Kind]) -> tuple[str, ...]:
    return ("number", "kind", *dict.fromkeys(column for kind in kinds for column in COLUMNS[kind]))


def _entries(member: Member) -> Prepared:
    """What is asked of a page's entries: by this member's rights, whatever else changes."""

    def entries(generation: list[int], numbers: list[int], kinds: tuple[Kind, ...]) -> QuerySet[SearchEntry, Any]:
        rows = SearchEntry.objects.filter(generation=generation[0], number__in=numbers)
        return visible_entries(member, rows, kinds).order_by().values_list(*_columns(kinds))

    return Prepared(entries)


def _teachers(trainings: Sequence[int]) -> dict[int, list[str]]:
    """The names of those who teach each of these trainings. One query, none for no training."""
    names: dict[int, list[str]] = defaultdict(list)
    if trainings:
        told = ("training", "trainer__member__given_name", "trainer__member__family_name")
        for training, *name in Assignment.objects.filter(training__in=trainings).values_list(*told):
            names[training].append(" ".join(name).strip())
    return names


def _result(row: Row, score: int, sought: Sought, budget: Budget, languages: Mapping[str, str]) -> Result:
    kind = Kind(row["kind"])
    shown = SHOWN[kind](row)
    facts = [*shown.facts, languages.get(shown.language, "") if kind == Kind.MATERIAL else ""]
    return Result(
        kind, shown.label, shown.title, shown.url, marked(shown.title, sought),
        excerpt_of(shown.places, sought, budget), tuple(str(fact) for fact in facts if fact), score, shown.language,
    )  # fmt: skip


def _name(row: Row, of: str) -> str:
    return f"{row[f'{of}__given_name']} {row[f'{of}__family_name']}".strip()


def _texts(row: Row, *columns: str) -> list[list[object]]:
    return [["", 0, row[column]] for column in columns if row[column]]


def _post(row: Row) -> _Shown:
    return _Shown(
        str(Post.Kind(row["post__kind"]).label), row["post__title"], reverse("knowledge:detail", args=[row["post__slug"]]),
        (_name(row, "post__author"), row["post__organisation__short_name"], written_day(row["post__published_at"])),
        [["", 0, plain(row["post__body"])]], row["post__language"],
    )  # fmt: skip


def _material(row: Row) -> _Shown:
    facts = (
        row["version__name"], _("of the post “%(title)s”") % {"title": row["post__title"]}, written_day(row["version__added_at"]),
    )  # fmt: skip
    return _Shown(
        _("File"), row["version__material__title"],
        reverse("knowledge:material", args=[row["post__slug"], row["version__material"]]), facts,
        row["version__text__places"] or [], row["version__material__language"],
    )  # fmt: skip


def _note(row: Row) -> _Shown:
    who = _("author not shown") if row["note__is_author_hidden"] else _name(row, "note__author")
    return _Shown(
        _("Field note"), row["training__title"], reverse("knowledge:note", args=[row["note"]]),
        (who, row["training__reference"], written_day(row["note__at"])),
        _texts(row, "note__worked", "note__resisted", "note__unanswered"),
    )  # fmt: skip


def _trainer(row: Row) -> _Shown:
    return _Shown(
        _("Trainer"), _name(row, "profile__member"), reverse("trainers:detail", args=[row["profile__slug"]]),
        (row["profile__rank__name"], row["profile__member__organisation__short_name"]),
        _texts(row, "profile__position", "profile__qualifications", "profile__deployments", "profile__about"),
    )  # fmt: skip


def _training(row: Row) -> _Shown:
    facts = (
        row["training__reference"], row["training__place"], row["training__host__short_name"],
        written_day(row["training__starts_on"]), _("cancelled") if row["training__cancelled_at"] else "",
    )  # fmt: skip
    teachers = [["trainers", 0, ", ".join(row["teachers"])]] if row["teachers"] else []
    return _Shown(
        _("Training"), row["training__title"], reverse("trainings:detail", args=[row["training__reference"]]), facts,
        [*_texts(row, "training__notes"), *teachers], row["training__language"],
    )  # fmt: skip


def _course(row: Row) -> _Shown:
    url = f"{reverse('trainings:courses')}#course-{row['course']}"
    return _Shown(
        _("Course"),
        row["course__name"],
        url,
        (row["course__code"],),
        _texts(row, "course__summary", "course__audience"),
    )


SHOWN: dict[Kind, Callable[[Row], _Shown]] = {
    Kind.POST: _post, Kind.MATERIAL: _material, Kind.NOTE: _note, Kind.TRAINER: _trainer, Kind.TRAINING: _training,
    Kind.COURSE: _course,
}  # fmt: skip


def ask(member: Member, state: SearchState, asked: Asked) -> Found:
    """Answer one question of one member. Two queries, three where the index has changed."""
    return Index(member, state, [asked]).find(asked)
