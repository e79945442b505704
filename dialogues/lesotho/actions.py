"""Write the public record of Lesotho, line by line, each with its entry in the log. Writing it again changes nothing.

Lines are written as they stand, not through the actions that people use: the public record has no officer, and neither
of its two accounts may do anything but stand as the one who recorded or verified.
"""

import re
from dataclasses import asdict
from datetime import datetime
from functools import singledispatch
from typing import NamedTuple

from django.db import models, transaction

from dialogues.choices import Dimension, Kind, Presence, Review, Sensitivity
from dialogues.lesotho import lines, reconstruction
from dialogues.lesotho.asked import ASKED, COUNTRY
from dialogues.lesotho.happened import HAPPENED
from dialogues.lesotho.people import PUBLIC_RECORD, TIP_REPORT_2022, ensure
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
from recommendations.actions.readiness_changed import readiness_may_have_moved
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
from tiptracker.infrastructure.locking import hold

FACTS: tuple[lines.Fact, ...] = ASKED + HAPPENED
"""The whole record, in an order in which each line finds what it names."""


class Loaded(NamedTuple):
    """What came of it: facts written now, facts found written, facts not known yet and left out."""

    written: int
    found: int
    left_out: int


def load_public_record(*, now: datetime) -> Loaded:
    """Write every line known by `now` (aware) that isn't there yet; leave the others for a later run.

    Each line has a transaction of its own: what was interrupted is finished by running it again.
    """
    due = [fact for fact in FACTS if fact.recorded_at <= now]
    written = sum([_load(fact) for fact in due])
    if written:
        with transaction.atomic():
            readiness_may_have_moved(_lesotho().pk)
    return Loaded(written, found=len(due) - written, left_out=len(FACTS) - len(due))


@transaction.atomic
def _load(fact: lines.Fact) -> bool:
    """Whether the line had to be written. Two loads at once write it once."""
    hold(Country.objects.filter(code=COUNTRY.code))
    row = write(fact)
    if row is None:
        return False
    noun = re.sub(r"(?<!^)(?=[A-Z])", "_", type(row).__name__).lower()
    by = None if isinstance(fact, lines.Country) else _recorder(fact)
    audit.record(f"{noun}.loaded", by=by, row=row, country=_lesotho(), after=asdict(fact))
    return True


def _lesotho() -> Country:
    return Country.objects.get(code=COUNTRY.code)


def _recorder(fact: lines.Fact) -> User:
    """The report of 2022 verifies and assesses; the public record records everything else."""
    judges = isinstance(fact, lines.Verification | lines.Assessment)
    return ensure(TIP_REPORT_2022 if judges else PUBLIC_RECORD, _lesotho())


def _ministry(short_name: str) -> Ministry | None:
    return Ministry.objects.get(country=_lesotho(), short_name=short_name) if short_name else None


def _edition(year: int) -> Edition:
    return Edition.objects.get(country=_lesotho(), year=year)


def _benchmark(key: str) -> Benchmark:
    return reconstruction.benchmark(_edition(2021), key)


_EVIDENCE = {fact.key: fact for fact in HAPPENED if isinstance(fact, lines.Evidence)}


def _evidence(key: str) -> Evidence:
    """The row of a line: found by who recorded it when, since its texts may have been redacted."""
    fact = _EVIDENCE[key]
    return Evidence.objects.get(recorded_by=_recorder(fact), recorded_at=fact.recorded_at)


@singledispatch
def write(fact: lines.Fact) -> models.Model | None:
    """Write one line with all that belongs to it; None where it is there already, however it has changed since."""
    raise TypeError(f"No way is known to write {fact!r}.")


@write.register
def _country(fact: lines.Country) -> Country | None:
    country, is_new = Country.objects.get_or_create(
        code=fact.code, defaults={"name": fact.name, "time_zone": fact.time_zone, "currency": fact.currency}
    )
    if not is_new:
        # Two loads at once: the second waits here, and then finds what the first has written.
        Country.objects.select_for_update(no_key=True).get(pk=country.pk)
        return None
    District.objects.bulk_create(
        District(country=country, name=name, capital=capital) for name, capital in fact.districts
    )
    return country


@write.register
def _ministry_row(fact: lines.Ministry) -> Ministry | None:
    row, is_new = Ministry.objects.get_or_create(
        country=_lesotho(), short_name=fact.short_name, defaults={"name": fact.name}
    )
    return row if is_new else None


@write.register
def _office_holder(fact: lines.OfficeHolder) -> OfficeHolder | None:
    row, is_new = OfficeHolder.objects.get_or_create(
        ministry=_ministry(fact.ministry), name=fact.name, defaults={"title": fact.title, "source": fact.source}
    )
    return row if is_new else None


