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
from tiptracker.localization import format_date, join_with_and


@snapshot()
def build_ambassador_briefing(view: ReaderView) -> AmbassadorBriefing:
    """Return the ambassador's briefing on an edition for one reader, with all rows as of one moment.

    Raises:
        PermissionDenied: if the reader may not read readiness.
        Edition.DoesNotExist: if the reader may not see the edition.
    """
    view = view.checked()
    result = evaluate_readiness(gather_facts(view.edition), as_of=view.as_of, known_by=view.known_by)
    edition, steps = view.edition, result.next_steps()
    keys = {line.benchmark_id: line.line.key for line in result.verified.benchmarks}
    recommendations = gather_recommendations(view)
    commitments = gather_commitments(view, keys)
    annex = gather_evidence_annex(view, keys)
    versions = gather_versions(view, commitments)
    dialogues = _find_dialogues(view)
    milestones = list(Milestone.objects.visible_to(view.reader).filter(edition=edition).as_known_by(view.known_by))
    return AmbassadorBriefing(
        **view.header,
        title=f"{edition.country}: where the record stands",
        subtitle=_subtitle(edition),
        facts_up_to=view.newest(
            countable_facts.newest_recorded_at(result.known_facts),
            *recorded_moments(view, commitments, versions),
            *(row.recorded_at for row in dialogues),
        ),
        window=_period_sentence(edition),
        deadline=result.deadline_on,
        countdown=sentences.format_relative_date(result.deadline_on, view.as_of) if result.deadline_on else "",
        standing=build_readiness_summary(result),
        parts=build_parts(result),
        checks=build_checks(result.checks, commitments, annex),
        ladder=display_steps(result, steps, step_texts(result, steps, reader=view.reader)),
        trend=build_trend(view, result.known_facts, dialogues, milestones),
        press_for=pressing_commitments(commitments, result.deadline_on),
        milestones=_build_milestones(view, milestones),
        ministries=_build_ministries(view, recommendations, commitments),
        united_states=tuple(commitment.printed for commitment in commitments if commitment.is_our_own),
        recommendations=build_recommendations(view, recommendations, result, annex),
        dialogues=tuple(_build_dialogue(row, commitments) for row in dialogues),
        updates=build_updates(view, versions, commitments, annex),
        evidence=annex.pieces,
        methodology=f"Method version {result.method}.",
        disclaimer=headline.DISCLAIMER,
    )


def _subtitle(edition: Edition) -> str:
    target = f", target {edition.get_target_tier_display()}" if edition.target_tier else ""
    report = f"Trafficking in Persons Report, {edition.year} edition"
    return f"Ambassador’s briefing · {report}: {edition.get_tier_display()}{target}"


def _period_sentence(edition: Edition) -> str:
    return (
        f"Only concrete actions of the government between {format_date(edition.starts_on)} and "
        f"{format_date(edition.ends_on)} count, once the embassy has verified them."
    )


def _build_milestones(view: ReaderView, rows: Iterable[Milestone]) -> tuple[PrintedMilestone, ...]:
    return tuple(
        PrintedMilestone(
            title=row.get_kind_display(),
            on=row.falls_on,
            is_done=row.done_on is not None and row.done_on <= view.as_of,
            standing=sentences.describe_milestone(MilestoneKind(row.kind), row.falls_on, row.done_on, view.as_of),
        )
        for row in rows
    )


def _build_ministries(
    view: ReaderView, recommendations: Iterable[Recommendation], commitments: Iterable[GatheredCommitment]
) -> tuple[PrintedMinistry, ...]:
    """Return the ministries that lead on a recommendation or have made a commitment, by name."""
    rows = Ministry.objects.visible_to(view.reader).filter(country=view.edition.country)
    ministries = (
        _build_ministry(
            view,
            row,
            [recommendation_label(one) for one in recommendations if one.lead_id == row.pk],
            [commitment for commitment in commitments if commitment.row.ministry_id == row.pk],
        )
        for row in rows.prefetch_related("office_holders").order_by("name")
    )
    return tuple(one for one in ministries if one.leads or one.undertakings)


def _build_ministry(
    view: ReaderView, row: Ministry, leads: list[str], own: list[GatheredCommitment]
) -> PrintedMinistry:
    return PrintedMinistry(
        name=row.name,
        minister="; ".join(list_office_holders(row, view.as_of)),
        leads=f"recommendation{'' if len(leads) == 1 else 's'} {join_with_and(leads)}" if leads else "",
        summary=sentences.describe_status_counts([commitment.standing.status for commitment in own]),
        undertakings=tuple(commitment.printed for commitment in own),
    )


def _find_dialogues(view: ReaderView) -> list[Dialogue]:
    """Return the dialogues held since the tracking period began, newest first."""
    return list(
        Dialogue.objects.visible_to(view.reader)
        .held()
        .filter(view.recorded, country=view.edition.country, held_on__range=(view.edition.starts_on, view.as_of))
        .prefetch_related("participants", "agenda__recommendation", "agenda__commitment")
        .order_by("-held_on", "-pk")
    )


def _build_dialogue(row: Dialogue, commitments: Iterable[GatheredCommitment]) -> PrintedDialogue:
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
        agreed=tuple(commitment.printed for commitment in commitments if commitment.row.dialogue_id == row.pk),
    )


def _agenda_item_text(item: AgendaItem) -> str:
    return (
        f"{recommendation_label(item.recommendation)}. {item.recommendation.text}" if item.recommendation else str(item)
    )


def _record_text(row: Dialogue) -> str:
    """Return the record of the dialogue, followed by what was said on each agenda item."""
    of_items = (f"{_agenda_item_text(item)}: {item.said}" for item in row.agenda.all() if item.said)
    return "\n".join(filter(None, (row.record, *of_items)))
