"""The application's database role can add to the record and to figures as reported, and neither change nor remove anything in them."""

import subprocess
import sys

import pytest
from django.db import connection

from tests import services

pytestmark = [
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no roles; runs with PostgreSQL"),
]
SCRIPT = services.PROJECT / "deploy" / "roles.sql"
AS_APP = """
from audit.models import AuditEntry, AuditText, Seal
from audit.record import record
from audit.seal import check_chain, seal_entries
from datetime import timedelta
from django.db import ProgrammingError, connection, transaction
from members.models import Organisation
import audit.seal
audit.seal.SETTLED = timedelta(0)
entry = record("change_organisation", Organisation.objects.first(), by=None, free_text={"name": ["a", "b"]})
assert seal_entries() == AuditEntry.objects.count() and check_chain().findings == []
refused = 0
columns = {"audit_auditentry": "action", "audit_audittext": "salt", "audit_seal": "number", "reports_snapshot": "signed",
           "reports_frozentraining": "seats"}
for table, column in columns.items():
    for act in (f"UPDATE {table} SET {column} = {column}",
                f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE", f"DROP TABLE {table} CASCADE"):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(act)
        except ProgrammingError:
            refused += 1
print("refused", refused)
"""


@pytest.fixture(scope="module")
def roles(tmp_path_factory):
    """Run a server of our own with the script applied, as its README says; yield how `manage.py` is run as each role."""
    tmp_path = tmp_path_factory.mktemp("roles")
    with services.postgresql() as url:
        base = url.rsplit("/", 1)[0]
        server = base.rsplit("@", 1)[-1]
        psql = services.postgresql_programs() / "psql"

        def apply() -> None:
            words = ["-v", "owner_password='o'", "-v", "app_password='a'", "-v", "database=mreza", "-f", str(SCRIPT)]
            subprocess.run([str(psql), *words, f"{base}/postgres"], check=True, capture_output=True)

        def manage(role: str, password: str, *words: str) -> subprocess.CompletedProcess[str]:
            environment = {
                **services.demo_environment(tmp_path, 8000),
                "TESTING": "1",
                "DEMO": "0",
                "DATABASE_URL": f"postgres://{role}:{password}@{server}/mreza",
            }
            command = [sys.executable, "manage.py", *words]
            return subprocess.run(command, cwd=services.PROJECT, env=environment, capture_output=True, text=True)

        apply()
        for command in ("migrate", "createcachetable", "load_reference"):
            ran = manage("mreza_owner", "o", command)
            assert ran.returncode == 0, ran.stderr
        apply()
        yield manage


@pytest.mark.slow
def test_record_only_grows_for_the_application(roles):
    ran = roles("mreza_app", "a", "shell", "--no-imports", "-c", AS_APP)
    assert (ran.returncode, ran.stdout.strip().splitlines()[-1:]) == (0, ["refused 20"]), ran.stderr


@pytest.mark.slow
def test_check_refuses_the_owner_and_takes_the_application(roles):
    ran = roles("mreza_app", "a", "check", "--deploy", "--database", "default")
    assert "audit.E001" not in ran.stderr
    control = roles("mreza_owner", "o", "check", "--deploy", "--database", "default")
    assert "may change the record of who did what (UPDATE audit_auditentry" in control.stderr
