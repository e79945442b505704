"""An edition that was disposed of takes no further rows, whoever writes them and however."""

from contextlib import suppress
from datetime import date

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from dialogues.closed_editions import BRIEFINGS, EDITABLE, LEFT_OPEN, TABLES
from dialogues.models import AgreedProof, Commitment, Evidence, InternalNote, Reading
from recommendations.models import Benchmark, Edition, EditionTerms, Question, Recommendation
from reports.models import Briefing
from reports.retention.disposed_columns import DISPOSED_MODELS
from tests import factories
from tests.reports.old_editions import DAY, dispose_with_typed_export, fill_old_edition
from tests.test_architecture import live_triggers
from tiptracker.audit.append_only import DISPOSED
from tiptracker.errors import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
ALL_TABLES = TABLES | BRIEFINGS


@pytest.fixture
def old():
    """The edition of 2018 of a country, filled."""
    return fill_old_edition(factories.CountryFactory())


def fill_further(edition):
    """Add a row to the tables that `fill_old_edition` leaves empty, for the edition that is disposed of."""
    recommendation = Recommendation.objects.get(edition=edition)
    benchmark = recommendation.benchmarks.get()
    question = Question.objects.filter(edition=edition).first()
    evidence = Evidence.objects.exclude(title="It supports both.").filter(evidence_links__benchmark=benchmark).last()
    commitment = Commitment.objects.get()
    recommendation.supporting.add(commitment.ministry)
    question.benchmarks.add(benchmark)
    question.indicators.add(factories.IndicatorFactory(country=edition.country, ministry=None))
    factories.RecommendationWeightFactory(
        terms=EditionTerms.objects.filter(edition=edition).first(), recommendation=recommendation
    )
    factories.EvidenceIndiciumFactory(evidence=evidence)
    factories.EvidenceQuestionFactory(evidence=evidence, question=question)
    factories.AgreedProofMatchFactory(proof=AgreedProof.objects.first())
    factories.ReadingPartFactory(reading=Reading.objects.filter(evidence__isnull=False).first())
    factories.InternalNoteDoneFactory(note=InternalNote.objects.get())


def insert_again(row):
    """Insert a copy of a row, and take it back. Raises Refused if the edition is closed."""
    model = type(row)
    copy = model(**{field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields})
    copy.pk = None
    with suppress(IntegrityError), transaction.atomic():  # a copy of a unique row
        copy.save(force_insert=True)
        transaction.set_rollback(True)


def refused_keys(label):
    """The keys of the rows of a table of which a copy is refused."""
    refused = set()
    for row in apps.get_model(label)._base_manager.order_by("pk"):
        try:
            insert_again(row)
        except Refused:
            refused.add(row.pk)
    return refused


def test_no_table_takes_another_row_of_what_was_disposed_of(old):
    fill_further(old)
    before = {label: refused_keys(label) for label in ALL_TABLES}
    rows = {label: set(apps.get_model(label)._base_manager.values_list("pk", flat=True)) for label in ALL_TABLES}
    dispose_with_typed_export(old)

    refused = {label: refused_keys(label) & rows[label] for label in ALL_TABLES}

    assert set().union(*before.values()) == set()
    assert [label for label, keys in refused.items() if not keys] == ["dialogues.draft", "dialogues.lawentry"]


def test_no_draft_or_entry_on_the_law_is_about_what_was_disposed_of(old):
    dispose_with_typed_export(old)

    for insert in (
        lambda: factories.DraftFactory(commitment=Commitment.objects.get()),
        lambda: factories.LawEntryFactory(evidence=Evidence.objects.filter(title=DISPOSED).first()),
    ):
        with pytest.raises(Refused), transaction.atomic():
            insert()


def test_rows_of_a_kept_edition_are_still_added(old):
    dispose_with_typed_export(old)
    kept = Edition.objects.get(year=2021)
    shared = Evidence.objects.get(title="It supports both.")

    benchmark = factories.BenchmarkFactory(recommendation__edition=kept, recommendation__lead=None)
    factories.CommitmentFactory(country=old.country, benchmarks=[benchmark])
    factories.DialogueFactory(country=old.country, held_on=date(2021, 6, 1))
    link = shared.evidence_links.get(benchmark__recommendation__edition=kept)
    factories.EvidenceReviewFactory(evidence=shared, evidence_link=link)
    factories.BriefingFactory(edition=kept)
    factories.RecommendationFactory(edition=kept, lead=None, repeats=Recommendation.objects.get(edition=old))

    assert kept.recommendations.count() == 3


def test_evidence_of_both_editions_can_be_corrected_and_supports_what_it_did(old):
    dispose_with_typed_export(old)
    shared = Evidence.objects.get(title="It supports both.")
    both = [link.benchmark for link in shared.evidence_links.all()]

    revision = factories.EvidenceFactory(country=old.country, happened_to=DAY, revises=shared, supports=both)

    assert revision.evidence_links.count() == 2
    other = factories.EvidenceFactory(country=old.country, happened_to=date(2021, 7, 1))
    with pytest.raises(Refused):
        factories.EvidenceLinkFactory(
            evidence=other, benchmark=Recommendation.objects.get(edition=old).benchmarks.get()
        )


def test_a_dialogue_in_the_tracking_period_is_refused(old):
    dispose_with_typed_export(old)

    with pytest.raises(Refused), transaction.atomic():
        factories.DialogueFactory(country=old.country, held_on=date(2018, 9, 1), place="Another place")
    elsewhere = factories.CountryFactory(elsewhere=True)
    assert factories.DialogueFactory(country=elsewhere, held_on=date(2018, 9, 1)).pk


@pytest.mark.parametrize("label", EDITABLE)
def test_a_row_that_was_disposed_of_cannot_be_changed(old, label):
    certificate = dispose_with_typed_export(old)
    model = apps.get_model(label)
    rows = model._base_manager.filter(pk__in=certificate.rows.filter(table=label).values_list("row", flat=True))
    field = next(field for field in model._meta.concrete_fields if not field.primary_key)

    with pytest.raises(Refused) as caught, transaction.atomic():
        rows.update(**{field.attname: F(field.attname)})

    assert caught.value.code == "disposed_of"


def test_every_table_that_refers_to_what_goes_is_closed_or_left_open_for_a_reason():
    named = {*DISPOSED_MODELS, Briefing, Benchmark, apps.get_model("dialogues.update")}
    referring = {
        model._meta.label_lower
        for model in apps.get_models(include_auto_created=True)
        if any(field.related_model in named for field in model._meta.concrete_fields)
    }

    assert referring <= ALL_TABLES.keys() | LEFT_OPEN.keys()
    assert not ALL_TABLES.keys() & LEFT_OPEN.keys()
    assert LEFT_OPEN.keys() <= referring


def test_every_table_has_its_triggers():
    own = "refuse_insert_after_disposal", "refuse_update_after_disposal"
    wanted = {(label.replace(".", "_"), own[0]) for label in ALL_TABLES}
    wanted |= {(label.replace(".", "_"), own[1]) for label in EDITABLE}
    if connection.vendor != "postgresql":
        wanted = {(table, f"{table}_{name}") for table, name in wanted}

    assert wanted <= live_triggers()
