"""Audit log sentences for actions of the reports, and the label of snapshots there."""

from django.utils.translation import gettext_lazy as _

from audit.sentences import Label, label, say
from reports.models import Snapshot

SENTENCES = {
    "export_figures": _("took a report of people trained along."),
    "freeze_figures": _("froze the figures as reported to %(reported_to)s (%(trainings)s trainings)."),
    "show_snapshot": _("let more observers open a snapshot."),
    "export_snapshot": _("took a snapshot along."),
    "export_pack": _("made a pack (%(pack)s, %(first)s to %(last)s)."),
    "export_trainers": _("took the trainers’ report along (%(trainers)s trainers)."),
    "export_portfolio": _("took a trainer’s portfolio along."),
    "export_quality": _("took a list of the data-quality desk along (%(list)s, %(rows)s rows)."),
    "release_cells": _(
        "released small numbers of the ministry for a pack (%(pack)s, %(first)s to %(last)s): %(reason)s"
    ),
    "withdraw_release": _("withdrew the release of small numbers for a pack."),
    "set_contributions": _("changed to which SDG targets a course contributes."),
    "enter_strength": _("entered the strength of %(year)s, version %(version)s (%(numbers)s numbers)."),
    "import_strengths": _("took the strength in from a sheet: %(tables)s tables."),
    "remove_strength": _("removed the strength of %(year)s, which was version %(version)s."),
    "export_coverage": _("took a report of coverage along."),
    "add_indicator": _("added a value of an indicator (%(indicator)s)."),
    "correct_indicator": _("put a value of an indicator in the place of another (%(indicator)s): %(reason)s"),
    "withdraw_indicator": _("withdrew a value of an indicator (%(indicator)s): %(reason)s"),
    "export_indicators": _("took the indicators along (%(values)s values)."),
}


def _snapshots(keys: set[str]) -> dict[str, Label]:
    snapshots = Snapshot.objects.filter(pk__in=keys).only("pk", "as_on")
    return {str(one.pk): Label(f"{one.as_on:%Y-%m-%d}", one.get_absolute_url()) for one in snapshots}


def register_sentences() -> None:
    """Register this app's sentences with the audit log."""
    say(SENTENCES)
    label("reports.snapshot", _snapshots)
