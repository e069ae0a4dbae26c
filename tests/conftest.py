"""The fixed cast of the tests, and the boring makers of trainings and rosters."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, time
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.mail import get_connection
from django.db import connection
from django.db.models.signals import post_save
from django.test import Client, TransactionTestCase

from mail.delivery import deliver
from mail.models import Mail
from members.models import Country, Language, Member, Organisation
from members.second_factor.rules import SHOWN_KEY
from tests.databases import databases
from trainers.actions import ensure_profile
from trainers.models import TrainerProfile
from trainings.actions import SessionPlan, create_training
from trainings.attendance.actions import MarksAnswer, change_marks
from trainings.attendance.edits import MarkEdit
from trainings.models import Assignment, Course, Enrolment, Mark, Session, Sex, Training
from trainings.roster.actions import RosterRow, add_to_roster

BACKEND = settings.AUTHENTICATION_BACKENDS[-1]
# A week that is over in every test.
FIRST_DAY = date(2025, 3, 10)
FAMILY_NAMES = ("Petrović", "Јовановић", "Marković", "Knežević", "Đurović", "Radović", "Vuković", "Popović")


@pytest.hookimpl(tryfirst=True)  # before `-m` is looked at
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the drills unless `-m` names them, and what is marked to run only on the other engine."""
    is_drill = "drill" in str(config.getoption("markexpr"))
    left_out = {
        item
        for item in items
        if (item.get_closest_marker("drill") is not None and not is_drill)
        or any(mark.args[0] != connection.vendor for mark in item.iter_markers("only_on"))
    }
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder in which all processes of this run share what is made the same for each."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any, made_once: Path) -> Iterator[None]:
    """Clone the database of this worker from the template with the reference rows."""
    with django_db_blocker.unblock():
        databases.start(made_once)
    TransactionTestCase._fixture_teardown = lambda test_case: databases.put_back()  # type: ignore[method-assign]  # not a flush
    yield
    with django_db_blocker.unblock():
        databases.end()


@pytest.fixture(scope="module")
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A clone for the module alone: what its fixtures of module scope write there is committed, and gone afterwards."""
    with django_db_blocker.unblock(), databases.own_database():
        yield


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@contextmanager
def mail_sent_at_once() -> Iterator[None]:
    """Send each mail as it is written: no worker runs beside a test."""

    def send(sender: object, instance: Mail, created: bool, **kwargs: Any) -> None:
        if created:
            deliver(instance, get_connection(), set())

    post_save.connect(send, sender=Mail, dispatch_uid="mail is sent at once")
    yield
    post_save.disconnect(sender=Mail, dispatch_uid="mail is sent at once")


@pytest.fixture(autouse=True)
def mail_is_sent_at_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test marked `outbox` sends by itself."""
    if request.node.get_closest_marker("outbox"):
        yield
        return
    with mail_sent_at_once():
        yield


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> None:
    """The reference rows, which every database of the tests holds; for a test with threads too."""
    request.getfixturevalue("transactional_db" if _has_threads(request) else "db")


def _has_threads(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))


@pytest.fixture
def organisation(reference: None) -> Callable[[str], Organisation]:
    """Find an organisation of the reference rows by its code."""
    return lambda code: Organisation.objects.get(code=code)


_numbers = count(1)


def join(code: str, given_name: str, family_name: str, *roles: str) -> Member:
    """Make a member of the organisation of that code."""
    member = Member.objects.create(
        email=f"{given_name}.{next(_numbers)}@mod.example".lower(),
        given_name=given_name,
        family_name=family_name,
        organisation=Organisation.objects.get(code=code),
    )
    member.roles.set(roles)
    if "trainer" in roles:
        ensure_profile(member=member, by=member)
    return member


# The fixed cast: organisation, names and role of each.
CAST = {
    "trainer_me": ("ME", "Tanja", "Trenerić", "trainer"),
    "trainer_rs": ("RS", "Todor", "Trenerović", "trainer"),
    "recorder_me": ("ME", "Rada", "Zapisić", "recorder"),
    "recorder_rs": ("RS", "Ratko", "Zapisović", "recorder"),
    "coordinator_me": ("ME", "Kata", "Vodić", "coordinator"),
    "coordinator_rs": ("RS", "Kosta", "Vodović", "coordinator"),
    "admin": ("SEESAC", "Ada", "Upravić", "admin"),
    "observer": ("SEESAC", "Olga", "Posmatrač", "observer"),
}


@pytest.fixture
def trainer_me(reference: None) -> Member:
    return join(*CAST["trainer_me"])


@pytest.fixture
def trainer_rs(reference: None) -> Member:
    return join(*CAST["trainer_rs"])


@pytest.fixture
def recorder_me(reference: None) -> Member:
    return join(*CAST["recorder_me"])


@pytest.fixture
def recorder_rs(reference: None) -> Member:
    return join(*CAST["recorder_rs"])


@pytest.fixture
def coordinator_me(reference: None) -> Member:
    return join(*CAST["coordinator_me"])


