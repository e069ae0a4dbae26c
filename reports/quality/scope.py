"""Which records a desk covers, and the rows of each kind among them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from members.models import Member
from reports.quality.kinds import headcount_rule, people_rule, training_rule
from trainings.access import enrolments_to_mend, open_pairs, trainings_to_record, visible_trainings
from trainings.models import DuplicatePair, Enrolment, Party, Training
from trainings.models.training import TrainingQuerySet


@dataclass(frozen=True)
class Desk:
    """A reader's desk: their own records, with names where they may see them, or the network's trainings without names.

    `ministry` limits the network to one owner; `has_both` says that this reader also has the other desk.
    """

    member: Member
    is_network: bool = False
    ministry: int | None = None
    has_both: bool = False
    today: date = date.min

    @property
    def trainings(self) -> TrainingQuerySet:
        """The trainings this desk covers: those its reader records or, for the network, all or one owner's."""
        if not self.is_network:
            return trainings_to_record(self.member)
        rows = visible_trainings(self.member)
        return rows.filter(owner=self.ministry) if self.ministry else rows

    @property
    def rosters(self) -> QuerySet[Enrolment]:
        """The enrolments this desk covers. For the network only for counting: its reader sees no names."""
        if self.is_network:
            return Enrolment.objects.filter(training__in=self.trainings) if self.ministry else Enrolment.objects.all()
        return enrolments_to_mend(self.member)

    @property
    def pairs(self) -> QuerySet[DuplicatePair]:
        """The open pairs that need this reader's decision."""
        return open_pairs(self.member)

    def of_trainings(self, code: str) -> QuerySet[Training]:
        return self.trainings.filter(training_rule(code, self.today))

    def of_people(self, code: str) -> QuerySet[Enrolment]:
        return self.rosters.filter(people_rule(code))

    def of_headcounts(self) -> QuerySet[Party]:
        parties = Party.objects.filter(headcount_rule())
        if self.is_network and not self.ministry:
            return parties
        return parties.filter(training__in=self.trainings)


def desk_of(member: Member, *, is_network: bool = False, has_both: bool = False, ministry: int | None = None) -> Desk:
    """Return a member's desk as of today."""
    return Desk(member, is_network, ministry, has_both, timezone.localdate())
