"""Build the ambassador's briefing.

The four parts come from the readiness rules; everything else comes from the rows that this reader may see. Rows
recorded after the moment and events after the day are left out.
"""

from collections.abc import Iterable

from dialogues.models import AgendaItem, Dialogue
from recommendations.choices import MilestoneKind
from recommendations.models import Edition, Milestone, Recommendation
from reports import formatting, sentences
from reports.briefings.checks import build_checks
from reports.briefings.commitments import GatheredCommitment, gather_commitments, pressing_commitments
from reports.briefings.contacts import list_office_holders
from reports.briefings.content.ambassador import (
    AmbassadorBriefing,
    PrintedDialogue,
    PrintedMilestone,
    PrintedMinistry,
    PrintedParticipant,
)
from reports.briefings.evidence import gather_evidence_annex
from reports.briefings.reader_view import ReaderView
from reports.briefings.recommendations import build_recommendations, gather_recommendations, recommendation_label
from reports.briefings.step_texts import step_texts
from reports.briefings.summary import build_parts, build_readiness_summary
from reports.briefings.trend import build_trend
from reports.briefings.updates import build_updates, gather_versions, recorded_moments
from reports.readiness import countable_facts
from reports.readiness.explanation import headline
from reports.readiness.explanation.step_sentences import display_steps
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from tiptracker.accounts.models import Ministry
from tiptracker.infrastructure.read_snapshot import snapshot


@snapshot()
def build_ambassador_briefing(seen: ReaderView) -> AmbassadorBriefing:
    """Return the ambassador's briefing on an edition for one reader, with all rows as of one moment.

    Raises:
        PermissionDenied: if the reader may not read readiness.
        Edition.DoesNotExist: if the reader may not see the edition.
    """
    seen = seen.checked()
    facts = countable_facts.facts_known_by(gather_facts(seen.edition), seen.known_by)
    result = evaluate_readiness(facts, as_of=seen.as_of, known_by=seen.known_by)
    edition, steps = seen.edition, result.next_steps()
    keys = {line.benchmark_id: line.line.key for line in result.verified.benchmarks}
    asked = gather_recommendations(seen)
    promises = gather_commitments(seen, keys)
    proof = gather_evidence_annex(seen, keys)
    versions = gather_versions(seen, promises)
    dialogues = _find_dialogues(seen)
    milestones = list(Milestone.objects.visible_to(seen.reader).filter(edition=edition).as_known_by(seen.known_by))
    recommendations = build_recommendations(seen, asked, facts, result, proof)
    return AmbassadorBriefing(
        **seen.header,
        title=f"{edition.country}: where the record stands",
        subtitle=_subtitle(edition),
        facts_up_to=seen.newest(
            countable_facts.newest_recorded_at(facts),
            *recorded_moments(seen, promises, versions),
            *(row.recorded_at for row in dialogues),
        ),
        window=_period_sentence(edition),
        deadline=result.deadline_on,
        countdown=sentences.format_relative_date(result.deadline_on, seen.as_of) if result.deadline_on else "",
        standing=build_readiness_summary(result),
        parts=build_parts(result),
        checks=build_checks(result.checks, promises, proof),
        ladder=display_steps(result, steps, step_texts(result, steps, reader=seen.reader)),
        trend=build_trend(seen, facts, dialogues, milestones),
        press_for=pressing_commitments(promises, result.deadline_on),
        milestones=_build_milestones(seen, milestones),
        ministries=_build_ministries(seen, asked, promises),
        united_states=tuple(promise.told for promise in promises if promise.is_our_own),
        recommendations=recommendations,
        dialogues=tuple(_build_dialogue(row, promises) for row in dialogues),
        updates=build_updates(seen, versions, promises, proof),
        evidence=proof.annex,
        methodology=f"Method version {result.method}.",
        disclaimer=headline.DISCLAIMER,
    )


