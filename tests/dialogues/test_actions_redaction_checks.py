"""Each redaction mark in the record and log belongs to a redaction; `verify_audit` names others."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from dialogues.actions.files import delete_unsent_files, store_upload
from dialogues.actions.redaction_checks import find_redacted_text_faults
from dialogues.actions.redactions import (
    confirm_redaction,
    decline_redaction,
    finish_redaction,
    propose_redaction,
)
from dialogues.models import EvidenceFile, Redaction, UpdateVersion
from recommendations.models import BenchmarkTerms
from tests.append_only import redact_text
from tests.database_roles import run_as_owner
from tests.dialogues.test_actions_files import NOW, letter_upload
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    BriefingFactory,
    CountryFactory,
    DialogueFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    OfficerFactory,
    UpdateVersionFactory,
)
from tests.transactions import record_log_entry
from tiptracker.audit.append_only import REDACTED, REDACTED_BEFORE
from tiptracker.audit.models import AuditDetail
from tiptracker.validation import insert_row, update_row

pytestmark = pytest.mark.django_db
NAME = "Palesa Exercise"


def redact_name(**more):
    """Redact NAME as two people and the worker do."""
    asked = {"country": CountryFactory(), "words": NAME, "reason": "It names a victim.", "now": NOW}
    redaction = propose_redaction(**asked | more, by=OfficerFactory())
    confirm_redaction(redaction=redaction, by=AmbassadorFactory(), now=NOW)
    finish_redaction(redaction=redaction)
    return redaction


def drop_append_only_trigger(table):
    """Drop the triggers of a table, as the owner of the database can. They return after the test."""
    if connection.vendor == "postgresql":
        run_as_owner(f"DROP TRIGGER append_only ON {table}")
        return
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {table}_append_only")


def verify_audit_error():
    with pytest.raises(CommandError) as caught:
        call_command("verify_audit")
    assert caught.value.returncode == 1
    return str(caught.value)


def test_a_confirmed_redaction_has_no_faults():
    sent = UpdateVersionFactory(narrative=f"We brought {NAME} to a safe house.")
    file = EvidenceFactory(file=EvidenceFileFactory(name=f"{NAME}.pdf"), title=f"{NAME} testified").file
    DialogueFactory(record=f"We spoke of {NAME}.")
    record_log_entry("evidence.logged", by=None, row=sent, country=CountryFactory(), after={"title": NAME})

    redact_name(files=[file])

    assert UpdateVersion.objects.get().narrative == REDACTED
    assert AuditDetail.objects.filter(after=REDACTED).exists()
    assert find_redacted_text_faults() == []
    call_command("verify_audit")


def test_a_declined_redaction_and_a_dropped_file_have_no_faults():
    EvidenceFactory(title=f"{NAME} testified")
    asked = {"country": CountryFactory(), "words": NAME, "reason": "It names a victim.", "by": OfficerFactory()}
    redaction = propose_redaction(**asked, now=NOW)
    decline_redaction(redaction=redaction, reason="It is public.", by=AmbassadorFactory(), now=NOW)
    store_upload(upload=letter_upload(), by=OfficerFactory(), now=NOW)
    delete_unsent_files(now=NOW + timedelta(days=30))

    assert Redaction.objects.get().words == REDACTED
    assert EvidenceFile.objects.get().name == REDACTED
    assert find_redacted_text_faults() == []


def test_marks_that_no_redaction_names_are_named_and_verify_audit_exits_with_1():
    evidence, dialogue = EvidenceFactory(), DialogueFactory()
    record_log_entry("evidence.logged", by=None, row=evidence, country=CountryFactory(), after={"title": "Something"})
    detail = AuditDetail.objects.get()
    for table in ("dialogues_evidence", "audit_auditdetail"):
        drop_append_only_trigger(table)
    type(evidence).objects.filter(pk=evidence.pk).update(title=REDACTED)
    type(dialogue).objects.filter(pk=dialogue.pk).update(record=REDACTED)
    AuditDetail.objects.filter(pk=detail.pk).update(after=REDACTED)

    faults = verify_audit_error()

    for place in (
        f"dialogues.evidence {evidence.pk}, title",
        f"dialogues.dialogue {dialogue.pk}, record",
        f"audit.auditdetail {detail.pk}, after",
    ):
        assert f"{place} contains the redaction mark, but no redaction names it" in faults


def test_a_place_that_the_log_does_not_tell_of_is_named():
    evidence = EvidenceFactory()
    redact_text(evidence, "title")
    type(evidence).objects.filter(pk=evidence.pk).update(title=REDACTED)

    assert (
        f"dialogues.evidence {evidence.pk}, title is named by a redaction, but no entry of the activity log lists it"
        in verify_audit_error()
    )


def test_a_text_that_a_redaction_names_and_that_came_back_is_named():
    evidence = EvidenceFactory(title=f"{NAME} testified")
    redact_name()
    drop_append_only_trigger("dialogues_evidence")
    type(evidence).objects.filter(pk=evidence.pk).update(title=f"{NAME} testified")

    assert (
        f"dialogues.evidence {evidence.pk}, title is named by a redaction, but does not contain the redaction mark"
        in verify_audit_error()
    )


def test_words_erased_before_a_decision_are_named():
    EvidenceFactory(title=f"{NAME} testified")
    asked = {"country": CountryFactory(), "words": NAME, "reason": "It names a victim.", "by": OfficerFactory()}
    redaction = propose_redaction(**asked, now=NOW)
    drop_append_only_trigger("dialogues_redaction")
    Redaction.objects.update(words=REDACTED)

    assert f"the words of redaction {redaction.pk} were erased before it was decided on" in verify_audit_error()


def test_a_redacted_covering_note_without_a_redaction_is_named():
    briefing = BriefingFactory(covering_note=REDACTED)

    assert f"the covering note of briefing {briefing.pk} became the mark" in verify_audit_error()


def test_an_editable_text_can_be_edited_after_a_redaction():
    dialogue = DialogueFactory(record=f"We spoke of {NAME}.")
    redact_name()
    dialogue.refresh_from_db()

    update_row(dialogue)
    assert type(dialogue).objects.get().record == REDACTED
    dialogue.record = "We spoke of a case."
    update_row(dialogue)

    assert find_redacted_text_faults() == []


def test_a_row_that_repeats_a_mark_says_it_in_other_words():
    terms = BenchmarkFactory().terms.get()
    dialogue = DialogueFactory(record="We spoke of a case.")
    dialogue.record = REDACTED
    terms.pk, terms.criterion = None, REDACTED
    terms.recorded_at += timedelta(days=1)

    update_row(dialogue)
    insert_row(terms)

    assert BenchmarkTerms.objects.latest("pk").criterion == type(dialogue).objects.get().record == REDACTED_BEFORE
    assert find_redacted_text_faults() == []
