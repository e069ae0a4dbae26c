"""The drills use the suites' two ministries and their browsers."""

from tests.suites.conftest import (
    admin,
    browsers,
    cast,
    coordinator_me,
    coordinator_rs,
    observer,
    recorder_me,
    recorder_rs,
    sides,
    stage,
    trainer_me,
    trainer_rs,
    world,
)

__all__ = [
    "admin",
    "browsers",
    "cast",
    "coordinator_me",
    "coordinator_rs",
    "observer",
    "recorder_me",
    "recorder_rs",
    "sides",
    "stage",
    "trainer_me",
    "trainer_rs",
    "world",
]
