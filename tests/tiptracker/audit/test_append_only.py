"""The triggers of the database refuse changes of recorded rows."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from dialogues.choices import CommitmentEventKind, RedactionAnswer
from tests import factories
from tests.append_only import APPEND_ONLY, CHANGEABLE, PARTLY_FIXED, make_row, redact_text
from tests.database_roles import run_as_owner
from tiptracker.audit.append_only import REDACTED

pytestmark = pytest.mark.django_db
every_append_only_model = pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda model: model.__name__)


def is_refused(change, match="append-only"):
    """Return whether the database refuses `change` with this message."""
    try:
        with transaction.atomic():
            change()
    except IntegrityError as error:
        return match in str(error)
    return False


def another_value(field, value):
    """Return another value that `field` could have."""
    match field:
        case models.DateTimeField() | models.DateField():
            return (value or factories.TERMS_SET_AT) + timedelta(days=1)
        case models.DecimalField():
            return (value or Decimal(0)) + 1
        case models.BooleanField():
            return not value
        case models.JSONField():
            return {"something": "else"}
        case models.ForeignKey() | models.IntegerField():
            return (value or 0) + 1
        case models.GenericIPAddressField():
            return "192.0.2.1"
        case models.UUIDField():
            return uuid4()
        case models.BinaryField():
            return b"something else"
    return ("y" if str(value).startswith("x") else "x") + str(value)[1:]


@every_append_only_model
def test_no_field_of_an_append_only_row_can_be_changed(model):
    row = make_row(model)
    rows = model._default_manager.filter(pk=row.pk)

    changes = {
        field.attname: another_value(field, getattr(row, field.attname))
        for field in model._meta.concrete_fields
        if not field.primary_key
    }

    assert [name for name, value in changes.items() if not is_refused(lambda: rows.update(**{name: value}))] == []


@every_append_only_model
def test_an_append_only_row_can_not_be_deleted(model):
    row = make_row(model)

    assert is_refused(lambda: model._default_manager.filter(pk=row.pk)._raw_delete("default"))


def redactable_texts(model):
    """Return the texts that could contain the redaction mark."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and (field.max_length or 1000) >= len(REDACTED)
    ]


@every_append_only_model
def test_exactly_the_redactable_texts_can_become_the_mark(model):
    row = make_row(model)
    rows = model._default_manager.filter(pk=row.pk)
    for name in redactable_texts(model):
        redact_text(row, name)

    assert {
        name for name in redactable_texts(model) if not is_refused(lambda: rows.update(**{name: REDACTED}))
    } == APPEND_ONLY[model]


@every_append_only_model
def test_no_text_becomes_the_mark_without_a_redaction_that_names_it(model):
    row = make_row(model)
    rows = model._default_manager.filter(pk=row.pk)
    is_unsent = model._meta.label == "dialogues.EvidenceFile"  # the name of a file that nobody sent goes with it
    if is_unsent:
        factories.EvidenceFactory(file=row)
    for name in APPEND_ONLY[model]:
        redact_text(row, name, left=True)  # found, and left as it is
        factories.RedactionFactory().places.create(table=model._meta.label_lower, row=row.pk, field=name)  # undecided
        declined = factories.RedactionDecisionFactory(
            decision=RedactionAnswer.DECLINED, reason="It names nobody."
        ).redaction
        declined.places.create(table=model._meta.label_lower, row=row.pk, field=name)
        redact_text(model(pk=row.pk + 1), name)
        factories.RedactionDecisionFactory().redaction.places.create(
            table=model._meta.label_lower, row=row.pk, field="another"
        )

    assert {
        name for name in redactable_texts(model) if not is_refused(lambda: rows.update(**{name: REDACTED}))
    } == set()


def test_a_redactions_words_become_the_mark_once_it_was_decided():
    waiting, decided = factories.RedactionFactory(), factories.RedactionDecisionFactory().redaction
    rows = type(waiting).objects

    assert is_refused(lambda: rows.filter(pk=waiting.pk).update(words=REDACTED))
    assert rows.filter(pk=decided.pk).update(words=REDACTED) == 1


def test_the_name_of_a_file_that_nobody_sent_becomes_the_mark():
    unsent, sent = factories.EvidenceFileFactory(), factories.EvidenceFactory(file=factories.EvidenceFileFactory()).file
    rows = type(unsent).objects

    assert rows.filter(pk=unsent.pk).update(name=REDACTED) == 1
    assert is_refused(lambda: rows.filter(pk=sent.pk).update(name=REDACTED))


def test_every_table_is_append_only_partly_fixed_or_changeable_for_a_reason():
    kept, held = ({model._meta.label for model in models} for models in (APPEND_ONLY, PARTLY_FIXED))
    every = {model._meta.label for model in apps.get_models(include_auto_created=True)}

    assert kept | held | set(CHANGEABLE) == every
    assert len(kept) + len(held) + len(CHANGEABLE) == len(every)
    assert all(CHANGEABLE.values())


