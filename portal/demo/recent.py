"""What is recent in the demo: its dates follow the day of loading, so that something always waits for somebody."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from portal.demo.cast import Cast
from portal.demo.deliveries import Delivery, Known, days_of_one_week, whole_days, working_days, working_days_until
from portal.demo.story import COURSE_WEIGHTS, PKOC, before_holidays, ordinary_delivery

# Trainings of the last eleven months for each ministry, verified long since.
_ORDINARY = {"BA": 4, "ME": 2, "MK": 3, "RS": 3}

# The class that the pictures of the design show: family name, given name, sex, NATO code.
_DANILOVGRAD = tuple(
    Known("ME", *words.split())
    for words in (
        "Babović Milica female OR-6", "Bulatović Nikola male OR-7", "Đukanović Ana female OR-5",
        "Ivanović Stefan male OR-6", "Јовановић Драган male OR-7", "Kovačević Maja female OR-5",
        "Marković Luka male OR-6", "Perović Jovana female OR-5", "Radulović Vuk male OR-8",
        "Popović Igor male OR-6", "Lakić Danilo male OR-5", "Mijović Tamara female OR-6",
        "Nikčević Balša male OR-7", "Raičević Sandra female OR-5", "Stanišić Goran male OR-8",
        "Tomović Miloš male OR-5", "Vukčević Nina female OR-6", "Zeković Filip male OR-6",
        "Boljević Veselin male OR-9", "Ćetković Andrijana female OR-5", "Drašković Marko male OR-7",
        "Krivokapić Janko male OR-6", "Otašević Dejan male OR-5", "Vojvodić Itana female OR-6",
    )
)  # fmt: skip


def recent(cast: Cast, today: date) -> list[Delivery]:
    """Return the trainings whose dates follow `today`: done, unfinished, waiting, planned and cancelled."""
    rng = Random("mreza recent")
    return [
        *_last_months(cast, rng, today),
        *_lacking_marks(cast, rng, today),
        *_waiting_for_verification(cast, rng, today),
        *_planned(cast, rng, today),
        *_cancelled(cast, rng, today),
    ]


def _last_months(cast: Cast, rng: Random, today: date) -> list[Delivery]:
    courses, weights = list(COURSE_WEIGHTS), list(COURSE_WEIGHTS.values())
    deliveries = [
        ordinary_delivery(
            cast,
            rng,
            ministry,
            rng.choices(courses, weights)[0],
            before_holidays(today - timedelta(days=rng.randint(300, 320) - 250 * n // (number - 1))),
            rng.randint(22, 32),
        )
        for ministry, number in _ORDINARY.items()
        for n in range(number)
    ]
    # The first of each ministry was handed in late, and without the ranks of a few.
    for first in {delivery.owner: delivery for delivery in reversed(deliveries)}.values():
        first.submitted_after, first.lines_without_rank = 44, 3
    return deliveries


def _lacking_marks(cast: Cast, rng: Random, today: date) -> list[Delivery]:
    ncos = Delivery(
        "GA-2",
        "Gender awareness for NCOs",
        "ME",
        "ME",
        "ME",
        "Danilovgrad",
        "cnr",
        whole_days(working_days_until(today - timedelta(days=9), 3)),
        team=["predrag-vukovic", "amra-hadzic"],
        known=list(_DANILOVGRAD),
        state="recorded",
        present=[23, 21, None],
    )
    staff = ordinary_delivery(cast, rng, "RS", "GPO", today, 26)
    staff.blocks = whole_days(working_days_until(today - timedelta(days=6), 2))
    staff.state, staff.present = "recorded", [25, None]
    focal = ordinary_delivery(cast, rng, "BA", "GFP", today, 19)
    focal.blocks = whole_days(working_days_until(today - timedelta(days=13), 3))
    focal.state, focal.present = "recorded", [19, None, None]
    for delivery in (lacking := [ncos, staff, focal]):
        delivery.lines_without_rank = 2
    return lacking


def _waiting_for_verification(cast: Cast, rng: Random, today: date) -> list[Delivery]:
    harassment = ordinary_delivery(cast, rng, "ME", "GBD", today, 76)
    harassment.place = "Golubovci"
    harassment.blocks = whole_days(working_days_until(today - timedelta(days=16), 1))
    awareness = ordinary_delivery(cast, rng, "MK", "GA-1", today, 112)
    awareness.blocks = whole_days(working_days_until(today - timedelta(days=20), 1))
    harassment.state = awareness.state = "submitted"
    return [harassment, awareness]


def _planned(cast: Cast, rng: Random, today: date) -> list[Delivery]:
    course = Delivery(
        "GTOT",
        "Gender Training of Trainers (GToT)",
        "RS",
        "RS",
        "RS",
        PKOC,
        "en",
        whole_days(working_days(today + timedelta(days=3), 10, saturdays=True)),
        team=["jelena-dordevic", "kenan-imamovic", "predrag-vukovic"],
        rosters={"BA": 5, "ME": 3, "MK": 3, "RS": 4},
        partners=["NCGM", "PKOC"],
    )
    focal_points = Delivery(
        "GFP",
        "Gender focal points: reporting and referral",
        "BA",
        "BA",
        "BA",
        "Sarajevo",
        "bs",
        whole_days(days_of_one_week(today + timedelta(days=10), 2)),
        team=["mirela-basic", "nermina-salihovic"],
        rosters={"BA": 18},
    )
    perspective = Delivery(
        "GPO",
        "Родова перспектива во обуката",
        "MK",
        "MK",
        "MK",
        "Скопје",
        "mk",
        whole_days(days_of_one_week(today + timedelta(days=22), 1)),
        team=["elena-stojanovska", "darko-mitrevski"],
    )
    unit = ordinary_delivery(cast, rng, "ME", "PDT", today + timedelta(days=31), 0)
    for delivery in (planned := [course, focal_points, perspective, unit]):
        delivery.state, delivery.is_marked = "recorded", False
    return planned


def _cancelled(cast: Cast, rng: Random, today: date) -> list[Delivery]:
    pandemic = ordinary_delivery(cast, rng, "RS", "GA-2", date(2020, 3, 24), 21)
    pandemic.cancelled_reason = "Gatherings are suspended because of the pandemic."
    lately = ordinary_delivery(cast, rng, "BA", "GBD", today + timedelta(days=17), 0)
    lately.cancelled_reason = "The unit is on exercise that week; a new date follows in spring."
    for delivery in (cancelled := [pandemic, lately]):
        delivery.state, delivery.is_marked = "cancelled", False
    return cancelled
