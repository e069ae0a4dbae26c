"""What is: courses and trainings, the people in them, their marks, and the figures that come of it."""

from trainings.models.attendance import Mark, MarkChange
from trainings.models.figures import Amendment, FiguresVersion
from trainings.models.people import DuplicatePair, Enrolment, Headcount, Participant, Party, Sex
from trainings.models.sheets import Evidence, SheetEdition, SheetEntry, SheetLine
from trainings.models.training import Assignment, Course, ReferenceCounter, Session, Training

__all__ = [
    "Amendment",
    "Assignment",
    "Course",
    "DuplicatePair",
    "Enrolment",
    "Evidence",
    "FiguresVersion",
    "Headcount",
    "Mark",
    "MarkChange",
    "Participant",
    "Party",
    "ReferenceCounter",
    "Session",
    "Sex",
    "SheetEdition",
    "SheetEntry",
    "SheetLine",
    "Training",
]
