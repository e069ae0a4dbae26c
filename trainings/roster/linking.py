"""Link a participant to a member: the only connection between a trained person and an account."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from audit.record import changes, record
from common.actions import action
from members.models import Member
from trainings.models import Participant, Training


def _standing(participant: Participant) -> Participant:
    """Return the participant, locked; refuse one that was merged into another."""
    person = Participant.objects.select_for_update().get(pk=participant.pk)
    if person.merged_into_id:
        raise ValidationError(_("This record was merged into another of the same person. Link that one."))
    return person


def _keep(person: Participant, member: Member | None, root: Training, verb: str, by: Member) -> Participant:
    former, person.member = person.member, member
    changed_values = changes({"member": former and former.full_name}, {"member": member and member.full_name})
    person.save(update_fields=["member"])
    record(verb, person, by=by, root=root, fields=changed_values, free_text=changed_values, about_people=True)
    return person


@action
def link_participant(*, participant: Participant, member: Member, training: Training, by: Member) -> Participant:
    """Link this person to a member of the same organisation; replaces an earlier link. Changes no figures.

    `training` is where they were found; its history shows the audit entry. A member can be linked to one participant: a
    second one must be merged with it first.
    """
    Member.objects.select_for_update().get(pk=member.pk)
    person = _standing(participant)
    if member.organisation_id != person.organisation_id:
        raise ValidationError(_("Choose a member of the organisation that this person comes from."))
    if Participant.objects.filter(member=member, merged_into=None).exclude(pk=person.pk).exists():
        raise ValidationError(
            _(
                "%(name)s is linked to another record of your organisation. If both are the same person, have your coordinator "
                "merge the two; if not, take the other link back first."
            )
            % {"name": member.full_name}
        )
    return _keep(person, member, training, "link_participant", by)


@action
def unlink_participant(*, participant: Participant, training: Training, by: Member) -> Participant:
    """Undo `link_participant`."""
    return _keep(_standing(participant), None, training, "unlink_participant", by)
