"""Settings of the portal: one file; everything that differs between deployments comes from the environment.

`.env.example` lists every variable. `DEMO=1` is for trying the portal out on one's own machine; anywhere else a
missing secret stops the start with a sentence that says how to fix it.
"""

from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONCE, NONE, SELF
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from common.files import remote

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

# Everything the portal writes beside its database: the demo's database, photographs, mail, collected static files.
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

DEBUG = False
DEMO = env.bool("DEMO", default=False)
BENCH = env.bool("BENCH", default=False)
TESTING = env.bool("TESTING", default=False)

LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
_site = urlsplit(SITE_URL)
if _site.scheme != "https" and (_site.hostname or "") not in {"localhost", "127.0.0.1", "::1"}:
    raise ImproperlyConfigured(
        f"SITE_URL is {SITE_URL}: plain http is only for this machine itself. "
        "Set SITE_URL to the https address people use."
    )

SITE_HOST = _site.hostname or "localhost"

SITE_NAME = env.str("SITE_NAME", default="Mreža")
SITE_TAGLINE = env.str("SITE_TAGLINE", default="Regional network of gender trainers")
SITE_AUSPICES = env.str("SITE_AUSPICES", default="Under the auspices of UNDP / SEESAC")

if DEMO and env.str("DATABASE_URL", default="").startswith("postgres") and not (BENCH or TESTING):
    raise ImproperlyConfigured(
        "DEMO=1 prints passwords, so it is refused together with DATABASE_URL. Unset one of the two."
    )

# The password of every demo account. It is printed, so it exists in the demo only.
DEMO_PASSWORD = "mreza-demo-2026"  # noqa: S105 - printed on purpose; refused outside the demo

if DEMO or TESTING:
    SECRET_KEY = env.str("SECRET_KEY", default="demo-only-key-which-is-refused-outside-the-demo-and-the-tests")
else:
    SECRET_KEY = env.str("SECRET_KEY", default="")
    if not SECRET_KEY:
        raise ImproperlyConfigured(
            "SECRET_KEY is missing. Make one with `python3 -c 'import secrets; print(secrets.token_urlsafe(50))'` "
            "and set it in the environment or in .env (see .env.example). To only try the portal out, set DEMO=1."
        )

# Secrets of second factors are encrypted by the first of these; the others still decrypt, so that a key can be changed.
FACTOR_KEYS = env.list("FACTOR_KEYS", default=["demo-and-tests-only"] if DEMO or TESTING else [])
if not FACTOR_KEYS or min(map(len, FACTOR_KEYS)) < (10 if DEMO or TESTING else 40):
    raise ImproperlyConfigured(
        "FACTOR_KEYS is missing or shorter than 40 letters: it encrypts the secrets of second factors. Make one with "
        "`python3 -c 'import secrets; print(secrets.token_urlsafe(50))'`, set it beside SECRET_KEY and keep a copy: "
        "without it every member must set up their second factor again."
    )
# Seals audit entries into a chain that cannot be repaired from the database alone.
AUDIT_KEY = env.str("AUDIT_KEY", default="demo-and-tests-only" if DEMO or TESTING else "")
if len(AUDIT_KEY) < (10 if DEMO or TESTING else 40):
    raise ImproperlyConfigured(
        "AUDIT_KEY is missing or shorter than 40 letters: it seals the record of who did what. Make one as for FACTOR_KEYS, "
        "never change it, and keep a copy outside the server: `manage.py check_audit` proves the record with it."
    )
# Service numbers are stored as hashes made with this key alone.
PERSON_KEY = env.str("PERSON_KEY", default="demo-and-tests-only" if DEMO or TESTING else "")
if len(PERSON_KEY) < (10 if DEMO or TESTING else 40):
    raise ImproperlyConfigured(
        "PERSON_KEY is missing or shorter than 40 letters: service numbers are kept as digests made with it. Make one as for "
        "FACTOR_KEYS and never change it: people would no longer be found by their numbers."
    )
# In the demo anybody may look around; anywhere else names require a second factor.
SECOND_FACTOR_REQUIRED = not DEMO or env.bool("SECOND_FACTOR", default=False)

