"""Build the ambassador's briefing.

The four parts come from the readiness rules; everything else comes from the rows that this reader may see. Rows
recorded after the moment and events after the day are left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from dialogues.choices import CommitmentStatus
from dialogues.models import AgendaItem, Dialogue, UpdateVersion
from recommendations.choices import MilestoneKind, MilestoneOwner
from recommendations.models import Edition, Milestone, Recommendation
from reports import formatting, sentences
from reports.briefings.checks import build_checks
from reports.briefings.commitment_priority import CommitmentPriorities
from reports.briefings.commitments import (
    GatheredCommitment,
    commitments_made_at,
    commitments_to_follow_up,
    gather_commitments,
)
from reports.briefings.contacts import list_office_holders
from reports.briefings.content.ambassador import (
    MAX_ASKS,
    AmbassadorBriefing,
    OverdueRequest,
    PrintedDialogue,
    PrintedMilestone,
    PrintedMinistry,
    PrintedParticipant,
)
from reports.briefings.evidence import gather_evidence_annex
from reports.briefings.newest_fact import newest_fact
from reports.briefings.recommendations import (
    build_recommendations,
    describe_leads,
    gather_recommendations,
    recommendation_label,
    terms_in_force,
)
from reports.briefings.requests import gather_requests, list_overdue, summarize_requests
from reports.briefings.reversal_sentences import describe_fall, gather_reversals
from reports.briefings.step_texts import step_texts
from reports.briefings.summary import (
    ComparedDay,
    OverdueItems,
    ParagraphFacts,
    build_parts,
    build_readiness_summary,
    write_paragraph,
)
from reports.briefings.talking_points import TalkingPointBuilder
from reports.briefings.trend import build_trend, read_trend
from reports.briefings.updates import build_updates, gather_versions
from reports.choices import BriefingKind
from reports.models import Briefing
from reports.reader_view import ReaderView
from reports.readiness.checks import find_missed_milestones
from reports.readiness.explanation import headline, score_fall
from reports.readiness.explanation.step_display import StepsDisplay
from reports.readiness.explanation.step_sentences import display_steps
from reports.readiness.explanation.trend_display import TrendDisplay
from reports.readiness.forecast.next_steps import NextSteps
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import Readiness, evaluate_readiness
from reports.readiness.reversed_actions import find_reversed_commitments
from tiptracker.accounts.models import Ministry
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.localization import format_date, gettext


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
    shown_steps = display_steps(result, steps, step_texts(result, steps, reader=view.reader))
    priorities = CommitmentPriorities(result, steps, find_reversed_commitments(result.reversed_actions()))
    to_follow_up = commitments_to_follow_up(commitments, priorities)
    since = _find_compared_day(view, dialogues)
    run = read_trend(view, result.known_facts, dialogues, milestones)
    trend = build_trend(
        view,
        result.known_facts,
        run,
        since=since.day if since else None,
        deadline_on=result.deadline_on,
        falls=_describe_fall(view, run, told_since=run.compared_day),
    )
    requests = gather_requests(view)
    overdue_requests = list_overdue(requests)
    planned = _find_next_dialogue(view)
    if since and trend.since:
        since = replace(since, score=trend.since.then)
    return AmbassadorBriefing(
        **view.header,
        title=gettext("%(country)s: readiness on %(date)s")
        % {"country": edition.country, "date": format_date(view.as_of)},
        subtitle=_subtitle(edition),
        facts_up_to=newest_fact(view, result.known_facts),
        window=_period_sentence(edition),
        deadline=result.deadline_on,
        countdown=sentences.format_relative_date(result.deadline_on, view.as_of) if result.deadline_on else "",
        readiness=build_readiness_summary(
            result,
            _write_paragraph(
                view,
                result,
                shown_steps,
                commitments,
                to_follow_up=len(to_follow_up),
                overdue_requests=overdue_requests,
                since=since,
                falls=_describe_fall(view, run, told_since=since.day if since and since.score is not None else None),
                next_dialogue_on=planned.held_on if planned else None,
            ),
        ),
        parts=build_parts(result),
        checks=build_checks(result.checks, commitments, annex),
        next_steps=shown_steps,
        trend=trend,
        commitments_to_follow_up=to_follow_up,
        milestones=_build_milestones(view, milestones),
        ministries=_build_ministries(
            view,
            recommendations,
            commitments,
            priorities,
            _talking_points(
                view, result, steps, recommendations=recommendations, commitments=commitments, versions=versions
            ),
        ),
        united_states=tuple(commitment.printed for commitment in commitments if commitment.is_our_own),
        recommendations=build_recommendations(view, recommendations, result, annex),
        dialogues=tuple(_build_dialogue(row, commitments) for row in dialogues),
        updates=build_updates(view, versions, commitments, annex),
        requests=summarize_requests(requests),
        overdue_requests=overdue_requests,
        next_dialogue=_describe_next_dialogue(planned),
        evidence=annex.pieces,
        methodology=gettext("Method version %(version)s.") % {"version": result.method},
        disclaimer=gettext(headline.DISCLAIMER),
    )


def _write_paragraph(
    view: ReaderView,
    result: Readiness,
    shown_steps: StepsDisplay,
    commitments: Sequence[GatheredCommitment],
    *,
    to_follow_up: int,
    overdue_requests: Sequence[OverdueRequest],
    since: ComparedDay | None,
    falls: tuple[str, ...],
    next_dialogue_on: date | None,
) -> str:
    """Return the first paragraph, with the figures that the rest of the document prints."""
    summary = build_readiness_summary(result)
    of_government = [commitment for commitment in commitments if not commitment.is_our_own]
    missed = find_missed_milestones(result.known_facts, view.as_of)
    overdue = [commitment for commitment in of_government if commitment.standing.status is CommitmentStatus.OVERDUE]
    return write_paragraph(
        ParagraphFacts(
            place=str(view.edition.country),
            year=view.edition.year,
            tier=view.edition.get_tier_display(),
            target_tier=view.edition.get_target_tier_display() if view.edition.target_tier else "",
            as_of=view.as_of,
            deadline_on=result.deadline_on,
            score=summary.verified,
            has_reached_target=result.readiness_target is not None and result.score >= result.readiness_target,
            target=summary.mark,
            waiting=result.waiting,
            since=since,
            steps=shown_steps.on_one_page,
            overdue=OverdueItems(
                number=len(overdue),
                most_days=max((commitment.standing.days_overdue for commitment in overdue), default=0),
                ministries=tuple(dict.fromkeys(commitment.printed.ministry for commitment in overdue)),
            ),
            overdue_requests=OverdueItems(
                number=len(overdue_requests),
                most_days=max((request.days for request in overdue_requests), default=0),
                ministries=tuple(dict.fromkeys(request.ministry for request in overdue_requests)),
            ),
            late_updates=sum(bool(commitment.standing.received_days_after_due) for commitment in of_government),
            pending=to_follow_up,
            commitments=len(of_government),
            falls=falls,
            next_dialogue_on=next_dialogue_on,
            missed=tuple(row.kind.label_with_owner for row in missed),
            is_missed_by_department=all(row.kind.owner is MilestoneOwner.DEPARTMENT for row in missed),
        )
    )


def _describe_fall(view: ReaderView, run: TrendDisplay, *, told_since: date | None) -> tuple[str, ...]:
    """Return how far readiness has fallen since its highest week: with its cause, and without.

    Empty if it has not fallen, or if a comparison with the day `told_since` already says so.
    """
    fall = describe_fall(view.reader, run, told_since=told_since)
    without_cause = replace(run.fall, cause=None) if run.fall else None
    return tuple(filter(None, (fall, score_fall.describe_fall(without_cause, told_since=told_since))))


def _find_next_dialogue(view: ReaderView) -> Dialogue | None:
    """Return the next planned dialogue after the document's day."""
    rows = Dialogue.objects.visible_to(view.reader).filter(country=view.edition.country, held_on__gt=view.as_of)
    if view.known_by is None:
        rows = rows.filter(called_off_at__isnull=True)
    else:  # one that was called off later was still planned then
        rows = rows.filter(entered_at__lte=view.known_by).exclude(called_off_at__lte=view.known_by)
    return rows.order_by("held_on", "pk").first()


