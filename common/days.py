"""Days as formatted on pages."""

from datetime import date, datetime
from functools import lru_cache

from django.utils import formats, timezone
from django.utils.translation import get_language


def local_day(moment: date | None) -> date | None:
    """Return the day of a date, or of a moment in the portal's time zone; None for None."""
    if isinstance(moment, datetime):
        return timezone.localtime(moment).date() if timezone.is_aware(moment) else moment.date()
    return moment or None


def written_day(moment: date | None) -> str:
    """Return a day, or the day of a moment, as "12 November 2026"; empty for None.

    Recent days are cached: a list repeats the same ones.
    """
    day = local_day(moment)
    return _written(day, get_language()) if day else ""


@lru_cache(maxsize=2_048)
def _written(day: date, _language: str | None) -> str:
    return formats.date_format(day, "j F Y")