@pytest.mark.parametrize("model", PARTLY_FIXED, ids=lambda model: model.__name__)
def test_fixed_columns_can_not_be_changed(model):
    row = make_row(model)
    rows = model._default_manager.filter(pk=row.pk)
    fields = [model._meta.get_field(name) for name in PARTLY_FIXED[model]]
    changes = {field.attname: another_value(field, getattr(row, field.attname)) for field in fields}
    is_empty = {name for name in changes if getattr(row, name) is None}

    free = {name for name, value in changes.items() if not is_refused(lambda: rows.update(**{name: value}), "holds")}

    assert free <= is_empty - {"entered_at", "entered_by_id"}


def test_redaction_smuggles_in_no_other_change():
    evidence = factories.EvidenceFactory()
    rows = type(evidence).objects.filter(pk=evidence.pk)
    redact_text(evidence, "title")

    assert is_refused(lambda: rows.update(title=REDACTED, kind="press"))
    assert is_refused(lambda: rows.update(title=REDACTED, source=REDACTED))
    assert is_refused(lambda: rows.update(title=f"{REDACTED} and more"))


def test_a_redacted_text_can_not_be_written_anew():
    evidence = factories.EvidenceFactory()
    rows = type(evidence).objects.filter(pk=evidence.pk)
    redact_text(evidence, "title")
    rows.update(title=REDACTED)

    assert is_refused(lambda: rows.update(title="As it was"))


@every_append_only_model
def test_an_append_only_table_can_not_be_emptied(model):
    make_row(model)
    table = connection.ops.quote_name(model._meta.db_table)

    def empty():
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else the waiting checks of new rows stand in the way
                run_as_owner(f"TRUNCATE {table} CASCADE")  # the application's role may not even try
            else:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 -- a table of our own

    assert is_refused(empty)


def test_a_briefing_can_be_finished_until_it_is_cleared():
    briefing = factories.BriefingFactory(pdf=b"%PDF-1.7\n")
    rows = type(briefing).objects.filter(pk=briefing.pk)

    rows.update(size=9)
    rows.update(cleared_by=factories.ReviewerFactory())
    run = factories.ReadinessRunFactory(edition=briefing.edition)
    rows.update(cleared_at=factories.TERMS_SET_AT, run=run, log_number=1, log_hash="1" * 64)

    assert is_refused(lambda: rows.update(size=10))


def test_nobody_reviews_their_own_evidence():
    evidence = factories.EvidenceFactory()

    assert is_refused(
        lambda: factories.EvidenceReviewFactory(evidence=evidence, recorded_by=evidence.recorded_by),
        "Nobody verifies what they recorded themselves",
    )


def test_nobody_reviews_a_evidence_link_of_their_own_on_another_ones_evidence():
    evidence_link = factories.EvidenceLinkFactory(recorded_by=factories.ReviewerFactory())

    assert is_refused(
        lambda: factories.EvidenceReviewFactory(evidence_link=evidence_link, recorded_by=evidence_link.recorded_by),
        "Nobody verifies what they recorded themselves",
    )


def test_a_review_is_of_a_evidence_link_of_its_own_evidence():
    assert is_refused(
        lambda: factories.EvidenceReviewFactory(
            evidence=factories.EvidenceFactory(), evidence_link=factories.EvidenceLinkFactory()
        ),
        "belongs to another piece of evidence",
    )


def test_nobody_verifies_what_they_reported_done():
    commitment = factories.CommitmentFactory()
    report = factories.CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.REPORTED_DONE)

    def verify(who):
        factories.CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.VERIFIED_DONE, recorded_by=who)

    assert is_refused(lambda: verify(report.recorded_by), "Nobody verifies what they reported themselves")
    verify(factories.ReviewerFactory())


def test_the_newest_report_decides_who_may_not_verify():
    commitment = factories.CommitmentFactory()
    first, second = factories.RecorderFactory(), factories.OfficerFactory()
    for day, who in ((1, first), (2, second)):
        factories.CommitmentEventFactory(
            commitment=commitment,
            kind=CommitmentEventKind.REPORTED_DONE,
            happened_on=factories.DIALOGUE_ON + timedelta(days=day),
            recorded_by=who,
        )

    def verify(who):
        factories.CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.VERIFIED_DONE, recorded_by=who)

    assert is_refused(lambda: verify(second), "Nobody verifies what they reported themselves")
    verify(first)


def test_nobody_decides_on_their_own_version():
    sent = factories.UpdateVersionFactory()

    assert is_refused(
        lambda: factories.UpdateVersionDecisionFactory(update_version=sent, recorded_by=sent.recorded_by),
        "Nobody decides on what they sent themselves",
    )
