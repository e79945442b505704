"""Load the public record of Lesotho, each entry with an entry in the activity log. Loading again changes nothing.

Entries are written directly, not through the ordinary actions. The public record has no officer, and its two accounts
may do nothing but stand as the ones who recorded or verified.
"""

import re
from dataclasses import asdict
from datetime import datetime
from functools import singledispatch
from typing import NamedTuple

from django.db import models, transaction

from dialogues.choices import BreakdownDimension, CommitmentEventKind, EvidenceDecision, Presence, Sensitivity
from dialogues.lesotho import entries, reconstruction
from dialogues.lesotho.edition_data import COUNTRY, EDITION_ENTRIES
from dialogues.lesotho.progress_data import PROGRESS_ENTRIES
from dialogues.lesotho.seed_accounts import PUBLIC_RECORD, TIP_REPORT_2022, ensure_user
from dialogues.models import (
    AgendaItem,
    Assessment,
    AssessmentEvidence,
    Commitment,
    CommitmentBenchmark,
    CommitmentEvent,
    Dialogue,
    Evidence,
    EvidenceBearing,
    EvidenceReview,
    Participant,
    Reading,
    ReadingPart,
)
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.choices import TextStatus
from recommendations.models import (
    Benchmark,
    BenchmarkTerms,
    Edition,
    EditionTerms,
    Indicator,
    Milestone,
    Recommendation,
    RecommendationTerms,
)
from tiptracker.accounts.models import Country, District, Ministry, OfficeHolder, User
from tiptracker.audit import actions as audit
from tiptracker.errors import Refused
from tiptracker.infrastructure.locking import lock_rows

ENTRIES: tuple[entries.RecordEntry, ...] = EDITION_ENTRIES + PROGRESS_ENTRIES
"""The whole record, in an order in which each entry finds what it refers to."""


class LoadResult(NamedTuple):
    """The number of facts written now, written before, and left out because they are not known yet."""

    written: int
    found: int
    left_out: int


def load_public_record(*, now: datetime) -> LoadResult:
    """Write every entry known by `now` (aware) that is missing. Leave the others for a later run.

    Each entry has its own transaction: run this again to finish an interrupted load.
    """
    due = [fact for fact in ENTRIES if fact.recorded_at <= now]
    written = sum([_load_entry(fact) for fact in due])
    if written:
        with transaction.atomic():
            enqueue_readiness(_lesotho().pk)
    return LoadResult(written, found=len(due) - written, left_out=len(ENTRIES) - len(due))


@transaction.atomic
def _load_entry(fact: entries.RecordEntry) -> bool:
    """Write an entry if it is missing, and return whether it was. Two loads at the same time write it once."""
    lock_rows(Country.objects.filter(code=COUNTRY.code))
    row = write_entry(fact)
    if row is None:
        return False
    noun = re.sub(r"(?<!^)(?=[A-Z])", "_", type(row).__name__).lower()
    by = None if isinstance(fact, entries.CountryEntry) else _recorder(fact)
    audit.record(f"{noun}.loaded", by=by, row=row, country=_lesotho(), after=asdict(fact))
    return True


def _lesotho() -> Country:
    return Country.objects.get(code=COUNTRY.code)


def _recorder(fact: entries.RecordEntry) -> User:
    """Return the account that recorded the entry.

    The TIP Report 2022 verifies and assesses; the public record records everything else.
    """
    judges = isinstance(fact, entries.VerificationEntry | entries.AssessmentEntry)
    return ensure_user(TIP_REPORT_2022 if judges else PUBLIC_RECORD, _lesotho())


def _find_ministry(short_name: str) -> Ministry | None:
    return Ministry.objects.get(country=_lesotho(), short_name=short_name) if short_name else None


def _find_edition(year: int) -> Edition:
    return Edition.objects.get(country=_lesotho(), year=year)


def _find_benchmark(key: str) -> Benchmark:
    return reconstruction.find_benchmark(_find_edition(2021), key)


_EVIDENCE_BY_KEY = {fact.key: fact for fact in PROGRESS_ENTRIES if isinstance(fact, entries.EvidenceEntry)}


def _find_evidence(key: str) -> Evidence:
    """Return the row of an evidence entry, by recorder and moment, because its texts may have been redacted."""
    fact = _EVIDENCE_BY_KEY[key]
    return Evidence.objects.get(recorded_by=_recorder(fact), recorded_at=fact.recorded_at)


@singledispatch
def write_entry(fact: entries.RecordEntry) -> models.Model | None:
    """Write one entry with all that belongs to it. Return None if it exists already, even if it has changed since."""
    raise TypeError(f"No way is known to write {fact!r}.")


@write_entry.register
def _write_country(fact: entries.CountryEntry) -> Country | None:
    country, is_new = Country.objects.get_or_create(
        code=fact.code, defaults={"name": fact.name, "time_zone": fact.time_zone, "currency": fact.currency}
    )
    if not is_new:
        # If two loads run at once, the second waits here and then finds what the first has written.
        Country.objects.select_for_update(no_key=True).get(pk=country.pk)
        return None
    District.objects.bulk_create(
        District(country=country, name=name, capital=capital) for name, capital in fact.districts
    )
    return country


