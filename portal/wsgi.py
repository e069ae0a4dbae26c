"""The entry for the web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()

# The web server runs no checks by itself, and an unsafe portal must not start. Settings are read only now.
from portal.checks import refuse_unsafe_start  # noqa: E402
from portal.silence import watch_database  # noqa: E402

refuse_unsafe_start()
watch_database()

# What is loaded by now stays for good: the collector need not look through it again and again (a sixth of a long write).
gc.collect()
gc.freeze()
