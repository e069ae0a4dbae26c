"""Parts of pages in the cache: dropped by the writes they depend on, in whatever order readers and writers come."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import transaction
from django.utils import timezone

from audit import page_cache
from audit.page_cache import cached_part
from audit.record import record
from tests.conftest import client_of, make_roster, make_training, mark_all, profile_of
from tests.markup import squeezed
from trainings.figures.actions import submit_figures

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(settings):
    """The cache as it is outside the tests, empty."""
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages-of-tests", "TIMEOUT": 60}
    settings.CACHES = {**settings.CACHES, "pages": memory}
    caches["pages"].clear()
    yield caches["pages"]
    caches["pages"].clear()


@pytest.fixture
def build():
    """Return "built 1", "built 2" and so on: a new text each time it is called."""
    times = []

    def build():
        times.append(1)
        return f"built {len(times)}"

    return build


@pytest.fixture
def write(recorder_me, django_capture_on_commit_callbacks):
    """Write and commit one entry about a training, a member or whatever row it is given."""

    def write(action, thing, **facts):
        with django_capture_on_commit_callbacks(execute=True):
            record(action, thing, by=recorder_me, **facts)

    return write


def test_part_is_cached_until_a_write_it_depends_on(pages, build, write, training, trainer_me, recorder_me):
    def part():
        return cached_part("part", build, depends_on=("trainings", "members"))

    assert [part(), part()] == ["built 1", "built 1"]
    write("change_marks", training)
    write("change_profile", profile_of(trainer_me))
    write("export_names", training, is_reading=True)
    assert part() == "built 1"
    write("change_training", training)
    assert [part(), part()] == ["built 2", "built 2"]
    write("change_member", recorder_me)
    assert part() == "built 3"


def test_mark_drops_what_depends_on_marks_alone(pages, build, write, training):
    for action in ("change_marks", "mark_rest_present", "undo_marks"):
        before = cached_part("part", build, depends_on=("trainings", "marks"))
        write(action, training)
        assert cached_part("part", build, depends_on=("trainings", "marks")) != before


def test_write_that_is_rolled_back_drops_nothing(pages, build, training, recorder_me):
    cached_part("part", build, depends_on=("trainings",))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record("change_training", training, by=recorder_me)
        raise ZeroDivisionError
    assert cached_part("part", build, depends_on=("trainings",)) == "built 1"


@pytest.mark.parametrize("is_control", [False, True])
def test_write_while_a_part_is_built_is_not_missed(pages, build, write, training, monkeypatch, is_control):
    """What was read before the commit stands under the version from before. Control: the same version ever finds it again."""
    if is_control:
        monkeypatch.setattr(page_cache, "get_random_string", lambda length: "same")
        write("change_training", training)

    def read_then_another_commits():
        part = build()
        write("change_training", training)
        return part

    assert cached_part("part", read_then_another_commits, depends_on=("trainings",)) == "built 1"
    assert cached_part("part", build, depends_on=("trainings",)) == ("built 1" if is_control else "built 2")


def test_write_whose_process_died_before_its_version_is_seen_after_the_timeout(
    pages, build, training, recorder_me, monkeypatch
):
    cached_part("part", build, depends_on=("trainings",))
    record("change_training", training, by=recorder_me)  # committed, but nothing that follows the commit is done
    assert cached_part("part", build, depends_on=("trainings",)) == "built 1"
    in_a_minute = timezone.now().timestamp() + 61
    monkeypatch.setattr("django.core.cache.backends.locmem.time.time", lambda: in_a_minute)
    assert cached_part("part", build, depends_on=("trainings",)) == "built 2"


def test_part_is_of_its_day_and_its_language(pages, build, monkeypatch):
    def part():
        return cached_part("part", build, depends_on=("trainings",))

    part()
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr("audit.page_cache.timezone.localdate", lambda: tomorrow)
    assert part() == "built 2"
    monkeypatch.setattr("audit.page_cache.get_language", lambda: "mk")
    assert part() == "built 3"


def test_part_that_depends_on_no_kind_of_write_is_refused(pages, build):
    with pytest.raises(ValueError, match="roster"):
        cached_part("part", build, depends_on=("roster",))


def test_cached_pages_show_each_write_at_once(pages, recorder_me, trainer_me, django_capture_on_commit_callbacks):
    """The directory counts what its trainers delivered, the list of trainings who attended."""
    client = client_of(recorder_me)

    def shows(path, words):
        return words in squeezed(client.get(path).content.decode())

    with django_capture_on_commit_callbacks(execute=True):
        assert not shows("/trainings/", "Danilovgrad")
        training = make_training(recorder_me, trainers=(trainer_me,))
    assert shows("/trainings/", training.reference)
    with django_capture_on_commit_callbacks(execute=True):
        make_roster(training, 7, recorder_me)
        assert not shows("/trainings/", '<td class="end number">7</td>')
        answer = mark_all(training, recorder_me)
    assert shows("/trainings/", '<td class="end number">7</td>')
    assert shows("/trainers/", "0 trainings delivered")
    with django_capture_on_commit_callbacks(execute=True):
        submit_figures(training=training, by=recorder_me)
    assert (answer.applied, shows("/trainers/", "1 training delivered")) == (7, True)
