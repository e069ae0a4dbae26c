"""The story of the network from March 2014 to December 2025. Its dates are fixed; what is recent stands in `recent`."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from portal.demo.cast import FIRST_COURSE_ENDED, MINISTRIES, SECOND_COURSE_ENDED, Cast, Trainer
from portal.demo.deliveries import (
    Delivery,
    Known,
    days_of_one_week,
    modules,
    monthly,
    whole_days,
    working_days,
)
from portal.demo.places import IN_CYRILLIC, PLACES, TAUGHT_IN, TITLES

LAST_FIXED_DAY = date(2025, 12, 31)
PKOC, PSOTC = "Peacekeeping Operations Centre, Belgrade", "Peace Support Operations Training Centre, Sarajevo"
# Ordinary trainings of each ministry before LAST_FIXED_DAY, and how many sit in one.
ORDINARY = {"BA": (23, 24, 36), "ME": (9, 19, 30), "MK": (18, 20, 30), "RS": (14, 22, 34)}
COURSE_WEIGHTS = {"GA-1": 27, "GA-2": 14, "GPO": 16, "GFP": 12, "GAD": 5, "GBD": 18, "PDT": 8}
DAYS = {"GA-1": 1, "GA-2": 2, "GPO": 2, "GFP": 3, "GAD": 5, "GBD": 1, "PDT": 1}

_AFRICAN_OFFICERS = tuple(
    Known(organisation, family, given_name, sex, nato)
    for organisation, family, given_name, sex, nato in (
        ("GH", "Mensah", "Kwame", "male", "OF-3"), ("GH", "Owusu", "Akosua", "female", "OF-2"),
        ("GH", "Boateng", "Yaw", "male", "OF-2"), ("GH", "Asante", "Efua", "female", "OF-3"),
        ("NG", "Okafor", "Chidi", "male", "OF-4"), ("NG", "Adeyemi", "Folake", "female", "OF-3"),
        ("NG", "Bello", "Hauwa", "female", "OF-2"), ("NG", "Eze", "Emeka", "male", "OF-3"),
        ("RW", "Uwimana", "Claudine", "female", "OF-2"), ("RW", "Habimana", "Eric", "male", "OF-3"),
        ("RW", "Mukamana", "Diane", "female", "OF-3"), ("RW", "Niyonzima", "Patrick", "male", "OF-2"),
        ("UG", "Okello", "Denis", "male", "OF-3"), ("UG", "Namutebi", "Grace", "female", "OF-2"),
        ("UG", "Mugisha", "Robert", "male", "OF-2"),
    )
)  # fmt: skip
# Where names may not be given: owner, course, first day, place, persons by organisation, completed known.
_UNITS_WITHOUT_NAMES = (
    ("RS", "PDT", date(2017, 3, 14), "Belgrade", 28, True),
    ("BA", "PDT", date(2019, 5, 21), "Pazarić", 26, True),
    ("MK", "PDT", date(2021, 10, 5), "Skopje", 24, False),
    ("RS", "GBD", date(2022, 11, 8), "Niš", 30, True),
    ("ME", "PDT", date(2024, 4, 16), "Golubovci", 18, True),
    ("BA", "GA-1", date(2024, 9, 10), "Sarajevo", 22, False),
)


def history(cast: Cast) -> list[Delivery]:
    """Return every training of the fixed part of the story, the milestones first."""
    rng = Random("mreza history")
    deliveries = [*_courses_for_trainers(cast), *_abroad(cast), *_without_names(cast, rng), _online(cast)]
    for ministry in MINISTRIES:
        deliveries += _ordinary(cast, rng, ministry)
    return sorted(deliveries, key=lambda delivery: (delivery.starts_on, delivery.title))


def _as_trainee(trainer: Trainer) -> Known:
    return Known(trainer.ministry, trainer.family_name, trainer.given_name, trainer.sex, "", trainer.slug)


def _courses_for_trainers(cast: Cast) -> list[Delivery]:
    """Return the three regional Gender Trainings of Trainers and the first national seminar."""
    first = [_as_trainee(t) for t in cast.trainers.values() if t.certified_on == FIRST_COURSE_ENDED]
    second = [_as_trainee(t) for t in cast.trainers.values() if t.certified_on == SECOND_COURSE_ENDED]
    return [
        Delivery(
            "GTOT", "Gender Training of Trainers (GToT)", "BA", "BA", "BA", PSOTC, "en",
            whole_days(working_days(date(2014, 3, 3), 10, saturdays=True)),
            known=first, partners=["NCGM", "PSOTC"], everybody_completes=True,
            notes="The first regional course, given by the Nordic Centre for Gender in Military Operations.",
        ),
        Delivery(
            "GA-2", "Први национални семинар о родној равноправности", "RS", "RS", "RS", "Београд", "sr",
            whole_days([date(2014, 12, 18)]),
            team=["snezana-milovanovic", "milos-todorovic", "katarina-nesic", "dejan-cvetkovic"],
            rosters={"RS": 46}, partners=["SEESAC"],
        ),
        Delivery(
            "GTOT", "Gender Training of Trainers (GToT)", "RS", "RS", "RS", PKOC, "en",
            whole_days(working_days(date(2015, 1, 28), 8, saturdays=True)),
            team=["snezana-milovanovic", "kenan-imamovic"],
            known=second, partners=["NCGM", "PKOC"], everybody_completes=True,
            notes="With this course the network reached 33 trainers.",
        ),
        Delivery(
            "GTOT", "Gender Training of Trainers for Ghana, Nigeria, Rwanda and Uganda", "RS", "RS", "RS", PKOC, "en",
            whole_days(working_days(date(2016, 12, 7), 8, saturdays=True)),
            team=["jelena-dordevic", "katarina-nesic", "mirela-basic", "amra-hadzic", "vesna-trajkovska",
                  "arben-krasniqi", "sanja-pejovic"],
            known=list(_AFRICAN_OFFICERS), partners=["NCGM", "PKOC"], everybody_completes=True,
        ),
    ]  # fmt: skip


def _abroad(cast: Cast) -> list[Delivery]:
    """Return the workshops of Montenegrin trainers in five countries. Their ministry owns the records."""

    def workshop(
        title: str, host: str, place: str, first: date, course: str, team: list[str], persons: int, **how: object
    ) -> Delivery:
        owner = host if host in MINISTRIES else "ME"
        people = {"rosters": {host: persons}} if how.pop("named") else {"headcounts": {host: persons}}
        days = whole_days(days_of_one_week(first, DAYS[course]))
        return Delivery(course, title, host, owner, host, place, "en", days, team=team, **people, **how)  # type: ignore[arg-type]  # keywords of Delivery

    return [
        workshop("Gender perspective in operations", "GE", "Tbilisi", date(2015, 10, 6), "GPO",
                 ["sanja-pejovic", "predrag-vukovic"], 22, named=True),
        workshop("UNSCR 1325 for staff officers", "MD", "Chișinău", date(2016, 5, 17), "GPO",
                 ["danilo-radonjic", "marija-vujovic"], 20, named=True),
        workshop("Родна перспектива у мировним операцијама", "RS", "Београд", date(2016, 10, 11), "GPO",
                 ["predrag-vukovic", "sanja-pejovic"], 24, named=True),
        workshop("Gender perspective in operations", "UA", "Kyiv", date(2017, 6, 13), "GPO",
                 ["sanja-pejovic", "marija-vujovic"], 26, named=False, completed_is_known=False),
        workshop("Gender advisers: exchange with the Western Balkans", "GB", "Shrivenham", date(2018, 2, 20), "GPO",
                 ["marija-vujovic", "sanja-pejovic"], 18, named=False),
        workshop("Gender awareness for NCOs", "GE", "Gori", date(2018, 9, 25), "GA-2",
                 ["predrag-vukovic", "itana-scepanovic"], 24, named=False),
    ]  # fmt: skip


def _without_names(cast: Cast, rng: Random) -> list[Delivery]:
    deliveries = []
    for ministry, course, day, place, persons, is_known in _UNITS_WITHOUT_NAMES:
        delivery = ordinary_delivery(cast, rng, ministry, course, day, 0)
        delivery.place, delivery.rosters, delivery.headcounts = place, {}, {ministry: persons}
        delivery.completed_is_known = is_known
        delivery.notes = "The unit gave numbers and no names."
        deliveries.append(delivery)
    return deliveries


def _online(cast: Cast) -> Delivery:
    return Delivery(
        "ONL",
        "Online basic gender awareness",
        "RS",
        "RS",
        "RS",
        "",
        "en",
        modules(date(2023, 10, 2)),
        team=["jelena-dordevic", "amra-hadzic", "elena-stojanovska", "predrag-vukovic"],
        rosters={"BA": 32, "ME": 18, "MK": 26, "RS": 28},
        partners=["SEESAC"],
        mode="online",
    )


def _ordinary(cast: Cast, rng: Random, ministry: str) -> list[Delivery]:
    """Return a ministry's everyday trainings, spread evenly over the years, and one Coach Programme."""
    number, fewest, most = ORDINARY[ministry]
    first, last = date(2014, 4, 14), LAST_FIXED_DAY - timedelta(days=60)
    step = (last - first).days // number
    courses = list(COURSE_WEIGHTS)
    deliveries = []
    for n in range(number):
        course = rng.choices(courses, list(COURSE_WEIGHTS.values()))[0]
        day = before_holidays(first + timedelta(days=step * n + rng.randrange(step)))
        delivery = ordinary_delivery(cast, rng, ministry, course, day, rng.randint(fewest, most))
        if n % 9 == 4:
            delivery.rosters[{"BA": "ME", "ME": "BA", "MK": "RS", "RS": "BA"}[ministry]] = 5
        deliveries.append(delivery)
    _one_day_fell_out(deliveries)
    if ministry in ("BA", "MK"):
        deliveries[number // 2] = _coach_programme(cast, rng, ministry)
    return deliveries


def before_holidays(day: date) -> date:
    """Return the day, or one some weeks earlier if it falls into August or between the two Christmases."""
    if day.month == 8:
        return day - timedelta(days=33)
    return day - timedelta(days=24) if (day.month, day.day) >= (12, 22) or (day.month, day.day) <= (1, 15) else day


def _one_day_fell_out(deliveries: list[Delivery]) -> None:
    """Cancel the last day of the first training of three days, as snow does."""
    for delivery in deliveries:
        if delivery.course == "GFP" and delivery.owner == "BA":
            delivery.blocks[-1] = delivery.blocks[-1]._replace(is_cancelled=True)
            delivery.notes = "The third day was cancelled: the road was closed by snow."
            return


def _coach_programme(cast: Cast, rng: Random, ministry: str) -> Delivery:
    delivery = ordinary_delivery(cast, rng, ministry, "GA-1", date(2019, 1, 22), 12)
    delivery.course, delivery.title = "GCP", TITLES["GCP"]["any"][0]
    delivery.blocks = monthly(date(2019, 1, 22), 6)
    return delivery


def ordinary_delivery(cast: Cast, rng: Random, ministry: str, course: str, day: date, persons: int) -> Delivery:
    """Return an everyday training of a ministry for its own people, on that day or soon after, within one week."""
    language = rng.choice(TAUGHT_IN[ministry])
    titles = TITLES[course]
    title = rng.choice(titles["any"] + titles.get(language, []) * 2)
    place = rng.choice(PLACES[ministry])
    if not title.isascii() and place in IN_CYRILLIC and language in ("mk", "sr"):
        place = IN_CYRILLIC[place]
    team = choose_team(cast, rng, ministry, day)
    return Delivery(
        course,
        title,
        ministry,
        ministry,
        ministry,
        place,
        language,
        whole_days(days_of_one_week(day, DAYS[course])),
        team=team[:3],
        observers=team[3:],
        rosters={ministry: persons} if persons else {},
    )


def choose_team(cast: Cast, rng: Random, ministry: str, day: date) -> list[str]:
    """Return two or three of the ministry's trainers certified by then, and now and then a fourth who observes."""
    certified = cast.certified(ministry, day)
    return rng.sample(certified, min(len(certified), rng.choice((2, 2, 3, 4))))
