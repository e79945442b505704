"""Load the public record of Lesotho, each entry with an entry in the activity log. Loading again changes nothing.

Entries are written directly, not through the ordinary actions. The public record has no officer, and its two accounts
may do nothing but stand as the ones who recorded or verified.

The rows of the 2021 list are found by the numbers of our reconstruction. An official list may have replaced it since. A
row then has another number and another text, and keeps all its commitments, evidence and assessments.
"""

import re
from dataclasses import asdict
from datetime import datetime
from functools import singledispatch
from typing import Any, NamedTuple

from django.db import models, transaction

from dialogues.choices import BreakdownDimension, CommitmentEventKind, EvidenceDecision, Presence, Sensitivity
from dialogues.lesotho import entries
from dialogues.lesotho.accounts import ensure_user
from dialogues.models import (
    AgendaItem,
    Assessment,
    AssessmentEvidence,
    Commitment,
    CommitmentBenchmark,
    CommitmentEvent,
    Dialogue,
    Evidence,
    EvidenceLink,
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


class LoadResult(NamedTuple):
    """The number of facts or steps written now, written before, and left out because their time has not come."""

    written: int
    found: int
    left_out: int


def load_public_record(*, now: datetime) -> LoadResult:
    """Write every entry known by `now` (aware) that is missing. Leave the others for a later run.

    Each entry has its own transaction: run this again to finish an interrupted load. Raises DataFileError, Refused.
    """
    facts = entries.read_record().entries
    due = [fact for fact in facts if fact.recorded_at <= now]
    written = sum([_load_entry(fact) for fact in due])
    if written:
        with transaction.atomic():
            enqueue_readiness(_lesotho().pk)
    return LoadResult(written, found=len(due) - written, left_out=len(facts) - len(due))


@transaction.atomic
def _load_entry(fact: entries.RecordEntry) -> bool:
    """Write an entry if it is missing, and return whether it was. Two loads at the same time write it once."""
    lock_rows(Country.objects.filter(code=entries.read_record().country.code))
    row = write_entry(fact)
    if row is None:
        return False
    noun = re.sub(r"(?<!^)(?=[A-Z])", "_", type(row).__name__).lower()
    by = None if isinstance(fact, entries.CountryEntry) else _recorder(fact)
    audit.record(f"{noun}.loaded", by=by, row=row, country=_lesotho(), after=asdict(fact))
    return True


def _lesotho() -> Country:
    return Country.objects.get(code=entries.read_record().country.code)


def _recorder(fact: entries.RecordEntry) -> User:
    """Return the account that recorded the entry.

    The TIP Report 2022 verifies and assesses; the public record records everything else.
    """
    judges = isinstance(fact, entries.VerificationEntry | entries.AssessmentEntry)
    accounts = entries.read_record().accounts
    return ensure_user(accounts["TIP Report 2022" if judges else "public record"], _lesotho())


def find_recommendations(edition: Edition) -> dict[int, Recommendation]:
    """Return the loaded recommendations by their number in the reconstruction."""
    first = RecommendationTerms.objects.filter(
        recommendation__edition=edition, recorded_at=entries.read_record().list_recorded_at
    )
    return {terms.number: terms.recommendation for terms in first.select_related("recommendation__edition")}


def find_benchmark(edition: Edition, key: str) -> Benchmark:
    """Return the benchmark that was loaded under this key, such as "6a". Raises DoesNotExist."""
    recorded_at = entries.read_record().list_recorded_at
    began_under = RecommendationTerms.objects.filter(
        recommendation__edition=edition, recorded_at=recorded_at, number=int(key[:-1])
    )
    return Benchmark.objects.get(
        pk__in=BenchmarkTerms.objects.filter(
            recommendation__in=began_under.values("recommendation"), recorded_at=recorded_at, letter=key[-1]
        ).values("benchmark")
    )


def _find_ministry(short_name: str) -> Ministry | None:
    return Ministry.objects.get(country=_lesotho(), short_name=short_name) if short_name else None


def _find_edition(year: int) -> Edition:
    return Edition.objects.get(country=_lesotho(), year=year)


def _find_benchmark(key: str) -> Benchmark:
    return find_benchmark(_find_edition(2021), key)


def _find_indicator(name: str) -> Indicator | None:
    return Indicator.objects.get(country=_lesotho(), name=name) if name else None


def _find_evidence(key: str) -> Evidence:
    """Return the row of an evidence entry, by recorder and moment, because its texts may have been redacted."""
    fact = next(fact for fact in entries.read_record().entries_of(entries.EvidenceEntry) if fact.key == key)
    return Evidence.objects.get(**_recorded(fact))


def _recorded(fact: entries.RecordEntry) -> dict[str, Any]:
    return {"recorded_by": _recorder(fact), "recorded_at": fact.recorded_at}


def _copy(fact: entries.RecordEntry, *names: str) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in names}


