"""`manage.py reindex`: build the index of the search anew."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from portal.search.following import follow_record
from portal.search.writing import reindex


class Command(BaseCommand):
    help = "Build the index of the search anew; searches go on in the old one until it is there."

    def handle(self, **options: Any) -> None:
        began = time.monotonic()
        number = reindex()
        follow_record(all_of_it=True)
        self.stdout.write(f"{number:,} things are indexed in {time.monotonic() - began:.1f} s.")
