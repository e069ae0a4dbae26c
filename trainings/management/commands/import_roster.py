"""`manage.py import_roster FILE --country ME --preview`: a roster as the portal understands it; nothing is written."""

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.uploads.reading import read_upload
from members.models import Country
from trainings.roster_reading.columns import Tables
from trainings.roster_reading.known import known_tables
from trainings.roster_reading.reading import ReadRoster, ReadRow, read_roster


def told_row(row: ReadRow) -> dict[str, Any]:
    """Return one row in the words of the preview."""
    return {
        "family": row.family, "given": row.given, "sex": row.sex, "rank": row.rank, "group": row.group, "nato": row.nato,
        "unit": row.unit, "email": row.email, "marks": list(row.marks), "state": row.state, "reasons": row.reasons,
    }  # fmt: skip


class Command(BaseCommand):
    help = "Show how a roster (XLSX or CSV) is understood, row by row. Nothing is written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--country", default="", help="code of the country whose ranks are meant, such as ME")
        parser.add_argument("--preview", action="store_true", required=True, help="show only; nothing is written")
        parser.add_argument("--json", action="store_true", help="as JSON, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the file and print it as understood; a file that cannot be read is one sentence."""
        tables = self._tables(options["country"].upper())
        roster = self._read(options["file"], tables)
        if options["json"]:
            answer = {
                "country": tables.country, "sheet": roster.sheet, "header_row": roster.header_row,
                "rows": [told_row(row) for row in roster.rows], "sessions": len(roster.sessions),
                "columns": [
                    {"index": c.index, "header": c.header, "kind": c.kind, "question": c.question} for c in roster.columns
                ],
            }  # fmt: skip
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
        else:
            self._print(roster)

    def _tables(self, country: str) -> Tables:
        if country and not Country.objects.filter(code=country).exists():
            raise CommandError(
                f"No country has the code “{country}”. Run `manage.py load_reference` if there are none."
            )
        return known_tables(country)

    def _read(self, file: Path, tables: Tables) -> ReadRoster:
        try:
            return read_roster(read_upload(file.read_bytes(), file.name), tables)
        except OSError as wrong:
            raise CommandError(f"{file} cannot be opened: {wrong.strerror}.") from wrong
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal

    def _print(self, roster: ReadRoster) -> None:
        self.stdout.write(f"{len(roster.rows)} people, {len(roster.sessions)} sessions, sheet “{roster.sheet}”")
        for row in roster.rows:
            told = [
                row.sex,
                " ".join(filter(None, (row.rank, row.group, row.nato))),
                row.organisation_words,
                row.unit,
                row.email,
            ]
            marks = " ".join(mark or "·" for mark in row.marks)
            line = f"{row.number}: {row.family}, {row.given} | {' | '.join(filter(None, [*told, marks]))} | {row.state}"
            self.stdout.write(f"{line} {' '.join(row.reasons)}".rstrip())
        for column in roster.questions:
            self.stdout.write(f"? {column.question}")
        for left in roster.left_out:
            self.stdout.write(f"left out {left.number}: {left.text}")
