"""Every environment variable of an installation: its value, its default and what it means.

`tiptracker/settings.py` and `manage.py demo` read variables only from here. docs/settings.md is written from here
(`make pages`), and tests compare it with docker-compose.yml, the Dockerfile and deploy/.
"""

import logging
from datetime import date
from typing import Any

from tiptracker.environment_variables import MEGABYTE, Section, Variable, env

LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
"""Names by which a machine reaches itself."""


# --- Production: to be set ------------------------------------------------------------------------------

REQUIRED = Section(
    "To be set",
    "For `docker-compose.yml`. Secrets have no default. The application does not start with a weak one.",
)
SECRET_KEY = REQUIRED.text(
    "SECRET_KEY",
    "the key that signs sessions and links, and encrypts the secrets of second steps. A checkout needs none, because "
    "`make setup` makes one",
    expected="50 or more random characters",
    is_secret=True,
)
ALLOWED_HOSTS = REQUIRED.names(
    "ALLOWED_HOSTS",
    "the names that people use, such as `tip.example.gov`",
    expected="a list of names, separated by commas, without `https://` and without a port",
    pattern=r"(\*|\.?[\w-]+(\.[\w-]+)*|\[[0-9a-fA-F:.]+\])\Z",
    default_text="this machine's own names",
)


def _declare_password(name: str, meaning: str) -> Variable[str]:
    """Declare a password that stands in an address, such as that of a database."""
    return REQUIRED.text(
        name, meaning, expected="12 or more letters and digits", pattern=r"([A-Za-z0-9]{12,})?\Z", is_secret=True
    )


DATABASE_PASSWORD = _declare_password("DATABASE_PASSWORD", "the password of the role that reads and writes rows")
DATABASE_OWNER_PASSWORD = _declare_password(
    "DATABASE_OWNER_PASSWORD", "the password of the role that owns the tables and migrates them"
)
REDIS_PASSWORD = _declare_password("REDIS_PASSWORD", "the password of Redis")
TLS_CERTIFICATE = REQUIRED.text(
    "TLS_CERTIFICATE",
    "the certificate of the proxy, with its chain; user 33 must be able to read it",
    expected="a file",
)
TLS_KEY = REQUIRED.text("TLS_KEY", "the key of the certificate; user 33 must be able to read it", expected="a file")

# --- Production: may be set -----------------------------------------------------------------------------

ADDRESSES = Section("Addresses and keys", "The defaults fit an installation with one name.")
ADDRESSES.number("HTTP_PORT", 80, "the port of this machine that redirects to HTTPS", most=65535)
ADDRESSES.number("HTTPS_PORT", 443, "the port of this machine that the proxy answers on", most=65535)
PUBLIC_URL = ADDRESSES.text(
    "PUBLIC_URL",
    "the start of every link in a mail. Set it if `ALLOWED_HOSTS` names no single host but, for example, "
    "`.example.gov`",
    expected="an address",
    default_text="`https://` and the first host of `ALLOWED_HOSTS`",
)
CSRF_TRUSTED_ORIGINS = ADDRESSES.names(
    "CSRF_TRUSTED_ORIGINS", "other origins that may send forms, such as `https://tip.example.gov:8443`"
)
SECRET_KEY_FALLBACKS = ADDRESSES.names(
    "SECRET_KEY_FALLBACKS",
    "old keys, while they are being replaced: see [Replace SECRET_KEY](operating.md#replace-secret_key)",
    is_secret=True,
)

MAIL = Section("Mail", "The mail server. Without one, nobody can be invited, because an invitation is a mail.")
EMAIL_HOST = MAIL.text(
    "EMAIL_HOST",
    "the name of the mail server",
    expected="the name of a host, such as `smtp.example.gov`",
    pattern=r"(\w[\w-]*(\.[\w-]+)*|[0-9a-fA-F:]+)?\Z",
    default_text="this machine",
)
EMAIL_PORT = MAIL.number("EMAIL_PORT", 587, "the port of the mail server", most=65535)
EMAIL_USE_TLS = MAIL.flag(
    "EMAIL_USE_TLS",
    "whether to use TLS with the mail server: from the start on port 465, by STARTTLS on any other",
    default=True,
)
EMAIL_HOST_USER = MAIL.text("EMAIL_HOST_USER", "the name to sign in to the mail server with")
EMAIL_HOST_PASSWORD = MAIL.text("EMAIL_HOST_PASSWORD", "the password of that name", is_secret=True)
DEFAULT_FROM_EMAIL = MAIL.text(
    "DEFAULT_FROM_EMAIL",
    "the sender of mails",
    expected="an e-mail address",
    pattern=r"([^@<>\s]+@[\w.-]+|[^@<>]+<[^@<>\s]+@[\w.-]+>)\Z",
    default="tip-tracker@localhost",
)

