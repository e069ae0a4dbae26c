"""What every suite needs: the things of two ministries, and a browser for each of the cast. Built once for the package."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client, override_settings

from members.account import session_timeout as time_limits
from members.models import Member, Organisation
from tests.conftest import CAST, Browser, client_of, join, mail_sent_at_once, make_roster, make_training, mark_all
from tests.databases import databases
from tests.suites.sides import MADE, Side, side_of
from tests.suites.stage import Stage, stage_of
from trainings.models import Training


@dataclass(frozen=True)
class World:
    """What is committed to the suites' own database: members by name, their sessions, the things of both ministries, and a
    training of Montenegro with three people who were present on both days.
    """

    members: dict[str, int]
    sessions: dict[str, str]
    stage: Stage
    marked: int
    media: Path


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Build the stage in a database of the suites' own. Whatever a test changes of it is rolled back."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), databases.own_database():
        with override_settings(MEDIA_ROOT=media), mail_sent_at_once():
            cast = {name: join(*who) for name, who in CAST.items()}
            guests = Organisation.objects.get(code="NCGM")
            sides = (
                side_of(cast["recorder_me"], cast["trainer_me"], guests, "Sopstvenik"),
                side_of(cast["recorder_rs"], cast["trainer_rs"], guests, "Kanarinović"),
            )
            stage = stage_of(sides, cast)
            marked = make_training(cast["recorder_me"], days=2, trainers=(cast["trainer_me"],))
            make_roster(marked, 3, cast["recorder_me"])
            mark_all(marked, cast["recorder_me"])
            clients = {"pending": client_of(join("ME", "Čeka", "Čekić", "recorder"), pending=True)}
            clients |= {name: client_of(member) for name, member in cast.items()}
        sessions = {name: client.cookies[django_settings.SESSION_COOKIE_NAME].value for name, client in clients.items()}
        yield World({name: member.pk for name, member in cast.items()}, sessions, stage, marked.pk, media)


@pytest.fixture(autouse=True)
def nobody_is_noted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a suite takes, no request notes anew that its member is still there: that writes a row once a minute."""
    monkeypatch.setattr(time_limits, "SECONDS_BETWEEN_NOTES", time_limits.SECONDS_IN_ALL)


@pytest.fixture
def cast(world: World, db: None) -> dict[str, Member | None]:
    """Everybody by the name that tables of decisions use, read anew for each test."""
    members = Member.objects.in_bulk(world.members.values())
    return {"stranger": None, **{name: members[pk] for name, pk in world.members.items()}}


def _one_of_the_cast(name: str) -> Any:
    @pytest.fixture(name=name)
    def member(cast: dict[str, Member | None]) -> Member | None:
        return cast[name]

    return member


trainer_me, trainer_rs, recorder_me, recorder_rs = map(
    _one_of_the_cast, ("trainer_me", "trainer_rs", "recorder_me", "recorder_rs")
)
coordinator_me, coordinator_rs, admin, observer = map(
    _one_of_the_cast, ("coordinator_me", "coordinator_rs", "admin", "observer")
)


@pytest.fixture
def stage(world: World, cast: dict[str, Member | None], settings: Any) -> Stage:
    """The things of Montenegro and of Serbia, in every state."""
    settings.MEDIA_ROOT = world.media
    trainings = Training.objects.in_bulk()
    own, foreign = (
        [replace(side, training=trainings[side.training.pk]) for side in sides]
        for sides in (world.stage.own, world.stage.foreign)
    )
    return Stage(own, foreign, {name: member for name, member in cast.items() if member})


@pytest.fixture
def sides(stage: Stage) -> tuple[Side, Side]:
    """For each of both ministries its things, with the training that is being recorded."""
    return stage.own[0], stage.foreign[0]


@pytest.fixture
def browsers(world: World, db: None) -> dict[str, Client]:
    """A browser for each of the cast, of a stranger, and of a recorder whose second factor is still to be shown."""
    clients: dict[str, Client] = {name: Browser() for name in ("pending", "stranger", *CAST)}
    for name, key in world.sessions.items():
        clients[name].cookies[django_settings.SESSION_COOKIE_NAME] = key
    return clients


@pytest.fixture(scope="session", autouse=True)
def requests_are_counted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Say at the end how many requests the matrix made: seen with `-n 0 -s`."""
    yield
    if MADE:
        print("\n" + ", ".join(f"{n:,} {what}" for what, n in sorted(MADE.items())))
