"""Write actions for indicators: values are added or replaced, never changed."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.record import as_text, record, values_of
from common.actions import action
from members.models import Member
from reports.models import IndicatorValue

FACTS = ("organisation_id", "indicator", "year", "share", "women", "is_there", "since", "title", "document", "source",
         "definition", "note")  # fmt: skip
# Two values are the same if they agree in these fields.
SAME = ("organisation_id", "indicator", "year", "share", "women", "is_there", "since", "title", "source")


def _told(value: IndicatorValue) -> dict[str, Any]:
    return {name: as_text(fact) for name, fact in values_of(value, FACTS).items() if fact not in (None, "")}


def _refuse_twice(value: IndicatorValue) -> None:
    """Raise ValidationError if the same value exists, for example after a double click."""
    there = IndicatorValue.objects.filter(**values_of(value, SAME), replaced_by=None, is_withdrawn=False)
    if there.exists():
        raise ValidationError(_("This value stands there already, from the same source."))


@action
def add_indicator(*, value: IndicatorValue, by: Member) -> IndicatorValue:
    """Save a new value next to existing ones, even if they differ. Refuses an exact duplicate."""
    _refuse_twice(value)
    value.entered_by = by
    value.save(force_insert=True)
    record("add_indicator", value, by=by, root=value.organisation, free_text=_told(value), indicator=value.indicator)
    return value


def _replace(old: IndicatorValue, new: IndicatorValue, reason: str, by: Member) -> None:
    """Save `new` as the replacement of `old`, whose row stays unchanged. Refuses if `old` is already replaced or withdrawn."""
    locked = IndicatorValue.objects.select_for_update().get(pk=old.pk)
    gone = ValidationError(_("This value was replaced or withdrawn meanwhile. Look at the list again."))
    if locked.is_withdrawn or IndicatorValue.objects.filter(replaces=locked).exists():
        raise gone
    new.replaces, new.reason, new.entered_by = locked, reason, by
    try:
        with transaction.atomic():
            new.save(force_insert=True)
    except IntegrityError as taken:
        raise gone from taken


@action
def correct_indicator(*, old: IndicatorValue, value: IndicatorValue, reason: str, by: Member) -> IndicatorValue:
    """Replace a value with another, giving a reason. Refuses a replacement without changes."""
    if values_of(old, FACTS) == values_of(value, FACTS):
        raise ValidationError(_("This is what stands there already. Change what is wrong."))
    _replace(old, value, reason, by)
    before, after = _told(old), _told(value)
    changed = {
        name: [before.get(name, ""), after.get(name, "")] for name in FACTS if before.get(name) != after.get(name)
    }
    record(
        "correct_indicator",
        value,
        by=by,
        root=value.organisation,
        fields=changed,
        free_text={**changed, "reason": reason},
        indicator=value.indicator,
        replaced=old.pk,
    )
    return value


@action
def withdraw_indicator(*, old: IndicatorValue, reason: str, by: Member) -> IndicatorValue:
    """Withdraw a value entered by mistake; it stays readable, marked as withdrawn."""
    empty = IndicatorValue(
        organisation=old.organisation, indicator=old.indicator, year=old.year, source=old.source, is_withdrawn=True
    )
    _replace(old, empty, reason, by)
    record(
        "withdraw_indicator",
        empty,
        by=by,
        root=old.organisation,
        free_text={**_told(old), "reason": reason},
        indicator=old.indicator,
        replaced=old.pk,
    )
    return empty
