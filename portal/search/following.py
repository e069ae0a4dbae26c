"""Following the record: what its new lines are about is indexed again, and files whose words have been read meanwhile.

The apps below do not know the search. Each of their writes leaves a line in its own transaction, so that reading the lines
since the last one read tells what may have changed. A number that is passed without a line may be of a write not committed yet:
it is looked for again for ten minutes.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from audit.models import Line
from knowledge.models import FieldNote, Material, MaterialVersion, Post
from portal.search.models import Kind, MissingLine, SearchEntry, SearchState
from portal.search.writing import MISSING_MOST, index, reindex, the_state
from trainers.models import TrainerProfile
from trainings.models import Assignment, Course, Training

# So many lines are read at once.
LINES_AT_ONCE = 500
MISSING_FOR = timedelta(minutes=10)
NAMES = {"given_name", "family_name", "organisation"}

Things = dict[Kind, set[int]]


@lru_cache(maxsize=1)
def _behind_sql() -> tuple[str, tuple[Any, ...]]:
    """The question of each search, always the same: putting it together takes longer than asking it."""
    newest = Line.objects.filter(is_reading=False).order_by("-pk").values("pk")[:1]
    come = Line.objects.filter(pk__in=MissingLine.objects.values("line"))
    return SearchState.objects.annotate(
        newest=Subquery(newest), has_come=Exists(come), has_texts=Exists(_read_meanwhile(OuterRef("generation")))
    ).query.sql_with_params()


def _behind() -> SearchState | None:
    """The state, with whether lines or texts wait; None before the first index. One query."""
    return next(iter(SearchState.objects.raw(*_behind_sql())), None)


def _read_meanwhile(generation: Any) -> QuerySet[SearchEntry]:
    waiting = MaterialVersion.Text.WAITING
    return SearchEntry.objects.filter(generation=generation, waits_for_text=True).exclude(version__text_state=waiting)


def follow_record(*, all_of_it: bool = False) -> SearchState:
    """Bring the index up to the record and return its state: by 500 lines, or until nothing waits. One query where nothing does.

    The first call builds the index.
    """
    state = _behind()
    if state is None or state.generation == 0:
        reindex()
        state = _behind()
    assert state is not None  # noqa: S101 - made by reindex
    while (state.newest or 0) > state.position or state.has_come or state.has_texts:  # type: ignore[attr-defined]  # annotated above
        _catch_up()
        state = _behind()
        assert state is not None  # noqa: S101 - as above
        if not all_of_it:
            break
    return state


def look_after_search() -> None:
    """Follow the record: for the worker, each second."""
    follow_record(all_of_it=True)


@transaction.atomic
def _catch_up() -> None:
    state = the_state()
    things: Things = defaultdict(set)
    for kind, key in _read_meanwhile(state.generation).values_list("kind", "object_id")[:LINES_AT_ONCE]:
        things[Kind(kind)].add(key)
    lines = _new_lines(state)
    _concerned(lines, things)
    for kind, keys in things.items():
        waiting = sorted(keys)
        for n in range(0, len(waiting), LINES_AT_ONCE):
            index(state, kind, waiting[n : n + LINES_AT_ONCE])
    state.looked_at = timezone.now()
    state.save(update_fields=["position", "looked_at"])


def _new_lines(state: SearchState) -> list[Line]:
    """Read the next lines and note what numbers they leave out; move the position behind them."""
    now = timezone.now()
    MissingLine.objects.filter(since__lt=now - MISSING_FOR).delete()
    missing = set(MissingLine.objects.values_list("line", flat=True))
    fields = ("pk", "action", "kind", "object_id", "root_kind", "root_id", "fields", "is_reading")
    late = list(Line.objects.filter(pk__in=missing).only(*fields))
    MissingLine.objects.filter(line__in=[line.pk for line in late]).delete()
    lines = list(Line.objects.filter(pk__gt=state.position).order_by("pk").only(*fields)[:LINES_AT_ONCE])
    if lines:
        passed = set(range(state.position + 1, lines[-1].pk)) - {line.pk for line in lines}
        # After the first index only the end is looked at: a rebuilt database may begin anywhere.
        told = sorted(passed)[-MISSING_MOST:] if state.position else []
        MissingLine.objects.bulk_create([MissingLine(line=n, since=now) for n in told], ignore_conflicts=True)
        state.position = lines[-1].pk
    return [line for line in (*late, *lines) if not line.is_reading]


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _concerned(lines: Iterable[Line], things: Things) -> None:
    """Add to `things` what these lines may have changed. A dozen queries at most."""
    about: dict[str, set[int]] = defaultdict(set)
    for line in lines:
        named = [(line.kind, line.object_id)]
        if line.root_kind != "members.member":  # what somebody did for themselves does not change them
            named.append((line.root_kind, line.root_id))
        if line.kind == "members.member" and NAMES & set(line.fields):
            named.append(("renamed", line.object_id))
        for kind, text in named:
            if (key := _number(text)) is not None:
                about[kind].add(key)
    _add_teachers(about)
    _add_widely(about)
    posts = about["knowledge.post"]
    things[Kind.POST] |= posts
    materials = Material.objects.filter(Q(post__in=posts) | Q(pk__in=about["knowledge.material"]))
    things[Kind.MATERIAL] |= (
        set(materials.values_list("pk", flat=True)) if posts or about["knowledge.material"] else set()
    )
    trainings = about["trainings.training"]
    things[Kind.TRAINING] |= trainings
    things[Kind.NOTE] |= about["knowledge.fieldnote"]
    if trainings:
        things[Kind.NOTE] |= set(FieldNote.objects.filter(training__in=trainings).values_list("pk", flat=True))
    things[Kind.TRAINER] |= about["trainers.trainerprofile"]
    things[Kind.COURSE] |= about["trainings.course"]


def _add_teachers(about: dict[str, set[int]]) -> None:
    """Members: their profile; where they are named anew, what bears their name."""
    if members := about["members.member"]:
        about["trainers.trainerprofile"] |= _keys(TrainerProfile, member__in=members)
    if renamed := about["renamed"]:
        about["knowledge.post"] |= _keys(Post, author__in=renamed)
        about["knowledge.material"] |= _keys(Material, versions__added_by__in=renamed)
        about["knowledge.fieldnote"] |= _keys(FieldNote, author__in=renamed)
        teaching = Assignment.objects.filter(trainer__member__in=renamed)
        about["trainings.training"] |= set(teaching.values_list("training", flat=True))


def _add_widely(about: dict[str, set[int]]) -> None:
    """Organisations, topics and courses: everything that bears their name."""
    if homes := about["members.organisation"]:
        about["knowledge.post"] |= _keys(Post, organisation__in=homes)
        about["trainers.trainerprofile"] |= _keys(TrainerProfile, member__organisation__in=homes)
        bears = Q(host__in=homes) | Q(keeper__in=homes) | Q(partners__in=homes)
        about["trainings.training"] |= set(Training.objects.filter(bears).values_list("pk", flat=True))
    if topics := about["trainers.topic"]:
        about["knowledge.post"] |= _keys(Post, topics__in=topics)
        about["knowledge.fieldnote"] |= _keys(FieldNote, topics__in=topics)
        about["trainers.trainerprofile"] |= _keys(TrainerProfile, topics__in=topics)
        about["trainings.course"] |= _keys(Course, topics__in=topics)
    if courses := about["trainings.course"]:
        about["trainings.training"] |= _keys(Training, course__in=courses)


def _keys(model: type, **asked: object) -> set[int]:
    return set(model.objects.filter(**asked).values_list("pk", flat=True))  # type: ignore[attr-defined]  # any model
