"""Models: courses and trainings, the people in them, their marks, and the figures derived from them."""

from trainings.models.attendance import Mark, MarkChange
from trainings.models.duplicates import DuplicatePair, Merge
from trainings.models.figures import Amendment, FiguresVersion
from trainings.models.imports import ColumnChoice, ImportedRow, RosterImport
from trainings.models.people import Enrolment, Headcount, Participant, Party, Sex
from trainings.models.sheets import Evidence, SheetEdition, SheetEntry, SheetLine
from trainings.models.training import Assignment, Course, ReferenceCounter, Session, Training
from trainings.models.workbooks import Workbook

__all__ = [
    "Amendment",
    "Assignment",
    "ColumnChoice",
    "Course",
    "DuplicatePair",
    "Enrolment",
    "Evidence",
    "FiguresVersion",
    "Headcount",
    "ImportedRow",
    "Mark",
    "MarkChange",
    "Merge",
    "Participant",
    "Party",
    "ReferenceCounter",
    "RosterImport",
    "Session",
    "Sex",
    "SheetEdition",
    "SheetEntry",
    "SheetLine",
    "Training",
    "Workbook",
]
