"""What was done to notifications, in sentences."""

from django.utils.translation import gettext_lazy as _

from audit.sentences import say

SENTENCES = {
    "choose_notifications": _("chose what to be told of."),
    "leave_digest": _("ended the digest."),
    "read_notifications": _("marked their notices as read."),
}


def register_sentences() -> None:
    """Say this app's actions in the audit log."""
    say(SENTENCES)