def _create_missing[Row: models.Model](model: type[Row], values: dict[str, Any], **identity: Any) -> Row | None:
    """Create a row, or return None if one of this identity exists already."""
    row, is_new = model._default_manager.get_or_create(**identity, defaults=values)
    return row if is_new else None


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
    return _create_missing(Ministry, {"name": fact.name}, country=_lesotho(), short_name=fact.short_name)


@write_entry.register
def _write_office_holder(fact: entries.OfficeHolderEntry) -> OfficeHolder | None:
    values = _copy(fact, "title", "source")
    return _create_missing(OfficeHolder, values, ministry=_find_ministry(fact.ministry), name=fact.name)


@write_entry.register
def _write_edition(fact: entries.EditionEntry) -> Edition | None:
    values = _copy(fact, "tier", "published_on", "source", "note") | {
        "target_tier": fact.target_tier or "",
        "starts_on": fact.tracking.starts_on,
        "ends_on": fact.tracking.ends_on,
    }
    return _create_missing(Edition, values, country=_lesotho(), year=fact.year)


@write_entry.register
def _write_edition_terms(fact: entries.EditionTermsEntry) -> EditionTerms | None:
    values = _copy(fact, "deadline_on", "working_mark", "working_mark_reason", "reason")
    return _create_missing(EditionTerms, values, edition=_find_edition(fact.year), **_recorded(fact))


@write_entry.register
def _write_milestone(fact: entries.MilestoneEntry) -> Milestone | None:
    return _create_missing(Milestone, _copy(fact, "due_on", "source"), edition=_find_edition(fact.year), kind=fact.kind)


@write_entry.register
def _write_indicator(fact: entries.IndicatorEntry) -> Indicator | None:
    values = _copy(fact, "unit", "pillar", "indicium") | {"question": fact.question or ""}
    return _create_missing(Indicator, values, country=_lesotho(), name=fact.name)


@write_entry.register
def _write_recommendation(fact: entries.RecommendationEntry) -> Recommendation | None:
    edition = _find_edition(fact.year)
    if fact.number in find_recommendations(edition):
        return None
    if edition.recommendations.asked().filter(number=fact.number).exists():
        raise Refused(
            f"The {fact.year} edition has a list already, so our reconstruction of it can’t be loaded beside it. Load "
            "the public record into an empty database, then that list in the place of the reconstruction."
        )
    wording = _copy(fact, "number", "text") | {"text_status": TextStatus.RECONSTRUCTION}
    row = Recommendation.objects.create(
        edition=edition,
        **wording,
        **_copy(fact, "years_unmet", "years_unmet_source"),
        indicia=list(fact.indicia),
        lead=_find_ministry(fact.lead),
    )
    RecommendationTerms.objects.create(
        recommendation=row,
        **wording,
        pillar=fact.pillar,
        reason="The pillar that its text belongs to.",
        **_recorded(fact),
    )
    return row


@write_entry.register
def _write_benchmark(fact: entries.BenchmarkEntry) -> Benchmark | None:
    recommendation = find_recommendations(_find_edition(fact.year))[fact.number]
    loaded = BenchmarkTerms.objects.filter(
        recommendation=recommendation, letter=fact.letter, recorded_at=fact.recorded_at
    )
    if loaded.exists():
        return None
    row = Benchmark.objects.create(recommendation=recommendation, letter=fact.letter)
    BenchmarkTerms.objects.create(
        benchmark=row,
        recommendation=recommendation,
        indicator=_find_indicator(fact.indicator),
        **_copy(fact, "letter", "criterion", "rule", "target", "is_about_complicity", "reason"),
        **_recorded(fact),
    )
    return row


