"""What was done to strengths and indicators, in sentences."""

from django.utils.translation import gettext_lazy as _

from audit.sentences import say

SENTENCES = {
    "enter_strength": _("entered the strength of %(year)s, version %(version)s (%(numbers)s numbers)."),
    "import_strengths": _("took the strength in from a sheet: %(tables)s tables."),
    "remove_strength": _("removed the strength of %(year)s, which was version %(version)s."),
    "export_coverage": _("took a report of coverage along."),
    "add_indicator": _("added a value of an indicator (%(indicator)s)."),
    "correct_indicator": _("put a value of an indicator in the place of another (%(indicator)s): %(reason)s"),
    "withdraw_indicator": _("withdrew a value of an indicator (%(indicator)s): %(reason)s"),
    "export_indicators": _("took the indicators along (%(values)s values)."),
}


def tell() -> None:
    """Say this app's actions in the record."""
    say(SENTENCES)
