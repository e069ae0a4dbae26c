"""What importing a worksheet of strengths would change: each table before and after."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from members.models import Member, Organisation, RankGroup
from reports.models import Strength
from reports.strengths.actions import Entry, cells_of, unit_key
from reports.strengths.reading import ReadStrengths
from trainings.models import Sex

SALT = "reports.strengths.queries"
SECONDS_KEPT = 12 * 3600


@dataclass(frozen=True)
class Change:
    """One number: its label, the stored value (None: none), and the imported one."""

    words: str
    before: int | None
    after: int

    @property
    def is_new(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Planned:
    """One table: its content after the import, the version it replaces (0: new), and its imported numbers."""

    entry: Entry
    version: int
    changes: tuple[Change, ...]

    @property
    def changed(self) -> int:
        return sum(change.is_new for change in self.changes)

    @property
    def total(self) -> int:
        return sum(self.entry.cells.values())


def plan_strengths(home: Organisation, read: ReadStrengths, *, source: str, as_on: date | None) -> list[Planned]:
    """Return the result for each table; numbers the worksheet does not mention stay unchanged. Two queries.

    Without `as_on`, a table is dated 31 December of its year.
    """
    wanted: dict[tuple[int, str], dict[tuple[str, str], int]] = defaultdict(dict)
    names: dict[tuple[int, str], str] = {}
    for (year, unit, group, sex), number in read.numbers.items():
        key = (year, unit_key(unit))
        names.setdefault(key, unit)
        wanted[key][group, sex] = wanted[key].get((group, sex), 0) + number
    there = {
        (strength.year, strength.unit_key): strength
        for strength in Strength.objects.filter(
            organisation=home, year__in={year for year, _unit in wanted}
        ).prefetch_related("cells")
    }
    return [
        _planned(there.get(key), Entry(key[0], names[key], as_on or date(key[0], 12, 31), source, wanted[key]))
        for key in sorted(wanted, key=lambda pair: (-pair[0], pair[1]))
    ]


def _planned(strength: Strength | None, said: Entry) -> Planned:
    before = cells_of(strength) if strength else {}
    changes = tuple(
        Change(
            f"{group.label}, {str(sex.label).lower()}",
            before.get((group.value, sex.value)),
            said.cells[group.value, sex.value],
        )
        for group in RankGroup
        for sex in Sex
        if (group.value, sex.value) in said.cells
    )
    unit = strength.unit if strength else said.unit
    whole = Entry(said.year, unit, said.as_on, said.source, {**before, **said.cells})
    return Planned(whole, strength.version if strength else 0, changes)


def kept_in_form(home: Organisation, plan: list[Planned], by: Member) -> str:
    """Return a plan for the confirmation form, signed for this member; nothing is saved until they confirm."""
    tables = [
        {
            "year": one.entry.year, "unit": one.entry.unit, "as_on": one.entry.as_on.isoformat(), "source": one.entry.source,
            "version": one.version, "cells": [[*place, number] for place, number in one.entry.cells.items()],
        }
        for one in plan
    ]  # fmt: skip
    body = {"home": home.pk, "by": by.pk, "tables": tables}
    return signing.dumps(body, salt=SALT, compress=True)


def from_form(text: str, home: Organisation, by: Member) -> tuple[list[Entry], dict[tuple[int, str], int]]:
    """Return the tables of a confirmed plan with the versions seen; refuse plans not signed by this portal for the member."""
    try:
        body: Mapping[str, Any] = signing.loads(text, salt=SALT, max_age=SECONDS_KEPT)
    except signing.BadSignature as wrong:
        raise ValidationError(_("The preview is no longer valid. Choose the file again.")) from wrong
    if (body["home"], body["by"]) != (home.pk, by.pk):
        raise ValidationError(_("The preview was made for somebody else. Choose the file again."))
    entries = [
        Entry(
            table["year"],
            table["unit"],
            date.fromisoformat(table["as_on"]),
            table["source"],
            {(group, sex): number for group, sex, number in table["cells"]},
        )
        for table in body["tables"]
    ]
    return entries, {entry.key: table["version"] for entry, table in zip(entries, body["tables"], strict=True)}