SIGN_IN = Section(
    "Sign-in through a provider",
    "Your organisation's own [OpenID Connect provider](operating.md#an-openid-connect-provider), as another way to "
    "sign in. Set all three.",
)
OIDC_SERVER_URL = SIGN_IN.text(
    "OIDC_SERVER_URL", "the issuer, as the provider names itself", expected="an address that begins with `https://`"
)
OIDC_CLIENT_ID = SIGN_IN.text("OIDC_CLIENT_ID", "the client ID that the provider issued", default=None)
OIDC_CLIENT_SECRET = SIGN_IN.text(
    "OIDC_CLIENT_SECRET", "the client secret that the provider issued", default=None, is_secret=True
)

FILES = Section("Files", "What people may upload, and which scanner checks it.")
CLAMD_URL = FILES.text(
    "CLAMD_URL",
    "the malware scanner. Without one, files are cleaned but not scanned",
    expected="the address of clamd: `tcp://host:port` or `unix:///path`",
    pattern=r"$|tcp://[^/:]+:\d+$|unix:///.+$",
    default_text="none",
)
UPLOAD_MAX_BYTES = FILES.number(
    "UPLOAD_MAX_BYTES", 10 * MEGABYTE, "the maximum size of one file", least=1024, unit="bytes"
)
UPLOAD_MAX_FILES = FILES.number("UPLOAD_MAX_FILES", 10, "the maximum number of files in one form", most=50)
UPLOAD_MAX_TOTAL_BYTES = FILES.number(
    "UPLOAD_MAX_TOTAL_BYTES",
    40 * MEGABYTE,
    "the maximum size of all files of one request. If you raise it, raise `client_max_body_size` of the proxy too",
    least=1024,
    unit="bytes",
)
UPLOAD_MAX_UPDATE_BYTES = FILES.number(
    "UPLOAD_MAX_UPDATE_BYTES",
    40 * MEGABYTE,
    "the maximum size of all files of one update",
    least=1024,
    unit="bytes",
)
UPLOAD_MAX_MINISTRY_BYTES = FILES.number(
    "UPLOAD_MAX_MINISTRY_BYTES",
    2 * 1024 * MEGABYTE,
    "the maximum size of all files of one ministry",
    least=1024,
    unit="bytes",
)

FILES_URL = FILES.text(
    "FILES_URL",
    "the bucket of an S3-compatible store in which files are stored, for [more machines](operating.md#more-machines)",
    expected="the address of a bucket: `s3://bucket` or `s3://bucket/prefix`",
    pattern=r"$|s3://[a-z0-9][a-z0-9.-]+(/[\w.-]+)*/?$",
    default_text="the folder `MEDIA_ROOT`",
)
FILES_S3_ENDPOINT = FILES.text(
    "FILES_S3_ENDPOINT", "the address of that store", expected="an address", default_text="Amazon’s"
)
FILES_S3_REGION = FILES.text("FILES_S3_REGION", "the region of the store", default="us-east-1")
FILES_S3_KEY_ID = FILES.text("FILES_S3_KEY_ID", "the ID of the key to the store", default_text="a role at Amazon")
FILES_S3_SECRET = FILES.text("FILES_S3_SECRET", "the secret of that key", is_secret=True)
_ENCRYPTION = "how the store encrypts each file: `AES256` or `aws:kms`"
FILES_S3_ENCRYPTION = FILES.text("FILES_S3_ENCRYPTION", _ENCRYPTION, default_text="as the bucket is set up")
PROXY_FILES_PATH = FILES.text(
    "PROXY_FILES_PATH",
    "the path at which the proxy finds stored files, if it is to send them: see "
    "[Let the proxy send files](operating.md#let-the-proxy-send-files)",
    expected="a path that begins and ends with `/`, such as `/stored-files/`",
    pattern=r"$|/([\w-]+/)+$",
    default_text="the application sends them",
)
FILES_S3_OPTIONS = {
    "endpoint": FILES_S3_ENDPOINT,
    "region": FILES_S3_REGION,
    "key_id": FILES_S3_KEY_ID,
    "secret": FILES_S3_SECRET,
    "encryption": FILES_S3_ENCRYPTION,
}
"""The options of the storage, by name."""

