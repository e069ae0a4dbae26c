"""Random questions about random networks: every number of a report is what a plain count over the rows says."""

from datetime import date
from random import Random
from typing import Any

import pytest

from members.models import Country, Language, Organisation
from reports.access import allowed_dimensions
from reports.labels import written
from reports.lookups import read_things
from reports.people.forms import ReportQuery
from reports.people.report import Report, answer, counted_by
from tests.reports.networks import rows, write_network
from tests.reports.slow import slow_answer
from trainers.models import Topic, TrainerProfile
from trainings.counting import Question
from trainings.disclosure.tables import ShownCell
from trainings.models import Course, Training

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
QUESTIONS = 60
NETWORKS = 9  # 540 questions on each database


def random_question(random: Random) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Any filter now and then, any rule, none to two breakdowns."""
    choices: dict[str, list[Any]] = {
        "organisation": list(Organisation.objects.filter(code__in=("ME", "RS")).values_list("pk", flat=True)),
        "host": list(Organisation.objects.filter(code__in=("ME", "BA")).values_list("pk", flat=True)),
        "owner": list(Organisation.objects.filter(code__in=("ME", "MK")).values_list("pk", flat=True)),
        "country": list(Country.objects.filter(code__in=("ME", "GE")).values_list("pk", flat=True)),
        "course": list(Course.objects.values_list("pk", flat=True)[:3]), "topic": list(Topic.objects.values_list("pk", flat=True)),
        "language": list(Language.objects.values_list("pk", flat=True)), "mode": list(Training.Mode.values),
        "trainer": list(TrainerProfile.objects.values_list("pk", flat=True)), "verified_only": [True],
        "first": [date(2023, 4, 1), date(2024, 1, 1), date(2024, 7, 15)], "last": [date(2024, 12, 31), date(2025, 3, 3)],
    }  # fmt: skip
    query = {name: random.choice(some) for name, some in choices.items() if random.random() < 0.13}
    query["rule"] = random.choice(("attended", "completed", "once"))
    return query, tuple(random.sample(sorted(allowed_dimensions(whole=True)), random.choice((0, 1, 1, 2, 2))))


def plain(cell: ShownCell) -> dict[str, Any]:
    return {name: getattr(cell, name) for name in (
        "seats", "people_at_least", "people_at_most", "by_sex", "women_share", "minutes", "trainings"
    )}  # fmt: skip


def numbers_of(report: Report) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Every cell of a report by its written key, without those that hold nothing."""
    numbers: dict[tuple[Any, ...], dict[str, Any]] = {
        (): {**plain(report.total), "verified_share": report.verified_share}
    }
    numbers |= {(row.keys[0],): plain(row.cell) for row in report.rows}
    numbers |= {(None, row.keys[0]): plain(row.cell) for row in report.columns}
    for row, line in zip(report.rows, report.blocks, strict=bool(report.blocks)):
        numbers |= {
            (row.keys[0], column.keys[0]): plain(block)
            for column, block in zip(report.columns, line, strict=True)
            if block is not None
        }
    return {
        key: cell for key, cell in numbers.items() if any(v for v in cell.values() if v != (0, 0, 0, 0)) or key == ()
    }


def expected(query: dict[str, Any], dimensions: tuple[str, ...], there: Any) -> dict[tuple[Any, ...], dict[str, Any]]:
    cells = slow_answer(there, query, dimensions)
    verified = {key: cell.pop("verified") for key, cell in cells.items()}
    cells[()]["verified_share"] = verified[()] / cells[()]["seats"] if cells[()]["seats"] else None
    named = {tuple(None if part is None else written(part) for part in key): cell for key, cell in cells.items()}
    return {key: cell for key, cell in named.items() if any(v for v in cell.values() if v != (0, 0, 0, 0)) or key == ()}


@pytest.mark.parametrize(
    "seed",
    [
        0,
        pytest.param(1, marks=pytest.mark.slow),
        *(pytest.param(n, marks=pytest.mark.drill) for n in range(2, NETWORKS)),
    ],
)
def test_random_questions_are_answered_as_a_plain_count_says(reference, seed):
    random = Random(seed)
    write_network(random)
    there, things = rows(), read_things()
    for n in range(QUESTIONS):
        query, dimensions = random_question(random)
        report = answer(ReportQuery(Question(**query), dimensions, "", whole=True), things)
        assert numbers_of(report) == expected(query, counted_by(dimensions), there), (n, query, dimensions)


def test_control_a_mark_that_is_lost_is_noticed(reference):
    random = Random(1)
    write_network(random)
    there, things = rows(), read_things()
    taken = next(
        row
        for row in there["named"]
        if row["came"] and row["training"]["figures"] == "verified" and row["training"]["cancelled_at"] is None
    )
    taken["came"] = False
    report = answer(ReportQuery(Question(), ("organisation",), "", whole=True), things)
    assert numbers_of(report) != expected({"rule": "attended"}, ("organisation",), there)