def _describe_next_dialogue(row: Dialogue | None) -> str:
    if row is None:
        return gettext("No dialogue is planned.")
    return gettext("Next dialogue: %(date)s, %(place)s. %(purpose)s") % {
        "date": format_date(row.held_on),
        "place": row.place,
        "purpose": row.purpose,
    }


def _find_compared_day(view: ReaderView, dialogues: Iterable[Dialogue]) -> ComparedDay | None:
    """Return the day of the last dialogue before the document's day, otherwise that of the last issued briefing.

    Return None if there was neither since the tracking period began. The score is filled in later.
    """
    if held_on := next((row.held_on for row in dialogues if row.held_on < view.as_of), None):
        return ComparedDay(held_on, is_dialogue=True, score=None)
    issued = Briefing.objects.visible_to(view.reader).filter(
        edition=view.edition, kind=BriefingKind.AMBASSADOR, cleared_at__isnull=False
    )
    if view.known_by is not None:
        issued = issued.filter(cleared_at__lte=view.known_by)
    days = issued.filter(as_of__range=(view.edition.starts_on, view.as_of)).exclude(as_of=view.as_of)
    last: date | None = days.order_by("-as_of").values_list("as_of", flat=True).first()
    return None if last is None else ComparedDay(last, is_dialogue=False, score=None)


