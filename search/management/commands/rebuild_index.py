"""`manage.py rebuild_index`: rebuild the search index."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from search.index import rebuild
from search.indexer import sync_index


class Command(BaseCommand):
    help = "Build the index of the search again; searches go on meanwhile."

    def handle(self, **options: Any) -> None:
        began = time.monotonic()
        count = rebuild()
        sync_index()
        if options["verbosity"] > 0:
            self.stdout.write(f"{count:,} documents are indexed in {time.monotonic() - began:.1f} s.")
