"""WSGI entry point for the web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
# Before the settings are read, and only here: imports and rebuilds of the worker and of commands take longer.
os.environ.setdefault("STATEMENT_SECONDS", "30")

application = get_wsgi_application()

# The web server runs no checks by itself, and an unsafe portal must not start. Settings are read only now.
from portal.checks import refuse_unsafe_start  # noqa: E402

refuse_unsafe_start()

# Whatever is loaded by now stays: the collector need not scan it repeatedly (a sixth of a long write).
gc.collect()
gc.freeze()
