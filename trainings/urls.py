"""URLs of trainings; a reference such as ME-2026-011 can be read out on the phone."""

from django.urls import include, path, register_converter

from trainings import views as trainings
from trainings.attendance import views as attendance
from trainings.courses import views as courses
from trainings.duplicates import views as duplicates
from trainings.evidence import views as evidence
from trainings.exports import views as exports
from trainings.figures import views as figures
from trainings.headcounts import views as headcounts
from trainings.roster import views as roster
from trainings.roster_import import views as imports
from trainings.roster_import.workbook import views as workbooks
from trainings.sign_in_sheets import views as sheets

app_name = "trainings"


class ReferenceConverter:
    """COUNTRY-YEAR-NUMBER."""

    regex = r"[A-Z]{2}-\d{4}-\d{3,6}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ReferenceConverter, "reference")

of_one = [
    path("", trainings.training_detail, name="detail"),
    path("edit/", trainings.training_edit, name="edit"),
    path("cancel/", trainings.training_cancel, name="cancel"),
    path("restore/", trainings.training_restore, name="restore"),
    path("owner/", trainings.training_owner, name="owner"),
    path("history/", trainings.training_history, name="history"),
    path("sessions/<int:pk>/toggle/", trainings.session_toggle, name="session_toggle"),
    path("sessions/<int:pk>/sheet/", sheets.sheet, name="sheet"),
    path("evidence/", evidence.evidence, name="evidence"),
    path("evidence/<int:pk>/", evidence.evidence_file, name="evidence_file"),
    path("evidence/<int:pk>/remove/", evidence.evidence_remove, name="evidence_remove"),
    path("attendance/", attendance.attendance, name="attendance"),
    path("attendance/mark/", attendance.mark, name="mark"),
    path("attendance/rest/<int:pk>/", attendance.mark_rest, name="mark_rest"),
    path("attendance/undo/", attendance.undo, name="undo"),
    path("attendance/keep/", attendance.keep, name="keep"),
    path("roster/", roster.roster, name="roster"),
    path("roster/suggest/", roster.suggest, name="suggest"),
    path("export/", exports.training_export, name="export"),
    path("workbook/", workbooks.workbook, name="workbook"),
    path("roster/import/", imports.roster_import, name="roster_import"),
    path("roster/import/<int:pk>/", imports.import_preview, name="import_preview"),
    path("roster/import/<int:pk>/workbook/", workbooks.workbook_preview, name="workbook_preview"),
    path("roster/import/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("roster/<int:pk>/", roster.enrolment_edit, name="enrolment_edit"),
    path("roster/<int:pk>/member/", roster.enrolment_member, name="enrolment_member"),
    path("roster/<int:pk>/remove/", roster.enrolment_remove, name="enrolment_remove"),
    path("roster/<int:pk>/restore/", roster.enrolment_restore, name="enrolment_restore"),
    path("headcounts/", headcounts.headcounts, name="headcounts"),
    path("headcounts/<int:pk>/switch/", headcounts.headcount_switch, name="headcount_switch"),
    path("figures/submit/", figures.figures_submit, name="submit"),
    path("figures/recall/", figures.figures_recall, name="recall"),
    path("figures/return/", figures.figures_return, name="return"),
    path("figures/verify/", figures.figures_verify, name="verify"),
    path("figures/amend/", figures.figures_amend, name="amend"),
    path("figures/held/<int:pk>/settle/", figures.held_settle, name="held_settle"),
]

urlpatterns = [
    path("", trainings.training_list, name="list"),
    path("export/", exports.list_export, name="list_export"),
    path("new/", trainings.training_create, name="create"),
    path("courses/", courses.course_list, name="courses"),
    path("courses/new/", courses.course_form, name="course_new"),
    path("courses/<int:pk>/", courses.course_form, name="course_edit"),
    # The QR code on a printed sheet opens this: it holds only the edition's code, which identifies no person.
    path("sheets/", sheets.sheet_find, name="sheet_find"),
    path("sheets/<str:code>/", sheets.edition, name="edition"),
    path("sheets/<str:code>/sheet.pdf", sheets.edition_pdf, name="edition_pdf"),
    path("sheets/<str:code>/undo/", sheets.edition_undo, name="edition_undo"),
    path("duplicates/", duplicates.duplicate_list, name="duplicates"),
    path("duplicates/look/", duplicates.duplicates_look, name="duplicates_look"),
    path("duplicates/merged/", duplicates.merge_list, name="merges"),
    path("duplicates/merged/<int:pk>/undo/", duplicates.merge_undo, name="merge_undo"),
    path("duplicates/<int:pk>/", duplicates.duplicate_detail, name="duplicate"),
    path("duplicates/<int:pk>/different/", duplicates.duplicate_different, name="duplicate_different"),
    path("duplicates/<int:pk>/reopen/", duplicates.duplicate_reopen, name="duplicate_reopen"),
    path("<reference:reference>/", include(of_one)),
]
