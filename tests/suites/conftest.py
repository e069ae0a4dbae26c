"""What every suite needs: the things of two ministries, and a browser for each of the cast."""

from collections.abc import Iterator

import pytest
from django.test import Client

from tests.conftest import client_of, join
from tests.suites.sides import MADE, Side, side_of
from tests.suites.stage import Stage, stage_of


@pytest.fixture
def sides(cast, organisation, settings, tmp_path) -> tuple[Side, Side]:
    settings.MEDIA_ROOT = tmp_path
    guests = organisation("NCGM")
    return (
        side_of(cast["recorder_me"], cast["trainer_me"], guests, "Sopstvenik"),
        side_of(cast["recorder_rs"], cast["trainer_rs"], guests, "Kanarinović"),
    )


@pytest.fixture
def browsers(cast) -> dict[str, Client]:
    """A browser for each of the cast, and one of a recorder whose second factor is still to be shown."""
    pending = client_of(join("ME", "Čeka", "Čekić", "recorder"), pending=True)
    return {"pending": pending, **{name: client_of(member) for name, member in cast.items()}}


@pytest.fixture
def stage(sides, cast) -> Stage:
    return stage_of(sides, cast)


@pytest.fixture(scope="session", autouse=True)
def requests_are_counted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Say at the end how many requests the matrix made: seen with `-n 0 -s`."""
    yield
    if MADE:
        print("\n" + ", ".join(f"{n:,} {what}" for what, n in sorted(MADE.items())))
