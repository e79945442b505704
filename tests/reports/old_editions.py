"""An old edition with a row in every table that a disposal blanks, and words planted in each of its texts."""

from datetime import UTC, date, datetime

from django.db import IntegrityError, transaction

from dialogues.choices import RecordKind
from dialogues.models import Evidence
from reports.actions.disposals import approve_disposal, propose_disposal
from reports.actions.retention import set_schedule
from reports.retention.disposable_rows import find_disposable_rows
from reports.retention.disposed_columns import DISPOSED_TEXTS
from tests import database_roles, factories
from tests.tiptracker.portable_post.posts import export
from tests.transactions import record_log_entry
from tiptracker.audit.actions import AuditEvent, log_head, record_all
from tiptracker.audit.models import AuditDetail, ImportedEntry
from tiptracker.backups import loading
from tiptracker.portable_post.exporting import EXPORT_WRITTEN

WORD = "Quagga"
"""A word that stands in every text of the old edition and nowhere else."""
DAY = date(2018, 6, 1)
NOW = datetime(2022, 1, 28, 10, tzinfo=UTC)


def fill_old_edition(country):
    """Fill the editions of 2018 and 2021 of a country, and return that of 2018. Evidence may support both."""
    edition = factories.EditionFactory(country=country, year=2018, note="Note")
    kept = factories.EditionFactory(country=country, year=2021)
    old, new = (
        factories.BenchmarkFactory(recommendation__edition=each, recommendation__lead=None) for each in (edition, kept)
    )
    ministry = factories.MinistryFactory(country=country)
    officer = factories.OfficerFactory(countries=[country])
    factories.EditionImportFactory(edition=edition, loaded=True)
    factories.QuestionSetFactory(edition=edition, loaded=True)
    milestone = factories.MilestoneFactory(
        edition=edition, kind="action_plan", due_on=date(2018, 12, 28), own_title="Plan", source="Law"
    )
    factories.MilestoneDateChangeFactory(milestone=milestone)
    factories.MilestoneDoneFactory(milestone=milestone)
    version = factories.AnswerVersionFactory(question__edition=edition)
    factories.AnswerSentenceFactory(version=version)
    factories.AnswerEventFactory(version=version)
    factories.AssessmentFactory(benchmark=old)
    factories.IndicatorTargetFactory(indicator__country=country, indicator__ministry=None, edition=edition)
    dialogue = factories.DialogueFactory(country=country, held_on=DAY)
    factories.ParticipantFactory(dialogue=dialogue)
    factories.AgendaItemFactory(dialogue=dialogue, recommendation=old.recommendation)
    factories.AgendaItemFactory(dialogue=dialogue, recommendation=None, topic="Topic")
    factories.NextStepDoneFactory(step=factories.NextStepFactory(dialogue=dialogue))
    chosen = factories.ChosenIndicatorFactory(dialogue=dialogue)
    factories.ChosenIndicatorEventFactory(chosen=chosen)
    commitment = factories.CommitmentFactory(
        ministry=ministry, country=country, dialogue=dialogue, benchmarks=[old], made__happened_on=DAY
    )
    factories.CommitmentCorrectionFactory(commitment=commitment, text="Train 40 officers.")
    factories.AgreedProofEndFactory(proof=factories.AgreedProofFactory(commitment=commitment))
    factories.DueDateProposalDecisionFactory(proposal=factories.DueDateProposalFactory(commitment=commitment))
    sent = factories.UpdateVersionFactory(update__commitment=commitment, accepted=True, happened_on=DAY)
    file = factories.EvidenceFileFactory(content=f"%PDF-1.4\n{WORD} was here\n%%EOF\n".encode(), country=country)
    evidence = factories.EvidenceFactory(
        country=country, file=file, happened_to=DAY, supports=[old], verified=True, link="https://example.org/"
    )
    factories.EvidenceFactory(country=country, happened_to=DAY, supports=[old], recorded_by=officer, revises=evidence)
    factories.EvidenceFactory(update_version=sent, happened_to=DAY, supports=[old])
    factories.EvidenceFactory(country=country, happened_to=DAY, supports=[old, new], title="It supports both.")
    factories.ReadingFactory(
        indicator__country=country, indicator__ministry=None, starts_on=date(2018, 4, 1), through_on=date(2019, 3, 31),
        evidence=evidence,
    )  # fmt: skip
    attached = factories.EvidenceFileFactory(content=f"minutes of {WORD}".encode(), country=country)
    factories.DialogueFileFactory(dialogue=dialogue, file=attached)
    request = factories.InformationRequestFactory(ministry=ministry, edition=edition, dialogue=dialogue)
    factories.RequestEventFactory(information_request=request, kind="corrected", replaced_reason="Before")
    factories.LineAnswerFactory(line=request.lines.first())
    factories.InternalNoteFactory(country=country, commitment=commitment)
    factories.ContributionFactory(country=country, commitment=commitment)
    factories.SustainmentFactory(country=country, commitment=commitment)
    factories.DraftFactory(commitment=commitment, saved_by=officer, content={"narrative": [f"{WORD} so far"]})
    factories.BriefingFactory(edition=edition, pdf=f"%PDF-1.7\n{WORD}\n".encode(), covering_note=f"{WORD} again")
    factories.BriefingFactory(edition=edition, as_of=date(2018, 9, 1), covering_note=f"{WORD} without a file")
    return edition


