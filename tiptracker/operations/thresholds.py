"""From which value on a part needs attention, or counts as failed. docs/operating.md lists them ("Status")."""

from datetime import timedelta

CHECK_SECONDS = 5.0
"""Seconds after which a check that has not answered is reported as failed."""

BEAT_SILENT_FOR = timedelta(minutes=2)
"""The schedule has failed if its last heartbeat is older. It is written four times a minute."""

JOB_WAITS_ATTENTION, JOB_WAITS_FAILED = timedelta(minutes=5), timedelta(minutes=30)
MAIL_WAITS_ATTENTION, MAIL_WAITS_FAILED = timedelta(minutes=15), timedelta(hours=2)
RECENT = timedelta(days=1)
"""How far back failed jobs, and mails that were not sent, count."""

CONNECTIONS_ATTENTION, CONNECTIONS_FAILED = 0.80, 0.95
"""Share of the allowed connections that are in use."""

DISK_FREE_ATTENTION, DISK_FREE_FAILED = 0.20, 0.05
"""Share of a disk that is free."""

LOG_VERIFIED_ATTENTION, LOG_VERIFIED_FAILED = timedelta(hours=30), timedelta(days=3)
"""How long ago the activity log was verified. It is verified every night."""

FIRST_PROOF_WITHIN = timedelta(days=1)
"""How old the first backup may be before it is proven. The schedule proves it within two hours."""

CERTIFICATE_ATTENTION, CERTIFICATE_FAILED = timedelta(days=30), timedelta(days=7)
"""Time until the last day of the certificate."""
