"""Redactions and withdrawals with transactions that commit."""

from datetime import date

from dialogues.actions.redactions import confirm_redaction, propose_redaction
from tests.factories import (
    AmbassadorFactory,
    BriefingFactory,
    CountryFactory,
    EditionFactory,
    OfficerFactory,
    UpdateVersionFactory,
    at_noon,
)
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.models import AuditEntry
from tiptracker.jobs.models import State

NOW = at_noon(date(2022, 1, 28))
NAME = "Palesa Ntšoana-Exercise"


def test_the_note_of_a_briefing_that_was_never_made_loses_the_words(fresh_database, run_jobs):
    UpdateVersionFactory(narrative=f"We brought {NAME} to a safe house.")
    failed = BriefingFactory(edition=EditionFactory(), covering_note=f"Ask about {NAME}.")
    redaction = propose_redaction(
        country=CountryFactory(), words=NAME, reason="It names a victim.", by=OfficerFactory(), now=NOW
    )
    confirm_redaction(redaction=redaction, by=AmbassadorFactory(), now=NOW)

    jobs = run_jobs()

    assert [job.state for job in jobs if job.kind == "redaction"] == [State.READY]
    failed.refresh_from_db()
    assert failed.covering_note == REDACTED
    assert AuditEntry.objects.filter(verb="briefing.note_redacted").count() == 1