def _subtitle(edition: Edition) -> str:
    values = {
        "year": edition.year,
        "tier": edition.get_tier_display(),
        "target": edition.get_target_tier_display() if edition.target_tier else "",
    }
    if not edition.target_tier:
        return gettext("Ambassador’s briefing · Trafficking in Persons Report %(year)s · %(tier)s") % values
    return (
        gettext("Ambassador’s briefing · Trafficking in Persons Report %(year)s · %(tier)s, target %(target)s") % values
    )


def _period_sentence(edition: Edition) -> str:
    return gettext(
        "Only concrete actions of the government between %(start)s and %(end)s count, once the embassy has verified "
        "them."
    ) % {"start": format_date(edition.starts_on), "end": format_date(edition.ends_on)}


def _build_milestones(view: ReaderView, rows: Iterable[Milestone]) -> tuple[PrintedMilestone, ...]:
    return tuple(
        PrintedMilestone(
            title=row.name,
            on=row.falls_on,
            is_done=row.done_on is not None and row.done_on <= view.as_of,
            status_text=sentences.describe_milestone(
                MilestoneKind(row.kind), row.falls_on, row.done_on, view.as_of, is_estimated=row.is_about
            ),
        )
        for row in rows
    )


def _talking_points(
    view: ReaderView,
    result: Readiness,
    steps: NextSteps,
    *,
    recommendations: Sequence[Recommendation],
    commitments: Sequence[GatheredCommitment],
    versions: Sequence[UpdateVersion],
) -> TalkingPointBuilder:
    """Return what builds the points to raise with each ministry, as on its page and in a dialogue pack."""
    return TalkingPointBuilder(
        view=view,
        result=result,
        recommendations=recommendations,
        commitments=commitments,
        versions=versions,
        evidence=(),  # only thanks rest on evidence
        reversals=gather_reversals(view.reader, result.known_facts, view.as_of),
        terms=terms_in_force(view),
        concerning=frozenset(),
        table=frozenset(),
        steps=steps,
        since=None,
    )


def _build_ministries(
    view: ReaderView,
    recommendations: Iterable[Recommendation],
    commitments: Iterable[GatheredCommitment],
    priorities: CommitmentPriorities,
    talks: TalkingPointBuilder,
) -> tuple[PrintedMinistry, ...]:
    """Return the ministries that lead on a recommendation or have made a commitment, by name."""
    rows = Ministry.objects.visible_to(view.reader).filter(country=view.edition.country)
    ministries = (
        _build_ministry(
            view,
            row,
            [
                recommendation_label(recommendation)
                for recommendation in recommendations
                if recommendation.lead_id == row.pk
            ],
            [commitment for commitment in commitments if commitment.row.ministry_id == row.pk],
            priorities=priorities,
            talks=talks,
        )
        for row in rows.prefetch_related("office_holders").order_by("name")
    )
    return tuple(ministry for ministry in ministries if ministry.leads or ministry.commitments)


def _build_ministry(
    view: ReaderView,
    row: Ministry,
    leads: list[str],
    own: list[GatheredCommitment],
    *,
    priorities: CommitmentPriorities,
    talks: TalkingPointBuilder,
) -> PrintedMinistry:
    done = [commitment.row.pk for commitment in own if commitment.standing.status is CommitmentStatus.VERIFIED]
    return PrintedMinistry(
        name=row.name,
        minister="; ".join(list_office_holders(row, view.as_of)),
        leads=describe_leads(leads),
        summary=sentences.describe_status_counts(
            [commitment.standing.status for commitment in own],
            reversed_since=sum(key in priorities.reversed_ids for key in done),
        ),
        commitments=tuple(commitment.printed for commitment in own),
        asks=tuple(one.point.sentence for one in talks.points_to_raise(row.pk)[:MAX_ASKS]),
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
        agenda=tuple(map(_agenda_item_text, row.agenda.all())),
        record=row.record,
        conclusions=row.agreed,
        agreed=tuple(commitment.printed for commitment in commitments_made_at(row, commitments)),
    )


def _agenda_item_text(item: AgendaItem) -> str:
    """Return an agenda item, followed by the question that was prepared and by what was said on it."""
    recommendation = item.recommendation
    lines = [f"{recommendation_label(recommendation)}. {recommendation.text}" if recommendation else str(item)]
    if item.note:
        lines.append(gettext("Question: %(question)s") % {"question": item.note})
    if item.said:
        lines.append(gettext("What was said: %(text)s") % {"text": item.said})
    return "\n".join(lines)
