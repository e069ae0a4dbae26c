"""`manage.py check_audit`: proves that no sealed entry was changed, deleted or inserted; reports the unsealed tail."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.seal import check_chain, seal_entries

MOST_SHOWN = 100


class Command(BaseCommand):
    help = "Check the chain of audit entries; ends with 1 and a sentence for each thing that does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--seal", action="store_true", help="seal what has settled first, as the worker does each minute"
        )
        parser.add_argument(
            "--noted",
            default="",
            metavar="NUMBER:DIGEST",
            help="a head that an earlier check printed; it must still hold",
        )

    def handle(self, *, seal: bool, noted: str, **options: Any) -> None:
        if seal:
            self.stdout.write(f"{seal_entries()} lines sealed.")
        checked = check_chain(noted)
        for finding in checked.findings[:MOST_SHOWN]:
            self.stdout.write(finding.sentence)
        tail = f"{checked.tail} are not sealed yet" + (
            f", since {checked.tail_since:%Y-%m-%d %H:%M:%S %Z}" if checked.tail_since else ""
        )
        if checked.findings:
            raise CommandError(
                f"{len(checked.findings)} things do not hold in {checked.entries} sealed entries; {tail}."
            )
        self.stdout.write(f"{checked.entries} lines in {checked.seals} seals hold; {tail}.")
        if checked.head:
            self.stdout.write(f"Note this outside the portal, for --noted next time: {checked.head}")
