"""Next steps as they are read: on pages and in documents alike. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports import formatting

FIRST_PAGE_STEPS = 7
"""How many steps that are not reviews a first page names; the rest is counted."""


@dataclass(frozen=True)
class StepDisplay:
    """One step: what to do in a sentence, who has to do it, by when, what it adds.

    `owner` is empty where nobody is known to own it. `points` and `cumulative` (readiness with this step and all
    before it) are of 100 to one decimal; None where nothing has been reviewed, since then no figure is shown.
    `cumulative` is None off the ladder too. `min_answers` is what it may add where that depends on the figure, else
    None.
    """

    kind: str
    sentence: str
    owner: str
    due_on: date | None
    points: Decimal | None
    at_most: Decimal | None = None
    cumulative: Decimal | None = None
    reaches_target: bool = False

    @property
    def adds(self) -> str:
        """What it adds: "+2.5", "+2.5, at most +19.4"; empty where no figure is shown."""
        if self.points is None:
            return ""
        return f"+{self.points}, at most +{self.at_most}" if self.at_most is not None else f"+{self.points}"


@dataclass(frozen=True)
class StepsDisplay:
    """All steps in order, and what stands apart from them; `target` says whether and when the target is reached."""

    steps: tuple[StepDisplay, ...]
    also_ask: tuple[StepDisplay, ...]
    last_period: tuple[StepDisplay, ...]
    to_assess: tuple[StepDisplay, ...]
    after_deadline: tuple[StepDisplay, ...]
    target: str

    @property
    def reviews(self) -> tuple[StepDisplay, ...]:
        """The first rung: what waits for the embassy."""
        return tuple(one for one in self.steps if one.kind == "review")

    @property
    def others(self) -> tuple[StepDisplay, ...]:
        """The other rungs: what is asked of ministries."""
        return self.steps[len(self.reviews) :]

    @property
    def reviews_in_one(self) -> StepDisplay | None:
        """The first rung in one line, for who doesn't review; None where nothing waits."""
        own = self.reviews
        if not own:
            return None
        what = "1 update or piece of evidence" if len(own) == 1 else f"{len(own)} updates and pieces of evidence"
        return StepDisplay(
            kind="review",
            sentence=f"Review {what} at the embassy that would raise readiness.",
            owner=own[0].owner,
            due_on=None,
            points=_sum_points(own),
            cumulative=own[-1].cumulative,
            reaches_target=any(one.reaches_target for one in own),
        )

    @property
    def first(self) -> tuple[StepDisplay, ...]:
        """What a first page names of the other rungs."""
        return self.others[:FIRST_PAGE_STEPS]

    @property
    def on_one_page(self) -> tuple[StepDisplay, ...]:
        """What the Ambassador's first page names: what waits at the embassy in one line, then the first others."""
        own = self.reviews_in_one
        return (own, *self.first) if own else self.first

    @property
    def more(self) -> str:
        """What a first page doesn't name, counted with what it adds; empty where it names all."""
        return self.more_than(len(self.on_one_page))

    def more_than(self, shown: int) -> str:
        """What is left after so many of `on_one_page`, counted with what it adds; empty where nothing is."""
        rest = self.others[shown - bool(self.reviews) :]
        if not rest:
            return ""
        what = "1 more step" if len(rest) == 1 else f"{len(rest)} more steps"
        points, last = _sum_points(rest), rest[-1].cumulative
        if points is None or last is None:
            return f"{what}."
        adds = "adds" if len(rest) == 1 else "add"
        reached = " Our target is reached with one of them." if any(one.reaches_target for one in rest) else ""
        return (
            f"{what} {adds} {formatting.format_number(points)} together, up to "
            f"{formatting.format_number(last)}.{reached}"
        )


def _sum_points(steps: Sequence[StepDisplay]) -> Decimal | None:
    """What steps add together; None where no figure is shown."""
    points = [one.points for one in steps if one.points is not None]
    return sum(points, Decimal(0)) if points else None
