"""The history of a training in sentences, and the audit log's wording for trainings."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audit.models import AuditEntry
from audit.sentences import Label, label, say
from trainings.models import Course, Training

# What follows the actor's name, from the details of the audit entry.
SENTENCES = {
    "create_course": gettext_lazy("added a course."),
    "change_course": gettext_lazy("changed a course."),
    "read_names": gettext_lazy("opened participants' names (%(what)s)."),
    "export_figures": gettext_lazy("took the figures of %(trainings)s trainings along."),
    "keep_names": gettext_lazy("let a browser keep the attendance sheet, with its names, for a day."),
    "export_names": gettext_lazy("took participants' names along (%(what)s)."),
    "create_training": gettext_lazy("recorded this training."),
    "change_training": gettext_lazy("changed the facts of this training."),
    "hand_over_training": gettext_lazy("handed this training over from %(former)s to %(to)s."),
    "cancel_training": gettext_lazy("cancelled this training: %(reason)s"),
    "restore_training": gettext_lazy("took the cancellation back."),
    "cancel_session": gettext_lazy("cancelled the session of %(day)s."),
    "restore_session": gettext_lazy("held the session of %(day)s after all."),
    "change_owner": gettext_lazy("changed the keeper from %(former)s to %(owner)s: %(reason)s"),
    "change_enrolment": gettext_lazy("corrected a row of the roster."),
    "import_roster": gettext_lazy(
        "took a list of %(rows)s people in: %(added)s added, %(changed)s corrected, %(marks)s marks."
    ),
    "make_workbook": gettext_lazy("took the roster along as a workbook to fill in (%(people)s people)."),
    "import_workbook": gettext_lazy("took a filled workbook in: %(marks)s marks, %(added)s walk-ins."),
    "undo_import": gettext_lazy("took the import of a list back."),
    "remove_from_roster": gettext_lazy("took one person off the roster."),
    "restore_to_roster": gettext_lazy("brought one person back to the roster."),
    "link_participant": gettext_lazy("said which member a participant became."),
    "unlink_participant": gettext_lazy("took back which member a participant became."),
    "set_headcounts": gettext_lazy("recorded a headcount of %(attended)s for %(organisation)s."),
    "switch_to_roster": gettext_lazy("switched %(organisation)s from a headcount to a roster."),
    "mark_rest_present": gettext_lazy("marked the rest present on %(day)s (%(applied)s)."),
    "undo_marks": gettext_lazy("took %(applied)s marks back."),
    "settle_held_change": gettext_lazy("set a held mark aside."),
    "make_sheet": gettext_lazy("made edition %(edition)s of the sign-in sheet of %(day)s."),
    "record_from_sheet": gettext_lazy(
        "typed in the sign-in sheet of %(day)s (%(applied)s marks, %(walk_ins)s walk-ins)."
    ),
    "take_back_sheet": gettext_lazy("took back what was typed in from a sign-in sheet (%(applied)s marks)."),
    "attach_evidence": gettext_lazy("attached %(files)s scans as evidence."),
    "remove_evidence": gettext_lazy("removed a scan: %(reason)s"),
    "merge_people": gettext_lazy("merged two records of one person (%(survivor)s and %(gone)s)."),
    "undo_merge": gettext_lazy("undid the merge of two records (%(survivor)s and %(gone)s)."),
    "set_different": gettext_lazy("said of two records that they are not the same person."),
    "reopen_pair": gettext_lazy("opened two records for a decision again."),
    "look_for_duplicates": gettext_lazy(
        "compared people with each other: %(opened)s more pairs that may be one person."
    ),
    "submit_figures": gettext_lazy("submitted version %(version)s of the figures."),
    "recall_figures": gettext_lazy("recalled version %(version)s of the figures."),
    "return_figures": gettext_lazy("returned version %(version)s of the figures: %(reason)s"),
    "verify_figures": gettext_lazy("verified version %(version)s of the figures."),
    "amend_figures": gettext_lazy("amended the figures to version %(version)s: %(reason)s"),
}


def _added(line: AuditEntry) -> str:
    n = int(line.detail("added") or 0)
    return ngettext("added %(n)d person to the roster.", "added %(n)d people to the roster.", n) % {"n": n}


def _marked(line: AuditEntry) -> str:
    n, held = int(line.detail("applied") or 0), int(line.detail("held") or 0)
    if held:
        return _("sent %(n)d marks after the figures were locked.") % {"n": held}
    return ngettext("changed %(n)d mark.", "changed %(n)d marks.", n) % {"n": n}


COUNTED: dict[str, Callable[[AuditEntry], str]] = {"add_to_roster": _added, "change_marks": _marked}


# The same actions without numbers and reasons, for readers who may not see names: both could identify single persons.
BRIEF = {
    "add_to_roster": gettext_lazy("added people to the roster."),
    "import_roster": gettext_lazy("added people to the roster."),
    "make_workbook": gettext_lazy("took the roster along as a workbook to fill in."),
    "import_workbook": gettext_lazy("took a filled workbook in."),
    "undo_import": gettext_lazy("changed the roster."),
    "change_marks": gettext_lazy("changed marks."),
    "remove_from_roster": gettext_lazy("changed the roster."),
    "restore_to_roster": gettext_lazy("changed the roster."),
    "change_enrolment": gettext_lazy("changed the roster."),
    "link_participant": gettext_lazy("changed whom a participant is linked to."),
    "unlink_participant": gettext_lazy("changed whom a participant is linked to."),
    "set_headcounts": gettext_lazy("recorded a headcount."),
    "switch_to_roster": gettext_lazy("changed the roster."),
    "mark_rest_present": gettext_lazy("changed marks."),
    "undo_marks": gettext_lazy("changed marks."),
    "settle_held_change": gettext_lazy("changed marks."),
    "record_from_sheet": gettext_lazy("typed in the sign-in sheet of %(day)s."),
    "take_back_sheet": gettext_lazy("took back what was typed in from a sign-in sheet."),
    "remove_evidence": gettext_lazy("removed a scan."),
    "return_figures": gettext_lazy("returned version %(version)s of the figures."),
    "amend_figures": gettext_lazy("amended the figures to version %(version)s."),
}


def _references(keys: set[str]) -> dict[str, Label]:
    trainings = Training.objects.filter(pk__in=keys).only("reference")
    return {str(training.pk): Label(training.reference, training.get_absolute_url()) for training in trainings}


def _find(text: str) -> Iterable[object]:
    return Training.objects.filter(reference__iexact=text.strip()).values_list("pk", flat=True)


def _courses(keys: set[str]) -> dict[str, Label]:
    return {str(course.pk): Label(course.name) for course in Course.objects.filter(pk__in=keys).only("name")}


def register_sentences() -> None:
    """Register the sentences of this app's actions with the audit log."""
    say({**SENTENCES, **COUNTED}, BRIEF)
    label("trainings.training", _references, _find)
    label("trainings.course", _courses)