def _subtitle(edition: Edition) -> str:
    target = f", target {edition.get_target_tier_display()}" if edition.target_tier else ""
    report = f"Trafficking in Persons Report, {edition.year} edition"
    return f"Ambassador’s briefing · {report}: {edition.get_tier_display()}{target}"


def _period_sentence(edition: Edition) -> str:
    return (
        f"Only concrete actions of the government between {formatting.format_date(edition.starts_on)} and "
        f"{formatting.format_date(edition.ends_on)} count, once the embassy has verified them."
    )


def _build_milestones(seen: ReaderView, rows: Iterable[Milestone]) -> tuple[PrintedMilestone, ...]:
    return tuple(
        PrintedMilestone(
            title=row.get_kind_display(),
            on=row.falls_on,
            is_done=row.done_on is not None and row.done_on <= seen.as_of,
            standing=sentences.describe_milestone(MilestoneKind(row.kind), row.falls_on, row.done_on, seen.as_of),
        )
        for row in rows
    )


def _build_ministries(
    seen: ReaderView, asked: Iterable[Recommendation], promises: Iterable[GatheredCommitment]
) -> tuple[PrintedMinistry, ...]:
    """Return the ministries that lead on a recommendation or have made a commitment, by name."""
    rows = Ministry.objects.visible_to(seen.reader).filter(country=seen.edition.country)
    told = (
        _build_ministry(
            seen,
            row,
            [recommendation_label(one) for one in asked if one.lead_id == row.pk],
            [promise for promise in promises if promise.row.ministry_id == row.pk],
        )
        for row in rows.prefetch_related("office_holders").order_by("name")
    )
    return tuple(one for one in told if one.leads or one.undertakings)


def _build_ministry(
    seen: ReaderView, row: Ministry, leads: list[str], own: list[GatheredCommitment]
) -> PrintedMinistry:
    return PrintedMinistry(
        name=row.name,
        minister="; ".join(list_office_holders(row, seen.as_of)),
        leads=f"recommendation{'' if len(leads) == 1 else 's'} {formatting.join_with_and(leads)}" if leads else "",
        summary=sentences.describe_status_counts([promise.standing.status for promise in own]),
        undertakings=tuple(promise.told for promise in own),
    )


def _find_dialogues(seen: ReaderView) -> list[Dialogue]:
    """Return the dialogues held since the tracking period began, newest first."""
    return list(
        Dialogue.objects.visible_to(seen.reader)
        .held()
        .filter(seen.recorded, country=seen.edition.country, held_on__range=(seen.edition.starts_on, seen.as_of))
        .prefetch_related("participants", "agenda__recommendation", "agenda__commitment")
        .order_by("-held_on", "-pk")
    )


def _build_dialogue(row: Dialogue, promises: Iterable[GatheredCommitment]) -> PrintedDialogue:
    return PrintedDialogue(
        held_on=row.held_on,
        place=row.place,
        purpose=row.purpose,
        participants=tuple(
            PrintedParticipant(
                name=person.name or person.office,
                office=person.office if person.name else "",
                attended=formatting.lowercase_first(person.get_presence_display()),
            )
            for person in row.participants.all()
            if person.came is not False
        ),
        agenda=tuple(f"{_agenda_item_text(item)}{f' ({item.note})' if item.note else ''}" for item in row.agenda.all()),
        record=_record_text(row),
        conclusions=row.agreed,
        agreed=tuple(promise.told for promise in promises if promise.row.dialogue_id == row.pk),
    )


def _agenda_item_text(item: AgendaItem) -> str:
    return (
        f"{recommendation_label(item.recommendation)}. {item.recommendation.text}" if item.recommendation else str(item)
    )


def _record_text(row: Dialogue) -> str:
    """Return the record of the dialogue, followed by what was said on each agenda item."""
    of_items = (f"{_agenda_item_text(item)}: {item.said}" for item in row.agenda.all() if item.said)
    return "\n".join(filter(None, (row.record, *of_items)))
