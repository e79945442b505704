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

from dialogues.choices import CommitmentEventKind, EvidenceDecision, Presence, Sensitivity
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
    LawEntry,
    Participant,
    Reading,
    ReadingPart,
)
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.choices import BreakdownDimension, TextStatus
from recommendations.models import (
    Benchmark,
    BenchmarkTerms,
    Edition,
    EditionTerms,
    Indicator,
    Milestone,
    MilestoneDateChange,
    Recommendation,
    RecommendationTerms,
)
from tiptracker.accounts.models import Country, District, Ministry, OfficeHolder, User
from tiptracker.audit import actions as audit
from tiptracker.errors import Refused
from tiptracker.infrastructure.locking import lock_rows


class LoadResult(NamedTuple):
    """The number of entries or steps written now, written before, and left out because their time has not come."""

    written: int
    existing: int
    left_out: int


def load_public_record(*, now: datetime) -> LoadResult:
    """Write every entry known by `now` (aware) that is missing. Leave the others for a later run.

    Each entry has its own transaction: run this again to finish an interrupted load. Raises DataFileError, Refused.
    """
    all_entries = entries.read_record().entries
    due = [entry for entry in all_entries if entry.recorded_at <= now]
    written = sum([_load_entry(entry) for entry in due])
    if written:
        with transaction.atomic():
            enqueue_readiness(_lesotho().pk)
    return LoadResult(written, existing=len(due) - written, left_out=len(all_entries) - len(due))


@transaction.atomic
def _load_entry(entry: entries.RecordEntry) -> bool:
    """Write an entry if it is missing, and return whether it was. Two loads at the same time write it once."""
    lock_rows(Country.objects.filter(code=entries.read_record().country.code))
    row = write_entry(entry)
    if row is None:
        return False
    noun = re.sub(r"(?<!^)(?=[A-Z])", "_", type(row).__name__).lower()
    by = None if isinstance(entry, entries.CountryEntry) else _recorder(entry)
    audit.record(f"{noun}.loaded", by=by, row=row, country=_lesotho(), after=asdict(entry))
    return True


def _lesotho() -> Country:
    return Country.objects.get(code=entries.read_record().country.code)


def _recorder(entry: entries.RecordEntry) -> User:
    """Return the account that recorded the entry.

    The TIP Report 2022 verifies and assesses; the public record records everything else.
    """
    is_assessment = isinstance(entry, entries.VerificationEntry | entries.AssessmentEntry)
    accounts = entries.read_record().accounts
    return ensure_user(accounts["TIP Report 2022" if is_assessment else "public record"], _lesotho())


def find_recommendations(edition: Edition) -> dict[int, Recommendation]:
    """Return the loaded recommendations by their number in the reconstruction."""
    first_terms = RecommendationTerms.objects.filter(
        recommendation__edition=edition, recorded_at=entries.read_record().list_recorded_at
    )
    return {terms.number: terms.recommendation for terms in first_terms.select_related("recommendation__edition")}


def find_benchmark(edition: Edition, key: str) -> Benchmark:
    """Return the benchmark that was loaded under this key, such as "6a". Raises DoesNotExist."""
    recorded_at = entries.read_record().list_recorded_at
    first_terms = RecommendationTerms.objects.filter(
        recommendation__edition=edition, recorded_at=recorded_at, number=int(key[:-1])
    )
    return Benchmark.objects.get(
        terms__recommendation__in=first_terms.values("recommendation"),
        terms__recorded_at=recorded_at,
        terms__letter=key[-1],
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
    entry = next(entry for entry in entries.read_record().entries_of(entries.EvidenceEntry) if entry.key == key)
    return Evidence.objects.get(**_recorded(entry))


def _recorded(entry: entries.RecordEntry) -> dict[str, Any]:
    return {"recorded_by": _recorder(entry), "recorded_at": entry.recorded_at}


def _copy(entry: entries.RecordEntry, *names: str) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in names}


def _create_missing[Row: models.Model](model: type[Row], values: dict[str, Any], **identity: Any) -> Row | None:
    """Create a row, or return None if one of this identity exists already."""
    row, is_new = model._default_manager.get_or_create(**identity, defaults=values)
    return row if is_new else None


@singledispatch
def write_entry(entry: entries.RecordEntry) -> models.Model | None:
    """Write one entry with all that belongs to it. Return None if it exists already, even if it has changed since."""
    raise TypeError(f"No way is known to write {entry!r}.")


