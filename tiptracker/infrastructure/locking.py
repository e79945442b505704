"""The order in which actions lock rows: who keeps to it never waits for somebody who waits for them."""

from collections.abc import Iterable

from django.db import models

LOCK_ORDER = (
    "idempotency.idempotencykey",  # around everything that a request with such a key does
    "accounts.country",
    "dialogues.redaction",  # next to the country that it holds still
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
    "dialogues.dialogue",
    "dialogues.nextstep",
    "dialogues.commitment",
    "dialogues.draft",
    "dialogues.updateround",
    "dialogues.evidence",
    "dialogues.evidencefile",
    # Parts of a row, which whoever changes them holds, and texts of rows that nobody else locks.
    "dialogues.draft_files",
    "recommendations.milestonedone",
    "recommendations.recommendation_supporting",
    "recommendations.recommendationterms",
    "recommendations.benchmarkterms",
    "recommendations.editionterms",
    "dialogues.participant",
    "dialogues.agendaitem",
    "dialogues.nextstepdone",
    "dialogues.commitmentevent",
    "dialogues.rounddecision",
    "dialogues.evidencereview",
    "dialogues.reading",
    "dialogues.assessment",
    "dialogues.redactiondecision",
    "reports.briefing",
    "audit.auditdetail",
    "mail.mail",
    "jobs.job",
    "audit.listread",
)
"""Tables in the order in which a transaction locks their rows; rows of one table go by their keys. The log's own lock,
which `tiptracker.audit.actions.record` takes, comes after all of them."""


def lock_rows[Row: models.Model](rows: models.QuerySet[Row]) -> list[Row]:
    """Lock rows of one table until the transaction ends, in the order of their keys; gives them as they stand then."""
    return list(rows.order_by("pk").select_for_update(no_key=True, of=("self",)))


def lock_rows_in_order(rows: Iterable[models.Model]) -> None:
    """Lock rows of several tables until the transaction ends, in the order in which everybody does."""
    keys: dict[type[models.Model], set[int]] = {}
    for row in rows:
        keys.setdefault(type(row), set()).add(row.pk)
    for model in sorted(keys, key=lambda model: LOCK_ORDER.index(model._meta.label_lower)):
        lock_rows(model._base_manager.filter(pk__in=keys[model]))