@write_entry.register
def _write_ministry(fact: entries.MinistryEntry) -> Ministry | None:
    row, is_new = Ministry.objects.get_or_create(
        country=_lesotho(), short_name=fact.short_name, defaults={"name": fact.name}
    )
    return row if is_new else None


@write_entry.register
def _write_office_holder(fact: entries.OfficeHolderEntry) -> OfficeHolder | None:
    row, is_new = OfficeHolder.objects.get_or_create(
        ministry=_find_ministry(fact.ministry), name=fact.name, defaults={"title": fact.title, "source": fact.source}
    )
    return row if is_new else None


@write_entry.register
def _write_edition(fact: entries.EditionEntry) -> Edition | None:
    row, is_new = Edition.objects.get_or_create(
        country=_lesotho(),
        year=fact.year,
        defaults={
            "tier": fact.tier,
            "target_tier": fact.target_tier or "",
            "published_on": fact.published_on,
            "starts_on": fact.tracking.starts_on,
            "ends_on": fact.tracking.ends_on,
            "source": fact.source,
            "note": fact.note,
        },
    )
    return row if is_new else None


@write_entry.register
def _write_edition_terms(fact: entries.EditionTermsEntry) -> EditionTerms | None:
    row, is_new = EditionTerms.objects.get_or_create(
        edition=_find_edition(fact.year),
        recorded_by=_recorder(fact),
        recorded_at=fact.recorded_at,
        defaults={
            "deadline_on": fact.deadline_on,
            "working_mark": fact.working_mark,
            "working_mark_reason": fact.working_mark_reason,
            "reason": fact.reason,
        },
    )
    return row if is_new else None


@write_entry.register
def _write_milestone(fact: entries.MilestoneEntry) -> Milestone | None:
    row, is_new = Milestone.objects.get_or_create(
        edition=_find_edition(fact.year), kind=fact.kind, defaults={"due_on": fact.due_on, "source": fact.source}
    )
    return row if is_new else None


@write_entry.register
def _write_indicator(fact: entries.IndicatorEntry) -> Indicator | None:
    row, is_new = Indicator.objects.get_or_create(
        country=_lesotho(),
        name=fact.name,
        defaults={
            "unit": fact.unit,
            "pillar": fact.pillar,
            "indicium": fact.indicium,
            "question": fact.question or "",
        },
    )
    return row if is_new else None


@write_entry.register
def _write_recommendation(fact: entries.RecommendationEntry) -> Recommendation | None:
    edition = _find_edition(fact.year)
    if fact.number in reconstruction.find_recommendations(edition):
        return None
    if edition.recommendations.asked().filter(number=fact.number).exists():
        raise Refused(
            f"The {fact.year} edition has a list already, so our reconstruction of it can’t be loaded beside it. Load "
            "the public record into an empty database, then that list in the place of the reconstruction."
        )
    row = Recommendation.objects.create(
        edition=edition,
        number=fact.number,
        text=fact.text,
        text_status=TextStatus.RECONSTRUCTION,
        indicia=list(fact.indicia),
        lead=_find_ministry(fact.lead),
        years_unmet=fact.years_unmet,
        years_unmet_source=fact.years_unmet_source,
    )
    RecommendationTerms.objects.create(
        recommendation=row,
        number=row.number,
        text=row.text,
        text_status=row.text_status,
        pillar=fact.pillar,
        reason="The pillar that its text belongs to.",
        recorded_at=fact.recorded_at,
        recorded_by=_recorder(fact),
    )
    return row


@write_entry.register
def _write_benchmark(fact: entries.BenchmarkEntry) -> Benchmark | None:
    recommendation = reconstruction.find_recommendations(_find_edition(fact.year))[fact.number]
    loaded = BenchmarkTerms.objects.filter(
        recommendation=recommendation, letter=fact.letter, recorded_at=fact.recorded_at
    )
    if loaded.exists():
        return None
    row = Benchmark.objects.create(recommendation=recommendation, letter=fact.letter)
    BenchmarkTerms.objects.create(
        benchmark=row,
        recommendation=recommendation,
        letter=row.letter,
        criterion=fact.criterion,
        rule=fact.rule,
        target=fact.target,
        indicator=Indicator.objects.get(country=_lesotho(), name=fact.indicator) if fact.indicator else None,
        is_about_complicity=fact.is_about_complicity,
        reason=fact.reason,
        recorded_at=fact.recorded_at,
        recorded_by=_recorder(fact),
    )
    return row