@write.register
def _edition_row(fact: lines.Edition) -> Edition | None:
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


@write.register
def _edition_terms(fact: lines.EditionTerms) -> EditionTerms | None:
    row, is_new = EditionTerms.objects.get_or_create(
        edition=_edition(fact.year),
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


@write.register
def _milestone(fact: lines.Milestone) -> Milestone | None:
    row, is_new = Milestone.objects.get_or_create(
        edition=_edition(fact.year), kind=fact.kind, defaults={"due_on": fact.due_on, "source": fact.source}
    )
    return row if is_new else None


@write.register
def _indicator(fact: lines.Indicator) -> Indicator | None:
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


@write.register
def _recommendation(fact: lines.Recommendation) -> Recommendation | None:
    edition = _edition(fact.year)
    if fact.number in reconstruction.recommendations(edition):
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
        lead=_ministry(fact.lead),
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


@write.register
def _benchmark_row(fact: lines.Benchmark) -> Benchmark | None:
    recommendation = reconstruction.recommendations(_edition(fact.year))[fact.number]
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


@write.register
def _dialogue(fact: lines.Dialogue) -> Dialogue | None:
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
            ministry=_ministry(one.ministry),
            presence=Presence.VIDEO if one.by_video else Presence.IN_PERSON,
            came=True,
        )
        for one in fact.participants
    )
    AgendaItem.objects.bulk_create(
        AgendaItem(
            dialogue=row,
            recommendation=reconstruction.recommendations(_edition(fact.year))[number],
            position=position,
        )
        for position, number in enumerate(fact.agenda, start=1)
    )
    return row


@write.register
def _commitment(fact: lines.Commitment) -> Commitment | None:
    by = _recorder(fact)
    row, is_new = Commitment.objects.get_or_create(
        country=_lesotho(),
        recorded_by=by,
        recorded_at=fact.recorded_at,
        defaults={
            "made_by": fact.made_by,
            "ministry": _ministry(fact.ministry),
            "text": fact.text,
            "dialogue": _dialogue_of(fact),
            "letter": fact.letter,
        },
    )
    if not is_new:
        return None
    CommitmentBenchmark.objects.bulk_create(
        CommitmentBenchmark(commitment=row, benchmark=_benchmark(key), reach=reach) for key, reach in fact.links
    )
    CommitmentEvent.objects.create(
        commitment=row,
        kind=Kind.MADE,
        happened_on=fact.made_on,
        due_on=fact.due_on,
        recorded_at=fact.recorded_at,
        recorded_by=by,
    )
    return row


def _dialogue_of(fact: lines.Commitment) -> Dialogue | None:
    if fact.at_dialogue is None:
        return None
    return Dialogue.objects.get(country=_lesotho(), recorded_by=_recorder(fact), held_on=fact.at_dialogue)


@write.register
def _evidence_row(fact: lines.Evidence) -> Evidence | None:
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
            evidence=row, benchmark=_benchmark(key), shows=shows, recorded_at=fact.recorded_at, recorded_by=by
        )
        for key, shows in fact.bearings
    )
    return row


@write.register
def _reading(fact: lines.Reading) -> Reading | None:
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
            "evidence": _evidence(fact.evidence) if fact.evidence else None,
            "recorded_at": fact.recorded_at,
        },
    )
    if not is_new:
        return None
    ReadingPart.objects.bulk_create(
        ReadingPart(reading=row, dimension=Dimension.FORM, category=form, figure=figure) for form, figure in fact.forms
    )
    return row


@write.register
def _verification(fact: lines.Verification) -> EvidenceReview | None:
    evidence = _evidence(fact.evidence)
    row, is_new = EvidenceReview.objects.get_or_create(
        evidence=evidence,
        bearing=evidence.bearings.get(benchmark=_benchmark(fact.benchmark)) if fact.benchmark else None,
        recorded_by=_recorder(fact),
        recorded_at=fact.recorded_at,
        defaults={"decision": Review.VERIFIED, "reason": fact.reason},
    )
    return row if is_new else None


@write.register
def _assessment(fact: lines.Assessment) -> Assessment | None:
    row, is_new = Assessment.objects.get_or_create(
        benchmark=_benchmark(fact.benchmark),
        recorded_by=_recorder(fact),
        recorded_at=fact.recorded_at,
        defaults={"verdict": fact.verdict, "rationale": fact.rationale, "law": fact.law},
    )
    if not is_new:
        return None
    AssessmentEvidence.objects.bulk_create(
        AssessmentEvidence(assessment=row, evidence=_evidence(key)) for key in fact.evidence
    )
    return row
