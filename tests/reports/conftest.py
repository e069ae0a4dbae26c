"""A small network whose figures count."""

from random import Random

import pytest

from members.models import Member
from tests.conftest import make_roster, make_training, mark_all
from tests.reports.networks import write_network
from trainings.figures.actions import submit_figures, verify_figures
from trainings.models import Training


@pytest.fixture
def counting(recorder_me: Member, coordinator_me: Member) -> Training:
    """A training of Montenegro with eight people, verified."""
    training = make_training(recorder_me)
    make_roster(training, 8, recorder_me)
    mark_all(training, recorder_me)
    submit_figures(training=training, by=recorder_me)
    verify_figures(training=training, version_seen=1, by=coordinator_me)
    return Training.objects.get(pk=training.pk)


@pytest.fixture
def network(reference: None) -> None:
    write_network(Random(4), people=60, trainings=30)
