"""A post with rows, people, files and a log beside another one, and how it is moved."""

import gzip
import io
import tarfile
from datetime import UTC, datetime

from django.core.management import call_command
from django.db import transaction

from dialogues.actions import redactions
from recommendations.choices import Rule
from reports.actions.runs import compute_readiness
from tests import database_roles
from tests.factories import (
    AdministratorFactory,
    BenchmarkFactory,
    BenchmarkTermsFactory,
    BriefingFactory,
    CommitmentFactory,
    DialogueFactory,
    DialogueFileFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    IndicatorFactory,
    MinistryFactory,
    OfficerFactory,
    PartnerFactory,
    QuestionFactory,
    ReadingFactory,
    RecommendationFactory,
    UpdateVersionFactory,
)
from tiptracker.audit.actions import record
from tiptracker.backups.row_encoding import list_columns
from tiptracker.portable_post.post_rows import list_post_models

NAME = "Palesa Exercise"
"""A name that somebody removes from the record."""


def fill_post(country):
    """Fill a country: an edition, figures, evidence with a file, a dialogue, a briefing, a run, people and a log."""
    officer = OfficerFactory(email=f"officer@{country.code.lower()}.example", countries=[country])
    reviewer = OfficerFactory(countries=[country])
    edition = EditionFactory(country=country)
    recommendation = RecommendationFactory(edition=edition, lead=None)
    indicator = IndicatorFactory(country=country, ministry=None)
    benchmark = BenchmarkFactory(recommendation=recommendation, terms=False)
    BenchmarkTermsFactory(benchmark=benchmark, indicator=indicator, rule=Rule.TARGET, target=10)
    QuestionFactory(edition=edition)
    PartnerFactory(country=country)
    ministry = MinistryFactory(country=country)
    focal_point = FocalPointFactory(ministry=ministry)
    file = EvidenceFileFactory(content=f"%PDF-1.4\n{country.code} {NAME}\n%%EOF\n".encode(), country=country)
    evidence = EvidenceFactory(
        country=country, title=f"Letter about {NAME}, “ßş” and \u2028 more", file=file, recorded_by=officer
    )
    EvidenceReviewFactory(evidence=evidence, recorded_by=reviewer)
    dialogue = DialogueFactory(country=country)
    DialogueFileFactory(dialogue=dialogue, file=EvidenceFileFactory(content=b"minutes", country=None))
    commitment = CommitmentFactory(ministry=ministry, country=country, dialogue=dialogue, benchmarks=[benchmark])
    UpdateVersionFactory(update__commitment=commitment, recorded_by=focal_point)
    ReadingFactory(indicator=indicator, evidence=evidence)
    BriefingFactory(edition=edition, pdf=f"%PDF-1.7\n{country.code}\n".encode())
    compute_readiness(edition=edition, as_of=edition.starts_on, known_by=evidence.recorded_at, now=evidence.recorded_at)
    with transaction.atomic():
        record("evidence.logged", by=officer, row=evidence, country=country, after={"title": evidence.title})
        record("user.changed", by=AdministratorFactory(), row=officer, country=country, after={"countries": ["Chad"]})
        record("evidence.viewed", by=reviewer, row=evidence, country=country, after={"filter": "of Chad"})
    return country


def redact(country, *, finishes=True):
    """Two officers remove the name from the record of a country."""
    first, second = OfficerFactory(countries=[country]), OfficerFactory(countries=[country])
    now = datetime.now(UTC)
    redaction = redactions.propose_redaction(
        country=country, words=NAME, reason="It names somebody.", files=[], by=first, now=now
    )
    redactions.confirm_redaction(redaction=redaction, by=second, now=now)
    if finishes:
        redactions.finish_redaction(redaction=redaction)
    return redaction


def export(place, *options, code="MWI"):
    """Export a country, and return what the command printed."""
    said = io.StringIO()
    call_command("export_post", code, str(place), *options, stdout=said, stderr=said)
    return said.getvalue()


def import_archive(place, *options):
    """Import an archive into the current database, as the owner of its tables, and return what was printed."""
    said = io.StringIO()
    with database_roles.as_owner():
        call_command("import_post", str(place), *options, stdout=said, stderr=said)
    return said.getvalue()


def unpacked(archive):
    """Every member of an archive by name, with its bytes; rows unpacked."""
    with tarfile.open(archive) as tar:
        return {
            info.name: gzip.decompress(content) if info.name.endswith(".gz") else content
            for info in tar
            for content in [tar.extractfile(info).read()]
        }


def highest_keys():
    """By table: the highest key."""
    return {model: max(model._base_manager.values_list("pk", flat=True), default=0) for model in list_post_models()}


def rows_after(highest):
    """By table: the rows with higher keys, as dictionaries in order of keys."""
    return {
        model._meta.label_lower: list(
            model._base_manager.filter(pk__gt=highest.get(model, 0)).order_by("pk").values(*list_columns(model))
        )
        for model in list_post_models()
    }