@pytest.fixture
def coordinator_rs(reference: None) -> Member:
    return join(*CAST["coordinator_rs"])


@pytest.fixture
def admin(reference: None) -> Member:
    return join(*CAST["admin"])


@pytest.fixture
def observer(reference: None) -> Member:
    return join(*CAST["observer"])


@pytest.fixture
def stranger() -> Client:
    """A browser in which nobody is signed in."""
    return Client()


class Browser(Client):
    """A browser that takes every answer whole, streamed files too, so that no file stays open behind a test."""

    def request(self, **request: Any) -> Any:
        answer = super().request(**request)
        if answer.streaming:
            answer.streaming_content = [b"".join(answer.streaming_content)]
        return answer


def client_of(member: Member | None, *, pending: bool = False) -> Client:
    """Return a browser in which this member is signed in; None is a stranger.

    `pending`: with the password alone, so that the second factor is still to be shown.
    """
    client = Browser()
    if member is not None:
        client.force_login(member, backend=BACKEND)
        if not pending:
            session = client.session
            session[SHOWN_KEY] = member.pk
            session.save()
    return client


def profile_of(member: Member) -> TrainerProfile:
    return TrainerProfile.objects.get(member=member)


def plans(days: int = 1, first: date = FIRST_DAY) -> list[SessionPlan]:
    """One session of six hours a day."""
    return [SessionPlan(first.replace(day=first.day + n), time(9), time(15), f"Day {n + 1}") for n in range(days)]


def new_training(by: Member, days: int = 1, first: date = FIRST_DAY, **facts: Any) -> Training:
    """Return an unsaved training of the member's own organisation, over so many days."""
    home = by.organisation
    country = home.country if home.country_id else Country.objects.get(code="ME")
    return Training(
        **{
            "course": Course.objects.get(code="GA-1"), "title": "Gender awareness", "host": home, "country": country,
            "place": "Danilovgrad", "language": Language.objects.first(), "starts_on": first,
            "ends_on": first.replace(day=first.day + days - 1), **facts,
        }
    )  # fmt: skip


def make_training(
    by: Member, days: int = 1, first: date = FIRST_DAY, trainers: tuple[Member, ...] = (), **facts: Any
) -> Training:
    """Create a training as this member does; the first of `trainers` leads."""
    parts = [(profile_of(t), Assignment.Part.CO_TRAINER if n else Assignment.Part.LEAD) for n, t in enumerate(trainers)]
    training = create_training(
        training=new_training(by, days, first, **facts), sessions=plans(days, first), trainers=parts, by=by
    )
    return Training.objects.get(pk=training.pk)


def person(n: int, home: Organisation, sex: str | None = None, **facts: Any) -> RosterRow:
    """The nth person of a home: always the same name, women and men in turn."""
    return RosterRow(
        family_name=FAMILY_NAMES[n % len(FAMILY_NAMES)],
        given_name=f"Ana {'abcdefghij'[n // 8 % 10]}{'xyz'[n // 80 % 3]}",
        organisation=home,
        sex=sex or (Sex.MALE if n % 2 else Sex.FEMALE),
        **facts,
    )


def make_roster(training: Training, n: int, by: Member, home: Organisation | None = None) -> list[Enrolment]:
    """Enrol n people of one home, the owner's unless said otherwise."""
    rows = [person(i, home or training.owner) for i in range(n)]
    return add_to_roster(training=training, rows=rows, by=by)


def edit_of(enrolment: Enrolment, session: Session, value: str, base: int = 0, key: Any = None) -> MarkEdit:
    return MarkEdit(enrolment.pk, session.pk, value, base, key or uuid4())


def mark_all(training: Training, by: Member, value: str = Mark.Value.PRESENT) -> MarksAnswer:
    """Give every cell of the sheet without a mark this value."""
    done = set(Mark.objects.filter(enrolment__training=training).values_list("enrolment", "session"))
    edits = [
        edit_of(enrolment, session, value)
        for enrolment in training.enrolments.filter(removed_at=None)
        for session in training.sessions.all()
        if (enrolment.pk, session.pk) not in done
    ]
    return change_marks(training=training, edits=edits, by=by)


@pytest.fixture
def training(recorder_me: Member, trainer_me: Member) -> Training:
    """Two days, kept by Montenegro, led by its trainer, nobody enrolled."""
    return make_training(recorder_me, days=2, trainers=(trainer_me,))


@pytest.fixture
def sheet(training: Training, recorder_me: Member) -> Training:
    """The same with three people and no marks."""
    make_roster(training, 3, recorder_me)
    return training


@pytest.fixture
def marked(sheet: Training, recorder_me: Member) -> Training:
    """The same with everybody present on both days."""
    mark_all(sheet, recorder_me)
    return sheet


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> dict[str, Member | None]:
    """Everybody by the name that tables of decisions use."""
    return {"stranger": None, **{name: request.getfixturevalue(name) for name in CAST}}
