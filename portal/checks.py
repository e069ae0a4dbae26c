"""System checks that refuse an unsafe configuration at start, with a sentence that says how to fix it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from common.files import remote

OWN_PROCESS = ("locmem", "dummy")
SECRET_LETTERS = 50


def _cache_problems() -> list[CheckMessage]:
    backend = str(settings.CACHES["default"]["BACKEND"]).lower()
    if settings.TESTING or not any(word in backend for word in OWN_PROCESS):
        return []
    return [
        Error(
            "The cache is one of each process alone: with two workers a code signs in twice and every limit is doubled.",
            hint="Leave CACHE_URL empty (the database is used) or set it to a Redis that all processes share.",
            id="portal.E001",
        )
    ]


def _secret_problems() -> list[CheckMessage]:
    if settings.DEMO or settings.TESTING:
        return []
    problems: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < SECRET_LETTERS:
        problems.append(
            Error("SECRET_KEY is shorter than 50 letters.", hint="Make one as .env.example says.", id="portal.E002")
        )
    keys = {settings.SECRET_KEY, *settings.FACTOR_KEYS, settings.AUDIT_KEY, settings.PERSON_KEY}
    if len(keys) < 3 + len(settings.FACTOR_KEYS):
        problems.append(
            Error(
                "SECRET_KEY, FACTOR_KEYS, AUDIT_KEY and PERSON_KEY must differ: who learns one must not have the others.",
                hint="Make one for each as .env.example says.",
                id="portal.E003",
            )
        )
    if not settings.SECOND_FACTOR_REQUIRED:
        problems.append(Error("The second factor is not asked for outside the demo.", id="portal.E004"))
    return problems


def _host_problems() -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    if any(host.strip() in ("*", ".") for host in settings.ALLOWED_HOSTS):
        problems.append(
            Error("ALLOWED_HOSTS takes any host.", hint="Name the hosts the portal answers to.", id="portal.E005")
        )
    if settings.DEMO and urlsplit(settings.SITE_URL).hostname not in ("localhost", "127.0.0.1", "::1"):
        problems.append(
            Error(
                "DEMO=1 prints passwords and asks for no second factor, so it runs on this machine alone.",
                hint="Unset DEMO, or set SITE_URL to http://localhost.",
                id="portal.E006",
            )
        )
    if not settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher") and not settings.TESTING:
        problems.append(Error("New passwords are not kept as Argon2id.", id="portal.E007"))
    return problems


def _file_problems() -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    if settings.STORAGE_URL and not remote.is_installed():
        problems.append(
            Error(
                "STORAGE_URL is set, but the packages that speak to S3 are not installed.",
                hint="Run `.venv/bin/python -m pip install 'django-storages[s3]'`, or unset STORAGE_URL.",
                id="portal.E011",
            )
        )
    scanner = urlsplit(settings.CLAMD_URL)
    if settings.CLAMD_URL and not (
        (scanner.scheme == "unix" and scanner.path) or (scanner.scheme == "tcp" and scanner.hostname)
    ):
        problems.append(
            Error(
                "CLAMD_URL names no scanner: no file would be taken.",
                hint="Set it to unix:/run/clamav/clamd.ctl or tcp://127.0.0.1:3310.",
                id="portal.E012",
            )
        )
    if settings.ACCEL_PREFIX and not settings.ACCEL_PREFIX.startswith("/"):
        problems.append(
            Error(
                "ACCEL_PREFIX is no address of the proxy.",
                hint="Set it to /stored, as in deploy/nginx.conf.example, or leave it empty.",
                id="portal.E013",
            )
        )
    return problems


def unsafe_settings(app_configs: object = None, **kwargs: Any) -> list[CheckMessage]:
    """Return the errors for unsafe settings. No query."""
    return [*_cache_problems(), *_secret_problems(), *_host_problems(), *_file_problems()]


def unsafe_database(
    app_configs: object = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Return an error if the shared cache's table is missing. One query."""
    cache = settings.CACHES["default"]
    if not databases or not str(cache["BACKEND"]).endswith("DatabaseCache"):
        return []
    if cache["LOCATION"] in connection.introspection.table_names():
        return []
    return [
        Error(
            "The table of the shared cache is missing: limits of the sign-in would not be counted.",
            hint="Run `manage.py createcachetable`.",
            id="portal.E008",
        )
    ]


def not_for_people(app_configs: object = None, **kwargs: Any) -> list[CheckMessage]:
    """Return warnings for settings that suit a trial but not production: part of `check --deploy`."""
    problems: list[CheckMessage] = []
    if connection.vendor == "sqlite":
        problems.append(
            Error(
                "The database is an SQLite file: fine to try out, not where several people work.",
                hint="Set DATABASE_URL to a PostgreSQL.",
                id="portal.E009",
            )
        )
    if settings.DEMO:
        problems.append(Error("DEMO=1 is for trying out.", hint="Unset DEMO.", id="portal.E010"))
    return problems


def register_checks() -> None:
    """Register the checks; called once, when the app is ready."""
    register(unsafe_settings, Tags.security)
    register(unsafe_database, Tags.database, deploy=True)  # `migrate` runs the others before the table can exist
    register(not_for_people, Tags.security, deploy=True)


def refuse_unsafe_start() -> None:
    """Raise ImproperlyConfigured if the settings are unsafe: for the web server, which runs no checks by itself."""
    problems = unsafe_settings()
    if problems:
        raise ImproperlyConfigured(" ".join(f"{problem.msg} {problem.hint or ''}".strip() for problem in problems))
