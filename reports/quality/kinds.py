"""The kinds of gaps on the desk: each with its rule, in words and as a condition on rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.db.models import DateField, Exists, ExpressionWrapper, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Organisation, RankGroup
from trainings.counting import COUNTING
from trainings.models import Evidence, FiguresVersion, Headcount, Sex, Training

LATE_DAYS = 30
MONTHS = 12


@dataclass(frozen=True)
class Kind:
    """One kind of gap. `rows` names what its number counts: "people", "trainings" or "headcounts".

    With `is_of_moments`, past numbers at each month's end are known from dates; otherwise only when the training took place.
    """

    code: str
    title: str | Promise
    rule: str | Promise
    rows: str
    is_of_moments: bool = False


_ALL = (
    Kind(
        "overdue", _("Delivered, not submitted"),
        _("Trainings whose last session was more than 30 days ago and whose figures are not submitted: they do not count yet."),
        "trainings", is_of_moments=True,
    ),
    Kind(
        "unverified", _("Waiting for verification"), _("Trainings whose figures are submitted and not verified yet."),
        "trainings", is_of_moments=True,
    ),
    Kind(
        "evidence", _("Without evidence"),
        _("Trainings that count, submitted or verified, without a scan of a signed sheet."),
        "trainings", is_of_moments=True,
    ),
    Kind(
        "sex", _("Sex not recorded"),
        _("Rows of rosters of people whose sex is not recorded: they are in no share of women. Cancelled trainings are left out."),
        "people",
    ),
    Kind(
        "rank", _("Rank group not recorded"),
        _("Rows of rosters without a rank group. Cancelled trainings are left out."), "people",
    ),
    Kind(
        "headcounts", _("Headcount where a roster is expected"),
        _("A ministry of the network counted its people by head in a training that a ministry of the network keeps and that was not "
          "held online. Where names may not be given, it stays so."),
        "headcounts",
    ),
    Kind(
        "late", _("Submitted late"),
        _("Trainings whose figures were first submitted more than 30 days after the last session, in this month or one of the "
          "eleven before."),
        "trainings",
    ),
)  # fmt: skip
KINDS = {kind.code: kind for kind in _ALL}


def first_of_month(day: date, back: int = 0) -> date:
    """Return the first day of the month that is `back` months before that of `day`."""
    number = 12 * day.year + day.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)


def months_of(today: date) -> list[date]:
    """Return the first days of the last twelve months, the current one last."""
    return [first_of_month(today, back) for back in reversed(range(MONTHS))]


def _overdue(today: date) -> Q:
    return Q(figures=Training.Figures.RECORDED, counts_on__lt=today - timedelta(days=LATE_DAYS))


def _late(today: date) -> Q:
    limit = ExpressionWrapper(OuterRef("counts_on") + timedelta(days=LATE_DAYS), output_field=DateField())
    first = FiguresVersion.objects.filter(training=OuterRef("pk"), number=1)
    recent = first.filter(made_at__date__gte=months_of(today)[0], made_at__date__gt=limit)
    return Q(Exists(recent), figures__in=COUNTING)


def _without_evidence(_today: date) -> Q:
    evidence = Evidence.objects.filter(training=OuterRef("pk"), removed_at=None)
    return Q(~Exists(evidence), figures__in=COUNTING)


def _unverified(_today: date) -> Q:
    return Q(figures=Training.Figures.SUBMITTED)


_OF_TRAININGS: dict[str, Callable[[date], Q]] = {
    "overdue": _overdue,
    "late": _late,
    "evidence": _without_evidence,
    "unverified": _unverified,
}
_OF_PEOPLE = {
    "sex": partial(Q, participant__sex=Sex.NOT_RECORDED),
    "rank": partial(Q, rank_group=RankGroup.NOT_RECORDED),
}
TRAINING_KINDS, PEOPLE_KINDS = tuple(_OF_TRAININGS), tuple(_OF_PEOPLE)


def training_rule(code: str, today: date) -> Q:
    """Return the condition on trainings for one of TRAINING_KINDS; cancelled trainings have no gaps."""
    return Q(cancelled_at=None) & _OF_TRAININGS[code](today)


def people_rule(code: str) -> Q:
    """Return the condition on enrolments for one of PEOPLE_KINDS."""
    return Q(_OF_PEOPLE[code](), removed_at=None, training__cancelled_at=None)


def headcount_rule() -> Q:
    """Return the condition on parties that gave a headcount where a list of participants is expected."""
    ministry = Organisation.Kind.MINISTRY
    counted = Headcount.objects.filter(party=OuterRef("headcount_key"), attended__gt=0)
    expected = Q(organisation__kind=ministry, training__owner__kind=ministry, training__cancelled_at=None)
    return expected & ~Q(training__mode=Training.Mode.ONLINE) & Q(Exists(counted))
