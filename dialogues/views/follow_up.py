"""What stands on a dialogue's pages beside its own words: its agenda as it stands, and what became of the last one."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse

from dialogues.choices import Review, Shows
from dialogues.models import AgendaItem, Commitment, Dialogue, EvidenceBearing, EvidenceReview, NextStep, NextStepDone
from dialogues.score_effects import overdue_by
from dialogues.status import days_past_due
from dialogues.views.commitments import Line, line, lines
from recommendations.models import Recommendation
from tiptracker.accounts.models import User


class Item(NamedTuple):
    """An item of an agenda as read: `whose` groups it, `standing` is a commitment's, `shown` a recommendation's."""

    key: int
    position: int
    title: str
    url: str
    whose: str
    standing: Line | None
    shown: str
    note: str
    said: str


class Step(NamedTuple):
    """A next step as it is read: what was done about it, or "overdue by 3 days"."""

    row: NextStep
    done: NextStepDone | None
    overdue: str


class LastTime(NamedTuple):
    """The dialogue before this one: what was promised there and how that stands; all steps that nobody has done."""

    dialogue: Dialogue
    commitments: Sequence[Line]
    steps: Sequence[Step]


def items_of(user: User, dialogue: Dialogue, day: date) -> list[Item]:
    """The agenda of a dialogue, each item as it stands at `day`."""
    rows = list(
        AgendaItem.objects.filter(dialogue=dialogue)
        .select_related("recommendation__lead", "recommendation__edition", "commitment")
        .order_by("position", "pk")
    )
    keys = [row.commitment_id for row in rows if row.commitment_id]
    promised = lines(Commitment.objects.visible_to(user).filter(pk__in=keys), user, day)
    standing = {row.pk: line(row, day) for row in promised}
    asked = [row.recommendation for row in rows if row.recommendation]
    shown = shown_on(user, asked)
    return [_item(row, standing, shown) for row in rows]


def by_whose(items: Iterable[Item]) -> list[tuple[str, list[Item]]]:
    """Items under the name of whom they are put to, in the order of the agenda: a name may come again further down."""
    return [(whose, list(group)) for whose, group in groupby(items, key=lambda item: item.whose)]


def shown_on(user: User, recommendations: Iterable[Recommendation]) -> dict[int, tuple[int, int]]:
    """By recommendation: on how many of its benchmarks an action is claimed or verified, and how many there are."""
    keys = [recommendation.pk for recommendation in recommendations]
    newest = EvidenceReview.objects.filter(bearing=OuterRef("pk")).order_by("-recorded_at", "-pk").values("decision")
    shown = (
        EvidenceBearing.objects.visible_to(user)
        .filter(shows=Shows.ACTION, evidence__revised_by=None, benchmark__recommendation__in=keys)
        .annotate(word=Subquery(newest[:1]))
        .filter(Q(word=None) | ~Q(word=Review.REJECTED))
        .order_by()
        .values_list("benchmark__recommendation")
        .annotate(n=Count("benchmark", distinct=True))
    )
    on = dict(shown)
    asked = Recommendation.objects.visible_to(user).filter(pk__in=keys).annotate(n=Count("benchmarks"))
    return {key: (on.get(key, 0), n) for key, n in asked.order_by().values_list("pk", "n")}


def last_time(user: User, dialogue: Dialogue, day: date) -> LastTime | None:
    """What became of the dialogue held before this one; of earlier ones the next steps still open come along.

    Of a dialogue with certain ministries: what concerns them.
    """
    before = Dialogue.objects.visible_to(user).held_before(dialogue)
    last = before.first()
    if last is None:
        return None
    ministries = dialogue.ministries_at_the_table()
    promised = Commitment.objects.visible_to(user).filter(dialogue=last).concerning(ministries)
    steps = (
        NextStep.objects.visible_to(user)
        .concerning(ministries)
        .filter(Q(dialogue=last) | Q(done=None, dialogue__in=before.order_by().values("pk")))
    )
    return LastTime(last, [line(row, day) for row in lines(promised, user, day)], steps_told(steps, day))


def steps_told(steps: Any, day: date) -> list[Step]:
    """Next steps as they are read at `day`, those still open first."""
    rows = steps.select_related("ministry", "dialogue", "done__recorded_by").order_by("dialogue__held_on", "pk")
    told = []
    for row in rows:
        done = getattr(row, "done", None)
        days = 0 if done else days_past_due(row.due_on, day)
        told.append(Step(row, done, overdue_by(days) if days else ""))
    return sorted(told, key=lambda step: step.done is not None)


def _item(row: AgendaItem, standing: dict[int, Line], shown: dict[int, tuple[int, int]]) -> Item:
    title, url, whose, stands, told = str(row), "", "Other topics", None, ""
    if row.recommendation:
        url = reverse("recommendation_detail", args=[row.recommendation.pk])
        whose = row.recommendation.lead.name if row.recommendation.lead else "No ministry named"
        on, of = shown.get(row.recommendation.pk, (0, 0))
        told = (
            f"An action is shown on {on} of {of} benchmark{'' if of == 1 else 's'}." if on else "Nothing is shown yet."
        )
    elif row.commitment_id and (stands := standing.get(row.commitment_id)):
        url = reverse("commitment_detail", args=[row.commitment_id])
        whose = stands.commitment.maker
    return Item(row.pk, row.position, title, url, whose, stands, told, row.note, row.said)
