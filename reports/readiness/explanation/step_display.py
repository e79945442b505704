"""The next steps as pages and documents display them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.sentences import describe_longest_wait
from tiptracker.localization import format_number, gettext, ngettext

FIRST_PAGE_STEPS = 7
"""How many steps other than reviews a first page names; the rest are counted."""


@dataclass(frozen=True)
class StepDisplay:
    """One step: what to do as a sentence, who has to do it, by when, and what it adds.

    `owner` is empty if it is unknown. `points` and `cumulative` (readiness after this step and all before it) are of
    100, to one decimal. They are None if nothing has been reviewed, because no figure is shown then. `cumulative` is
    also None for a step that is listed apart. `at_most` is what the step may add if that depends on the figure,
    otherwise None. `waits_since` is the day on which an update or evidence to review was recorded. `number` is how
    many steps it stands for: several if all reviews are in one line. `shorter` is the sentence without since when the
    oldest of them waits, for a place with little room; empty for other steps.
    """

    kind: str
    sentence: str
    owner: str
    due_on: date | None
    points: Decimal | None
    at_most: Decimal | None = None
    cumulative: Decimal | None = None
    reaches_target: bool = False
    waits_since: date | None = None
    number: int = 1
    shorter: str = ""

    @property
    def adds(self) -> str:
        """What the step adds: "+2.5", "+2.5, or +19.4 if better than the year before"; empty if no figure is shown."""
        if self.points is None:
            return ""
        points = f"+{format_number(self.points)}"
        if self.at_most is None:
            return points
        return gettext("%(points)s, or %(at_most)s if better than the year before") % {
            "points": points,
            "at_most": f"+{format_number(self.at_most)}",
        }


@dataclass(frozen=True)
class StepsDisplay:
    """All steps in order, and the steps listed apart from them. `target` says whether the steps reach the target."""

    steps: tuple[StepDisplay, ...]
    also_ask: tuple[StepDisplay, ...]
    last_period: tuple[StepDisplay, ...]
    to_assess: tuple[StepDisplay, ...]
    after_deadline: tuple[StepDisplay, ...]
    target: str

    @property
    def reviews(self) -> tuple[StepDisplay, ...]:
        """The first group: the reviews that wait for the embassy."""
        return tuple(step for step in self.steps if step.kind == "review")

    @property
    def others(self) -> tuple[StepDisplay, ...]:
        """The other groups: what ministries are asked for."""
        return self.steps[len(self.reviews) :]

    @property
    def reviews_in_one(self) -> StepDisplay | None:
        """The first group in one line, for readers who do not review; None if nothing waits."""
        reviews = self.reviews
        if not reviews:
            return None
        sentence = ngettext(
            "At the embassy, review the %(number)d update or piece of evidence that would add points.",
            "At the embassy, review the %(number)d updates and pieces of evidence that would add points.",
            len(reviews),
        ) % {"number": len(reviews)}
        waits_since = min((step.waits_since for step in reviews if step.waits_since), default=None)
        return StepDisplay(
            kind="review",
            sentence=f"{sentence} {describe_longest_wait(len(reviews), waits_since)}" if waits_since else sentence,
            waits_since=waits_since,
            owner=reviews[0].owner,
            due_on=None,
            points=_sum_points(reviews),
            cumulative=reviews[-1].cumulative,
            reaches_target=any(review.reaches_target for review in reviews),
            number=len(reviews),
            shorter=sentence,
        )

    @property
    def first(self) -> tuple[StepDisplay, ...]:
        """The steps of the other groups that a first page names."""
        return self.others[:FIRST_PAGE_STEPS]

    @property
    def on_one_page(self) -> tuple[StepDisplay, ...]:
        """The steps that the Ambassador's first page names: all reviews in one line, then the first other steps."""
        review_step = self.reviews_in_one
        return (review_step, *self.first) if review_step else self.first

    @property
    def more(self) -> str:
        """A sentence on the steps that a first page does not name and what they add; empty if it names all."""
        return self.more_than(len(self.on_one_page))

    def more_than(self, shown: int) -> str:
        """Return a sentence on the steps after the first `shown` of `on_one_page`; empty if there are none."""
        remaining = self.others[shown - bool(self.reviews) :]
        if not remaining:
            return ""
        number, points, last = len(remaining), _sum_points(remaining), remaining[-1].cumulative
        if points is None or last is None:
            return ngettext("%(number)d more step.", "%(number)d more steps.", number) % {"number": number}
        sentence = ngettext(
            "%(number)d more step adds %(points)s, up to %(total)s.",
            "%(number)d more steps add %(points)s together, up to %(total)s.",
            number,
        ) % {"number": number, "points": format_number(points), "total": format_number(last)}
        if not any(step.reaches_target for step in remaining):
            return sentence
        return f"{sentence} {gettext('Our target is reached with one of them.')}"


def _sum_points(steps: Sequence[StepDisplay]) -> Decimal | None:
    """Return what steps add together; None if no figure is shown."""
    points = [step.points for step in steps if step.points is not None]
    return sum(points, Decimal(0)) if points else None
