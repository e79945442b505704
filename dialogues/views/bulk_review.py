"""Fill in “verify” for several items of an update at once. Nothing is saved: the reviewer checks, then accepts.

An item is simple if all that it asks for is to be verified or rejected. What needs a start date, holds a figure or lies
outside the tracking period is named with its reason, and decided on by itself.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from dialogues.choices import EvidenceDecision
from dialogues.forms.updates import LineReviewForm, VerifySeveralForm
from tiptracker.localization import gettext
from tiptracker.web.frontend.form_rows import raw_values

MIN_SIMPLE_ITEMS = 2
"""Fewer are verified faster one by one."""


class ReviewItem(NamedTuple):
    """An item of the update with its form. `obstacle` says why it is not simple; empty if it is."""

    title: str
    form: LineReviewForm
    obstacle: str

    @property
    def key(self) -> str:
        """The prefix of its form."""
        return self.form.prefix or ""


class BulkReview(NamedTuple):
    """What the page shows: the form, what is decided on one by one, and what was filled in.

    `filled` is the number of items in which “verify” is filled in now, and None before. `kept` names the ticked items
    for which the reviewer had chosen something else; they stay as they are.
    """

    form: VerifySeveralForm
    one_by_one: Sequence[ReviewItem]
    filled: int | None = None
    kept: Sequence[str] = ()


def build_bulk_review(items: Sequence[ReviewItem], data: Any = None) -> BulkReview | None:
    """Return the offer to verify several items, all ticked; with `data`, ticked as sent. None if few are simple."""
    simple = [item for item in items if not item.obstacle]
    if len(simple) < MIN_SIMPLE_ITEMS:
        return None
    initial: dict[str, Any] = {"items": [item.key for item in simple]}
    if data is not None:
        initial = raw_values(VerifySeveralForm(data, offered=_choices(simple)))
    return BulkReview(
        VerifySeveralForm(initial=initial, offered=_choices(simple)), [item for item in items if item.obstacle]
    )


def fill_in(bulk: BulkReview, items: Sequence[ReviewItem], data: Any) -> BulkReview:
    """Fill in “verify” and the reason for the ticked items, whose forms are unbound and hold what was typed.

    A decision or a reason that the reviewer chose stays. The form of the result shows why nothing could be filled in.
    """
    form = VerifySeveralForm(data, offered=_choices(item for item in items if not item.obstacle))
    if not form.is_valid():
        return bulk._replace(form=form)
    ticked = [item for item in items if item.key in form.cleaned_data["items"]]
    open_items = [item for item in ticked if item.form.initial.get("decision") in (None, "", _VERIFY)]
    for item in open_items:
        item.form.initial["decision"] = _VERIFY
        if not item.form.initial.get("because") and not item.form.initial.get("reason"):
            item.form.initial["because"] = form.cleaned_data["because"]
    kept = [item.title for item in ticked if item not in open_items]
    return bulk._replace(filled=len(open_items), kept=kept)


def find_obstacle(*, needs_start_date: bool, has_figures: bool, outside: str) -> str:
    """Return why an item has to be decided on by itself; empty if all it asks for is to be verified."""
    if has_figures:
        return gettext("compare the figure with the proof")
    if needs_start_date:
        return gettext("the start date is missing")
    if outside:
        return gettext("does not count: %(reason)s") % {"reason": outside}
    return ""


def _choices(simple: Iterable[ReviewItem]) -> list[tuple[str, str]]:
    return [(item.key, item.title) for item in simple]


_VERIFY = EvidenceDecision.VERIFIED.value