@write_entry.register
def _write_country(entry: entries.CountryEntry) -> Country | None:
    country, is_new = Country.objects.get_or_create(
        code=entry.code, defaults=_copy(entry, "name", "time_zone", "currency")
    )
    if not is_new:
        # If two loads run at once, the second waits here and then finds what the first has written.
        Country.objects.select_for_update(no_key=True).get(pk=country.pk)
        return None
    District.objects.bulk_create(
        District(country=country, name=name, capital=capital) for name, capital in entry.districts
    )
    return country


@write_entry.register
def _write_ministry(entry: entries.MinistryEntry) -> Ministry | None:
    return _create_missing(Ministry, {"name": entry.name}, country=_lesotho(), short_name=entry.short_name)


@write_entry.register
def _write_office_holder(entry: entries.OfficeHolderEntry) -> OfficeHolder | None:
    values = _copy(entry, "title", "source")
    return _create_missing(OfficeHolder, values, ministry=_find_ministry(entry.ministry), name=entry.name)


@write_entry.register
def _write_edition(entry: entries.EditionEntry) -> Edition | None:
    values = _copy(entry, "tier", "published_on", "source", "note") | {
        "target_tier": entry.target_tier or "",
        "starts_on": entry.tracking.starts_on,
        "ends_on": entry.tracking.ends_on,
    }
    return _create_missing(Edition, values, country=_lesotho(), year=entry.year)


@write_entry.register
def _write_edition_terms(entry: entries.EditionTermsEntry) -> EditionTerms | None:
    values = _copy(entry, "deadline_on", "readiness_target", "readiness_target_reason", "reason")
    return _create_missing(EditionTerms, values, edition=_find_edition(entry.year), **_recorded(entry))


@write_entry.register
def _write_milestone(entry: entries.MilestoneEntry) -> Milestone | None:
    edition = _find_edition(entry.year)
    if edition.milestones.filter(kind=entry.kind).exists():  # a post may have added others of the kind
        return None
    values = _copy(entry, "kind", "due_on", "source", "is_estimated")
    return Milestone.objects.create(edition=edition, **values)


@write_entry.register
def _write_milestone_date_change(entry: entries.MilestoneDateChangeEntry) -> MilestoneDateChange | None:
    milestone = _find_edition(entry.year).milestones.filter(kind=entry.kind).earliest("pk")
    values = _copy(entry, "due_on", "is_estimated", "reason")
    return _create_missing(MilestoneDateChange, values, milestone=milestone, **_recorded(entry))


@write_entry.register
def _write_indicator(entry: entries.IndicatorEntry) -> Indicator | None:
    values = _copy(entry, "unit", "pillar", "indicium") | {"question": entry.question or ""}
    return _create_missing(Indicator, values, country=_lesotho(), name=entry.name)


@write_entry.register
def _write_recommendation(entry: entries.RecommendationEntry) -> Recommendation | None:
    edition = _find_edition(entry.year)
    if entry.number in find_recommendations(edition):
        return None
    if edition.recommendations.active().filter(number=entry.number).exists():
        raise Refused(
            "edition_has_list",
            f"The {entry.year} edition already has a list, so our reconstruction cannot be loaded as well. Load the "
            "public record into an empty database first. Then replace the reconstruction with that list.",
        )
    wording = _copy(entry, "number", "text") | {"text_status": TextStatus.RECONSTRUCTION}
    row = Recommendation.objects.create(
        edition=edition,
        **wording,
        **_copy(entry, "years_unmet", "years_unmet_source"),
        indicia=list(entry.indicia),
        lead=_find_ministry(entry.lead),
    )
    RecommendationTerms.objects.create(
        recommendation=row,
        **wording,
        pillar=entry.pillar,
        reason="The pillar that its text belongs to.",
        **_recorded(entry),
    )
    return row


@write_entry.register
def _write_benchmark(entry: entries.BenchmarkEntry) -> Benchmark | None:
    recommendation = find_recommendations(_find_edition(entry.year))[entry.number]
    loaded = BenchmarkTerms.objects.filter(
        recommendation=recommendation, letter=entry.letter, recorded_at=entry.recorded_at
    )
    if loaded.exists():
        return None
    row = Benchmark.objects.create(recommendation=recommendation, letter=entry.letter)
    BenchmarkTerms.objects.create(
        benchmark=row,
        recommendation=recommendation,
        indicator=_find_indicator(entry.indicator),
        **_copy(entry, "letter", "criterion", "rule", "target", "is_about_complicity", "reason"),
        **_recorded(entry),
    )
    return row


