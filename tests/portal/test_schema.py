"""A database of another version: a demo is made anew after saying so, any other is refused and left as it is."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from portal import schema
from portal.management.commands.serve import Command


@pytest.fixture
def demo_file(tmp_path, settings, monkeypatch) -> Path:
    """The demo's SQLite file, in a folder of its own; the tests' own database is neither closed nor removed."""
    file = tmp_path / "portal.sqlite3"
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    monkeypatch.setitem(connection.settings_dict, "NAME", str(file))
    monkeypatch.setattr(connection, "close", lambda: None)
    return file


def test_demo_is_older_unless_it_is_stamped_by_these_migrations(demo_file, monkeypatch):
    assert not schema.is_older_demo()  # there is none yet
    demo_file.touch()
    assert schema.is_older_demo()
    schema.stamp_demo()
    assert not schema.is_older_demo()
    monkeypatch.setattr(schema, "schema_hash", lambda: "of other migrations")
    assert schema.is_older_demo()


def test_older_demo_is_removed_with_its_files_after_saying_so(demo_file, settings, monkeypatch):
    class PreparedError(Exception):
        """Stands where the new database would be migrated."""

    def migrate(*_words: object, **_options: object) -> None:
        raise PreparedError

    settings.DEMO = True
    settings.MEDIA_ROOT.mkdir()
    demo_file.touch()
    monkeypatch.setattr(connection, "vendor", "sqlite")
    monkeypatch.setattr("portal.management.commands.serve.call_command", migrate)
    said = io.StringIO()
    with pytest.raises(PreparedError):
        Command(stdout=said).prepare()
    assert said.getvalue() == "The demo database was made by an older version, so it is made anew.\n"
    assert not demo_file.exists()
    assert not settings.MEDIA_ROOT.exists()


@pytest.mark.django_db
@pytest.mark.both_engines
def test_database_of_these_migrations_lacks_nothing():
    assert (schema.unknown_migrations(), schema.missing_columns()) == ([], [])


@pytest.mark.django_db
def test_other_database_with_migrations_of_another_version_is_refused():
    MigrationRecorder(connection).record_applied("trainings", "0024_of_another_version")
    with pytest.raises(CommandError, match="its schema differs in trainings"):
        Command().prepare()


@pytest.mark.django_db
@pytest.mark.both_engines
def test_other_database_whose_migrations_had_other_contents_is_refused():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE members_country RENAME COLUMN name TO title")
    with pytest.raises(CommandError, match="its schema differs in members_country"):
        Command().prepare()


@pytest.mark.django_db
def test_columns_of_migrations_that_are_still_to_come_are_not_missing():
    MigrationRecorder(connection).record_unapplied("members", "0001_initial")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE members_country RENAME COLUMN name TO title")
    assert schema.missing_columns() == []
