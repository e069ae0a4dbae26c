"""Minutes and sessions attended, from the marks: late counts as the whole session (decision 3)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Aggregate, Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from trainings.models import Enrolment, Mark, Training
from trainings.models.attendance import ATTENDED


def recount_enrolments(training: Training, enrolments: Sequence[int] | None = None) -> None:
    """Update the stored minutes and numbers of the enrolments from their marks in sessions held. One query."""
    if enrolments is not None and not enrolments:
        return
    rows = Enrolment.objects.filter(training=training)
    if enrolments is not None:
        rows = rows.filter(pk__in=enrolments)
    held = Mark.objects.filter(enrolment=OuterRef("pk"), session__cancelled_at=None).order_by().values("enrolment")
    there = held.filter(value__in=ATTENDED)

    def counted(marks: QuerySet[Mark, Any], what: Aggregate) -> Coalesce:
        return Coalesce(Subquery(marks.annotate(counted=what).values("counted")), 0)

    rows.update(
        minutes=counted(there, Sum("session__minutes")),
        attended_sessions=counted(there, Count("pk")),
        recorded_sessions=counted(held.exclude(value=""), Count("pk")),
    )
