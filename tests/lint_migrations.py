"""Looks for migrations that old code could not live with while it still runs: `make lint`.

Reads the SQL for PostgreSQL, where people work, from a temporary server; without its programs that for SQLite.
Initial migrations are left out: nobody has rows in a table that is just being made.
"""

import os
import sys
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import services

# Looked at by a person, each with the reason in its docstring.
LOOKED_AT: list[str] = []
APPS = [
    "portal",
    "search",
    "reports",
    "knowledge",
    "trainings",
    "trainers",
    "notifications",
    "members",
    "mail",
    "audit",
    "common",
]


def main() -> int:
    os.environ.update(DJANGO_SETTINGS_MODULE="portal.settings", TESTING="1", DATABASE_URL="sqlite://:memory:")
    with ExitStack() as stack:
        try:
            os.environ["DATABASE_URL"] = stack.enter_context(services.postgresql())
        except services.ServiceMissingError as missing:
            print(f"!! Only the SQL for SQLite is read: {missing}")
        return risky_migrations()


def risky_migrations() -> int:
    """Return how many migrations are risky; they are printed with the reason."""
    # The settings read the environment, so Django comes after it is set.
    import django

    django.setup()
    from django.db import connections
    from django_migration_linter import MigrationLinter

    linter = MigrationLinter(
        str(services.PROJECT),
        include_apps=APPS,
        no_cache=True,
        ignore_initial_migrations=True,
        quiet=["ok", "ignore"],
        ignore_name=LOOKED_AT,
    )
    linter.lint_all_migrations()
    linter.print_summary()
    connections.close_all()
    return 1 if linter.has_errors else 0


if __name__ == "__main__":
    sys.exit(main())
