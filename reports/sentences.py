"""What was done in the reports, in sentences, and what the record calls snapshots."""

from django.utils.translation import gettext_lazy as _

from audit.sentences import Label, label, say
from reports.models import Snapshot

SENTENCES = {
    "export_figures": _("took a report of people trained along."),
    "freeze_figures": _("froze the figures as reported to %(reported_to)s (%(trainings)s trainings)."),
    "show_snapshot": _("let more observers open a snapshot."),
    "export_snapshot": _("took a snapshot along."),
    "export_pack": _("made a pack (%(kind)s, %(first)s to %(last)s)."),
    "export_quality": _("took a list of the data-quality desk along (%(list)s, %(rows)s rows)."),
    "release_cells": _(
        "released small numbers of the ministry for a pack (%(kind)s, %(first)s to %(last)s): %(reason)s"
    ),
    "withdraw_release": _("withdrew the release of small numbers for a pack."),
    "set_contributions": _("changed to which SDG targets a course contributes."),
}


def _snapshots(keys: set[str]) -> dict[str, Label]:
    found = Snapshot.objects.filter(pk__in=keys).only("pk", "as_on")
    return {str(one.pk): Label(f"{one.as_on:%Y-%m-%d}", one.get_absolute_url()) for one in found}


def tell() -> None:
    """Say this app's actions in the record."""
    say(SENTENCES)
    label("reports.snapshot", _snapshots)
