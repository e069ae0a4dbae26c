"""Audit log sentences for profiles and topics."""

from django.utils.translation import gettext_lazy as _

from audit.sentences import Label, label, say
from trainers.models import TrainerProfile

SENTENCES = {
    "create_profile": _("made a trainer's profile."),
    "change_profile": _("changed a trainer's profile."),
    "create_topic": _("added a topic."),
    "change_topic": _("renamed a topic."),
}


def _profiles(keys: set[str]) -> dict[str, Label]:
    profiles = TrainerProfile.objects.filter(pk__in=keys).select_related("member")
    return {str(profile.pk): Label(str(profile), profile.get_absolute_url()) for profile in profiles}


def register_sentences() -> None:
    """Register the sentences for this app's actions."""
    say(SENTENCES)
    label("trainers.trainerprofile", _profiles)
