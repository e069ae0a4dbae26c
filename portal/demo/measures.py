"""Strengths and indicators of the demo: invented numbers that end, in 2023, at the public baselines."""

from datetime import date, timedelta

from members.models import Member, Organisation
from portal.demo.cast import MINISTRIES, Cast
from portal.demo.clock import Events, at
from portal.demo.places import UNITS
from portal.demo.story import LAST_FIXED_DAY
from reports.indicators.actions import add_indicator
from reports.models import IndicatorValue
from reports.strengths.actions import Entry, import_strengths

INVENTED = "Invented for the demonstration"
BASE_YEAR, FIRST_YEAR = 2023, 2014
# People of 2023 by rank group: all, and women among them. Without cadets and civilians they give the public shares.
_PEOPLE: dict[str, dict[str, tuple[int, int]]] = {
    "BA": {"general": (9, 0), "senior_officer": (620, 22), "junior_officer": (1162, 98), "nco": (2592, 127),
           "soldier": (3847, 427), "civilian": (870, 412)},
    "ME": {"general": (5, 0), "senior_officer": (160, 9), "junior_officer": (232, 33), "nco": (720, 62),
           "soldier": (656, 87), "cadet": (58, 14), "civilian": (262, 96)},
    "MK": {"general": (12, 1), "senior_officer": (640, 72), "junior_officer": (820, 118), "nco": (2480, 262),
           "soldier": (3298, 320), "cadet": (140, 38), "civilian": (752, 291)},
    "RS": {"general": (40, 2), "senior_officer": (2950, 250), "junior_officer": (3100, 430), "nco": (8400, 540),
           "soldier": (11200, 1499), "cadet": (780, 232), "civilian": (3350, 1810)},
}  # fmt: skip
# Per year before or after 2023: how much smaller the forces were, and how much smaller the share of women.
_GROWTH, _GROWTH_OF_WOMEN = 0.004, 0.035
_MECHANISMS = (
    ("BA", "mechanism", True, date(2015, 9, 1), "Gender focal points in the ministry and the armed forces"),
    ("ME", "mechanism", True, date(2014, 3, 10), "Gender adviser to the minister"),
    ("ME", "mechanism", True, date(2017, 11, 6), "Network of gender focal points in every unit"),
    ("MK", "mechanism", True, date(2016, 5, 16), "Team for equal opportunities"),
    ("RS", "mechanism", True, date(2013, 2, 1), "Persons of trust in every unit"),
    ("RS", "mechanism", False, None, "Gender adviser in the general staff"),
    ("BA", "action_plan", True, date(2018, 7, 3), "Third national action plan for UNSCR 1325"),
    ("MK", "action_plan", True, date(2020, 7, 14), "Second national action plan for UNSCR 1325"),
    ("RS", "action_plan", True, date(2017, 5, 25), "Second national action plan for UNSCR 1325"),
    ("ME", "hr_policy", True, date(2019, 4, 2), "Strategy of human resources with measures for women's careers"),
    ("MK", "hr_policy", False, None, "Human resources policy with measures for women's careers"),
    ("RS", "hr_policy", True, date(2021, 1, 20), "Rules on flexible hours for parents"),
    ("BA", "harassment", True, date(2019, 10, 15), "Procedure for reports of harassment"),
    ("ME", "harassment", True, date(2022, 2, 8), "Procedure for reports of harassment"),
    ("RS", "harassment", True, date(2020, 6, 1), "Rule book on the prevention of harassment"),
)


_SHARES: dict[str, tuple[tuple[str, ...], str]] = {
    "women": (
        ("general", "senior_officer", "junior_officer", "nco", "soldier"), "Women among officers, NCOs and soldiers",
    ),
    "women_officers": (("general", "senior_officer", "junior_officer"), "Women among officers"),
    "women_ncos": (("nco",), "Women among NCOs"),
    "women_soldiers": (("soldier",), "Women among soldiers"),
    "women_civilians": (("civilian",), "Women among civilians of the ministry and the armed forces"),
    "women_command": (("general", "senior_officer"), "Women among generals and senior officers in command posts"),
}  # fmt: skip


