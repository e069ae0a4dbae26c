"""Databases of a test run: one template with the reference rows, clones of it for the workers and for whatever commits.

A test's rows are rolled back, so most tests share their worker's database. A test that commits gets the database put back
from the template afterwards, which no flush can empty. A module or package whose tests all read one large dataset builds it
once, in a clone of its own: `own_database`.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg2
from django.core.management import call_command
from django.db import connection

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


class PostgresqlDatabases:
    """Clones by `CREATE DATABASE … TEMPLATE`, about 0.1 s each."""

    def __init__(self) -> None:
        self.configured = str(connection.settings_dict["NAME"])
        self.template = f"test_{self.configured}_template"
        self.numbers = count()

    def start(self, shared: Path) -> None:
        """Build the template unless another worker of this run has, and work on a clone of it. `shared`: the run's folder."""
        built = shared / "template-is-built"
        with (shared / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not built.exists():
                connection.settings_dict["TEST"]["NAME"] = self.template
                connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
                call_command("load_reference", verbosity=0)
                connection.close()
                built.touch()
        self._use(self._clone(f"test_{self.configured}_{WORKER}"))

    def put_back(self) -> None:
        """Give the current database the template's rows again."""
        connection.close()
        self._clone(str(connection.settings_dict["NAME"]))

    @contextmanager
    def own_database(self) -> Iterator[None]:
        """Work on a fresh clone of the template, and afterwards on the database of before."""
        before, own = str(connection.settings_dict["NAME"]), f"test_{self.configured}_{WORKER}_{next(self.numbers)}"
        self._use(self._clone(own))
        try:
            yield
        finally:
            self._use(before)
            self._drop(own)

    def end(self) -> None:
        name = str(connection.settings_dict["NAME"])
        self._use(self.configured)
        self._drop(name)

    @staticmethod
    def _use(name: str) -> None:
        connection.close()
        connection.settings_dict["NAME"] = name

    def _clone(self, name: str) -> str:
        self._drop(name)
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"')
        return name

    def _drop(self, name: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        settings = connection.settings_dict
        server = psycopg2.connect(
            host=settings["HOST"],
            port=settings["PORT"],
            user=settings["USER"],
            password=settings["PASSWORD"],
            dbname="postgres",
        )
        try:
            server.autocommit = True  # a database cannot be made inside a transaction
            with server.cursor() as cursor:
                cursor.execute(statement)
        finally:
            server.close()


class SqliteDatabases:
    """One database in memory, whose contents are copied from others in memory, a few milliseconds each."""

    def start(self, _shared: Path) -> None:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        call_command("load_reference", verbosity=0)
        self.template = self._copy()

    def put_back(self) -> None:
        self._fill(self.template)

    @contextmanager
    def own_database(self) -> Iterator[None]:
        before = self._copy()
        self._fill(self.template)
        try:
            yield
        finally:
            self._fill(before)
            before.close()

    def end(self) -> None:
        self.template.close()
        connection.close()

    @staticmethod
    def _raw() -> Any:
        connection.ensure_connection()
        return connection.connection

    def _copy(self) -> sqlite3.Connection:
        copy = sqlite3.connect(":memory:")
        self._raw().backup(copy)
        return copy

    def _fill(self, source: sqlite3.Connection) -> None:
        source.backup(self._raw())


databases = SqliteDatabases() if connection.vendor == "sqlite" else PostgresqlDatabases()
