"""The only settings file. Values that differ between machines come from the environment (tiptracker/environment.py)."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from tiptracker import environment as env
from tiptracker import text_rules
from tiptracker.api.schema_settings import SPECTACULAR_SETTINGS  # noqa: F401 - a setting, like the others of this file
from tiptracker.formats.fallback import *  # noqa: F403 - settings, like the others of this file
from tiptracker.infrastructure.database import cache_settings, postgres_options
from tiptracker.infrastructure.insecure_settings import describe_weak_settings
from tiptracker.infrastructure.log_lines import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent

# Folder for the data of this machine: database, files, broker folder and generated key.
VAR_DIR = env.VAR_DIR.read(BASE_DIR / "var")

# --- The demonstration ----------------------------------------------------------------------------------
# `manage.py demo` sets this only for its own child processes. It turns on the banner and lets domain time differ
# from machine time (see tiptracker.clock). DEMO_CLOCK is "<domain time> <machine time>", both ISO 8601.
DEMONSTRATION = env.DEMONSTRATION.read()
DEMO_CLOCK = env.DEMO_CLOCK.read()
if DEMO_CLOCK and not DEMONSTRATION:
    raise ImproperlyConfigured("DEMO_CLOCK belongs to the demonstration: unset it, or start `make demo`.")

# --- Secrets and hosts ----------------------------------------------------------------------------------
DEBUG = False  # always: a debug page would show visitors what belongs in the log


def _secret_key() -> str:
    """Return the key from the environment, or else the one that `make setup` made for this machine."""
    if key := env.SECRET_KEY.read():
        return key
    path = VAR_DIR / "secret_key"
    if path.exists():
        return path.read_text().strip()
    raise ImproperlyConfigured("Set SECRET_KEY, or run `make setup`, which makes one for this machine.")


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS: list[str] = env.SECRET_KEY_FALLBACKS.read()
LOOPBACK = env.LOOPBACK
ALLOWED_HOSTS: list[str] = env.ALLOWED_HOSTS.read() or LOOPBACK
CSRF_TRUSTED_ORIGINS: list[str] = env.CSRF_TRUSTED_ORIGINS.read()
# Plain HTTP is only for loopback (the demonstration, the tests). Every other installation sets SECURE=true and has to
# pass the checks under "Checks at start" below.
SECURE = env.SECURE.read()
# Links in mails begin with this. By default it uses the first allowed host that is one host ("*" and ".example.gov"
# stand for many).
_one_name = next((host for host in ALLOWED_HOSTS if not host.startswith(("*", "."))), "")
PUBLIC_URL = env.PUBLIC_URL.read() or (
    "http://localhost:8000" if not SECURE else f"https://{_one_name}" if _one_name else ""
)
# The header that a proxy in front sets itself, such as "X-Forwarded-Proto". If unset, no such header is trusted.
if proxy_header := env.SECURE_PROXY_HEADER.read():
    SECURE_PROXY_SSL_HEADER = (f"HTTP_{proxy_header.upper().replace('-', '_')}", "https")
TRUSTED_PROXIES = env.TRUSTED_PROXIES.read()

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REDIRECT_EXEMPT = [r"^(health|ready|metrics)/$"]
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "tiptracker.web.pages.csrf_failure"
CSRF_COOKIE_SAMESITE = SESSION_COOKIE_SAMESITE = "Lax"
# Everything not listed here is forbidden: objects, frames, media.
SECURE_CSP: dict[str, Any] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "manifest-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
} | ({"upgrade-insecure-requests": True} if SECURE else {})
# For the two pages with inline images: the QR code for an authenticator app, and the API documentation.
CSP_WITH_DRAWINGS = SECURE_CSP | {"img-src": [CSP.SELF, "data:"]}

# --- Application ----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "tiptracker",
    "tiptracker.accounts",
    "tiptracker.audit",
    "tiptracker.jobs",
    "tiptracker.lock_outs",
    "tiptracker.mail",
    "tiptracker.notifications",
    "tiptracker.idempotency",
    "tiptracker.saved_filters",
    "tiptracker.handovers",
    "tiptracker.languages",
    "tiptracker.undo",
    "tiptracker.operations",
    "tiptracker.backups",
    "recommendations",
    "dialogues",
    "reports",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "tiptracker.web.static_files.CollectedStaticFilesConfig",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
]
MIDDLEWARE = [
    "tiptracker.operations.request_numbers.request_numbers_middleware",
    "tiptracker.web.security_headers.security_headers_middleware",
    "tiptracker.web.compression.TextCompressionMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tiptracker.accounts.middleware.locale_middleware",
    "tiptracker.audit.request_context.request_context_middleware",
    "tiptracker.audit.refused_requests.refused_requests_middleware",
    "tiptracker.privacy.confirmations.confirmations_middleware",
    "tiptracker.accounts.middleware.session_limits_middleware",
    "tiptracker.accounts.middleware.second_factor_middleware",
    "recommendations.edition_context.EditionMiddleware",
]
ROOT_URLCONF = "tiptracker.urls"
WSGI_APPLICATION = "tiptracker.wsgi.application"
# Threads per web process that answer requests. DATABASE_POOL has to be at least as large.
WEB_THREADS = env.WEB_THREADS.read()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "tiptracker.web.pages.page_context",
                "recommendations.navigation.navigation_context",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "tiptracker.templatetags.isolation",
                "tiptracker.templatetags.recorded_texts",
                "tiptracker.templatetags.repeated_texts",
                "recommendations.templatetags.editions",
            ],
        },
    },
]
FORM_RENDERER = "tiptracker.web.frontend.forms.FormRenderer"

# --- Data -----------------------------------------------------------------------------------------------
DATABASES = {"default": env.DATABASE_URL.read(f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["CONN_MAX_AGE"] = 60  # reopening the file costs a request a third of its time
    DATABASES["default"]["OPTIONS"] = {
        # Without recursive triggers, INSERT OR REPLACE deletes a row without running the trigger that refuses it.
        # Without IMMEDIATE, concurrent writers fail at once when they upgrade a read lock.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON;",
    }
else:
    # Time limit of one statement of web and worker. 0 means no limit, as for manage.py, which an operator watches.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = postgres_options(
        statement_seconds=env.DATABASE_STATEMENT_SECONDS.read(),
        pool=env.DATABASE_POOL.read(),
    )

REDIS_URL = env.REDIS_URL.read()
CACHES = cache_settings(REDIS_URL, folder=VAR_DIR / "cache")
KEEP_PAGES = True  # see tiptracker/web/kept_pages.py; tests that write rows without the log turn it off

# --- Files ----------------------------------------------------------------------------------------------
# Never inside a folder that a web server serves. Files leave only through views that check `visible_to`.
MEDIA_ROOT = env.MEDIA_ROOT.read(VAR_DIR / "files")
FILES_URL = env.FILES_URL.read()
FILES_S3_OPTIONS = {name: variable.read() for name, variable in env.FILES_S3_OPTIONS.items()}
PROXY_FILES_PATH = env.PROXY_FILES_PATH.read()
if FILES_URL and PROXY_FILES_PATH:
    raise ImproperlyConfigured("The proxy can send files only from MEDIA_ROOT: unset PROXY_FILES_PATH or FILES_URL.")
STATIC_URL = "static/"
STATIC_ROOT = env.STATIC_ROOT.read(VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "tiptracker" / "web" / "frontend" / "dist"]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "tiptracker.infrastructure.storage.AtomicFileStorage",
        "OPTIONS": {"file_permissions_mode": 0o600},
    },
    "staticfiles": {
        "BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage",
        # One system user collects the files and another serves them with read access only.
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
if FILES_URL:
    STORAGES["default"] = {
        "BACKEND": "tiptracker.infrastructure.s3_storage.S3FileStorage",
        "OPTIONS": {"url": FILES_URL, **FILES_S3_OPTIONS},
    }
SERVESTATIC_KEEP_ONLY_HASHED_FILES = True
FILE_UPLOAD_PERMISSIONS = 0o600  # for every other storage
UPLOAD_MAX_BYTES = env.UPLOAD_MAX_BYTES.read()
UPLOAD_MAX_FILES = env.UPLOAD_MAX_FILES.read()
UPLOAD_MAX_TOTAL_BYTES = env.UPLOAD_MAX_TOTAL_BYTES.read()
UPLOAD_MAX_UPDATE_BYTES = env.UPLOAD_MAX_UPDATE_BYTES.read()
UPLOAD_MAX_MINISTRY_BYTES = env.UPLOAD_MAX_MINISTRY_BYTES.read()
# Address of clamd ("tcp://host:port", "unix:///path"). If unset, files are cleaned but not scanned for malware.
CLAMD_URL = env.CLAMD_URL.read()
# Separate processes read files from outside (tiptracker.sandbox). SANDBOX_PROCESSES run at once on a machine and
# SANDBOX_WAITING requests wait. Together these have to be fewer than the serving threads (WEB_THREADS per process).
SANDBOX_DIR = VAR_DIR / "sandbox"
SANDBOX_PROCESSES = env.SANDBOX_PROCESSES.read()
SANDBOX_WAITING = env.SANDBOX_WAITING.read()
SANDBOX_PATIENCE = 5  # seconds that a request waits for its turn
SANDBOX_SECONDS_PER_HOUR = env.SANDBOX_SECONDS_PER_HOUR.read()
FILE_UPLOAD_HANDLERS = [
    "dialogues.files.inspection.TotalSizeLimitHandler",  # before the handlers that store files
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "dialogues.files.inspection.TolerantTemporaryFileHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_500  # a preview sends six for each of 200 yearly questions, four for each table

# --- People ---------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # a constraint, not the field, makes addresses unique regardless of case
AUTHENTICATION_BACKENDS = ["tiptracker.accounts.backend.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": text_rules.PASSWORD_MIN_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "tiptracker.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {
    "login": "tiptracker.accounts.forms.SignInForm",
    "reauthenticate": "tiptracker.accounts.forms.PasswordReauthenticationForm",
}
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# An account is locked after a few wrong attempts. An IP address, which a whole ministry may share, after many more.
LOCKED_OUT_MINUTES = 15
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": f"100/{LOCKED_OUT_MINUTES}m/ip,5/{LOCKED_OUT_MINUTES}m/key",
    "reset_password": f"60/{LOCKED_OUT_MINUTES}m/ip,3/{LOCKED_OUT_MINUTES}m/key",
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
# Everybody needs a second factor, except in tests and in the demonstration, whose password is public.
SECOND_FACTOR_REQUIRED = env.SECOND_FACTOR_REQUIRED.read(not DEMONSTRATION)
MFA_ADAPTER = "tiptracker.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "tiptracker.accounts.forms.CodeForm",
    "reauthenticate": "tiptracker.accounts.forms.CodeReauthenticationForm",
    "activate_totp": "tiptracker.accounts.forms.AuthenticatorAppForm",
    "add_webauthn": "tiptracker.accounts.forms.PasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # a code stays valid half a minute longer, because clocks of phones differ
SESSION_ENGINE = "tiptracker.accounts.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
# By role: how many minutes a session lasts when unused, and in total.
SESSION_MINUTES = {
    "officer": (60, 12 * 60),
    "ambassador": (60, 12 * 60),
    "observer": (60, 12 * 60),
    "focal_point": (60, 4 * 60),  # their work takes half an hour, often on a shared computer
    "administrator": (30, 4 * 60),
}
# Sign-in through the organisation's own OpenID provider, off unless a server is set. It creates no accounts, and the
# second factor is still required.
OIDC_SERVER_URL = env.OIDC_SERVER_URL.read()
if OIDC_SERVER_URL:
    INSTALLED_APPS += ["allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"]
    SOCIALACCOUNT_ADAPTER = "tiptracker.accounts.openid.SocialAccountAdapter"
    SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # by an address that the provider has verified
    SOCIALACCOUNT_LOGIN_ON_GET = True  # our own form-action refuses forms that lead to other sites
    SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "organisation",
                    "name": "Your organisation",
                    "client_id": env.OIDC_CLIENT_ID.read(),
                    "secret": env.OIDC_CLIENT_SECRET.read(),
                    "settings": {"server_url": OIDC_SERVER_URL},
                }
            ],
        }
    }
MAIL_DIR = VAR_DIR / "mail"
"""Folder in which a demonstration stores its mails, so that invitations can be opened."""
IMPLICIT_TLS_PORT = 465
"""The port of a mail server on which TLS begins with the first byte (RFC 8314)."""
MAILERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "tiptracker.mail.smtp.EmailBackend",
        "OPTIONS": {
            "timeout": 10,
            "host": env.EMAIL_HOST.read() or "localhost",
            "port": env.EMAIL_PORT.read(),
            "use_tls": env.EMAIL_USE_TLS.read() and env.EMAIL_PORT.read() != IMPLICIT_TLS_PORT,
            "use_ssl": env.EMAIL_USE_TLS.read() and env.EMAIL_PORT.read() == IMPLICIT_TLS_PORT,
            "username": env.EMAIL_HOST_USER.read(),
            "password": env.EMAIL_HOST_PASSWORD.read(),
        },
    }
}
if DEMONSTRATION and not env.EMAIL_HOST.read():
    MAILERS["default"] = {
        "BACKEND": "tiptracker.demo.mail.ReadableFileBackend",
        "OPTIONS": {"file_path": str(MAIL_DIR)},
    }
DEFAULT_FROM_EMAIL = env.DEFAULT_FROM_EMAIL.read()

# --- Language and time ----------------------------------------------------------------------------------
# Pages use the language and time zone of the user: tiptracker.accounts.middleware.locale_middleware.
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("fr", "français"), ("st", "Sesotho")]  # each with its name in itself
LOCALE_PATHS = [BASE_DIR / "tiptracker" / "locale"]
FORMAT_MODULE_PATH = "tiptracker.formats"
TIME_ZONE = "UTC"

# --- Limits ---------------------------------------------------------------------------------------------
# Requests per time (s, m, h, d) and person, or per IP address before sign-in. Sign-in has its own limits above.
LIMITS = {
    # A program that reads the whole record, a hundred rows at a time, stays below this. A faulty program is stopped.
    "api": env.LIMIT_API.read(),
    # Requests from an IP address without a valid token, such as a ministry's scripts with an expired one.
    "api_refused": env.LIMIT_API_REFUSED.read(),
    # Forms with files: a separate process works on each file for seconds. After a meeting there may be many.
    "uploads": env.LIMIT_UPLOADS.read(),
    # Drafts, which the page saves whenever the user pauses. A faulty page is stopped.
    "drafts": env.LIMIT_DRAFTS.read(),
    # Whole documents: enough for an officer's morning, too few to copy the record unnoticed.
    "exports": env.LIMIT_EXPORTS.read(),
}
# Rows that the API sends one person in a day: enough to read whole records each night, too few to copy many countries.
LIMIT_API_ROWS = env.LIMIT_API_ROWS.read()

# --- API ------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tiptracker.accounts.authentication.TokenAuthentication",  # first, so that an unknown client is answered 401
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "tiptracker.accounts.authentication.TokenScopePermission",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["tiptracker.web.rate_limits.ApiRateLimit"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["tiptracker.api.json_parser.JsonParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "tiptracker.api.query_params.ApiPagination",
    "PAGE_SIZE": 100,
    "URL_FORMAT_OVERRIDE": None,  # the API has only JSON, and no undeclared parameters
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS is answered 405: the schema describes the bodies
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "tiptracker.api.base.handle_api_exception",
}

# --- Jobs -----------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker without limit
CELERY_TASK_DEFAULT_QUEUE = "celery"
# Mails have their own queue and workers, so that they wait only for the mail server.
CELERY_TASK_ROUTES = {"send_mail": {"queue": "mail"}}
CELERY_TASK_IGNORE_RESULT = True  # the row of a job holds its result; nothing relies on the broker's memory
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 110  # seconds after which a job is ended, and gets no more heartbeats (jobs/actions.py)
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any]
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2.0, "socket_keepalive": True}
else:
    BROKER_DIR = VAR_DIR / "broker"
    BROKER_DIR.mkdir(parents=True, exist_ok=True)  # kombu creates only the folder below it
    CELERY_BROKER_TRANSPORT = "tiptracker.jobs.broker.Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR),
        "data_folder_out": str(BROKER_DIR),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.05,
    }
CELERY_BEAT_SCHEDULER = "tiptracker.operations.schedule:RecordingScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SYNC_EVERY = 1  # saved after each message, so that a schedule that was killed sends nothing again
CELERY_BEAT_SCHEDULE = {
    # Every hour, because nights differ by country. Each country has one job a night.
    "readiness-nightly": {"task": "readiness_nightly", "schedule": crontab(minute=5)},
    "lost-mails": {"task": "requeue_lost_mails", "schedule": 600.0, "options": {"expires": 590}},
    "notices": {"task": "notify", "schedule": 60.0, "options": {"expires": 55}},
    # It waits until a record is quiet (reports/current_briefing.py), and notices a country's midnight within half a
    # minute.
    "current-briefings": {"task": "current_briefings", "schedule": 30.0, "options": {"expires": 25}},
    "handovers": {"task": "carry_out_handovers", "schedule": 600.0, "options": {"expires": 590}},
    "account-requests": {"task": "carry_out_account_requests", "schedule": 600.0, "options": {"expires": 590}},
    "kept-files": {"task": "files_nightly", "schedule": crontab(hour=1, minute=20)},
    "kept-briefings": {"task": "briefings_nightly", "schedule": crontab(hour=1, minute=40)},
    "unscanned-files": {"task": "scan_files", "schedule": 600.0, "options": {"expires": 590}},
    "unfinished-redactions": {"task": "unfinished_redactions", "schedule": 600.0, "options": {"expires": 590}},
    "untouched-drafts": {"task": "drop_untouched_drafts", "schedule": crontab(hour=2, minute=10)},
    "unloaded-lists": {"task": "drop_unloaded_lists", "schedule": crontab(hour=2, minute=30)},
    "old-idempotency-keys": {"task": "drop_idempotency_keys", "schedule": crontab(hour=2, minute=40)},
    "removed-rows": {"task": "forget_removed_rows", "schedule": crontab(minute=25)},
    "old-lock-outs": {"task": "drop_lock_out_counts", "schedule": crontab(hour=2, minute=50)},
    "log-verification": {"task": "verify_log", "schedule": crontab(hour=3, minute=40)},
    "housekeeping": {"task": "housekeeping", "schedule": crontab(hour=3, minute=10)},
    "unsent-files": {"task": "drop_unsent_files", "schedule": crontab(hour=2, minute=20)},
}

if REDIS_URL:  # a worker that forks no processes looks for such jobs by itself: tiptracker.jobs.polling
    CELERY_BEAT_SCHEDULE["waiting-jobs"] = {"task": "send_waiting_jobs", "schedule": 5.0, "options": {"expires": 4}}
    CELERY_BEAT_SCHEDULE["failures"] = {"task": "report_failures", "schedule": 600.0, "options": {"expires": 590}}

# --- Housekeeping ---------------------------------------------------------------------------------------
# Days for which finished data is kept before the nightly housekeeping deletes it (tiptracker.housekeeping).
JOBS_KEPT_DAYS = env.JOBS_KEPT_DAYS.read()
MAILS_KEPT_DAYS = env.MAILS_KEPT_DAYS.read()
NOTICES_KEPT_DAYS = env.NOTICES_KEPT_DAYS.read()
# Files that no row refers to: left by an interrupted upload, or by restored files without their database.
ORPHAN_FILES_KEPT_DAYS = env.ORPHAN_FILES_KEPT_DAYS.read()

# --- Status and metrics ---------------------------------------------------------------------------------
WEB_URL = env.WEB_URL.read()
TLS_ADDRESS = env.TLS_ADDRESS.read()
DATABASE_DISK = env.DATABASE_DISK.read()
OPERATED_BY = env.OPERATED_BY.read()
METRICS_TOKEN = env.METRICS_TOKEN.read()
if METRICS_TOKEN and SECURE:  # a program inside asks for the metrics by this name
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, urlsplit(WEB_URL).hostname or ""]

# --- Backups --------------------------------------------------------------------------------------------
BACKUP_DESTINATION = env.BACKUP_DESTINATION.read()
BACKUP_RECIPIENTS: list[str] = env.BACKUP_RECIPIENTS.read()
BACKUP_IDENTITY = Path(identity) if (identity := env.BACKUP_IDENTITY.read()) else None
BACKUP_S3_ENDPOINT = env.BACKUP_S3_ENDPOINT.read()
BACKUP_S3_REGION = env.BACKUP_S3_REGION.read()
BACKUP_S3_KEY_ID = env.BACKUP_S3_KEY_ID.read()
BACKUP_S3_SECRET = env.BACKUP_S3_SECRET.read()
if BACKUP_DESTINATION:
    CELERY_BEAT_SCHEDULE["backups"] = {"task": "backups_due", "schedule": crontab(minute=35)}

# --- Logs -----------------------------------------------------------------------------------------------
LOGGING = logging_settings(json=env.LOG_FORMAT.read() == "json", level=env.LOG_LEVEL.read())

# --- Checks at start ------------------------------------------------------------------------------------
# A demonstration may be open to others if it has its own password; `manage.py demo` checks that.
if (SECURE or not DEMONSTRATION) and (weak_settings := describe_weak_settings(globals(), os.environ)):
    raise ImproperlyConfigured(" ".join(weak_settings))
