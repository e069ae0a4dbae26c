"""`manage.py figures --as EMAIL --by year --json`: the report of people trained, with its page's parameters."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from members.models import Member
from reports import access
from reports.people.forms import SELECTS, QuestionForm
from reports.people.report import Row, answer, as_plain, definition

FIELDS = ("first", "last", "by", "and_by", "rule", "count", *SELECTS, "mode")


class Command(BaseCommand):
    help = "Answer a question about people trained, as one member sees it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as", dest="member", required=True, help="address of the member whose view it is")
        for name in FIELDS:
            parser.add_argument(
                f"--{name.replace('_', '-')}", dest=name, default="", help=f"as “{name}” of the page's address"
            )
        parser.add_argument("--verified", action="store_true", help="verified figures only")
        parser.add_argument("--json", action="store_true", help="as JSON, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the answer; for an invalid question, print a sentence and exit with code 1."""
        member = Member.objects.filter(email__iexact=options["member"], is_active=True).first()
        if member is None or not access.can_see_reports(member):
            raise CommandError(f"No active member has the address {options['member']}.")
        data = {name: options[name] for name in FIELDS if options[name]} | (
            {"verified": "on"} if options["verified"] else {}
        )
        form = QuestionForm(data, member=member)
        if not form.is_valid():
            problems = [f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()]
            raise CommandError(" ".join(problems).replace("__all__: ", ""))
        report = answer(form.query(), form.things)
        if options["json"]:
            self.stdout.write(json.dumps(as_plain(report), ensure_ascii=False, indent=1, default=str))
            return
        self.stdout.write(line_of(Row("Total", (), report.total)))
        for n, row in enumerate(report.rows):
            self.stdout.write(line_of(row))
            for column, block in zip(report.columns, report.blocks[n] if report.blocks else [], strict=False):
                if block is not None:
                    self.stdout.write(f"  {line_of(Row(column.label, (), block))}")
        self.stdout.write(definition(report.query))


def line_of(row: Row) -> str:
    """Format a line of the report as text; a gap too small to be shown reads "or more"."""
    cell = row.cell
    if cell.seats is None:
        return f"{row.label}: –"
    people = f"{cell.people_at_least}"
    if cell.is_interval:
        people += " or more" if cell.people_at_most is None else f"–{cell.people_at_most}"
    share = "" if cell.women_share is None else f", at least {cell.women_share:.0%} women"
    return f"{row.label}: {people} people, {cell.seats} seats{share}"
