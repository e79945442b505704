"""Tables that may change without a new version of a country's record, because no kept page shows them.

`tests/locks.py` checks every transaction of the product by this list, and `tests/security/test_kept_pages.py` every
page that is kept.
"""

import re

UNVERSIONED_TABLES = {
    "account_emailaddress",
    "accounts_accountrequest",
    "accounts_accountrequeststep",
    "accounts_apitoken",
    "audit_auditdetail",
    "audit_auditentry",
    "audit_listread",
    "audit_logverification",
    "backups_backup",
    "backups_postexport",
    "dialogues_draft",
    "dialogues_draft_files",
    "dialogues_filetext",
    "dialogues_sendkey",
    "dialogues_workbookdraft",
    "dialogues_workbookdraft_files",
    "django_session",
    "handovers_handoverstep",
    "idempotency_idempotencykey",
    "jobs_job",
    "languages_languagereview",
    "lock_outs_lockoutcount",
    "mail_mail",
    "mfa_authenticator",
    "notifications_calendarfeed",
    "notifications_digestschedule",
    "notifications_notice",
    "notifications_noticefrequency",
    "operations_partfailure",
    "operations_serviceheartbeat",
    "recommendations_editionimport",
    "recommendations_questionset",
    "reports_briefingdownload",
    "reports_readinessrun",
    "saved_filters_savedfilter",
    "undo_removedrow",
    "usersessions_usersession",
}
CHANGED_TABLE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)
"""The table that a statement changes."""

UNLOGGED_FUNCTIONS = {
    "reports.actions.current_briefing._is_up_to_date",  # the log number, which is in the key of the dashboard
    "tiptracker.accounts.adapter.AccountAdapter.login",  # the last sign-in, which only pages of accounts show
    "tiptracker.infrastructure.read_snapshot.snapshot",  # it is for reading; tests add rows in one
    "tiptracker.idempotency.actions.create_once",  # what it is given to do has a transaction of its own
}
"""Functions whose transaction changes other tables without an entry, and why no kept page is stale."""