ALLOWED_HOSTS = [*LOOPBACK_HOSTS, *env.list("ALLOWED_HOSTS", default=[_site.hostname] if _site.hostname else [])]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
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
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "portal.apps.PortalStaticFilesConfig",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "portal.headers.ForwardedHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.headers.AnswerHeadersMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "members.account.session_timeout.TimeLimitsMiddleware",
    "portal.middleware.SignInMiddleware",
    "portal.middleware.SecondFactorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.ImpossibleNumberMiddleware",
]
if BENCH:
    MIDDLEWARE.insert(
        MIDDLEWARE.index("portal.middleware.SecondFactorMiddleware") + 1, "bench.middleware.SignInEndsMiddleware"
    )
    MIDDLEWARE.insert(
        MIDDLEWARE.index("django.contrib.sessions.middleware.SessionMiddleware"),
        "bench.middleware.SignInBeginsMiddleware",
    )
    MIDDLEWARE.insert(0, "bench.middleware.QueryCountMiddleware")

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.chrome",
            ],
        },
    },
]

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'mreza.sqlite3'}")}
_database = DATABASES["default"]
_database["CONN_MAX_AGE"] = None
if _database["ENGINE"].endswith("sqlite3"):
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    # WAL with immediate transactions: writers queue instead of failing. Never mmap: it corrupts the file when a
    # connection ends with each request.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    _database["CONN_HEALTH_CHECKS"] = True
    # How long a page waits for a database that does not answer: 2 s for a new connection and for packets that nobody
    # acknowledges, 7 s on a connection that fell silent. A statement that runs on is ended by the server, where the web
    # server set STATEMENT_SECONDS (portal/wsgi.py). No query is compiled (jit): those that ask for rights look dear to the
    # planner, and compiling one takes 0.2 s, more than itself.
    _statement = f"-c statement_timeout={env.int('STATEMENT_SECONDS', default=0)}s"
    _database["OPTIONS"] = {"connect_timeout": 2, "keepalives_idle": 5, "keepalives_interval": 1, "keepalives_count": 2,
                            "tcp_user_timeout": 2000, "options": f"-c jit=off {_statement}", **_database.get("OPTIONS", {})}  # fmt: skip
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# One cache for all processes: rate limits of the sign-in count there, so it may not live in one process's memory.
# Room enough that no flood of other entries pushes them out.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Parts of pages, for a minute at most; see audit/page_cache.py. Each process may have its own.
    "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages", "TIMEOUT": 60},
}
if env.str("CACHE_URL", default=""):
    CACHES = {
        "default": env.cache_url("CACHE_URL"),
        "pages": {**env.cache_url("CACHE_URL"), "KEY_PREFIX": "pages", "TIMEOUT": 60},
    }
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

AUTH_USER_MODEL = "members.Member"
AUTHENTICATION_BACKENDS = ["common.auth.RuleBackend", "members.account.sign_in.MemberBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "members.account.sign_in.PortalAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is proved by the invitation mailed to it
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{SITE_NAME}] "
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_EMAIL_NOTIFICATIONS = False  # members/signals.py tells the member, in the transaction of the change
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
# No codes by mail: members/account/urls.py leaves their pages out.
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
ACCOUNT_PREVENT_ENUMERATION = True
# For each: times, within what, and counted by what: the visitor's address, or the account or e-mail address concerned.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,5/5m/key", "join": "10/h/ip,3/d/key"}
PASSWORD_RESET_TIMEOUT = 60 * 60
MFA_ADAPTER = "members.account.sign_in.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 0  # with more, a code that was used works again in the next half minute
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the invitation proved the address
ACCOUNT_FORMS = {
    "login": "members.account.forms.SignInForm",
    "reset_password": "members.account.forms.ForgottenPasswordForm",
    "user_token": "members.account.forms.ResetLinkForm",
    "reset_password_from_key": "members.account.forms.NewPasswordForm",
    "change_password": "members.account.forms.ChangePasswordForm",
    "reauthenticate": "members.account.forms.PasswordAgainForm",
}
MFA_FORMS = {
    "authenticate": "members.account.forms.CodeForm",
    "reauthenticate": "members.account.forms.CodeAgainForm",
    "activate_totp": "members.second_factor.forms.AppForm",
    "add_webauthn": "members.second_factor.forms.PasskeyForm",
    "authenticate_webauthn": "members.second_factor.forms.PasskeyAtSignInForm",
    "login_webauthn": "members.second_factor.forms.PasskeyAloneForm",
    "reauthenticate_webauthn": "members.second_factor.forms.PasskeyAgainForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _site.scheme == "https"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60
# With https the browser itself refuses these cookies from anywhere but this very host.
_cookie = "__Host-" if _site.scheme == "https" else ""
SESSION_COOKIE_NAME = f"{_cookie}mreza_session"
CSRF_COOKIE_NAME = f"{_cookie}mreza_csrf"
CSRF_COOKIE_HTTPONLY = True
# A message may name a participant: it waits in the session here, never in a cookie there.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if _site.scheme == "https" else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False
# The other hosts of a ministry's domain are not ours to bind.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.int("TRUSTED_PROXIES", default=0) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        **({"upgrade-insecure-requests": True} if _site.scheme == "https" else {}),
    },
}

