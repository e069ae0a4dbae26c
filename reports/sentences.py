"""What was taken along from the reports, in sentences."""

from django.utils.translation import gettext_lazy as _

from audit.sentences import say

SENTENCES = {
    "export_trainers": _("took the trainers’ report along (%(trainers)s trainers)."),
    "export_portfolio": _("took a trainer’s portfolio along."),
}


def tell() -> None:
    """Say this app's actions in the record."""
    say(SENTENCES)
