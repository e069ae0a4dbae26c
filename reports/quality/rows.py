"""The rows behind a number, each with a link to fix it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import Member, RankGroup
from reports.quality.kinds import Kind
from reports.quality.scope import Desk
from trainings.access import can_verify, trainings_to_record
from trainings.models import Enrolment, FiguresVersion, Party, Sex, Training


@dataclass(frozen=True)
class Way:
    """Where a row is fixed and the label of its button or, without a URL, why this reader cannot fix it."""

    words: str
    url: str = ""


@dataclass(frozen=True)
class Row:
    """One row: its training, the person or party it is about, how long the gap has existed, and how to fix it."""

    training: Training
    way: Way
    enrolment: Enrolment | None = None
    party: Party | None = None
    days: int | None = None
    since: datetime | None = None

    @property
    def attended(self) -> int | None:
        return getattr(self.party, "counted", None)


def rows_of(desk: Desk, kind: Kind) -> QuerySet[Any]:
    """Return the rows behind a number in display order: longest waiting first, otherwise the latest training."""
    if kind.rows == "people":
        parts = ("participant", "organisation", "training__owner")
        return (
            desk.of_people(kind.code).select_related(*parts).order_by("-training__counts_on", "training", "line", "pk")
        )
    if kind.rows == "headcounts":
        parties = desk.of_headcounts().select_related("organisation", "training__owner")
        return parties.annotate(counted=Sum("headcounts__attended")).order_by("-training__counts_on", "pk")
    first = FiguresVersion.objects.filter(training=OuterRef("pk"), number=1).values("made_at")
    orders = {"overdue": ("counts_on", "pk"), "unverified": ("submitted_at", "pk"), "late": ("-first_submitted", "pk")}
    rows = desk.of_trainings(kind.code).select_related("owner").annotate(first_submitted=Subquery(first[:1]))
    return rows.order_by(*orders.get(kind.code, ("-counts_on", "pk")))


def shown_rows(desk: Desk, kind: Kind, records: Sequence[Any], back: str) -> list[Row]:
    """Return the rows of one page with links to fix them; `back` is where the forms return to. One query."""
    made: dict[str, Callable[..., Row]] = {"people": _person, "headcounts": _headcount, "trainings": _training}
    trainings = {one.pk if isinstance(one, Training) else one.training_id for one in records}
    own = (
        set()
        if desk.is_network
        else set(trainings_to_record(desk.member).filter(pk__in=trainings).values_list("pk", flat=True))
    )
    return [made[kind.rows](kind, one, desk, own, back) for one in records]


def _person(_kind: Kind, row: Enrolment, desk: Desk, own: set[int], back: str) -> Row:
    training, member = row.training, desk.member
    if training.pk in own and training.is_open:
        edit = reverse("trainings:enrolment_edit", args=[training.reference, row.pk])
        return Row(training, Way(_("Correct"), f"{edit}?{back}"), enrolment=row)
    return Row(training, _locked(training, member, own), enrolment=row)


def _locked(training: Training, member: Member, own: set[int]) -> Way:
    """Return the link for a row whose figures are submitted or verified, or whose training belongs to somebody else."""
    if training.pk not in own:
        return Way(_("%(owner)s keeps this record.") % {"owner": training.owner.short_name})
    if can_verify(member, training):
        name, words = ("return", _("Return")) if training.is_submitted else ("amend", _("Amend"))
        return Way(words, reverse(f"trainings:{name}", args=[training.reference]))
    return Way(_("The figures are submitted: a coordinator can return or amend them."))


def _headcount(_kind: Kind, row: Party, desk: Desk, own: set[int], _back: str) -> Row:
    training = row.training
    if training.pk in own and training.is_open:
        return Row(
            training, Way(_("Headcounts"), reverse("trainings:headcounts", args=[training.reference])), party=row
        )
    return Row(training, _locked(training, desk.member, own), party=row)


def _training(kind: Kind, row: Any, desk: Desk, own: set[int], _back: str) -> Row:
    here = row.pk in own
    if kind.code == "overdue":
        way = Way(_("Submit"), row.get_absolute_url()) if here else Way("")
        return Row(row, way, days=(desk.today - row.counts_on).days)
    if kind.code == "late":
        since = row.first_submitted
        days = (timezone.localtime(since).date() - row.counts_on).days
        return Row(row, Way(_("History"), reverse("trainings:history", args=[row.reference])), since=since, days=days)
    if kind.code == "evidence":
        return Row(row, Way(_("Attach"), reverse("trainings:evidence", args=[row.reference])) if here else Way(""))
    waited = (desk.today - timezone.localtime(row.submitted_at).date()).days
    return Row(row, _verify(row, desk.member) if here else Way(""), since=row.submitted_at, days=waited)


def _verify(training: Training, member: Member) -> Way:
    if not can_verify(member, training):
        return Way(_("A coordinator verifies it."))
    if training.submitted_by_id == member.pk:
        return Way(_("You submitted it: another coordinator verifies it."))
    return Way(_("Review"), training.get_absolute_url())


def sheet_of(desk: Desk, kind: Kind) -> tuple[list[str], Iterator[list[object]]]:
    """Return header and rows of a list for export. One query, read 2,000 rows at a time."""
    training = [_("Training"), _("Title"), _("Last session"), _("Kept by"), _("Figures")]
    rows = rows_of(desk, kind).iterator(chunk_size=2000)
    if kind.rows == "people":
        header = [_("Family name"), _("Given name"), _("Sex"), _("Rank group"), _("Home"), *training]
        return header, (_person_cells(row) for row in rows)
    if kind.rows == "headcounts":
        number = [] if desk.is_network else [_("Attended")]
        return [_("Home"), *number, *training], (_headcount_cells(row, desk) for row in rows)
    more = {"overdue": [], "evidence": [], "late": [_("First submitted")], "unverified": [_("Submitted")]}[kind.code]
    return [*training, *more], _training_cells(kind, rows)


def _facts(training: Training) -> list[object]:
    return [
        training.reference,
        training.title,
        training.counts_on.isoformat(),
        training.owner.short_name,
        training.get_figures_display(),
    ]


def _person_cells(row: Enrolment) -> list[object]:
    person = row.participant
    return [person.family_name, person.given_name, str(Sex(person.sex).label), str(RankGroup(row.rank_group).label),
            row.organisation.short_name, *_facts(row.training)]  # fmt: skip


def _headcount_cells(row: Any, desk: Desk) -> list[object]:
    return [row.organisation.short_name, *([] if desk.is_network else [row.counted]), *_facts(row.training)]


def _training_cells(kind: Kind, rows: Iterable[Any]) -> Iterator[list[object]]:
    at = {"late": "first_submitted", "unverified": "submitted_at"}.get(kind.code)
    for row in rows:
        moment = [timezone.localtime(getattr(row, at)).date().isoformat()] if at else []
        yield [*_facts(row), *moment]