def plant_words(edition):
    """Write the word into every text that belongs to the edition, and into the log. Return the columns that have it."""
    found, planted = find_disposable_rows(edition), set()
    with database_roles.as_owner(), transaction.atomic(), loading.triggers_set_aside():
        for model, keys in found.texts.items():
            if model in (AuditDetail, ImportedEntry):
                continue
            for name in DISPOSED_TEXTS[model]:
                for pk in keys:
                    try:
                        with transaction.atomic():
                            model._base_manager.filter(pk=pk).update(**{name: f"{WORD} {name}"})
                        planted.add(f"{model._meta.label}.{name}")
                    except IntegrityError:  # a text that this row cannot have
                        pass
    with transaction.atomic():
        record_all(
            [
                AuditEvent("thing.changed", model(pk=pk), before={"text": WORD}, after={"text": f"{WORD} now"})
                for model, keys in (found.texts | found.carriers).items()
                for pk in keys
            ],
            by=None,
            country=edition.country,
        )
    return planted


def prepare(country):
    """Return the old edition, full of planted words, and two officers of a country with a schedule."""
    edition = fill_old_edition(country)
    plant_words(edition)
    officers = [factories.OfficerFactory(countries=[country]) for _ in range(2)]
    set_schedule(country=country, kind=RecordKind.EDITION, years=2, authority="EXERCISE-7", by=officers[0], now=NOW)
    return edition, *officers


def dispose(edition, first, second, place):
    """One officer proposes, the country is exported, another officer approves. Return the certificate."""
    disposal = propose_disposal(edition=edition, by=first, now=NOW)
    export(place, code=edition.country.code)
    return approve_disposal(disposal=disposal, by=second, now=NOW)


def shared_evidence():
    """Return the evidence that supports the newer edition too."""
    return Evidence.objects.get(title="It supports both.")


def dispose_with_typed_export(edition):
    """Dispose of an edition by two new officers, as `dispose`, with the row of an export and no archive."""
    first, second = (factories.OfficerFactory(countries=[edition.country]) for _ in range(2))
    set_schedule(country=edition.country, kind=RecordKind.EDITION, years=2, authority="E-7", by=first, now=NOW)
    disposal = propose_disposal(edition=edition, by=first, now=NOW)
    exported = factories.PostExportFactory(country=edition.country, log_number=log_head()[0])
    record_log_entry(EXPORT_WRITTEN, by=None, row=exported, country=edition.country)
    return approve_disposal(disposal=disposal, by=second, now=NOW)
