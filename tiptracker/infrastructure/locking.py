"""The order in which actions lock rows. Transactions that follow it never deadlock."""

from collections.abc import Collection, Iterable, Mapping
from itertools import batched

from django.db import models

KEYS_AT_ONCE = 500
"""Most keys in one statement."""
LOCK_ORDER = (
    "idempotency.idempotencykey",  # held during the whole request that has the key
    "accounts.country",
    "dialogues.redaction",  # next to the country, which a redaction locks first
    "accounts.district",
    "accounts.user",
    "accounts.user_countries",
    "lock_outs.lockoutcount",
    "mfa.authenticator",
    "usersessions.usersession",
    "sessions.session",
    "accounts.apitoken",
    "accounts.ministry",
    "accounts.officeholder",
    "recommendations.edition",
    "recommendations.editionimport",
    "recommendations.milestone",
    "recommendations.recommendation",
    "recommendations.benchmark",
    "recommendations.indicator",
    "recommendations.questionset",
    "recommendations.question",
    "dialogues.partner",
    "dialogues.dialogue",
    "dialogues.nextstep",
    "dialogues.workbookdraft",  # before the commitments on which its rows are sent
    "dialogues.commitment",
    "dialogues.informationrequest",
    "dialogues.draft",
    "dialogues.internalnote",
    "dialogues.updateversion",
    "dialogues.evidence",
    "dialogues.evidencefile",
    "dialogues.lawentry",
    # Parts of a row that the transaction has locked already, and rows whose text nothing else locks.
    "dialogues.draft_files",
    "dialogues.workbookdraft_files",
    "recommendations.milestonedatechange",
    "recommendations.milestonedone",
    "recommendations.recommendation_supporting",
    "recommendations.recommendationterms",
    "recommendations.benchmarkterms",
    "recommendations.question_benchmarks",
    "recommendations.question_indicators",
    "recommendations.questionterms",
    "recommendations.editionterms",
    "dialogues.answersentence",
    "dialogues.answerevent",
    "dialogues.participant",
    "dialogues.agendaitem",
    "dialogues.nextstepdone",
    "dialogues.internalnotedone",
    "dialogues.commitmentevent",
    "dialogues.commitmentcorrection",
    "dialogues.commitmentbenchmark",
    "dialogues.agreedproof",
    "dialogues.agreedproofend",
    "dialogues.updateversiondecision",
    "dialogues.duedateproposal",
    "dialogues.duedateproposaldecision",
    "dialogues.requestline",
    "dialogues.requestevent",
    "dialogues.lineanswer",
    "dialogues.evidencereview",
    "dialogues.reading",
    "dialogues.indicatortarget",
    "dialogues.chosenindicator",
    "dialogues.chosenindicatorevent",
    "dialogues.contribution",
    "dialogues.sustainment",
    "dialogues.assessment",
    "dialogues.redactiondecision",
    "dialogues.retentionhold",
    "dialogues.retentionholdrelease",
    "dialogues.disposaldecline",
    "reports.briefing",
    "reports.wordtemplate",
    "audit.auditdetail",
    "audit.importedentry",
    "saved_filters.savedfilter",
    "undo.removedrow",
    "dialogues.filetext",  # emptied last by a redaction
    "dialogues.disposalcertificate",  # closed last by a disposal, which created it
    "notifications.noticefrequency",
    "notifications.digestschedule",
    "notifications.calendarfeed",
    "operations.partfailure",
    "notifications.notice",
    "mail.mail",
    "backups.backup",
    "jobs.job",
    "operations.serviceheartbeat",
    "audit.listread",
)
"""Tables in the order in which a transaction locks their rows. Rows of one table are locked by ascending key.

The lock of the activity log, which `tiptracker.audit.actions.record` takes, comes last.
"""


def lock_rows[Row: models.Model](rows: models.QuerySet[Row]) -> list[Row]:
    """Lock rows of one table until the transaction ends, in the order of their keys. Return their current state."""
    return list(rows.order_by("pk").select_for_update(no_key=True, of=("self",)))


def lock_rows_in_order(rows: Iterable[models.Model]) -> None:
    """Lock rows of several tables until the transaction ends, in LOCK_ORDER."""
    keys: dict[type[models.Model], set[int]] = {}
    for row in rows:
        keys.setdefault(type(row), set()).add(row.pk)
    lock_keys_in_order(keys)


def lock_keys_in_order(keys: Mapping[type[models.Model], Collection[int]]) -> None:
    """Lock rows of several tables, by their keys, until the transaction ends, in LOCK_ORDER."""
    for model in sorted(keys, key=lambda model: LOCK_ORDER.index(model._meta.label_lower)):
        for some in batched(sorted(keys[model]), KEYS_AT_ONCE):
            lock_rows(model._base_manager.filter(pk__in=some))
