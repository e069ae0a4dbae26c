"""The history of a training in sentences."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audit.models import Line

# What follows the actor's name, from the details of the line.
SENTENCES = {
    "create_training": gettext_lazy("recorded this training."),
    "change_training": gettext_lazy("changed the facts of this training."),
    "cancel_training": gettext_lazy("cancelled this training: %(reason)s"),
    "restore_training": gettext_lazy("took the cancellation back."),
    "cancel_session": gettext_lazy("cancelled the session of %(day)s."),
    "restore_session": gettext_lazy("held the session of %(day)s after all."),
    "change_keeper": gettext_lazy("changed the keeper from %(former)s to %(keeper)s: %(reason)s"),
    "change_enrolment": gettext_lazy("corrected a row of the roster."),
    "remove_from_roster": gettext_lazy("took one person off the roster."),
    "restore_to_roster": gettext_lazy("brought one person back to the roster."),
    "set_headcounts": gettext_lazy("recorded a headcount of %(attended)s for %(organisation)s."),
    "switch_to_roster": gettext_lazy("switched %(organisation)s from a headcount to a roster."),
    "mark_rest_present": gettext_lazy("marked the rest present on %(day)s (%(applied)s)."),
    "undo_marks": gettext_lazy("took %(applied)s marks back."),
    "settle_held_change": gettext_lazy("set a held mark aside."),
    "submit_figures": gettext_lazy("submitted version %(version)s of the figures."),
    "recall_figures": gettext_lazy("recalled version %(version)s of the figures."),
    "return_figures": gettext_lazy("returned version %(version)s of the figures: %(reason)s"),
    "verify_figures": gettext_lazy("verified version %(version)s of the figures."),
    "amend_figures": gettext_lazy("amended the figures to version %(version)s: %(reason)s"),
}


def _added(line: Line) -> str:
    n = int(line.detail("added") or 0)
    return ngettext("added %(n)d person to the roster.", "added %(n)d people to the roster.", n) % {"n": n}


def _marked(line: Line) -> str:
    n, held = int(line.detail("applied") or 0), int(line.detail("held") or 0)
    if held:
        return _("sent %(n)d marks after the figures were locked.") % {"n": held}
    return ngettext("changed %(n)d mark.", "changed %(n)d marks.", n) % {"n": n}


COUNTED: dict[str, Callable[[Line], str]] = {"add_to_roster": _added, "change_marks": _marked}


# The same acts without numbers and reasons, for who may not see the names: both could tell of single persons.
BRIEF = {
    "add_to_roster": gettext_lazy("added people to the roster."),
    "change_marks": gettext_lazy("changed marks."),
    "remove_from_roster": gettext_lazy("changed the roster."),
    "restore_to_roster": gettext_lazy("changed the roster."),
    "change_enrolment": gettext_lazy("changed the roster."),
    "set_headcounts": gettext_lazy("recorded a headcount."),
    "switch_to_roster": gettext_lazy("changed the roster."),
    "mark_rest_present": gettext_lazy("changed marks."),
    "undo_marks": gettext_lazy("changed marks."),
    "settle_held_change": gettext_lazy("changed marks."),
    "return_figures": gettext_lazy("returned version %(version)s of the figures."),
    "amend_figures": gettext_lazy("amended the figures to version %(version)s."),
}


def sentence(line: Line, *, whole: bool = True) -> str:
    """Return what the actor of this line did, without the actor; `whole` for who may see the names of the training."""
    if not whole and line.action in BRIEF:
        return str(BRIEF[line.action]) % _Details(line.details)
    if line.action in COUNTED:
        return COUNTED[line.action](line)
    if line.action in SENTENCES:
        return str(SENTENCES[line.action]) % _Details(line.details)
    return line.action.replace("_", " ") + "."


class _Details(dict[str, object]):
    """A detail that an old line lacks reads as a dash instead of failing."""

    def __missing__(self, key: str) -> str:
        return "–"
