"""Audit log sentences for notifications."""

from django.utils.translation import gettext_lazy as _

from audit.sentences import say

SENTENCES = {
    "choose_notifications": _("chose what to be told of."),
    "leave_digest": _("ended the digest."),
    "read_notifications": _("marked their notices as read."),
}


def register_sentences() -> None:
    """Register the sentences for this app's actions."""
    say(SENTENCES)
