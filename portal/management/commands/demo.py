"""Load the demo network into an empty database."""

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from common.actions import collection_paused
from members.models import Member
from portal.demo.builder import PEOPLE_OF_STORY, Written, build
from portal.demo.story import LAST_FIXED_DAY
from portal.totals import recount_after_change
from trainings.counting import Question, figures
from trainings.signals import figures_changed


class Command(BaseCommand):
    help = "Loads the demo network: invented people, public history. Only into a database without members."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", type=date.fromisoformat, help="the day that recent dates follow, as 2026-11-24")
        parser.add_argument("--people", type=int, help="about so many people instead of the story's own, for measuring")

    def handle(self, *, today: date | None, people: int | None, **options: Any) -> None:
        started, today = time.monotonic(), today or timezone.localdate()
        _refuse_unless_possible(today, people)
        # The totals are counted once at the end, not for each of the story's submissions.
        figures_changed.disconnect(dispatch_uid="network totals")
        try:
            with collection_paused(), transaction.atomic():
                call_command("load_reference", verbosity=0)
                written = build(today, people)
        finally:
            figures_changed.connect(recount_after_change, dispatch_uid="network totals")
        call_command("rebuild_index", verbosity=0)
        if options["verbosity"] > 0:
            self._say(written, time.monotonic() - started)

    def _say(self, written: Written, seconds: float) -> None:
        total = figures(Question())
        self.stdout.write(
            f"The demo network is loaded in {seconds:.1f} s: {written.trainers} trainers, "
            f"{written.trainings:,} trainings, {written.people:,} people on rosters, "
            f"{written.enrolments:,} enrolments, {written.marks:,} marks.\n"
            f"In the figures: {total.seats:,} seats, at least {total.people_at_least:,} and at most "
            f"{total.people_at_most:,} people, {total.women_share or 0:.0%} women, "
            f"{total.verified_share or 0:.0%} verified."
        )


def _refuse_unless_possible(today: date, people: int | None) -> None:
    """Raise CommandError unless this is a demo, its database is empty, and the arguments make sense."""
    if not (settings.DEMO or settings.BENCH):
        raise CommandError("The demo has printed passwords. Set DEMO=1 to load it; never where people work.")
    if Member.objects.exists():
        raise CommandError("The database is not empty: it already has members. Load the demo into a fresh database.")
    if today <= LAST_FIXED_DAY:
        raise CommandError(f"The story is told up to {LAST_FIXED_DAY}. Give a later day as --today.")
    if people is not None and people < PEOPLE_OF_STORY:
        raise CommandError(
            f"The story alone has about {PEOPLE_OF_STORY:,} people. Ask for more, or leave --people out."
        )