LANGUAGE_CODE = "en-gb"
# Pages are English only, whatever the browser asks for: the catalogues in locale/ hold the digest and nothing else yet.
LANGUAGES = [("en-gb", _("English"))]
# The languages in which a member may have the digest.
MAIL_LANGUAGES = [
    ("en", "English"), ("bs", "Bosanski"), ("cnr", "Crnogorski"), ("hr", "Hrvatski"), ("mk", "Македонски"), ("sr", "Српски"),
    ("sr-latn", "Srpski"), ("sq", "Shqip"),
]  # fmt: skip
# Django does not know Montenegrin.
LANG_INFO["cnr"] = {"bidi": False, "code": "cnr", "name": "Montenegrin", "name_local": "crnogorski"}
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Belgrade")
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = VAR_DIR / "media"
# Files go to S3 where STORAGE_URL says so; nothing of the packages for it is imported otherwise.
STORAGE_URL = "" if TESTING else env.str("STORAGE_URL", default="")
try:
    _files: dict[str, Any] = (
        {"BACKEND": remote.BACKEND, "OPTIONS": remote.s3_options(STORAGE_URL)}
        if STORAGE_URL
        else {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    )
except ValueError as wrong:
    raise ImproperlyConfigured(str(wrong)) from wrong
STORAGES = {
    "default": _files,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if TESTING else "portal.storage.StaticFiles"
    },
}
# Tests need no collected files: they are found where they are kept, and var/static may not exist.
# Pages name a file by its hash; without one it is not asked for.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TESTING
# The most that one file of a member may have, in MB; the proxy and the scanner have limits of their own.
MAX_FILE_MB = env.int("MAX_FILE_MB", default=200)
# What one member may upload in all.
MEMBER_ROOM_MB = env.int("MEMBER_ROOM_MB", default=5_000)
# Below this address the proxy itself sends stored files, when the portal tells it to: deploy/nginx.conf.example.
ACCEL_PREFIX = "" if TESTING else env.str("ACCEL_PREFIX", default="").rstrip("/")
# The virus scanner: unix:/run/clamav/clamd.ctl or tcp://127.0.0.1:3310; nothing is scanned where it is empty.
CLAMD_URL = "" if TESTING else env.str("CLAMD_URL", default="")
CLAMD_SECONDS = env.int("CLAMD_SECONDS", default=60)
FILE_UPLOAD_HANDLERS = [
    "common.files.upload_handler.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
# A sheet of 200 people in 10 sessions sends 2,000 marks with what it showed of each.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# In the demo mail is written to files; elsewhere MAIL_URL says how it goes out, such as
# smtp+tls://user:password@mail.example:587.
if DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
elif TESTING:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
else:
    if not env.str("MAIL_URL", default=""):
        raise ImproperlyConfigured(
            "MAIL_URL is missing: invitations and password resets go out by mail. Set it, for instance "
            "MAIL_URL=smtp+tls://user:password@mail.example:587 (see .env.example)."
        )
    globals().update(env.email_url("MAIL_URL"))
EMAIL_TIMEOUT = 20  # seconds that the worker waits for each answer of the mail server; see mail/delivery.py
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default=f"{SITE_NAME} <portal@{_site.hostname}>")
# Where a weakness is reported: printed in /.well-known/security.txt.
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default=f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "portal.log_redaction.DiscreetFormatter", "format": "{levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "level": "WARNING"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django's own handlers, which would mail or print an error with everything a person had typed, are taken away.
    "loggers": {
        "django": {"handlers": [], "level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "level": "WARNING"},
    },
}

if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        "pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    }
    TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": ["default"]}}
