"""The order in which actions lock rows: who keeps to it never waits for somebody who waits for them."""

from django.db import models

ORDER = (
    "idempotency.idempotencykey",  # around everything that a request with such a key does
    "accounts.country",
    "accounts.district",
    "accounts.user",
    "accounts.apitoken",
    "mfa.authenticator",
    "usersessions.usersession",
    "sessions.session",
    "accounts.ministry",
    "accounts.officeholder",
    "recommendations.edition",
    "recommendations.editionimport",
    "recommendations.milestone",
    "recommendations.recommendation",
    "recommendations.benchmark",
    "recommendations.indicator",
    "dialogues.dialogue",
    "dialogues.participant",
    "dialogues.agendaitem",
    "dialogues.nextstep",
    "dialogues.nextstepdone",
    "dialogues.commitment",
    "dialogues.commitmentevent",
    "dialogues.draft",
    "dialogues.updateround",
    "dialogues.rounddecision",
    "dialogues.evidencefile",
    "dialogues.evidence",
    "dialogues.evidencereview",
    "dialogues.reading",
    "dialogues.assessment",
    "dialogues.redaction",
    "reports.briefing",
    "jobs.job",
    "audit.auditdetail",
)
"""Tables in the order in which a transaction locks their rows; rows of one table go by their keys. The log's own lock,
which `tiptracker.audit.actions.record` takes, comes after all of them."""


def rank(model: type[models.Model]) -> int:
    """The place of a table in the order."""
    return ORDER.index(model._meta.label_lower)
