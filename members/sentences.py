"""Audit log sentences for members, invitations and organisations."""

from django.utils.translation import gettext_lazy as _

from audit.sentences import Label, label, say
from members.models import Member, Organisation

SENTENCES = {
    "first_admin": _("became the network's first admin."),
    "invite_member": _("invited %(name)s (%(email)s)."),
    "revoke_invitation": _("revoked the invitation of %(email)s."),
    "resend_invitation": _("sent the invitation of %(email)s again."),
    "decline_request": _("declined the request of %(name)s to join."),
    "change_roles": _("changed the roles of %(name)s."),
    "change_member": _("changed the facts of %(name)s."),
    "export_members": _("exported %(members)s members."),
    "accept_invitation": _("accepted the invitation and became a member."),
    "deactivate_member": _("deactivated %(name)s."),
    "reactivate_member": _("reactivated %(name)s."),
    "reset_second_factor": _("reset the second factor of %(name)s."),
    "add_factor": _("added a second factor."),
    "remove_factor": _("removed a second factor."),
    "renew_recovery_codes": _("made new recovery codes."),
    "change_password": _("changed the password."),
    "reset_password": _("chose a new password by a mailed link."),
    "create_organisation": _("added an organisation."),
    "change_organisation": _("changed an organisation."),
    "create_rank": _("added a rank."),
    "change_rank": _("changed a rank."),
    "try_mail_again": _("let the mail to %(email)s be sent again."),
    "export_audit": _("exported %(lines)s lines of the record."),
}


def _members(keys: set[str]) -> dict[str, Label]:
    members = Member.objects.filter(pk__in=keys).only("given_name", "family_name")
    return {str(member.pk): Label(member.full_name) for member in members}


def _organisations(keys: set[str]) -> dict[str, Label]:
    return {str(o.pk): Label(o.short_name) for o in Organisation.objects.filter(pk__in=keys).only("short_name")}


def register_sentences() -> None:
    """Register the sentences for this app's actions."""
    say(SENTENCES)
    label("members.member", _members)
    label("members.organisation", _organisations)