def schedule_measures(organisations: dict[str, Organisation], cast: Cast, events: Events, today: date) -> None:
    """Plan that each ministry enters its strengths and shares every January, and its arrangements when it made them."""
    for ministry in MINISTRIES:
        home, by = organisations[ministry], cast.coordinator(ministry)
        for year in range(FIRST_YEAR, today.year):
            events.add(at(date(year + 1, 1, 25), 10), _enter_year, home, year, by, is_last=year == today.year - 1)
        for code, indicator, is_there, since, title in _MECHANISMS:
            if code == ministry:
                value = IndicatorValue(
                    organisation=home, indicator=indicator, is_there=is_there, since=since, title=title, source=INVENTED
                )
                entered = max(since or LAST_FIXED_DAY, date(2014, 2, 1)) + timedelta(days=30)
                events.add(at(entered, 11), add_indicator, value=value, by=by)


def _in(year: int, all_of: int, women: int) -> tuple[int, int]:
    """Return women and men of a group in a year; 2023 is as given."""
    people = round(all_of * (1 + _GROWTH * (year - BASE_YEAR)))
    share = women / all_of * (1 + _GROWTH_OF_WOMEN * (year - BASE_YEAR))
    of_them = round(people * share)
    return of_them, people - of_them


def _entry(year: int, unit: str, people: dict[str, tuple[int, int]]) -> Entry:
    cells = {
        (group, sex): number
        for group, both in people.items()
        for sex, number in zip(("female", "male"), both, strict=True)
    }
    return Entry(year, unit, date(year, 12, 31), f"{INVENTED}, {year}", cells)


def _enter_year(home: Organisation, year: int, by: Member, *, is_last: bool) -> None:
    """Enter the strengths of a year, of Montenegro's units too for the last, and the shares that agree with them."""
    people = _PEOPLE[home.code]
    entries = [_entry(year, "", {group: _in(year, *both) for group, both in people.items()})]
    if is_last and home.code == "ME":
        entries += [_entry(year, unit, _of_unit(n, people)) for n, unit in enumerate(UNITS["ME"])]
        # Entered before the other: the chart has what was entered last.
        add_indicator(value=_share(home, year, "women", "another survey"), by=by)
    import_strengths(organisation=home, entries=entries, seen={}, by=by)
    for indicator in _SHARES:
        if year != BASE_YEAR or (indicator != "women" and home.code != "BA"):  # those come with the portal
            add_indicator(value=_share(home, year, indicator), by=by)


def _of_unit(n: int, people: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Return women and men of a unit of Montenegro's, the first the largest."""
    size = 0.95 * (len(UNITS["ME"]) - n) / sum(range(len(UNITS["ME"]) + 1))
    return {
        group: (round(women * size), round(everybody * size) - round(women * size))
        for group, (everybody, women) in people.items()
        if group not in ("general", "cadet")
    }


def _share(home: Organisation, year: int, indicator: str, survey: str = "") -> IndicatorValue:
    """Return the share of women in some rank groups, or in all of them as another survey counts."""
    groups, definition = _SHARES[indicator]
    people = _PEOPLE[home.code]
    counted = [_in(year, *people[group]) for group in people if survey or group in groups]
    women, everybody = sum(pair[0] for pair in counted), sum(sum(pair) for pair in counted)
    share = round(100 * women / everybody * (0.7 if indicator == "women_command" else 1), 2)
    return IndicatorValue(
        organisation=home,
        indicator=indicator,
        year=year,
        share=share,
        source=f"{INVENTED}: {survey}" if survey else INVENTED,
        definition="Women among all personnel, civilians and cadets included" if survey else definition,
    )
