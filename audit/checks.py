"""System check that the database itself keeps the audit log append-only."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connection

KEPT_TABLES = ("audit_auditentry", "audit_audittext", "audit_seal")
FORBIDDEN = ("UPDATE", "DELETE", "TRUNCATE")


def record_only_grows(app_configs: object, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Reject a PostgreSQL role that may change or delete audit entries. Part of `check --deploy --database default`."""
    if not databases or connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        there = {name for (name,) in cursor.fetchall()}
        allowed = []
        for table in KEPT_TABLES:
            for right in FORBIDDEN if table in there else ():
                cursor.execute("SELECT has_table_privilege(current_user, %s, %s)", [table, right])
                allowed += [f"{right} {table}"] if cursor.fetchone()[0] else []
        cursor.execute("SELECT current_user")
        role = cursor.fetchone()[0]
    if not allowed:
        return []
    return [
        Error(
            f"The database role {role} may change the record of who did what ({', '.join(allowed)}).",
            hint="Run the portal as mreza_app and migrations as mreza_owner: see deploy/roles.sql.",
            id="audit.E001",
        )
    ]
