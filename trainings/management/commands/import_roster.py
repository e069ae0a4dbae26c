"""`manage.py import_roster FILE --training ME-2026-011 --by EMAIL`: import a roster, or show it with --preview.

`--country ME --preview` instead of a training shows how a roster of that country is read.
"""

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from common.uploads.reading import read_upload
from members.models import Country, Member
from trainings import access
from trainings.models import Training
from trainings.roster_import.actions import commit_import, start_import
from trainings.roster_import.parsing.columns import Tables
from trainings.roster_import.parsing.known import known_tables
from trainings.roster_import.parsing.reading import ReadRoster, ReadRow, read_roster
from trainings.roster_import.plan import Plan, PlannedRow, plan_import
from trainings.roster_import.workbook.differences import Differences, find_differences


def told_row(row: ReadRow) -> dict[str, Any]:
    """Return one row in the words of the preview."""
    return {
        "family_name": row.family_name, "given_name": row.given_name, "sex": row.sex, "rank": row.rank, "group": row.group, "nato": row.nato,
        "unit": row.unit, "email": row.email, "marks": list(row.marks), "state": row.state, "reasons": row.reasons,
    }  # fmt: skip


def told_planned(row: PlannedRow) -> dict[str, Any]:
    """Return one row of a training's import: as read, what it would be imported as, and what needs checking."""
    return {**told_row(row.read), "state": row.state, "reasons": row.reasons}


class Command(BaseCommand):
    help = "Take a roster (XLSX, XLS, ODS or CSV) in, or show how it is understood."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--training", default="", help="reference of the training, such as ME-2026-011")
        parser.add_argument(
            "--by", default="", help="address of the member who takes it in, who must record that training"
        )
        parser.add_argument(
            "--country", default="", help="without a training: the country whose ranks are meant, such as ME"
        )
        parser.add_argument("--preview", action="store_true", help="show only; nothing is written")
        parser.add_argument("--json", action="store_true", help="as JSON, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the file and print how it was read; an unreadable file prints one sentence and exits with code 1."""
        try:
            if options["training"]:
                self._of_training(options)
            elif options["preview"]:
                self._of_country(options)
            else:
                raise CommandError("Name the training and who takes it in (--training, --by), or ask for a --preview.")
        except OSError as wrong:
            raise CommandError(f"{options['file']} cannot be opened: {wrong.strerror}.") from wrong
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal

    def _of_country(self, options: dict[str, Any]) -> None:
        tables = self._tables(options["country"].upper())
        roster = read_roster(read_upload(options["file"].read_bytes(), options["file"].name), tables)
        if options["json"]:
            self._print_json(roster, [told_row(row) for row in roster.rows], tables.country)
        else:
            self._print(roster, [told_row(row) for row in roster.rows])

    def _of_training(self, options: dict[str, Any]) -> None:
        training = Training.objects.select_related("owner").filter(reference=options["training"].upper()).first()
        by = Member.objects.filter(email__iexact=options["by"], is_active=True).first()
        if training is None:
            raise CommandError(f"No training has the reference {options['training']}.")
        if by is None or not access.can_record(by, training):
            raise CommandError(
                f"--by must name a member who records {training.reference}; {options['by'] or 'nobody'} does not."
            )
        sheets = read_upload(options["file"].read_bytes(), options["file"].name)
        with transaction.atomic():
            made = start_import(training=training, organisation=training.owner, sheets=sheets, by=by)
            plan = plan_import(made, by=by)
            differences = find_differences(made) if made.workbook_id else None
            if not options["preview"]:
                self._refuse_waiting(plan)
                commit_import(roster_import=made, by=by)
            else:
                transaction.set_rollback(True)
        rows = [told_planned(row) for row in plan.rows]
        if options["json"]:
            self._print_json(plan.roster, rows, training.owner.country_id)
        else:
            self._print(plan.roster, rows)
            if not options["preview"]:
                self.stdout.write(f"{len(plan.rows)} rows are taken in as import {made.pk}.")
            if differences:
                self._print_differences(differences)

    def _print_differences(self, differences: Differences) -> None:
        """Print what a filled workbook changes: a line for each mark, and what changed in the portal since."""
        for person in differences.people:
            for cell in person.cells:
                words = f"{cell.was or '·'} > {cell.says or '·'}, portal {cell.now or '·'}"
                self.stdout.write(f"{person.number}: {person.person.name} | {cell.title} | {words} | {cell.kind}")
        for note in differences.notes:
            self.stdout.write(f"! {note}")
        self.stdout.write(f"marks from the workbook: {len(differences.taken)}")

    def _refuse_waiting(self, plan: Plan) -> None:
        waiting = [row for row in plan.rows if not row.is_ready]
        for row in waiting:
            self.stderr.write(f"{row.number}: {row.read.family_name}, {row.read.given_name}: {' '.join(row.reasons)}")
        if waiting or plan.open_columns:
            raise CommandError(
                "Nothing is taken in: these rows or columns wait for a decision. Take the list in on the portal's page."
            )

    def _tables(self, country: str) -> Tables:
        if country and not Country.objects.filter(code=country).exists():
            raise CommandError(
                f"No country has the code “{country}”. Run `manage.py load_reference` if there are none."
            )
        return known_tables(country)

    def _print_json(self, roster: ReadRoster, rows: list[dict[str, Any]], country: str) -> None:
        answer = {
            "country": country, "sheet": roster.sheet, "header_row": roster.header_row, "rows": rows,
            "sessions": len(roster.sessions),
            "columns": [
                {"index": c.index, "header": c.header, "kind": c.kind, "question": c.question} for c in roster.columns
            ],
        }  # fmt: skip
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))

    def _print(self, roster: ReadRoster, rows: list[dict[str, Any]]) -> None:
        self.stdout.write(f"{len(rows)} people, {len(roster.sessions)} sessions, sheet “{roster.sheet}”")
        for read, row in zip(roster.rows, rows, strict=True):
            ranked = " ".join(filter(None, (row["rank"], row["group"], row["nato"])))
            marks = " ".join(mark or "·" for mark in row["marks"])
            columns = " | ".join(
                filter(None, [row["sex"], ranked, read.organisation_words, row["unit"], row["email"], marks])
            )
            line = f"{read.number}: {row['family_name']}, {row['given_name']} | {columns} | {row['state']}"
            self.stdout.write(f"{line} {' '.join(row['reasons'])}".rstrip())
        for column in roster.questions:
            self.stdout.write(f"? {column.question}")
        for left in roster.left_out:
            self.stdout.write(f"left out {left.number}: {left.text}")
