"""The trainings behind a table cell, with their part of the figure."""

from collections.abc import Hashable
from dataclasses import dataclass

from members.models import Member
from reports.labels import written
from reports.people.forms import ReportQuery
from trainings.access import trainings_with_all_names, visible_trainings
from trainings.counting import Figures
from trainings.counting.gathering import gather
from trainings.counting.question import training_filter
from trainings.models import Training

MOST = 500
# How a URL names a cell: for each breakdown one value, several separated by BETWEEN, or ANY.
ANY, BETWEEN = "*", ","
# With these breakdowns alone, a list of trainings reveals nothing about who attended.
OF_TRAININGS = frozenset({"host", "country", "course", "year", "quarter", "month"})


@dataclass(frozen=True)
class Behind:
    """One training and its part of the figure, None for readers who may not see numbers."""

    training: Training
    part: Figures | None
    opens_names: bool = False

    @property
    def opens_scans(self) -> bool:
        """Scans of signed sheets are open to readers who may see every name of their training."""
        return self.opens_names


def trainings_behind(query: ReportQuery, at: tuple[str, ...], member: Member) -> tuple[list[Behind], int]:
    """Return the trainings behind the cell `at`, newest first, and their total number.

    `at` gives the values of each breakdown as written in a URL: one value, several separated by BETWEEN, or ANY.

    Readers who see every number get each training's part. Others get only the trainings, by breakdowns of trainings: showing which of them people
    of one rank attended would create a small cell again. At most `MOST`. Four to six queries.
    """
    dimensions = query.dimensions
    if not query.whole:
        pairs = [(name, value) for name, value in zip(dimensions, at, strict=False) if name in OF_TRAININGS]
        dimensions, at = tuple(name for name, _value in pairs), tuple(value for _name, value in pairs)
    meant_by = [None if values == ANY else values.split(BETWEEN) for values in at]
    gathered = gather(query.question, (*dimensions, "training"))
    parts: dict[int, list[tuple[Hashable, ...]]] = {}
    for key in gathered.all_keys():
        if all(wanted is None or written(value) in wanted for value, wanted in zip(key, meant_by, strict=False)):
            parts.setdefault(int(str(key[-1])), []).append(key)
    counted = {training: gathered.figures(keys) for training, keys in parts.items()}
    meant = [training for training, figures in counted.items() if figures.seats or figures.unknown_completed]
    rows = visible_trainings(member).with_list_parts().with_scans()
    trainings = list(
        rows.filter(training_filter(query.question, ""), pk__in=meant).order_by("-counts_on", "-pk")[:MOST]
    )
    named = set(
        trainings_with_all_names(member).filter(pk__in=[row.pk for row in trainings]).values_list("pk", flat=True)
    )
    entries = [Behind(row, counted[row.pk] if query.whole else None, row.pk in named) for row in trainings]
    return entries, len(meant)