LIMITS = Section("Limits", "How often somebody may do something. Above the limit, they are asked to wait.")
LIMIT_API = LIMITS.rate("LIMIT_API", "300/m", "requests of one person to the API")
LIMIT_API_REFUSED = LIMITS.rate("LIMIT_API_REFUSED", "60/m", "requests to the API from one address without a token")
LIMIT_API_ROWS = LIMITS.number("LIMIT_API_ROWS", 200_000, "rows that the API sends to one person in a day")
LIMIT_UPLOADS = LIMITS.rate("LIMIT_UPLOADS", "60/h", "forms with files from one person")
LIMIT_EXPORTS = LIMITS.rate("LIMIT_EXPORTS", "60/h", "exports of one person")
LIMIT_DRAFTS = LIMITS.rate("LIMIT_DRAFTS", "30/m", "how often drafts of one person are saved")

CAPACITY = Section("Capacity", "How much the application does at a time. `SANDBOX_*` apply to one machine.")
WEB_THREADS = CAPACITY.number("WEB_THREADS", 4, "threads that answer requests in each web process", most=64)
DATABASE_POOL = CAPACITY.number(
    "DATABASE_POOL", 8, "database connections of each web process; not fewer than `WEB_THREADS`"
)
DATABASE_STATEMENT_SECONDS = CAPACITY.number(
    "DATABASE_STATEMENT_SECONDS",
    30,
    "the time limit of a database statement of web and worker. A wait for a lock has a third of it. 0 means no limit, "
    "as for the commands of `manage.py`",
    least=0,
    unit="seconds",
)
SANDBOX_PROCESSES = CAPACITY.number(
    "SANDBOX_PROCESSES",
    2,
    "how many files are cleaned, drawn or read at a time. Together with `SANDBOX_WAITING`, fewer than all threads",
)
SANDBOX_WAITING = CAPACITY.number(
    "SANDBOX_WAITING", 1, "how many requests may wait for their file to be opened", least=0
)
SANDBOX_SECONDS_PER_HOUR = CAPACITY.number(
    "SANDBOX_SECONDS_PER_HOUR",
    240,
    "the processor time for one person's files in an hour",
    unit="seconds",
)

BACKUPS = Section(
    "Backups",
    "The nightly backup: see [Backup and restore](operating.md#backup-and-restore). Without a place, there is none.",
)
BACKUP_DESTINATION = BACKUPS.text(
    "BACKUP_DESTINATION",
    "where the nightly backup goes",
    expected="a folder that the containers see, or `s3://bucket/folder`",
    pattern=r"$|/.+$|s3://[^/]+.*$",
    default_text="no nightly backup",
)
BACKUP_RECIPIENTS = BACKUPS.names(
    "BACKUP_RECIPIENTS",
    "the public keys of [age](https://age-encryption.org) to which backups are encrypted. Each begins with `age1`",
    default_text="backups are not encrypted",
)
BACKUP_IDENTITY = BACKUPS.text(
    "BACKUP_IDENTITY",
    "the file of a private key of age, with which the weekly proof decrypts the newest backup. Whoever takes over this "
    "machine then reads the backups too",
    expected="the path of a file",
    default_text="the weekly proof is made before the encryption",
)
BACKUP_S3_ENDPOINT = BACKUPS.text(
    "BACKUP_S3_ENDPOINT", "the address of the S3-compatible store", expected="an address", default_text="Amazon’s"
)
BACKUP_S3_REGION = BACKUPS.text("BACKUP_S3_REGION", "the region of the store", default="us-east-1")
BACKUP_S3_KEY_ID = BACKUPS.text("BACKUP_S3_KEY_ID", "the ID of the key to the store")
BACKUP_S3_SECRET = BACKUPS.text("BACKUP_S3_SECRET", "the secret of the key to the store", is_secret=True)

