"""Name the facts that an answer cites: what each is, who says so and where, and on which page it stands."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from dialogues.answer_text import CitedFact
from dialogues.choices import CitedKind
from dialogues.models import Assessment, Commitment, Contribution, Evidence, InformationRequest, LawEntry, Reading
from recommendations.models import Edition
from reports.evidence_sources import describe_evidence_source, describe_reading_source
from tiptracker.accounts.models import Country, User
from tiptracker.localization import format_date, gettext


class FactSource(NamedTuple):
    """A cited fact in words. `source` says who states it and where. `page` and `target` name its page, if any."""

    fact: CitedFact
    label: str
    source: str
    page: str = ""
    target: int | None = None


def describe_sources(user: User, country: Country, facts: Collection[CitedFact]) -> dict[CitedFact, FactSource]:
    """Return the facts that the user may see, each in words. One or two queries for each kind of fact."""
    ids: dict[CitedKind, set[int]] = defaultdict(set)
    for fact in facts:
        ids[fact.kind].add(fact.id)
    return {source.fact: source for kind, keys in ids.items() for source in _DESCRIBE[kind](user, country, keys)}


def _evidence(user: User, country: Country, ids: Iterable[int]) -> Iterator[FactSource]:
    for row in Evidence.objects.visible_to(user, country).filter(pk__in=ids):
        source = describe_evidence_source(row)
        yield FactSource(CitedFact(CitedKind.EVIDENCE, row.pk), row.title, source, "evidence_detail", row.pk)


def _readings(user: User, country: Country, ids: Iterable[int]) -> Iterator[FactSource]:
    rows = Reading.objects.visible_to(user).filter(pk__in=ids, indicator__country=country)
    for row in rows.select_related("indicator", "evidence"):
        yield FactSource(
            CitedFact(CitedKind.READING, row.pk),
            row.description,
            describe_reading_source(row),
            "indicator_detail",
            row.indicator_id,
        )


def _assessments(user: User, country: Country, ids: Iterable[int]) -> Iterator[FactSource]:
    rows = Assessment.objects.visible_to(user, country).filter(pk__in=ids)
    for row in rows.select_related("benchmark__recommendation", "recorded_by"):
        values = {"benchmark": row.benchmark.key, "verdict": row.get_verdict_display()}
        yield FactSource(
            CitedFact(CitedKind.ASSESSMENT, row.pk),
            gettext("Assessment of benchmark %(benchmark)s: %(verdict)s") % values,
            gettext("The embassy, %(law)s") % {"law": row.law},
            "recommendation_detail",
            row.benchmark.recommendation_id,
        )


def _commitments(user: User, country: Country, ids: Iterable[int]) -> Iterator[FactSource]:
    rows = Commitment.objects.visible_to(user, country).filter(pk__in=ids)
    for row in rows.select_related("ministry", "dialogue"):
        source = row.letter
        if row.dialogue:
            source = gettext("Dialogue of %(date)s") % {"date": format_date(row.dialogue.held_on)}
        label = gettext("Commitment of the %(maker)s: %(text)s") % {"maker": row.maker, "text": row.text}
        yield FactSource(CitedFact(CitedKind.COMMITMENT, row.pk), label, source, "commitment_detail", row.pk)


def _requests(user: User, country: Country, ids: Iterable[int]) -> Iterator[FactSource]:
    rows = InformationRequest.objects.visible_to(user, country).filter(pk__in=ids)
    for row in rows.select_related("country", "ministry"):
        yield FactSource(
            CitedFact(CitedKind.REQUEST, row.pk),
            row.text,
            gettext("The embassy to the %(ministry)s") % {"ministry": row.ministry.name},
            "information_request_detail",
            row.pk,
        )


def _editions(user: User, country: Country, ids: Iterable[int]) -> Iterator[FactSource]:
    for row in Edition.objects.visible_to(user).filter(pk__in=ids, country=country):
        label = gettext("TIP Report %(year)d") % {"year": row.year}
        yield FactSource(CitedFact(CitedKind.EDITION, row.pk), label, row.source)


def _law_entries(user: User, country: Country, ids: Iterable[int]) -> Iterator[FactSource]:
    for row in LawEntry.objects.visible_to(user, country).filter(pk__in=ids):
        yield FactSource(CitedFact(CitedKind.LAW, row.pk), row.citation, row.source)


def _contributions(user: User, country: Country, ids: Iterable[int]) -> Iterator[FactSource]:
    for row in Contribution.objects.visible_to(user, country).filter(pk__in=ids).with_giver_and_work():
        label = gettext("Contribution, %(giver)s: %(what)s") % {"giver": row.giver, "what": row.description}
        yield FactSource(CitedFact(CitedKind.CONTRIBUTION, row.pk), label, row.source, "contribution_detail", row.pk)


_DESCRIBE: Mapping[CitedKind, Callable[[User, Country, Iterable[int]], Iterator[FactSource]]] = {
    CitedKind.EVIDENCE: _evidence,
    CitedKind.READING: _readings,
    CitedKind.ASSESSMENT: _assessments,
    CitedKind.COMMITMENT: _commitments,
    CitedKind.REQUEST: _requests,
    CitedKind.EDITION: _editions,
    CitedKind.LAW: _law_entries,
    CitedKind.CONTRIBUTION: _contributions,
}
