"""Change enrolments under the lock of their training: shared by rosters, merges and figures."""

from uuid import uuid4

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import Organisation
from trainings.models import Enrolment, Party, Training


def roster_party(training: Training, organisation: Organisation) -> Party:
    """Return the organisation's party with a roster; refuse if it is recorded by headcount."""
    party, _created = Party.objects.get_or_create(
        training=training, organisation=organisation, defaults={"roster_key": uuid4()}
    )
    if party.roster_key is None:
        raise ValidationError(
            _("%(organisation)s is recorded by a headcount in this training. Switch it to a roster first.")
            % {"organisation": organisation.short_name}
        )
    return party


def take_off(enrolment: Enrolment) -> None:
    """Remove one person from the roster of a training whose row the caller has locked."""
    enrolment.party, enrolment.removed_at = None, timezone.now()
    enrolment.save(update_fields=["party", "removed_at"])
