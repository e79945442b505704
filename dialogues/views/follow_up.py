"""What the pages of a dialogue add: the status of its agenda items, and the results of the previous dialogue."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse

from dialogues.choices import EvidenceDecision, SupportKind
from dialogues.commitment_phrases import format_overdue
from dialogues.commitment_status import days_past_due
from dialogues.models import AgendaItem, Commitment, Dialogue, EvidenceLink, EvidenceReview, NextStep, NextStepDone
from dialogues.views.commitment_rows import CommitmentStatusRow, annotate_commitments, commitment_status_row
from recommendations.models import Recommendation
from tiptracker.accounts.models import User
from tiptracker.localization import gettext, ngettext


class AgendaItemSummary(NamedTuple):
    """An agenda item as displayed.

    `whose` groups the items, `standing` is the status of a commitment, and `shown` is a sentence about a
    recommendation.
    """

    key: int
    position: int
    title: str
    url: str
    whose: str
    standing: CommitmentStatusRow[Commitment] | None
    shown: str
    note: str
    said: str


class NextStepSummary(NamedTuple):
    """A next step as displayed: how it was done, or a text such as "overdue by 3 days".

    `undone` is the newest mark that was taken back, if the step is open.
    """

    row: NextStep
    done: NextStepDone | None
    undone: NextStepDone | None
    overdue: str


class PreviousDialogue(NamedTuple):
    """The previous dialogue, with its commitments, its next steps, and the open next steps of earlier dialogues."""

    dialogue: Dialogue
    commitments: Sequence[CommitmentStatusRow[Commitment]]
    steps: Sequence[NextStepSummary]


def list_agenda_items(user: User, dialogue: Dialogue, day: date) -> list[AgendaItemSummary]:
    """Return the agenda items of a dialogue with their status on `day`."""
    rows = list(
        AgendaItem.objects.filter(dialogue=dialogue)
        .select_related("recommendation__lead", "recommendation__edition", "commitment")
        .order_by("position", "pk")
    )
    keys = [row.commitment_id for row in rows if row.commitment_id]
    commitments = annotate_commitments(Commitment.objects.visible_to(user).filter(pk__in=keys), user, day)
    standing = {row.pk: commitment_status_row(row, user, day) for row in commitments}
    recommendations = [row.recommendation for row in rows if row.recommendation]
    shown = count_benchmarks_with_action(user, recommendations)
    return [_summarize_item(row, standing, shown) for row in rows]


def group_by_owner(items: Iterable[AgendaItemSummary]) -> list[tuple[str, list[AgendaItemSummary]]]:
    """Group neighbouring items by owner, in the order of the agenda. A name can appear more than once."""
    return [(whose, list(group)) for whose, group in groupby(items, key=lambda item: item.whose)]


def count_benchmarks_with_action(user: User, recommendations: Iterable[Recommendation]) -> dict[int, tuple[int, int]]:
    """Return, by recommendation id, how many benchmarks have a claimed or verified action, and how many there are."""
    keys = [recommendation.pk for recommendation in recommendations]
    newest = (
        EvidenceReview.objects.filter(evidence_link=OuterRef("pk")).order_by("-recorded_at", "-pk").values("decision")
    )
    shown = (
        EvidenceLink.objects.visible_to(user)
        .filter(shows=SupportKind.ACTION, evidence__revised_by=None, benchmark__recommendation__in=keys)
        .annotate(decision=Subquery(newest[:1]))
        .filter(Q(decision=None) | ~Q(decision=EvidenceDecision.REJECTED))
        .order_by()
        .values_list("benchmark__recommendation")
        .annotate(n=Count("benchmark", distinct=True))
    )
    with_action = dict(shown)
    recommendations = Recommendation.objects.visible_to(user).filter(pk__in=keys).annotate(n=Count("benchmarks"))
    return {key: (with_action.get(key, 0), n) for key, n in recommendations.order_by().values_list("pk", "n")}


def find_previous_dialogue(user: User, dialogue: Dialogue, day: date) -> PreviousDialogue | None:
    """Return the results of the previous dialogue, with the open next steps of earlier ones; None if there is none.

    If the dialogue is with certain ministries, only what concerns them is included.
    """
    earlier = Dialogue.objects.visible_to(user).held_before(dialogue)
    last = earlier.first()
    if last is None:
        return None
    ministries = dialogue.ministries_at_the_table()
    commitments = Commitment.objects.visible_to(user).filter(dialogue=last).concerning(ministries)
    still_open = (
        NextStep.objects.visible_to(user)
        .unsettled()
        .filter(dialogue__in=earlier.order_by().values("pk"))
        .order_by()
        .values("pk")
    )
    steps = NextStep.objects.visible_to(user).concerning(ministries).filter(Q(dialogue=last) | Q(pk__in=still_open))
    return PreviousDialogue(
        last,
        [commitment_status_row(row, user, day) for row in annotate_commitments(commitments, user, day)],
        summarize_next_steps(steps, day),
    )


def summarize_next_steps(steps: Any, day: date) -> list[NextStepSummary]:
    """Return next steps with their status on `day`, open steps first."""
    rows = steps.select_related("ministry", "dialogue").with_marks().order_by("dialogue__held_on", "pk")
    summaries = []
    for row in rows:
        done = row.done
        days = 0 if done else days_past_due(row.due_on, day)
        summaries.append(NextStepSummary(row, done, row.undone, format_overdue(days) if days else ""))
    return sorted(summaries, key=lambda step: step.done is not None)


def _summarize_item(
    row: AgendaItem, standing: dict[int, CommitmentStatusRow[Commitment]], shown: dict[int, tuple[int, int]]
) -> AgendaItemSummary:
    title, url, whose, status, shown_text = str(row), "", gettext("Other topics"), None, ""
    if row.recommendation:
        url = reverse("recommendation_detail", args=[row.recommendation.pk])
        whose = row.recommendation.lead.name if row.recommendation.lead else gettext("No lead ministry")
        with_action, total = shown.get(row.recommendation.pk, (0, 0))
        shown_text = _describe_actions(with_action, total)
    elif row.commitment_id and (status := standing.get(row.commitment_id)):
        url = reverse("commitment_detail", args=[row.commitment_id])
        whose = status.commitment.maker
    return AgendaItemSummary(row.pk, row.position, title, url, whose, status, shown_text, row.note, row.said)


def _describe_actions(with_action: int, total: int) -> str:
    """Return on how many of the benchmarks of a recommendation an action is recorded."""
    if not with_action:
        return gettext("To date, no action on it has been recorded.")
    sentence = ngettext(
        "To date, an action is recorded on %(number)d of %(total)d benchmark.",
        "To date, an action is recorded on %(number)d of %(total)d benchmarks.",
        total,
    )
    return sentence % {"number": with_action, "total": total}