@write_entry.register
def _write_dialogue(fact: entries.DialogueEntry) -> Dialogue | None:
    row, is_new = Dialogue.objects.get_or_create(
        country=_lesotho(),
        recorded_by=_recorder(fact),
        recorded_at=fact.recorded_at,
        defaults={
            "held_on": fact.held_on,
            "place": fact.place,
            "purpose": fact.purpose,
            "record": fact.record,
            "agreed": fact.agreed,
            "source": fact.source,
        },
    )
    if not is_new:
        return None
    Participant.objects.bulk_create(
        Participant(
            dialogue=row,
            name=one.name,
            office=one.office,
            ministry=_find_ministry(one.ministry),
            presence=Presence.VIDEO if one.by_video else Presence.IN_PERSON,
            came=True,
        )
        for one in fact.participants
    )
    AgendaItem.objects.bulk_create(
        AgendaItem(
            dialogue=row,
            recommendation=reconstruction.find_recommendations(_find_edition(fact.year))[number],
            position=position,
        )
        for position, number in enumerate(fact.agenda, start=1)
    )
    return row


@write_entry.register
def _write_commitment(fact: entries.CommitmentEntry) -> Commitment | None:
    by = _recorder(fact)
    row, is_new = Commitment.objects.get_or_create(
        country=_lesotho(),
        recorded_by=by,
        recorded_at=fact.recorded_at,
        defaults={
            "made_by": fact.made_by,
            "ministry": _find_ministry(fact.ministry),
            "text": fact.text,
            "dialogue": _find_dialogue(fact),
            "letter": fact.letter,
        },
    )
    if not is_new:
        return None
    CommitmentBenchmark.objects.bulk_create(
        CommitmentBenchmark(commitment=row, benchmark=_find_benchmark(key), reach=reach) for key, reach in fact.links
    )
    CommitmentEvent.objects.create(
        commitment=row,
        kind=CommitmentEventKind.MADE,
        happened_on=fact.made_on,
        due_on=fact.due_on,
        recorded_at=fact.recorded_at,
        recorded_by=by,
    )
    return row


def _find_dialogue(fact: entries.CommitmentEntry) -> Dialogue | None:
    if fact.at_dialogue is None:
        return None
    return Dialogue.objects.get(country=_lesotho(), recorded_by=_recorder(fact), held_on=fact.at_dialogue)


@write_entry.register
def _write_evidence(fact: entries.EvidenceEntry) -> Evidence | None:
    by = _recorder(fact)
    row, is_new = Evidence.objects.get_or_create(
        recorded_by=by,
        recorded_at=fact.recorded_at,
        defaults={
            "country": _lesotho(),
            "title": fact.title,
            "kind": fact.kind,
            "happened_from": fact.happened_from,
            "happened_to": fact.happened_to,
            "done_by": fact.done_by,
            "stated_by": fact.stated_by,
            "source": fact.source,
            "sensitivity": Sensitivity.SHARED,
        },
    )
    if not is_new:
        return None
    EvidenceBearing.objects.bulk_create(
        EvidenceBearing(
            evidence=row, benchmark=_find_benchmark(key), shows=shows, recorded_at=fact.recorded_at, recorded_by=by
        )
        for key, shows in fact.bearings
    )
    return row


@write_entry.register
def _write_reading(fact: entries.ReadingEntry) -> Reading | None:
    row, is_new = Reading.objects.get_or_create(
        indicator=Indicator.objects.get(country=_lesotho(), name=fact.indicator),
        starts_on=fact.period.starts_on,
        through_on=fact.period.ends_on,
        recorded_by=_recorder(fact),
        defaults={
            "figure": fact.figure,
            "direction": fact.direction or "",
            "note": fact.note,
            "source": fact.source,
            "evidence": _find_evidence(fact.evidence) if fact.evidence else None,
            "recorded_at": fact.recorded_at,
        },
    )
    if not is_new:
        return None
    ReadingPart.objects.bulk_create(
        ReadingPart(reading=row, dimension=BreakdownDimension.FORM, category=form, figure=figure)
        for form, figure in fact.forms
    )
    return row


@write_entry.register
def _write_verification(fact: entries.VerificationEntry) -> EvidenceReview | None:
    evidence = _find_evidence(fact.evidence)
    row, is_new = EvidenceReview.objects.get_or_create(
        evidence=evidence,
        bearing=evidence.bearings.get(benchmark=_find_benchmark(fact.benchmark)) if fact.benchmark else None,
        recorded_by=_recorder(fact),
        recorded_at=fact.recorded_at,
        defaults={"decision": EvidenceDecision.VERIFIED, "reason": fact.reason},
    )
    return row if is_new else None


@write_entry.register
def _write_assessment(fact: entries.AssessmentEntry) -> Assessment | None:
    row, is_new = Assessment.objects.get_or_create(
        benchmark=_find_benchmark(fact.benchmark),
        recorded_by=_recorder(fact),
        recorded_at=fact.recorded_at,
        defaults={"verdict": fact.verdict, "rationale": fact.rationale, "law": fact.law},
    )
    if not is_new:
        return None
    AssessmentEvidence.objects.bulk_create(
        AssessmentEvidence(assessment=row, evidence=_find_evidence(key)) for key in fact.evidence
    )
    return row