@write_entry.register
def _write_dialogue(entry: entries.DialogueEntry) -> Dialogue | None:
    values = _copy(entry, "held_on", "place", "purpose", "record", "agreed", "source")
    row = _create_missing(Dialogue, values, country=_lesotho(), **_recorded(entry))
    if row:
        Participant.objects.bulk_create(
            Participant(
                dialogue=row,
                name=participant.name,
                office=participant.office,
                ministry=_find_ministry(participant.ministry),
                presence=Presence.VIDEO if participant.by_video else Presence.IN_PERSON,
                came=True,
            )
            for participant in entry.participants
        )
        recommendations = find_recommendations(_find_edition(entry.year))
        AgendaItem.objects.bulk_create(
            AgendaItem(dialogue=row, recommendation=recommendations[number], position=position)
            for position, number in enumerate(entry.agenda, start=1)
        )
    return row


@write_entry.register
def _write_commitment(entry: entries.CommitmentEntry) -> Commitment | None:
    values = _copy(entry, "made_by", "text", "letter") | {
        "ministry": _find_ministry(entry.ministry),
        "dialogue": _find_dialogue(entry),
    }
    row = _create_missing(Commitment, values, country=_lesotho(), **_recorded(entry))
    if row:
        CommitmentBenchmark.objects.bulk_create(
            CommitmentBenchmark(commitment=row, benchmark=_find_benchmark(key), reach=reach)
            for key, reach in entry.links
        )
        CommitmentEvent.objects.create(
            commitment=row,
            kind=CommitmentEventKind.MADE,
            happened_on=entry.made_on,
            due_on=entry.due_on,
            **_recorded(entry),
        )
    return row


def _find_dialogue(entry: entries.CommitmentEntry) -> Dialogue | None:
    if entry.at_dialogue is None:
        return None
    return Dialogue.objects.get(country=_lesotho(), recorded_by=_recorder(entry), held_on=entry.at_dialogue)


@write_entry.register
def _write_evidence(entry: entries.EvidenceEntry) -> Evidence | None:
    values = _copy(entry, "title", "kind", "happened_from", "happened_to", "done_by", "stated_by", "source") | {
        "country": _lesotho(),
        "sensitivity": Sensitivity.SHARED,
    }
    row = _create_missing(Evidence, values, **_recorded(entry))
    if row:
        EvidenceLink.objects.bulk_create(
            EvidenceLink(evidence=row, benchmark=_find_benchmark(key), shows=shows, **_recorded(entry))
            for key, shows in entry.evidence_links
        )
    return row


@write_entry.register
def _write_reading(entry: entries.ReadingEntry) -> Reading | None:
    values = _copy(entry, "figure", "note", "source", "recorded_at") | {
        "direction": entry.direction or "",
        "evidence": _find_evidence(entry.evidence) if entry.evidence else None,
    }
    row = _create_missing(
        Reading,
        values,
        indicator=_find_indicator(entry.indicator),
        starts_on=entry.period.starts_on,
        through_on=entry.period.ends_on,
        recorded_by=_recorder(entry),
    )
    if row:
        ReadingPart.objects.bulk_create(
            ReadingPart(reading=row, dimension=BreakdownDimension.FORM, category=form, figure=figure)
            for form, figure in entry.forms
        )
    return row


@write_entry.register
def _write_verification(entry: entries.VerificationEntry) -> EvidenceReview | None:
    evidence = _find_evidence(entry.evidence)
    benchmark = _find_benchmark(entry.benchmark) if entry.benchmark else None
    return _create_missing(
        EvidenceReview,
        {"decision": EvidenceDecision.VERIFIED, "reason": entry.reason},
        evidence=evidence,
        evidence_link=evidence.evidence_links.get(benchmark=benchmark) if benchmark else None,
        **_recorded(entry),
    )


@write_entry.register
def _write_assessment(entry: entries.AssessmentEntry) -> Assessment | None:
    values = _copy(entry, "verdict", "rationale", "law")
    benchmark = _find_benchmark(entry.benchmark)
    row = _create_missing(Assessment, values, benchmark=benchmark, **_recorded(entry))
    if row:
        AssessmentEvidence.objects.bulk_create(
            AssessmentEvidence(assessment=row, evidence=_find_evidence(key)) for key in entry.evidence
        )
    return row


@write_entry.register
def _write_law(entry: entries.LawRecordEntry) -> LawEntry | None:
    values = _copy(entry, "standard", "kind", "citation", "text", "source", "from_on") | {
        "evidence": _find_evidence(entry.evidence) if entry.evidence else None,
    }
    return _create_missing(LawEntry, values, country=_lesotho(), **_recorded(entry))