@write_entry.register
def _write_dialogue(fact: entries.DialogueEntry) -> Dialogue | None:
    values = _copy(fact, "held_on", "place", "purpose", "record", "agreed", "source")
    row = _create_missing(Dialogue, values, country=_lesotho(), **_recorded(fact))
    if row is None:
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
    recommendations = find_recommendations(_find_edition(fact.year))
    AgendaItem.objects.bulk_create(
        AgendaItem(dialogue=row, recommendation=recommendations[number], position=position)
        for position, number in enumerate(fact.agenda, start=1)
    )
    return row


@write_entry.register
def _write_commitment(fact: entries.CommitmentEntry) -> Commitment | None:
    values = _copy(fact, "made_by", "text", "letter") | {
        "ministry": _find_ministry(fact.ministry),
        "dialogue": _find_dialogue(fact),
    }
    row = _create_missing(Commitment, values, country=_lesotho(), **_recorded(fact))
    if row is None:
        return None
    CommitmentBenchmark.objects.bulk_create(
        CommitmentBenchmark(commitment=row, benchmark=_find_benchmark(key), reach=reach) for key, reach in fact.links
    )
    CommitmentEvent.objects.create(
        commitment=row,
        kind=CommitmentEventKind.MADE,
        happened_on=fact.made_on,
        due_on=fact.due_on,
        **_recorded(fact),
    )
    return row


def _find_dialogue(fact: entries.CommitmentEntry) -> Dialogue | None:
    if fact.at_dialogue is None:
        return None
    return Dialogue.objects.get(country=_lesotho(), recorded_by=_recorder(fact), held_on=fact.at_dialogue)


@write_entry.register
def _write_evidence(fact: entries.EvidenceEntry) -> Evidence | None:
    values = _copy(fact, "title", "kind", "happened_from", "happened_to", "done_by", "stated_by", "source") | {
        "country": _lesotho(),
        "sensitivity": Sensitivity.SHARED,
    }
    row = _create_missing(Evidence, values, **_recorded(fact))
    if row is None:
        return None
    EvidenceLink.objects.bulk_create(
        EvidenceLink(evidence=row, benchmark=_find_benchmark(key), shows=shows, **_recorded(fact))
        for key, shows in fact.evidence_links
    )
    return row


@write_entry.register
def _write_reading(fact: entries.ReadingEntry) -> Reading | None:
    values = _copy(fact, "figure", "note", "source", "recorded_at") | {
        "direction": fact.direction or "",
        "evidence": _find_evidence(fact.evidence) if fact.evidence else None,
    }
    row = _create_missing(
        Reading,
        values,
        indicator=_find_indicator(fact.indicator),
        starts_on=fact.period.starts_on,
        through_on=fact.period.ends_on,
        recorded_by=_recorder(fact),
    )
    if row is None:
        return None
    ReadingPart.objects.bulk_create(
        ReadingPart(reading=row, dimension=BreakdownDimension.FORM, category=form, figure=figure)
        for form, figure in fact.forms
    )
    return row


@write_entry.register
def _write_verification(fact: entries.VerificationEntry) -> EvidenceReview | None:
    evidence = _find_evidence(fact.evidence)
    benchmark = _find_benchmark(fact.benchmark) if fact.benchmark else None
    return _create_missing(
        EvidenceReview,
        {"decision": EvidenceDecision.VERIFIED, "reason": fact.reason},
        evidence=evidence,
        evidence_link=evidence.evidence_links.get(benchmark=benchmark) if benchmark else None,
        **_recorded(fact),
    )


@write_entry.register
def _write_assessment(fact: entries.AssessmentEntry) -> Assessment | None:
    values = _copy(fact, "verdict", "rationale", "law")
    benchmark = _find_benchmark(fact.benchmark)
    row = _create_missing(Assessment, values, benchmark=benchmark, **_recorded(fact))
    if row is None:
        return None
    AssessmentEvidence.objects.bulk_create(
        AssessmentEvidence(assessment=row, evidence=_find_evidence(key)) for key in fact.evidence
    )
    return row
