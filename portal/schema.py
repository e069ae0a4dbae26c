"""Whether a database was made by these migrations. Until the first release they are rewritten rather than added to."""

import hashlib
import shutil
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

# The migrations of an unreleased version are rewritten, so its demo database is recreated.
STAMP = "schema.sha256"


def schema_hash() -> str:
    """Return the SHA-256 of the migrations of the portal's own apps."""
    digest = hashlib.sha256()
    for path in sorted(_migration_files()):
        digest.update(f"{path.relative_to(settings.BASE_DIR)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _migration_files() -> list[Path]:
    folders = [Path(config.path) for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR]
    return [path for folder in folders for path in folder.glob("migrations/[0-9]*.py")]


def unknown_migrations() -> list[str]:
    """Return the applied migrations of the portal's own apps that no longer exist, as app.name. Two queries."""
    known = {f"{path.parent.parent.name}.{path.stem}" for path in _migration_files()}
    labels = {name.partition(".")[0] for name in known}
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if app in labels and f"{app}.{name}" not in known)


def missing_columns() -> list[str]:
    """Return the columns that a fully migrated database lacks, as table.column: its migrations had other contents.

    Tables that do not exist yet are left out. About two queries a table, a fifth of a second in all.
    """
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return []
    missing = []
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if model._meta.managed and table in tables:
                there = {column.name for column in connection.introspection.get_table_description(cursor, table)}
                missing += [f"{table}.{f.column}" for f in model._meta.local_concrete_fields if f.column not in there]
    return missing


def is_older_demo() -> bool:
    """Return whether the demo's SQLite file exists and was created with other migrations than these."""
    stamp = Path(settings.VAR_DIR) / STAMP
    made_by = stamp.read_text() if stamp.exists() else ""
    return Path(connection.settings_dict["NAME"]).exists() and made_by != schema_hash()


def remove_demo() -> None:
    """Delete the demo's database with its stored files."""
    connection.close()
    name = str(connection.settings_dict["NAME"])
    for path in (name, f"{name}-wal", f"{name}-shm"):
        Path(path).unlink(missing_ok=True)
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


def stamp_demo() -> None:
    """Record the migrations that the demo's database was created with."""
    (Path(settings.VAR_DIR) / STAMP).write_text(schema_hash())
