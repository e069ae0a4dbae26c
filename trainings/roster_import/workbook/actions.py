"""Download a training as a workbook, and save the decisions on a filled one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from audit.record import record
from common.actions import action
from members.models import Member
from trainings.actions import check_open, locked
from trainings.models import RosterImport, Session, Training, Workbook
from trainings.roster_import.actions import check_preview
from trainings.roster_import.workbook.keys import FACTS, fact_hash
from trainings.roster_import.workbook.people import Person, people_of, session_title


@dataclass(frozen=True)
class MadeWorkbook:
    """A workbook with its content: exactly what was stored of it."""

    workbook: Workbook
    people: list[Person]
    sessions: list[Session]


@action
def make_workbook(*, training: Training, by: Member) -> MadeWorkbook:
    """Store the current roster and marks, under a new code, for a workbook to be filled in. Five queries."""
    fresh = locked(training)
    check_open(fresh)
    sessions = [session for session in fresh.sessions.all() if not session.is_cancelled]
    if not sessions:
        raise ValidationError(_("This training has no session that is held, so there is nothing to fill in."))
    people = [person for person in people_of(fresh).values() if not person.is_removed]
    workbook = Workbook(training=fresh, by=by, sessions=[[session.pk, session_title(session)] for session in sessions])
    workbook.rows = {
        str(person.enrolment): {
            "marks": [list(person.marks.get(session.pk, ("", 0))) for session in sessions],
            "facts": [fact_hash(workbook, fact, text) for fact, text in zip(FACTS, person.facts, strict=True)],
        }
        for person in people
    }
    workbook.save()
    record("make_workbook", workbook, by=by, root=fresh, is_reading=True, people=len(people), code=workbook.code)
    return MadeWorkbook(workbook, people, sessions)


def choose_of_workbook(*, roster_import: RosterImport, cells: Mapping[str, Any], people: Mapping[str, str]) -> None:
    """Save the decisions on a filled workbook: on cells, with the version shown, and on renamed rows."""
    check_preview(roster_import)
    roster_import.chosen = {
        **roster_import.chosen,
        "cells": {**roster_import.chosen.get("cells", {}), **cells},
        "people": {**roster_import.chosen.get("people", {}), **people},
    }
    roster_import.save(update_fields=["chosen"])
