"""Load the reference data that comes with the portal: countries, ranks, organisations, topics, courses, first indicators."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import models, transaction

from common.folding import spelling
from members.models import Country, Language, Organisation, Rank, Role
from reports.models import Contribution, IndicatorValue
from search.indexer import request_indexing
from search.models import Kind
from trainers.models import Topic
from trainings.models import Course

APPS = Path(__file__).resolve().parents[3]


def reference_rows(path: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one reference file by its path in the repository, in the file's order."""
    with (APPS / path).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _add_missing(rows: list[models.Model]) -> None:
    """Insert missing rows. A row that an admin edited keeps its edit: nothing is overwritten."""
    type(rows[0])._default_manager.bulk_create(rows, ignore_conflicts=True)


def _load_members() -> None:
    _add_missing(
        [
            Country(code=row["code"], name=row["name"], in_region=row["in_region"] == "yes")
            for row in reference_rows("members/reference/countries.csv")
        ]
    )
    _add_missing([Language(**row) for row in reference_rows("members/reference/languages.csv")])
    _add_missing([Role(**row) for row in reference_rows("members/reference/roles.csv")])
    _add_missing([_rank(row) for row in reference_rows("members/reference/ranks.csv")])
    _add_missing(
        [
            Organisation(country_id=row.pop("country"), **row)
            for row in reference_rows("members/reference/organisations.csv")
        ]
    )


def _rank(row: dict[str, str]) -> Rank:
    """Return the rank of one row. It is matched by its folded name, whatever the script."""
    return Rank(
        country_id=row["country"],
        group=row["group"],
        nato=row["nato"],
        name=row["name"],
        other_script=row["other_script"],
        name_key=spelling(row["name"]),
        confirmed=row["confirmed"] == "yes",
    )


def _load_courses() -> None:
    """Add missing topics and courses. Only a new course gets its topics: a removed link stays removed."""
    _add_missing([Topic(name=row["name"]) for row in reference_rows("trainers/reference/topics.csv")])
    rows = list(reference_rows("trainings/reference/courses.csv"))
    there_already = set(Course.objects.values_list("code", flat=True))
    _add_missing([_course(row) for row in rows])
    topic_ids = dict(Topic.objects.values_list("name", "pk"))
    course_ids = dict(Course.objects.values_list("code", "pk"))
    link: Any = Course.topics.through
    links = [
        link(course_id=course_ids[row["code"]], topic_id=topic_ids[name])
        for row in rows
        if row["code"] not in there_already
        for name in row["topics"].split(";")
    ]
    link.objects.bulk_create(links, ignore_conflicts=True)
    request_indexing(Kind.COURSE, (pk for code, pk in course_ids.items() if code not in there_already))


def _load_contributions() -> None:
    """Set the targets that untagged courses contribute to."""
    if Contribution.objects.exists():
        return
    course_ids = dict(Course.objects.values_list("code", "pk"))
    Contribution.objects.bulk_create(
        Contribution(course_id=course_ids[row["course"]], target=target)
        for row in reference_rows("reports/reference/contributions.csv")
        for target in row["targets"].split(";")
    )


def _course(row: dict[str, str]) -> Course:
    return Course(
        code=row["code"],
        name=row["name"],
        days=int(row["days"]) if row["days"] else None,
        audience=row["audience"],
        summary=row["summary"],
        makes_trainers=row["makes_trainers"] == "yes",
    )


def _load_indicators() -> None:
    """Add missing indicator values. One that was corrected in the portal stays replaced."""
    homes = dict(Organisation.objects.values_list("code", "pk"))
    _add_missing(
        [
            IndicatorValue(
                reference_key=row["key"],
                organisation_id=homes[row["organisation"]],
                indicator=row["indicator"],
                year=int(row["year"]) if row["year"] else None,
                share=Decimal(row["share"]) if row["share"] else None,
                women=int(row["women"]) if row["women"] else None,
                is_there=row["is_there"] == "yes" if row["is_there"] else None,
                title=row["title"],
                source=row["source"],
                definition=row["definition"],
                note=row["note"],
            )
            for row in reference_rows("reports/reference/indicators.csv")
            if row["organisation"] in homes
        ]
    )


class Command(BaseCommand):
    help = "Adds the reference data that is missing. What an admin edited stays as it is; run it as often as you like."

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        _load_members()
        _load_courses()
        _load_contributions()
        _load_indicators()
        if options["verbosity"] > 0:
            self.stdout.write("Reference data is loaded.")
