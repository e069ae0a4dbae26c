"""Write actions for strengths: from the form, by import, and removal. Previous values stay in the audit log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import changes, record, values_of
from common.actions import action
from common.folding import spelling
from members.models import Member, Organisation, RankGroup
from reports.models import Strength, StrengthCell
from trainings.models import Sex

Cells = Mapping[tuple[str, str], int]
FACTS = ("as_on", "source", "unit")


@dataclass(frozen=True)
class Entry:
    """One table to be saved: `cells` by (rank group, sex); a missing cell means that the number is not given."""

    year: int
    unit: str
    as_on: date
    source: str
    cells: Cells = field(default_factory=dict)

    @property
    def key(self) -> tuple[int, str]:
        return self.year, unit_key(self.unit)


def unit_key(unit: str) -> str:
    """Return the key that identifies a unit in any script, from `common.folding.spelling`."""
    return spelling(unit)[:250] or unit.strip()[:250]


def cells_of(strength: Strength) -> dict[tuple[str, str], int]:
    """Return the numbers of a table by (rank group, sex). One query."""
    return {(cell.rank_group, cell.sex): cell.number for cell in strength.cells.all()}


def _told(facts: Mapping[str, Any], cells: Cells) -> dict[str, Any]:
    """Return a table as stored in the audit log, with labels for its cells."""
    numbers = {
        f"{group.label}, {sex.label}": cells[group.value, sex.value]
        for group in RankGroup
        for sex in Sex
        if (group.value, sex.value) in cells
    }
    return {**facts, **{str(name): number for name, number in numbers.items()}}


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return all differences, including numbers that were removed."""
    return changes(before, {**dict.fromkeys(before), **after})


def _put(organisation: Organisation, entry: Entry, version_seen: int, by: Member) -> tuple[Strength, dict[str, Any]]:
    """Write one table over the version the member saw; return it and its changes. Four queries."""
    if not entry.cells:
        raise ValidationError(_("Enter at least one number."))
    tables = Strength.objects.select_for_update().filter(organisation=organisation, year=entry.year)
    strength = tables.filter(unit_key=unit_key(entry.unit)).first()
    _refuse_other_version(strength, entry, version_seen)
    before = _told(values_of(strength, FACTS), cells_of(strength)) if strength else {}
    facts = {"as_on": entry.as_on, "source": entry.source, "unit": entry.unit}
    changed_values = _changes(before, _told(facts, entry.cells))
    if strength is None:
        strength = Strength(organisation=organisation, year=entry.year, unit_key=unit_key(entry.unit), version=0)
    if not changed_values:
        return strength, changed_values
    for name, value in facts.items():
        setattr(strength, name, value)
    strength.version, strength.changed_by, strength.changed_at = strength.version + 1, by, timezone.now()
    try:
        with transaction.atomic():
            strength.save()
    except IntegrityError as taken:  # entered by somebody else at the same moment
        raise ValidationError(_other_version(entry)) from taken
    strength.cells.all().delete()
    StrengthCell.objects.bulk_create(
        [
            StrengthCell(strength=strength, rank_group=group, sex=sex, number=number)
            for (group, sex), number in entry.cells.items()
        ]
    )
    return strength, changed_values


def _other_version(entry: Entry) -> str:
    what = f"{entry.year}, {entry.unit}" if entry.unit else str(entry.year)
    return _("The strength of %(what)s was changed by somebody else meanwhile. Load the page again and look at it.") % {
        "what": what
    }


def _refuse_other_version(strength: Strength | None, entry: Entry, version_seen: int) -> None:
    there = strength.version if strength else 0
    if there == version_seen:
        return
    if version_seen:
        raise ValidationError(_other_version(entry))
    raise ValidationError(
        _("There is a strength of %(year)d for this already. Open it in the list to change it.") % {"year": entry.year}
    )


@action
def save_strength(*, organisation: Organisation, entry: Entry, version_seen: int, by: Member) -> Strength:
    """Save one table, a new one if `version_seen` is 0. Refuses one without numbers, or changed in the meantime."""
    strength, changed_values = _put(organisation, entry, version_seen, by)
    if changed_values:
        record(
            "enter_strength",
            strength,
            by=by,
            root=organisation,
            fields=changed_values,
            free_text=changed_values,
            about_people=True,
            year=entry.year,
            version=strength.version,
            numbers=len(entry.cells),
        )
    return strength


def name_in_import(strength: Strength) -> str:
    """Return a table's name in the audit entry of an import. Unit names are free text, so units appear by number."""
    return f"{strength.year} #{strength.pk}" if strength.unit else str(strength.year)


@action
def import_strengths(
    *, organisation: Organisation, entries: Sequence[Entry], seen: Mapping[tuple[int, str], int], by: Member
) -> int:
    """Save all tables of a worksheet or none; return how many changed. `seen` has the version of each that was shown."""
    changed_values: dict[str, Any] = {}
    changed = 0
    for entry in entries:
        strength, differs = _put(organisation, entry, seen.get(entry.key, 0), by)
        changed_values |= {f"{name_in_import(strength)}: {what}": values for what, values in differs.items()}
        changed += bool(differs)
    if changed_values:
        record(
            "import_strengths",
            organisation,
            by=by,
            fields=changed_values,
            about_people=True,
            tables=changed,
            free_text={**changed_values, "units": "; ".join(sorted({entry.unit for entry in entries} - {""}))},
            years=sorted({entry.year for entry in entries}),
        )
    return changed


@action
def remove_strength(*, strength: Strength, version_seen: int, by: Member) -> None:
    """Remove a table; its numbers stay in the audit log. Refuses one that was changed since the member saw it."""
    locked = Strength.objects.select_for_update().select_related("organisation").filter(pk=strength.pk).first()
    if locked is None:
        raise ValidationError(_("This strength was removed already."))
    if locked.version != version_seen:
        raise ValidationError(_("This strength was changed meanwhile. Look at it again before you remove it."))
    before = _told(values_of(locked, FACTS), cells_of(locked))
    changed_values = _changes(before, {})
    record(
        "remove_strength",
        locked,
        by=by,
        root=locked.organisation,
        fields=changed_values,
        free_text=changed_values,
        about_people=True,
        year=locked.year,
        version=locked.version,
    )
    locked.delete()
