"""Dimensions for breaking down figures: their field on enrolments and headcounts, and the meaning of its values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from common.folding import spelling
from members.models import RankGroup

FIRST, AGAIN, NOT_KNOWN = "first", "again", "not_known"
# STANAG 2116: rank groups are made of these bands.
NATO_BANDS: dict[str, str] = {
    RankGroup.GENERAL: "OF-6+", RankGroup.SENIOR_OFFICER: "OF-3–5", RankGroup.JUNIOR_OFFICER: "OF-1–2",
    RankGroup.NCO: "OR-5–9", RankGroup.SOLDIER: "OR-1–4", RankGroup.CADET: "cadet", RankGroup.CIVILIAN: "civilian",
    RankGroup.NOT_RECORDED: "not_recorded",
}  # fmt: skip


@dataclass(frozen=True)
class Dimension:
    """The field on an enrolment or its training, the one on a headcount, and the key for a value of them.

    Without `of_headcount` the value is not known for headcounts, whose key is then `unknown`.
    """

    of_enrolment: str = ""
    of_headcount: str = ""
    key: Callable[[Any], Any] = lambda value: value
    unknown: str = ""
    of_training: str = ""


def _of_training(field: str, key: Callable[[Any], Any] = lambda value: value) -> Dimension:
    return Dimension(
        of_training=field, of_headcount="party__training" if field == "pk" else f"party__training__{field}", key=key
    )


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month + 2) // 3


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


DIMENSIONS: dict[str, Dimension] = {
    "organisation": Dimension("organisation", "party__organisation"),
    "host": _of_training("host"),
    "country": _of_training("country"),
    "course": _of_training("course"),
    "training": _of_training("pk"),
    "year": _of_training("counts_on", lambda day: day.year),
    "quarter": _of_training("counts_on", _quarter),
    "month": _of_training("counts_on", _month),
    "sex": Dimension("participant__sex", "sex"),
    "rank_group": Dimension("rank_group", "rank_group"),
    "nato": Dimension("rank_group", "rank_group", NATO_BANDS.__getitem__),
    "age_band": Dimension("age_band"),
    # By the folded name; units are free text.
    "unit": Dimension("unit", key=spelling),
    # Determined in Python, from each person's earliest counting training.
    "time": Dimension(unknown=NOT_KNOWN),
}
