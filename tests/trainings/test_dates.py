"""Days and hours typed in one line."""

from datetime import date, time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from trainings.dates import Days, read_days

NEAR = date(2026, 11, 1)
THREE = (date(2026, 11, 12), date(2026, 11, 14))
HOURS = (time(9), time(15))


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("12–14 November, 9:00–15:00", Days(*THREE, *HOURS)),
        ("12-14 November 9:00-15:00", Days(*THREE, *HOURS)),
        ("12 – 14 november 2026, 9 – 15", Days(*THREE, *HOURS)),
        ("12.-14.11.2026., 9.00-15.00", Days(*THREE, *HOURS)),
        ("12. - 14. 11. 2026.", Days(*THREE)),
        ("12.11.-14.11.", Days(*THREE)),
        ("12.11.2026–14.11.2026", Days(*THREE)),
        ("2026-11-12 – 2026-11-14, 09:00–15:00", Days(*THREE, *HOURS)),
        ("November 12-14, 2026, 9:00-15:00", Days(*THREE, *HOURS)),
        ("12-14 studenoga", Days(*THREE)),
        ("12–14. новембар 2026, 9:00–15:00", Days(*THREE, *HOURS)),
        ("12–14 ноември", Days(*THREE)),
        ("12–14 nëntor", Days(*THREE)),
        ("12.-14.11. 9-15", Days(*THREE, *HOURS)),
        ("12-14 nov 2026 9.00-15.00h", Days(*THREE, *HOURS)),
        ("November 12-14 9-15", Days(*THREE, *HOURS)),
        ("12. 11-14.11.", Days(*THREE)),
        ("12. 11 - 14. 11", Days(*THREE)),
        ("12 November", Days(THREE[0], THREE[0])),
        ("12/11/2026", Days(THREE[0], THREE[0])),
        ("30 November – 2 December", Days(date(2026, 11, 30), date(2026, 12, 2))),
        ("30 December – 2 January", Days(date(2026, 12, 30), date(2027, 1, 2))),
        ("3 February", Days(date(2027, 2, 3), date(2027, 2, 3))),
        ("29 February 2024", Days(date(2024, 2, 29), date(2024, 2, 29))),
    ],
)
def test_what_people_type_is_understood(line, days):
    assert read_days(line, near=NEAR) == days


@pytest.mark.parametrize(
    "line",
    [
        "", "next week", "12–14", "31 November", "12–14 Brumaire", "14–12 November", "12 November, 15:00–9:00",
        "12 November, 25:00–26:00", "0 November", "12.13.2026", "1" * 100_000, "12 November 0000",
    ],
)  # fmt: skip
def test_what_is_no_day_is_a_sentence(line):
    with pytest.raises(ValidationError):
        read_days(line, near=NEAR)


@given(st.text(max_size=60))
def test_noise_is_refused_or_understood(text):
    try:
        days = read_days(text, near=NEAR)
    except ValidationError:
        return
    assert days.first <= days.last


@given(st.dates(date(2015, 1, 1), date(2035, 12, 31)), st.integers(0, 40))
def test_written_days_are_read_back(first, more):
    last = date.fromordinal(first.toordinal() + more)
    written = f"{first.day}.{first.month}.{first.year} - {last.day}.{last.month}.{last.year}, 8:30-16:00"
    assert read_days(written, near=NEAR) == Days(first, last, time(8, 30), time(16))
    assert list(read_days(written, near=NEAR))[-1] == last
