"""The slow count: every number of a report from plain rows, by the words of the design and nothing of ours."""

from collections import defaultdict
from typing import Any

from tests.trainings.test_counting import slow_persons

BANDS = {
    "general": "OF-6+", "senior_officer": "OF-3–5", "junior_officer": "OF-1–2", "nco": "OR-5–9", "soldier": "OR-1–4",
    "cadet": "cadet", "civilian": "civilian", "not_recorded": "not_recorded",
}  # fmt: skip
SEXES = ("female", "male", "other", "not_recorded")


def _is_asked(training: dict[str, Any], home: int, query: dict[str, Any]) -> bool:
    states = ("verified",) if query.get("verified_only") else ("submitted", "verified")
    day = training["counts_on"]
    return (
        training["figures"] in states and training["cancelled_at"] is None
        and (not query.get("first") or day >= query["first"]) and (not query.get("last") or day <= query["last"])
        and all(query.get(name) in (None, training[name]) for name in ("host", "owner", "country", "course", "language", "mode"))
        and query.get("organisation") in (None, home)
        and (not query.get("topic") or query["topic"] in training["topics"])
        and (not query.get("trainer") or query["trainer"] in training["trainers"])
    )  # fmt: skip


def _meets(row: dict[str, Any], rule: str) -> bool:
    training = row["training"]
    reached = 100 * row["minutes"] >= training["completion_threshold"] * training["scheduled_minutes"]
    return row["came"] and (rule == "attended" or reached)


def first_of_each(rows: dict[str, Any]) -> dict[int, int]:
    """Each person's earliest counting training, whatever is asked."""
    there = [row for row in rows["named"] if row["came"] and _is_asked(row["training"], row["organisation"], {})]
    first: dict[int, int] = {}
    for row in sorted(there, key=lambda row: (row["training"]["counts_on"], row["training"]["pk"])):
        first.setdefault(row["participant"], row["training"]["pk"])
    return first


def key_of(row: dict[str, Any], dimension: str, first: dict[int, int]) -> Any:
    training, day = row["training"], row["training"]["counts_on"]
    if dimension == "time":
        return "not_known" if "attended" in row else "first" if first[row["participant"]] == training["pk"] else "again"
    return {
        "organisation": row["organisation"], "host": training["host"], "country": training["country"],
        "course": training["course"], "year": day.year, "quarter": (day.year, 1 + (day.month - 1) // 3),
        "month": (day.year, day.month), "sex": row.get("participant__sex", row.get("sex")), "rank_group": row["rank_group"],
        "nato": BANDS[row["rank_group"]], "age_band": row.get("age_band", ""),
    }[dimension]  # fmt: skip


def _count(named: list[dict[str, Any]], counted: list[dict[str, Any]], pairs: list[Any], rule: str) -> dict[str, Any]:
    known = [(row, row["attended"] if rule == "attended" else row["completed"]) for row in counted]
    sure = [(row, n) for row, n in known if n]
    by_sex = dict.fromkeys(SEXES, 0)
    seats = [(row["participant"], row["training"]["course"], row["participant__sex"]) for row in named]
    for _person, _course, sex in set(seats) if rule == "once" else seats:
        by_sex[sex] += 1
    for row, n in sure if rule != "once" else ():
        by_sex[row["sex"]] += n
    sure_seats = [seat for seat, row in zip(seats, named, strict=True) if row["training"]["figures"] == "verified"]
    verified = len(set(sure_seats) if rule == "once" else sure_seats)
    if rule != "once":
        verified += sum(n for row, n in sure if row["training"]["figures"] == "verified")

    def least(sexes: tuple[str, ...]) -> int:
        some = [(row["training"]["pk"], row["participant"]) for row in named if row["participant__sex"] in sexes]
        best = slow_persons({person for _t, person in some}, pairs)
        for training in {row["training"]["pk"] for row in named} | {row["training"]["pk"] for row, _n in sure}:
            inside = slow_persons({person for t, person in some if t == training}, pairs)
            best = max(
                best, inside + sum(n for row, n in sure if row["training"]["pk"] == training and row["sex"] in sexes)
            )
        return best

    headcounted, unknown = sum(n for _row, n in sure), sum(row["attended"] for row, n in known if n is None)
    seats_of_women, texts = by_sex["female"], by_sex["female"] + by_sex["male"] + by_sex["other"]
    return {
        "seats": sum(by_sex.values()), "verified": verified,
        "people_at_least": max(least(SEXES), sum(least((sex,)) for sex in SEXES[:3])),
        "people_at_most": len({row["participant"] for row in named}) + headcounted + unknown,
        "by_sex": tuple(by_sex.values()),
        "women_share": seats_of_women / texts if texts else None,
        "minutes": sum(row["minutes"] for row in named) + sum(n * row["training"]["scheduled_minutes"] for row, n in sure),
        "trainings": len({row["training"]["pk"] for row in named} | {row["training"]["pk"] for row, _n in sure}),
    }  # fmt: skip


def slow_answer(
    rows: dict[str, Any], query: dict[str, Any], dimensions: tuple[str, ...]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return every cell by its key: () is the total, (a,) a line or, with None, (None, b) a column, (a, b) a block."""
    first, rule = first_of_each(rows), query["rule"]
    cells: dict[tuple[Any, ...], tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    cells[()]
    for place, kind in ((0, "named"), (1, "counted")):
        for row in rows[kind]:
            if not _is_asked(row["training"], row["organisation"], query) or (
                kind == "named" and not _meets(row, rule)
            ):
                continue
            keys = [key_of(row, name, first) for name in dimensions]
            wanted = [(), *[(key,) for key in keys[:1]], *([(None, keys[1]), tuple(keys)] if len(keys) == 2 else [])]
            for key in wanted:
                cells[key][place].append(row)
    return {key: _count(named, counted, rows["pairs"], rule) for key, (named, counted) in cells.items()}
