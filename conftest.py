"""The surroundings of every test, set before Django reads its settings: nothing of this machine's `.env` leaks in."""

import os
import tempfile
from pathlib import Path

import django
from hypothesis import settings as hypothesis_settings

os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
os.environ.update(TESTING="1", DEMO="0", BENCH="0", SECRET_KEY="tests", SITE_URL="http://localhost:8000")
os.environ.update(ALLOWED_HOSTS="testserver", TIME_ZONE="Europe/Belgrade", TRUSTED_PROXIES="0")
# Files that tests store, beside none of the portal's own.
os.environ.setdefault("VAR_DIR", str(Path(tempfile.gettempdir()) / f"mreza-tests-{os.getuid()}"))
# tests/run.py names the database of each part; a plain `pytest` takes SQLite in memory.
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")

# The same examples every time, more of them in `make test-all`: a red run can be repeated.
hypothesis_settings.register_profile("quick", max_examples=30, deadline=None, derandomize=True)
hypothesis_settings.register_profile("thorough", max_examples=120, deadline=None, derandomize=True, print_blob=True)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# Before tests/conftest.py is imported, which imports models.
django.setup()
