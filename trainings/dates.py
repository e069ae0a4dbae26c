"""Parse days and hours typed in one line, such as "12–14 November, 9:00–15:00"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.folding import spelling

# The first three letters of each month, folded: English, the region's Slavic languages with both Croatian and
# international names, Macedonian, Albanian.
MONTHS = {
    prefix: number
    for number, prefixes in enumerate(
        [
            "jan sij", "feb fev vel shk", "mar ozu", "apr tra pri", "may maj svi", "jun lip qer", "jul srp kor",
            "aug avg kol gus", "sep ruj sht", "oct okt lis tet", "nov noe stu nen", "dec dek pro dhj",
        ],
        start=1,
    )
    for prefix in prefixes.split()
}  # fmt: skip
LONGEST = 120
HOURS = r"\d{1,2}(?:[:.]\d{2})?"
HOURS_AFTER_COMMA = re.compile(rf"^({HOURS}) ?- ?({HOURS})$")
HOURS_AT_END = re.compile(r" (\d{1,2}:\d{2} ?- ?\d{1,2}(?::\d{2})?|\d{1,2} ?- ?\d{1,2}:\d{2})$")
PLAIN_HOURS_AT_END = re.compile(rf" ({HOURS}) ?- ?({HOURS}) ?h?$")
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
MONTH_FIRST = re.compile(r"^([^\W\d]+) (\d{1,2}(?: ?- ?\d{1,2})?)(?: (\d{4}))?$")
ONE_DAY = re.compile(r"^(\d{1,2})\.?(?:[ /]?(\d{1,2}|[^\W\d]+)\.?)?(?:[ /]?(\d{4})\.?)?$")


@dataclass(frozen=True)
class Days:
    """The days from `first` to `last`, and the hours of each day if given."""

    first: date
    last: date
    starts: time | None = None
    ends: time | None = None

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


def _not_understood() -> ValidationError:
    return ValidationError(_("These days were not understood. Write them like “12–14 November, 9:00–15:00”."))


def _clock(text: str) -> time:
    hour, _colon, minute = text.strip().replace(".", ":").partition(":")
    try:
        return time(int(hour), int(minute or 0))
    except ValueError as wrong:
        raise ValidationError(_("%(time)s is no clock time.") % {"time": text.strip()}) from wrong


def _month(word: str) -> int:
    if word.isdecimal():
        return int(word)
    folded = spelling(word)
    if folded[:3] not in MONTHS:
        raise ValidationError(_("“%(word)s” is no month.") % {"word": word})
    return MONTHS[folded[:3]]


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as wrong:
        raise ValidationError(
            _("There is no %(day)d.%(month)d.%(year)d.") % {"day": day, "month": month, "year": year}
        ) from wrong


def _nearest_year(month: int, day: int, near: date) -> int:
    """Return the year that brings this day closest to `near`; 29 February goes to a leap year if one is near."""
    candidates = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            candidates.append((abs((date(year, month, day) - near).days), year))
        except ValueError:
            continue
    return min(candidates)[1] if candidates else near.year


def _split_hours(text: str) -> tuple[str, tuple[time, time] | None]:
    """Split the hours off the end: after a comma, where a colon marks them as hours, or where days come before them."""
    days, _comma, rest = text.rpartition(",")
    if days and (match := HOURS_AFTER_COMMA.match(rest.strip())):
        return days.replace(",", " ").strip(), (_clock(match[1]), _clock(match[2]))
    if match := HOURS_AT_END.search(text):
        first, _dash, last = match[1].partition("-")
        return text[: match.start()].replace(",", " ").strip(), (_clock(first), _clock(last))
    match = PLAIN_HOURS_AT_END.search(text)
    if match and _ends_in_a_month(text[: match.start()]):
        return text[: match.start()].strip(), (_clock(match[1]), _clock(match[2]))
    return text.replace(",", " ").strip(), None


def _ends_in_a_month(days: str) -> bool:
    """Return whether this is days by itself: "24.11." is, "12." is not, so "12. 11-14.11." has no hours."""
    match = ONE_DAY.match(MONTH_FIRST.sub(r"\2 \1", days).rpartition("-")[2].strip().replace(". ", "."))
    return bool(match and match[2])


def read_days(text: str, *, near: date) -> Days:
    """Return the days and hours of one typed line; a missing year is the one closest to `near`.

    Accepts "12–14 November, 9:00–15:00", "30 November – 2 December 2026", "12.–14.11.2026", "2026-11-12" and month
    names in the region's languages. Raises ValidationError with a sentence for an invalid day, month or clock time.
    """
    line = " ".join(re.sub("[–—−]", "-", text).split())
    if not line or len(line) > LONGEST:
        raise _not_understood()
    line, hours = _split_hours(ISO.sub(r"\3.\2.\1", line))
    line = MONTH_FIRST.sub(lambda m: f"{m[2]} {m[1]} {m[3] or ''}".strip(), " ".join(line.split()))
    left, dash, right = (part.strip() for part in line.partition("-"))
    end = ONE_DAY.match((right if dash else left).replace(". ", "."))
    start = ONE_DAY.match(left.replace(". ", "."))
    if not end or not start or not end[2]:
        raise _not_understood()
    month = _month(end[2])
    year = int(end[3]) if end[3] else _nearest_year(month, int(end[1]), near)
    last = _date(year, month, int(end[1]))
    first_month = _month(start[2]) if start[2] else month
    first_year = int(start[3]) if start[3] else year - (first_month > month)
    first = _date(first_year, first_month, int(start[1]))
    if last < first:
        raise ValidationError(_("The last of these days is before the first."))
    if hours and hours[1] <= hours[0]:
        raise ValidationError(_("The day ends before it starts."))
    return Days(first, last, *(hours or (None, None)))
