"""Who may dispose of what, under which conditions, and what the triggers refuse."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction

from dialogues.choices import RecordKind
from dialogues.models import Commitment, DisposalRow, Draft, Evidence, EvidenceFile, Reading
from recommendations.models import Edition, Recommendation
from reports.actions.blanking import close_certificate
from reports.actions.disposal_checks import find_disposal_faults
from reports.actions.disposals import approve_disposal, decline_disposal, propose_disposal
from reports.actions.retention import place_hold, release_hold, set_schedule
from reports.models import Briefing
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from reports.retention.disposable_rows import find_disposable_rows
from reports.retention.disposed_columns import DISPOSED_MODELS, DISPOSED_TEXTS, KEPT_TEXTS
from reports.retention.due_editions import list_retention
from tests import factories
from tests.papers.dictionary import TEXT_FIELDS
from tests.reports.old_editions import NOW, fill_old_edition, shared_evidence
from tests.transactions import record_log_entry
from tiptracker.audit.actions import find_log_fault, log_head
from tiptracker.audit.append_only import DISPOSED, REDACTED
from tiptracker.audit.models import AuditDetail
from tiptracker.errors import Refused
from tiptracker.infrastructure.locking import LOCK_ORDER
from tiptracker.portable_post.exporting import EXPORT_WRITTEN

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@dataclass
class Post:
    """An old edition with everything in it, and who works at the post."""

    edition: Edition
    first: object
    second: object

    def propose(self):
        return propose_disposal(edition=self.edition, by=self.first, now=NOW)

    def export(self):
        """Record an export as the command does."""
        row = factories.PostExportFactory(country=self.edition.country, log_number=log_head()[0])
        record_log_entry(EXPORT_WRITTEN, by=None, row=row, country=self.edition.country)
        return row

    def approve(self, disposal):
        return approve_disposal(disposal=disposal, by=self.second, now=NOW)

    def dispose(self):
        disposal = self.propose()
        self.export()
        return self.approve(disposal)


@pytest.fixture
def post():
    country = factories.CountryFactory()
    edition = fill_old_edition(country)
    first, second = (factories.OfficerFactory(countries=[country]) for _ in range(2))
    set_schedule(country=country, kind=RecordKind.EDITION, years=2, authority="EXERCISE-7", by=first, now=NOW)
    return Post(edition, first, second)


def refusal(call):
    """The code with which a call is refused."""
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


# --- What goes, and what stays ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", DISPOSED_MODELS, ids=lambda model: model.__name__)
def test_somebody_judged_every_text_of_what_is_disposed_of(model):
    texts = {
        field.name for field in model._meta.concrete_fields if isinstance(field, TEXT_FIELDS) and not field.choices
    }
    kept = {name.rpartition(".")[2] for name in KEPT_TEXTS if name.startswith(f"{model._meta.label}.")}

    assert set(DISPOSED_TEXTS[model]) | kept == texts
    assert not set(DISPOSED_TEXTS[model]) & kept
    assert model._meta.label_lower in LOCK_ORDER


def test_a_disposal_finds_rows_in_every_table_of_the_edition(post):
    found = find_disposable_rows(post.edition)

    assert {model for model in DISPOSED_MODELS if not found.keys(model)} == set()


def test_each_text_of_the_edition_becomes_the_mark_and_figures_stay(post):
    found = find_disposable_rows(post.edition)
    figures = list(Reading.objects.order_by("pk").values_list("figure", "starts_on", "evidence"))

    certificate = post.dispose()

    assert {
        f"{model._meta.label}.{name}"
        for model, keys in found.texts.items()
        for name in DISPOSED_TEXTS[model]
        for value in model._base_manager.filter(pk__in=keys).values_list(name, flat=True)
        if value not in ("", DISPOSED)
    } == set()
    assert list(Reading.objects.order_by("pk").values_list("figure", "starts_on", "evidence")) == figures
    assert certificate.rows.filter(table="dialogues.evidence").count() == 3
    assert not Draft.objects.exists()
    assert find_disposal_faults() == []
    assert find_log_fault() is None


def test_what_supports_a_kept_edition_stays_with_its_file(post):
    shared, title = shared_evidence(), "It supports both."
    file = EvidenceFile.objects.exclude(name="").first()
    both = factories.CommitmentFactory(
        benchmarks=[link.benchmark for link in shared.evidence_links.all()], text="For both editions"
    )
    cited = factories.EvidenceFactory(
        country=post.edition.country, happened_to=date(2018, 7, 1), file=file, title="Of 2018"
    )
    question = factories.QuestionFactory(edition=Edition.objects.get(year=2021))
    version = factories.AnswerVersionFactory(question=question)
    sentence = factories.AnswerSentenceFactory(version=version)
    factories.AnswerCitationFactory(sentence=sentence, edition=None, evidence=cited)

    post.dispose()

    assert Evidence.objects.get(pk=shared.pk).title == title
    assert Commitment.objects.get(pk=both.pk).text == "For both editions"
    assert Evidence.objects.get(pk=cited.pk).title == "Of 2018"
    assert EvidenceFile.objects.get(pk=file.pk) in EvidenceFile.objects.kept()
    assert set(Recommendation.objects.filter(edition__year=2021).values_list("text", flat=True)) != {DISPOSED}


def test_readiness_of_the_kept_edition_is_the_same_to_the_fraction(post):
    kept = Edition.objects.get(year=2021)
    before = _scores(kept), _scores(post.edition)

    post.dispose()

    assert (_scores(kept), _scores(post.edition)) == before
    assert isinstance(before[0][0], Fraction)


def _scores(edition):
    result = evaluate_readiness(gather_facts(edition), as_of=date(2022, 1, 28), known_by=NOW)
    return result.score, result.possible, result.claimed


def test_a_briefing_loses_its_file_and_keeps_its_hash(post):
    briefing = Briefing.objects.get(file__gt="")

    certificate = post.dispose()

    briefing.refresh_from_db()
    assert (briefing.file.name, briefing.content, briefing.covering_note) == ("", None, "")
    assert briefing.withdrawn_reason == f"Disposed of under certificate {certificate.label}."
    assert len(briefing.sha256) == 64


def test_a_redacted_text_keeps_the_mark_of_its_redaction(post):
    note = post.edition.country
    evidence = Evidence.objects.filter(revises__isnull=True, file__isnull=False).get()
    redaction = factories.RedactionDecisionFactory(redaction__country=note, redaction__words=REDACTED).redaction
    redaction.places.create(table="dialogues.evidence", row=evidence.pk, field="title")
    Evidence.objects.filter(pk=evidence.pk).update(title=REDACTED)

    post.dispose()

    evidence.refresh_from_db()
    assert (evidence.title, evidence.source) == (REDACTED, DISPOSED)


def test_what_was_disposed_of_cannot_be_written_again(post):
    post.dispose()

    for change, error in (
        (lambda: Recommendation.objects.filter(edition=post.edition).update(text="Written again"), Refused),
        (lambda: Edition.objects.filter(pk=post.edition.pk).update(note="Written again"), Refused),
        (lambda: Evidence.objects.filter(title=DISPOSED).update(title="Written again"), IntegrityError),
    ):
        with pytest.raises(error), transaction.atomic():
            change()


# --- What is due ------------------------------------------------------------------------------------------------------


def test_an_edition_is_due_once_its_years_are_over_and_a_later_one_exists(post):
    def due(day):
        return [each.edition.year for each in list_retention(post.edition.country, day) if each.is_due]

    assert due(date(2021, 3, 31)) == []
    assert due(date(2021, 4, 1)) == [2018]
    assert due(date(2090, 1, 1)) == [2018]  # the newest edition never is


def test_nothing_is_disposed_of_without_the_number_of_the_authority(post):
    set_schedule(country=post.edition.country, kind=RecordKind.EDITION, years=2, authority=" ", by=post.first, now=NOW)

    assert refusal(post.propose) == "no_authority"


def test_an_edition_that_has_to_be_kept_is_refused(post):
    set_schedule(country=post.edition.country, kind=RecordKind.EDITION, years=9, authority="E", by=post.first, now=NOW)

    assert refusal(post.propose) == "not_due"


def test_another_schedule_since_the_proposal_is_refused(post):
    disposal = post.propose()
    post.export()
    set_schedule(country=post.edition.country, kind=RecordKind.EDITION, years=1, authority="E", by=post.first, now=NOW)

    assert refusal(lambda: post.approve(disposal)) == "other_schedule"


def test_the_same_schedule_again_is_refused_so_that_a_proposal_stays_open(post):
    disposal = post.propose()
    post.export()

    again = {"country": post.edition.country, "kind": RecordKind.EDITION, "years": 2, "authority": " EXERCISE-7 "}
    assert refusal(lambda: set_schedule(**again, by=post.first, now=NOW)) == "unchanged"
    assert post.approve(disposal).number == 1


# --- Two people -------------------------------------------------------------------------------------------------------


def test_nobody_approves_or_declines_their_own_proposal(post):
    disposal = post.propose()
    post.export()

    with pytest.raises(PermissionDenied):
        approve_disposal(disposal=disposal, by=post.first, now=NOW)
    with pytest.raises(PermissionDenied):
        decline_disposal(disposal=disposal, reason="No.", by=post.first, now=NOW)


@pytest.mark.parametrize("factory", [factories.ObserverFactory, factories.AdministratorFactory])
def test_other_roles_propose_nothing(post, factory):
    with pytest.raises(PermissionDenied):
        propose_disposal(edition=post.edition, by=factory(countries=[post.edition.country]), now=NOW)


def test_the_database_refuses_a_certificate_of_one_person():
    disposal = factories.DisposalFactory()

    with pytest.raises(IntegrityError, match="Nobody approves"), transaction.atomic():
        factories.DisposalCertificateFactory(disposal=disposal, recorded_by=disposal.recorded_by)
    with pytest.raises(IntegrityError, match="Nobody decides"), transaction.atomic():
        factories.DisposalDeclineFactory(disposal=disposal, recorded_by=disposal.recorded_by)


def test_a_declined_proposal_is_not_approved(post):
    disposal = post.propose()
    post.export()
    decline_disposal(disposal=disposal, reason="A study needs it.", by=post.second, now=NOW)

    assert refusal(lambda: post.approve(disposal)) == "not_waiting"
    assert post.propose().pk > disposal.pk


# --- Holds ------------------------------------------------------------------------------------------------------------


def test_a_hold_prevents_proposal_and_approval_until_it_is_released(post):
    disposal = post.propose()
    post.export()
    hold = place_hold(edition=post.edition, reason="A court asks.", by=post.first, now=NOW)

    assert refusal(lambda: post.approve(disposal)) == "on_hold"
    release_hold(hold=hold, reason="The case is closed.", by=post.second, now=NOW)
    assert post.approve(disposal).closed_at


def test_a_hold_on_what_was_disposed_of_is_refused(post):
    post.dispose()

    assert refusal(lambda: place_hold(edition=post.edition, reason="A court asks.", by=post.first, now=NOW)) == (
        "disposed_of"
    )


def test_the_database_refuses_a_certificate_during_a_hold_and_a_hold_after_one():
    hold = factories.RetentionHoldFactory()
    with pytest.raises(IntegrityError, match="on hold"), transaction.atomic():
        factories.DisposalCertificateFactory()
    factories.RetentionHoldReleaseFactory(hold=hold)
    factories.DisposalCertificateFactory()

    with pytest.raises(IntegrityError, match="cannot be held"), transaction.atomic():
        factories.RetentionHoldFactory()


# --- The export before ------------------------------------------------------------------------------------------------


def test_an_export_from_before_the_proposal_does_not_count(post):
    post.export()
    disposal = post.propose()

    assert refusal(lambda: post.approve(disposal)) == "no_export"


def test_a_typed_in_export_does_not_count(post):
    disposal = post.propose()
    factories.PostExportFactory(country=post.edition.country, log_number=log_head()[0])

    assert refusal(lambda: post.approve(disposal)) == "no_export"


def test_a_change_after_the_export_asks_for_another_one(post):
    disposal = post.propose()
    post.export()
    record_log_entry(
        "recommendation.changed", by=post.first, row=Recommendation.objects.get(edition=post.edition),
        country=post.edition.country, after={"text": "Another"},
    )  # fmt: skip

    assert refusal(lambda: post.approve(disposal)) == "changed_since_export"
    post.export()
    assert post.approve(disposal).number == 1


def test_a_pending_redaction_is_decided_first(post):
    disposal = post.propose()
    factories.RedactionFactory(country=post.edition.country)
    post.export()

    assert refusal(lambda: post.approve(disposal)) == "redaction_pending"


# --- What the triggers refuse -----------------------------------------------------------------------------------------


def open_certificate(edition):
    return factories.DisposalCertificateFactory(disposal__edition=edition)


def test_a_text_becomes_the_mark_only_under_an_open_certificate_that_names_its_row(post):
    rows = Evidence.objects.filter(revises__isnull=True, file__isnull=False)

    def blank():
        with transaction.atomic():
            rows.update(title=DISPOSED)

    with pytest.raises(IntegrityError, match="append-only"):
        blank()
    certificate = open_certificate(post.edition)
    with pytest.raises(IntegrityError, match="append-only"):
        blank()
    certificate.rows.create(table="dialogues.evidence", row=rows.get().pk)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.update(title="Something else")
    blank()
    close_certificate(certificate, NOW)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.update(source=DISPOSED)
    with pytest.raises(IntegrityError, match="no further rows"), transaction.atomic():
        certificate.rows.create(table="recommendations.edition", row=post.edition.pk)


def test_a_certificate_names_no_row_of_another_edition_or_country(post):
    certificate = open_certificate(post.edition)
    kept = Recommendation.objects.get(edition__year=2021)
    elsewhere = factories.EvidenceFactory(country=factories.CountryFactory(elsewhere=True))
    account = factories.OfficerFactory()

    for table, row in (
        ("recommendations.recommendation", kept),
        ("recommendations.recommendationterms", kept.terms.get()),
        ("dialogues.evidence", shared_evidence()),
        ("dialogues.evidence", elsewhere),
        ("accounts.user", account),
    ):
        with pytest.raises(IntegrityError, match="only rows of its edition"), transaction.atomic():
            DisposalRow.objects.create(certificate=certificate, table=table, row=row.pk)


def test_a_certificate_cannot_be_opened_again_or_changed(post):
    certificate = post.dispose()
    rows = type(certificate).objects.filter(pk=certificate.pk)

    for values in ({"closed_at": None, "rows_sha256": "", "sha256": ""}, {"number": 9}, {"counts": {}}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)


# --- The check of the log ---------------------------------------------------------------------------------------------


def test_a_mark_that_no_certificate_names_is_a_fault(post):
    post.dispose()
    factories.QuestionFactory(edition=Edition.objects.get(year=2021), text=DISPOSED, terms=False)

    (fault,) = find_disposal_faults()
    assert "no certificate names it" in fault


def test_an_open_certificate_is_a_fault():
    certificate = factories.DisposalCertificateFactory()

    assert find_disposal_faults() == [f"certificate of disposal {certificate.label} was never closed"]


def test_details_of_the_log_are_blanked_for_rows_of_the_edition_alone(post):
    kept = Recommendation.objects.get(edition__year=2021)
    own = Recommendation.objects.get(edition=post.edition)
    for row in (kept, own):
        record_log_entry("recommendation.changed", by=None, row=row, country=post.edition.country, after={"text": "a"})

    post.dispose()

    blanked = AuditDetail.objects.filter(entry__table="recommendations.recommendation").values_list(
        "entry__row", "after"
    )
    assert dict(blanked) == {str(own.pk): DISPOSED, str(kept.pk): '{"text": "a"}'}


def test_every_text_field_of_the_columns_can_hold_the_mark():
    for model, names in DISPOSED_TEXTS.items():
        for name in names:
            field = model._meta.get_field(name)
            assert isinstance(field, models.CharField | models.TextField)
            assert (field.max_length or 1000) >= len(DISPOSED)