HOUSEKEEPING = Section("Housekeeping and log", "What is removed every night, and what is logged.")
JOBS_KEPT_DAYS = HOUSEKEEPING.number("JOBS_KEPT_DAYS", 30, "how long finished jobs are kept", most=3650, unit="days")
MAILS_KEPT_DAYS = HOUSEKEEPING.number(
    "MAILS_KEPT_DAYS", 90, "how long sent, refused and abandoned mails are kept", most=3650, unit="days"
)
NOTICES_KEPT_DAYS = HOUSEKEEPING.number(
    "NOTICES_KEPT_DAYS",
    400,
    "how long notices are kept of what is settled, and of single events such as an accepted update",
    least=30,
    most=3650,
    unit="days",
)
ORPHAN_FILES_KEPT_DAYS = HOUSEKEEPING.number(
    "ORPHAN_FILES_KEPT_DAYS",
    7,
    "how long files without a row are kept, such as those of an interrupted upload",
    most=3650,
    unit="days",
)
LOG_LEVEL = HOUSEKEEPING.declare(
    Variable(
        "LOG_LEVEL",
        env.log_level,
        "`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`",
        "the least severe messages that are logged",
        logging.INFO,
        "`INFO`",
    )
)

LOG_FORMAT = HOUSEKEEPING.text(
    "LOG_FORMAT",
    "how each message is logged: a line of text, or a line of JSON with the numbers of the request and the job",
    expected="`text` or `json`",
    pattern="text$|json$",
    default="text",
)

STATUS = Section("Status and metrics", "What [the status](operating.md#status) measures, and who reads the metrics.")
DATABASE_DISK = STATUS.text(
    "DATABASE_DISK",
    "a folder on the disk of the database, of which the status shows what is free",
    expected="the path of a folder",
    default_text="that disk is not measured",
)
METRICS_TOKEN = STATUS.text(
    "METRICS_TOKEN",
    "the token with which a program on another machine reads [the metrics](operating.md#logs-and-metrics)",
    expected="20 or more characters",
    pattern=r"$|\S{20,}$",
    default_text="only this machine reads them",
    is_secret=True,
)

MAY_BE_SET = (ADDRESSES, MAIL, SIGN_IN, FILES, LIMITS, CAPACITY, BACKUPS, HOUSEKEEPING, STATUS)

# --- Set by what is shipped -----------------------------------------------------------------------------

SHIPPED = Section(
    "Set by the containers",
    "`docker-compose.yml` and the Dockerfile set these. Set them yourself only "
    "[without the containers](operating.md#without-these-containers).",
)
SECURE = SHIPPED.flag(
    "SECURE",
    "HTTPS only, with more checks at the start. Required if other machines reach the installation",
)
SECURE_PROXY_HEADER = SHIPPED.text(
    "SECURE_PROXY_HEADER",
    "the header in which the proxy says whether a request came by HTTPS, such as `X-Forwarded-Proto`",
    expected="the name of a header",
    default_text="none is trusted",
)
TRUSTED_PROXIES = SHIPPED.number(
    "TRUSTED_PROXIES", 0, "how many proxies in front may set `X-Forwarded-For`", least=0, most=5
)
DATABASE_URL: Variable[Any] = SHIPPED.declare(
    Variable(
        "DATABASE_URL",
        env.dj_db_url,
        "the address of a database: `postgres://user:password@host:port/name` or `sqlite:///file`",
        "where rows are kept. Production needs PostgreSQL and a password of 12 or more characters",
        default_text="SQLite in `VAR_DIR`",
        is_secret=True,
    )
)
REDIS_URL = SHIPPED.text(
    "REDIS_URL",
    "the broker, the cache and the limits. Production needs Redis and a password of 12 or more characters",
    expected="the address of Redis: `redis://:password@host:port/number`",
    default_text="files in `VAR_DIR`",
    is_secret=True,
)
VAR_DIR = SHIPPED.folder(
    "VAR_DIR", "the data of this machine. Never inside a folder that a web server serves", default_text="`var/`"
)
MEDIA_ROOT = SHIPPED.folder(
    "MEDIA_ROOT",
    "uploaded files and documents; the same folder for every machine. Never inside a folder that a web server serves",
    default_text="`files` in `VAR_DIR`",
)
STATIC_ROOT = SHIPPED.folder("STATIC_ROOT", "collected static files", default_text="`static` in `VAR_DIR`")
WEB_URL = SHIPPED.text(
    "WEB_URL",
    "where the web server answers inside, for the status",
    expected="an address that begins with `http://`",
    default="http://127.0.0.1:8000",
)
TLS_ADDRESS = SHIPPED.text(
    "TLS_ADDRESS",
    "where the proxy answers with its certificate, for the status",
    expected="`host:port`",
    pattern=r"$|[^:/]+:\d+$",
    default_text="host and port of `PUBLIC_URL`",
)
OPERATED_BY = SHIPPED.text(
    "OPERATED_BY",
    "what starts the services: the next steps of [the status](operating.md#status) show its commands",
    expected="`compose` or `systemd`",
    pattern=r"(compose|systemd)?\Z",
    default_text="something else; the next steps then name the service alone",
)
SHIPPED.text("ALIVE_FILE", "the file that a worker touches while it works; the watchdog sets it", expected="a file")

