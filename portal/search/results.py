"""What a page of results shows: the things themselves, as they are now, with the place of the match."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.markdown import plain
from knowledge.models import FieldNote, MaterialVersion
from members.models import Member
from portal.search.asking import Asked, Found, Index
from portal.search.excerpts import Budget, Excerpt, Piece, excerpt_of, marked
from portal.search.gathering import places_of
from portal.search.models import Kind, SearchEntry, SearchState
from portal.search.seeing import visible_entries
from trainings.models import Assignment

PAGE = 20
# What each kind shows of itself, read along with the entries.
PARTS = {
    Kind.POST: ("post__author", "post__organisation"),
    Kind.MATERIAL: ("post", "version__material", "version__text"),
    Kind.NOTE: ("note__author", "training"),
    Kind.TRAINER: ("profile__member__organisation", "profile__rank"),
    Kind.TRAINING: ("training__host",),
    Kind.COURSE: ("course",),
}


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
    kinds = found.kinds_of(scores)
    parts = [part for kind in kinds for part in PARTS[kind]]
    rows = SearchEntry.objects.filter(generation=generation, number__in=scores).defer("terms")
    teachers = Prefetch("training__assignments", Assignment.objects.select_related("trainer__member"))
    teaching = [teachers] if Kind.TRAINING in kinds else []
    by_number = {
        entry.number: entry
        for entry in visible_entries(member, rows, kinds).select_related(*parts).prefetch_related(*teaching)
    }
    budget = Budget()
    return [_result(by_number[n], score, found, budget, languages) for n, score in scores.items() if n in by_number]


def _result(entry: SearchEntry, score: int, found: Found, budget: Budget, languages: Mapping[str, str]) -> Result:
    kind = Kind(entry.kind)
    shown = SHOWN[kind](entry)
    facts = [*shown.facts, languages.get(shown.language, "") if kind == Kind.MATERIAL else ""]
    return Result(
        kind, shown.label, shown.title, shown.url, marked(shown.title, found.words),
        excerpt_of(shown.places, found.words, budget), tuple(str(fact) for fact in facts if fact), score, shown.language,
    )  # fmt: skip


def _day(moment: datetime | date | None) -> str:
    if moment is None:
        return ""
    return date_format(timezone.localtime(moment) if isinstance(moment, datetime) else moment, "j F Y")


def _post(entry: SearchEntry) -> _Shown:
    post = entry.post
    facts = (post.author.full_name, post.organisation.short_name, _day(post.published_at))
    return _Shown(
        post.get_kind_display(),
        post.title,
        post.get_absolute_url(),
        facts,
        [["", 0, plain(post.body)]],
        post.language_id,
    )


def _material(entry: SearchEntry) -> _Shown:
    version: MaterialVersion = entry.version
    material, post = version.material, entry.post
    url = reverse("knowledge:material", args=[post.slug, material.pk])
    facts = (
        version.name,
        _("of the post “%(title)s”") % {"title": post.title},
        _day(version.added_at),
    )
    return _Shown(_("File"), material.title, url, facts, places_of(version), material.language_id)


def _note(entry: SearchEntry) -> _Shown:
    note: FieldNote = entry.note
    training = entry.training
    who = _("author not shown") if note.is_author_hidden else note.author.full_name
    answers = [["", 0, text] for text in (note.worked, note.resisted, note.unanswered) if text]
    return _Shown(
        _("Field note"), training.title, note.get_absolute_url(), (who, training.reference, _day(note.at)), answers
    )


def _trainer(entry: SearchEntry) -> _Shown:
    profile = entry.profile
    home = profile.member.organisation
    texts = [
        ["", 0, text] for text in (profile.position, profile.qualifications, profile.deployments, profile.about) if text
    ]
    return _Shown(
        _("Trainer"), profile.member.full_name, profile.get_absolute_url(), (profile.rank, home.short_name), texts
    )


def _training(entry: SearchEntry) -> _Shown:
    training = entry.training
    facts = (training.reference, training.place, training.host.short_name, _day(training.starts_on),
             _("cancelled") if training.is_cancelled else "")  # fmt: skip
    teachers = ", ".join(one.trainer.member.full_name for one in training.assignments.all())
    texts = [place for place in (["", 0, training.notes], ["trainers", 0, teachers]) if place[2]]
    return _Shown(_("Training"), training.title, training.get_absolute_url(), facts, texts, training.language_id)


def _course(entry: SearchEntry) -> _Shown:
    course = entry.course
    texts = [["", 0, text] for text in (course.summary, course.audience) if text]
    return _Shown(_("Course"), course.name, f"{reverse('trainings:courses')}#course-{course.pk}", (course.code,), texts)


SHOWN = {
    Kind.POST: _post, Kind.MATERIAL: _material, Kind.NOTE: _note, Kind.TRAINER: _trainer, Kind.TRAINING: _training,
    Kind.COURSE: _course,
}  # fmt: skip


def ask(member: Member, state: SearchState, asked: Asked) -> Found:
    """Answer one question of one member. Two queries, three where the index has changed."""
    return Index(member, state, [asked]).find(asked)
