"""Strengths and indicators of the demo: invented numbers that end, in 2023, at the public baselines."""

from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from members.models import Member, Organisation
from portal.demo.cast import MINISTRIES, Cast
from portal.demo.diary import Diary
from portal.demo.places import UNITS
from reports.actions.strengths import unit_key
from reports.models import IndicatorValue, Strength, StrengthCell

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


def write_measures(organisations: dict[str, Organisation], cast: Cast, today: date) -> None:
    """Write strengths of every year up to the last, units of Montenegro's, and the values of indicators. Some twelve inserts."""
    entered = timezone.make_aware(datetime.combine(today, time(8, 30)))
    _write_strengths(organisations, cast, today.year - 1, entered)
    values: list[IndicatorValue] = []
    for ministry in MINISTRIES:
        by = cast.coordinator(ministry)
        values += _shares(organisations[ministry], ministry, by, entered, today.year - 1)
        values += [
            IndicatorValue(
                organisation=organisations[ministry], indicator=indicator, is_there=is_there, since=since, title=title,
                source=INVENTED, entered_by=by, entered_at=entered,
            )
            for home, indicator, is_there, since, title in _MECHANISMS
            if home == ministry
        ]  # fmt: skip
    IndicatorValue.objects.bulk_create(values)


def _in(year: int, all_of: int, women: int) -> tuple[int, int]:
    """Return women and men of a group in a year; 2023 is as given."""
    people = round(all_of * (1 + _GROWTH * (year - BASE_YEAR)))
    share = women / all_of * (1 + _GROWTH_OF_WOMEN * (year - BASE_YEAR))
    of_them = round(people * share)
    return of_them, people - of_them


def _write_strengths(organisations: dict[str, Organisation], cast: Cast, last: int, entered: datetime) -> None:
    tables: list[Strength] = []
    cells: list[StrengthCell] = []

    def add(ministry: str, year: int, unit: str, people: dict[str, tuple[int, int]]) -> None:
        table = Strength(
            organisation=organisations[ministry], year=year, unit=unit, unit_key=unit_key(unit) if unit else "",
            as_on=date(year, 12, 31), source=f"{INVENTED}, {year}", changed_by=cast.coordinator(ministry), changed_at=entered,
        )  # fmt: skip
        tables.append(table)
        for group, (women, men) in people.items():
            cells.extend(
                StrengthCell(strength=table, rank_group=group, sex=sex, number=number)
                for sex, number in (("female", women), ("male", men))
            )

    for ministry in MINISTRIES:
        for year in range(FIRST_YEAR, last + 1):
            add(ministry, year, "", {group: _in(year, *both) for group, both in _PEOPLE[ministry].items()})
    for n, unit in enumerate(UNITS["ME"]):
        share = 0.95 * (len(UNITS["ME"]) - n) / sum(range(len(UNITS["ME"]) + 1))
        inside = {
            g: (round(a * share), round(w * share))
            for g, (a, w) in _PEOPLE["ME"].items()
            if g not in ("general", "cadet")
        }
        add("ME", last, unit, {group: (women, people - women) for group, (people, women) in inside.items()})
    Strength.objects.bulk_create(tables)
    StrengthCell.objects.bulk_create(cells)
    _write_lines(organisations, cast, tables, entered)


def _write_lines(organisations: dict[str, Organisation], cast: Cast, tables: list[Strength], entered: datetime) -> None:
    """Write in the record that each ministry took its strengths in from a sheet."""
    diary = Diary()
    for ministry in MINISTRIES:
        home = organisations[ministry]
        own = [table for table in tables if table.organisation == home]
        diary.note(
            "import_strengths", home, home, cast.coordinator(ministry), entered,
            told={"units": "; ".join(sorted({table.unit for table in own} - {""}))}, about_people=True,
            tables=len(own), years=sorted({table.year for table in own}),
        )  # fmt: skip
    diary.write()


def _shares(home: Organisation, ministry: str, by: Member, entered: datetime, last: int) -> list[IndicatorValue]:
    """Return shares of women that agree with the strengths, of every year but that of the baseline; of one year two sources."""
    groups = {
        "women": ("general", "senior_officer", "junior_officer", "nco", "soldier"),
        "women_officers": ("general", "senior_officer", "junior_officer"), "women_ncos": ("nco",), "women_soldiers": ("soldier",),
        "women_civilians": ("civilian",), "women_command": ("general", "senior_officer"),
    }  # fmt: skip
    definitions = {
        "women": "Women among officers, NCOs and soldiers", "women_officers": "Women among officers", "women_ncos": "Women among NCOs",
        "women_soldiers": "Women among soldiers", "women_civilians": "Women among civilians of the ministry and the armed forces",
        "women_command": "Women among generals and senior officers in command posts",
    }  # fmt: skip
    found = []
    for indicator, members in groups.items():
        for year in range(FIRST_YEAR, last + 1):
            if year == BASE_YEAR and (indicator == "women" or ministry == "BA"):
                continue  # comes with the portal
            both = [_in(year, *_PEOPLE[ministry][group]) for group in members if group in _PEOPLE[ministry]]
            women, people = sum(pair[0] for pair in both), sum(sum(pair) for pair in both)
            share = round(100 * women / people * (0.7 if indicator == "women_command" else 1), 2)
            facts: dict[str, Any] = {
                "organisation": home, "indicator": indicator, "year": year, "source": INVENTED, "definition": definitions[indicator],
                "entered_by": by, "entered_at": entered,
            }  # fmt: skip
            found.append(IndicatorValue(share=share, **facts))
    other = {**facts, "indicator": "women", "year": last, "source": f"{INVENTED}: another survey"}
    with_civilians = [_in(last, *both) for both in _PEOPLE[ministry].values()]
    women, people = sum(pair[0] for pair in with_civilians), sum(sum(pair) for pair in with_civilians)
    other["definition"] = "Women among all personnel, civilians and cadets included"
    if ministry == "ME":
        # Entered first: the chart has what was entered last.
        found.insert(0, IndicatorValue(share=round(100 * women / people, 2), **other))
    return found