OTHER_PROGRAMS = Section(
    "Of other programs",
    "`docker-compose.yml` and the Dockerfile set these for PostgreSQL, Redis and the web server.",
)
for _name, _meaning in {
    "POSTGRES_USER": "PostgreSQL: the superuser, which signs in from inside its container only",
    "POSTGRES_DB": "PostgreSQL: the name of the database",
    "POSTGRES_PASSWORD": "PostgreSQL: the superuser's password, until `deploy/postgres/roles.sh` removes it",
    "ROLES_SQL": "`deploy/postgres/roles.sh`: the path of `roles.sql`, if it is not the default",
    "REDISCLI_AUTH": "Redis: its password, which its own check uses too",
    "PROMETHEUS_MULTIPROC_DIR": "prometheus_client: the folder in which the web processes of a machine share their "
    "counts. Empty it before a start",
    "GRANIAN_HOST": "granian: the address to listen on",
    "GRANIAN_PORT": "granian: the port to listen on",
}.items():
    OTHER_PROGRAMS.text(_name, _meaning)

# --- The demonstration ----------------------------------------------------------------------------------

DEMO = Section(
    "The demonstration",
    "For `make demo`. Production refuses to start with `DEMONSTRATION` or without second steps.",
)
HOST = DEMO.text(
    "HOST", "the address to answer on; an address that other machines reach needs `DEMO_PASSWORD`", default="127.0.0.1"
)
PORT = DEMO.number("PORT", 8000, "the port to answer on", most=65535)
DAY = DEMO.declare(
    Variable(
        "DAY",
        env.date,
        "a day, such as `2022-03-31`",
        "the first day of the demonstration",
        date(2022, 1, 28),
        "`2022-01-28`, one month before the deadline",
    )
)
RESET = DEMO.flag("RESET", "start again from the beginning instead of continuing after the last recorded row")
DEMO_PASSWORD = DEMO.text(
    "DEMO_PASSWORD",
    "the password of all accounts",
    default_text="`lumelang-2021`, for this machine only",
    is_secret=True,
)
DEMONSTRATION = DEMO.flag(
    "DEMONSTRATION",
    "turns on the banner and the clock of the demonstration. `manage.py demo` sets it for its own processes",
)
DEMO_CLOCK = DEMO.text(
    "DEMO_CLOCK",
    "a time in the demonstration and the machine's time for it. `manage.py demo` sets it",
    expected="two times (ISO 8601), separated by a space",
)
SECOND_FACTOR_REQUIRED = DEMO.flag(
    "SECOND_FACTOR_REQUIRED",
    "whether everybody needs a second step",
    default=True,
    default_text="`true`; `false` in the demonstration",
)

SECTIONS = (REQUIRED, *MAY_BE_SET, SHIPPED, OTHER_PROGRAMS, DEMO)
