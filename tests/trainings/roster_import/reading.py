"""Rosters read without a database: the tables come from the reference files."""

import csv
from functools import cache
from pathlib import Path

from common.uploads.reading import read_pasted
from trainings.roster_import.parsing.columns import Tables
from trainings.roster_import.parsing.places import Places
from trainings.roster_import.parsing.ranks import RankEntry, RankTable
from trainings.roster_import.parsing.reading import ReadRoster, read_roster

REFERENCE = Path(__file__).resolve().parents[3] / "members" / "reference"


def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def rank_table() -> RankTable:
    return RankTable(
        RankEntry(row["country"], row["group"], row["nato"], row["name"], row["other_script"], n)
        for n, row in enumerate(_rows("ranks.csv"), 1)
    )


@cache
def places() -> Places:
    return Places(
        [(row["code"], row["name"]) for row in _rows("countries.csv")],
        [
            (row["country"], row["code"], (row["name"], row["short_name"], *row["local_name"].split(" / ")), n)
            for n, row in enumerate(_rows("organisations.csv"), 1)
        ],
    )


def tables(country: str = "ME") -> Tables:
    return Tables(rank_table(), places(), country)


def read(text: str, country: str = "ME", **options) -> ReadRoster:
    """Read pasted text as a roster of that country, in 2026."""
    return read_roster(read_pasted(text), tables(country), year=2026, **options)
