"""The marks of one training: most people attend all of it, some miss a part, a few never come."""

from __future__ import annotations

from random import Random

from portal.demo.deliveries import Delivery
from portal.demo.rosters import WOMEN, WOMEN_ELSEWHERE, Person

_UNIT = (("soldier", 0.4), ("nco", 0.32), ("junior_officer", 0.2), ("senior_officer", 0.08))
_COURSE = (("senior_officer", 0.4), ("junior_officer", 0.45), ("nco", 0.15))


def marks_of(rng: Random, delivery: Delivery, people: list[Person]) -> list[list[str]]:
    """Return for each person the mark in each session; an empty string is no mark."""
    if not delivery.is_marked:
        return [[""] * len(delivery.blocks) for _person in people]
    if delivery.present:
        return _as_told(rng, delivery.present, len(people))
    return [_of_person(rng, delivery, person) for person in people]


def _as_told(rng: Random, present: list[int | None], number: int) -> list[list[str]]:
    """Return marks with exactly `present` people in each session, None for an unmarked session."""
    rows = [["" for _session in present] for _person in range(number)]
    for session, attended in enumerate(present):
        if attended is None:
            continue
        missing = set(rng.sample(range(number), number - attended))
        for n, row in enumerate(rows):
            row[session] = rng.choice(("excused", "absent")) if n in missing else _attending(rng)
    return rows


def _of_person(rng: Random, delivery: Delivery, person: Person) -> list[str]:
    draw = 1.0 if delivery.everybody_completes or person.always_comes else rng.random()
    marks = []
    for block in delivery.blocks:
        if block.is_cancelled:
            marks.append("")
        elif draw < 0.025 or (draw < 0.11 and rng.random() < 0.4):
            marks.append(rng.choice(("excused", "absent")))
        else:
            marks.append(_attending(rng))
    return marks


def _attending(rng: Random) -> str:
    return "late" if rng.random() < 0.04 else "present"


def headcount_rows(
    organisation: str, persons: int, *, is_unit: bool, is_known: bool
) -> list[tuple[str, str, int, int | None]]:
    """Split this many persons by sex and rank group: sex, group, attended, completed (None if unknown)."""
    women = round(persons * WOMEN.get(organisation, WOMEN_ELSEWHERE))
    rows: list[tuple[str, str, int, int | None]] = []
    for sex, number in (("female", women), ("male", persons - women)):
        left, groups = number, _UNIT if is_unit else _COURSE
        for group, share in groups:
            attended = left if group == groups[-1][0] else min(left, round(number * share))
            left -= attended
            if attended:
                missed = 1 if sex == "male" and group == groups[0][0] else 0
                rows.append((sex, group, attended, attended - missed if is_known else None))
    return rows
