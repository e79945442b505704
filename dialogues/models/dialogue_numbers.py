"""A dialogue by numbers: its indicators, what both sides contribute, and what will sustain the work."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q

from dialogues.choices import ChosenIndicatorEventKind, ContributedBy, ContributionKind
from dialogues.models.commitments import Commitment
from dialogues.models.dialogues import Dialogue
from dialogues.models.partners import Partner
from recommendations.models import Indicator, Recommendation
from recommendations.models.editions import DatedQuerySet
from tiptracker.accounts.models import AnyUser, Country, Ministry, in_visible_countries
from tiptracker.localization import format_number, format_short_date, gettext, gettext_lazy, join_with_colon


class ChosenIndicatorQuerySet(DatedQuerySet["ChosenIndicator"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Filter to what the user may see. Embassy: all of its countries. Ministry: its own, proposed or agreed."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_ministry:
            agreed = ChosenIndicatorEvent.objects.filter(
                chosen=OuterRef("pk"), kind=ChosenIndicatorEventKind.AGREED, ministry=user.ministry_id
            )
            return self.filter(Q(ministry__isnull=False, ministry=user.ministry_id) | Exists(agreed))
        if not user.is_embassy:
            return self.none()
        return self.filter(in_visible_countries(user, path="dialogue__country"))

    def active(self) -> Self:
        """Filter to indicators that were not dropped."""
        return self.filter(~Exists(_events(ChosenIndicatorEventKind.DROPPED)))

    def unagreed(self) -> Self:
        """Filter to indicators that were agreed with no ministry yet."""
        return self.filter(~Exists(_events(ChosenIndicatorEventKind.AGREED)))

    def with_history(self, known_by: datetime | None = None) -> Self:
        """Fetch the indicator, the ministry and the events as known at a moment (None: now)."""
        events = ChosenIndicatorEvent.objects.select_related("ministry", "recorded_by").order_by("recorded_at", "pk")
        if known_by is not None:
            events = events.filter(recorded_at__lte=known_by)
        return self.select_related("indicator", "ministry", "recorded_by").prefetch_related(Prefetch("events", events))


def _events(kind: ChosenIndicatorEventKind) -> "models.QuerySet[ChosenIndicatorEvent]":
    return ChosenIndicatorEvent.objects.filter(chosen=OuterRef("pk"), kind=kind).order_by()


class ChosenIndicator(models.Model):
    """An indicator that was chosen for a dialogue, and the ministry to which it is proposed. Rows never change.

    What became of it is told by its events. One that was dropped can be chosen again.
    """

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="chosen_indicators")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    ministry = models.ForeignKey(Ministry, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(gettext_lazy("reason"), blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ChosenIndicatorQuerySet.as_manager()

    class Meta:
        ordering = ("recorded_at", "pk")

    def __str__(self) -> str:
        return str(self.indicator)

    def newest_event(self, *kinds: ChosenIndicatorEventKind) -> "ChosenIndicatorEvent | None":
        """Return the newest loaded event of these kinds. Load the rows `with_history`."""
        events = [event for event in self.events.all() if event.kind in kinds]
        return max(events, key=lambda event: (event.recorded_at, event.pk), default=None)

    @property
    def agreed(self) -> "ChosenIndicatorEvent | None":
        """The newest agreement on it."""
        return self.newest_event(ChosenIndicatorEventKind.AGREED)

    @property
    def dropped(self) -> "ChosenIndicatorEvent | None":
        """The event that dropped it."""
        return self.newest_event(ChosenIndicatorEventKind.DROPPED)

    @property
    def discussion(self) -> "ChosenIndicatorEvent | None":
        """What was last recorded of its discussion."""
        return self.newest_event(ChosenIndicatorEventKind.DISCUSSED, ChosenIndicatorEventKind.NOT_DISCUSSED)


class ChosenIndicatorEvent(models.Model):
    """What happened to a chosen indicator, and on which day. Rows never change.

    `text` is the reason why it was dropped, or what was said of its figure. Only an agreement has a ministry.
    """

    chosen = models.ForeignKey(ChosenIndicator, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=13, choices=ChosenIndicatorEventKind.choices())
    happened_on = models.DateField(gettext_lazy("date"))
    ministry = models.ForeignKey(Ministry, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(gettext_lazy("text"), blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("recorded_at", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="an_indicator_is_agreed_with_a_ministry",
                condition=Q(kind=ChosenIndicatorEventKind.AGREED, ministry__isnull=False)
                | ~Q(kind=ChosenIndicatorEventKind.AGREED) & Q(ministry__isnull=True),
            ),
            models.CheckConstraint(
                name="an_indicator_is_dropped_with_a_reason",
                condition=~Q(kind=ChosenIndicatorEventKind.DROPPED) | ~Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chosen}: {self.get_kind_display()}"


class ContributionQuerySet(DatedQuerySet["Contribution"]):
    def visible_to(self, user: AnyUser, country: Country | None = None) -> Self:
        """Filter to contributions of the user's countries, for the embassy only."""
        if not user.is_authenticated or not user.is_embassy:
            return self.none()
        return self.filter(in_visible_countries(user, country))

    def with_giver_and_work(self) -> Self:
        """Fetch who gives it, the work that it is for, and who recorded it."""
        return self.select_related("ministry", "partner", "commitment__ministry", "recommendation", "recorded_by")

    def current(self, known_by: datetime | None = None) -> Self:
        """Filter to rows that no later row has corrected, as known at `known_by` (None: now)."""
        later = Contribution.objects.known_by(known_by).filter(corrects=OuterRef("pk"))
        return self.known_by(known_by).filter(~Exists(later))


class Contribution(models.Model):
    """Money, people or things that one side gives to the work. A row is never changed: a later row corrects it.

    People are named by their office, never by name. `through_on` is None while it goes on.
    """

    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    given_by = models.CharField(gettext_lazy("given by"), max_length=13, choices=ContributedBy.choices())
    ministry = models.ForeignKey(Ministry, models.PROTECT, null=True, blank=True, related_name="+")
    partner = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contributions",
        verbose_name=gettext_lazy("partner"),
    )
    kind = models.CharField(gettext_lazy("kind"), max_length=9, choices=ContributionKind.choices())
    what = models.TextField(gettext_lazy("what"))
    amount = models.DecimalField(gettext_lazy("amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(gettext_lazy("currency"), max_length=3, blank=True)
    starts_on = models.DateField(gettext_lazy("start date"))
    through_on = models.DateField(gettext_lazy("end date"), null=True, blank=True)
    source = models.CharField(gettext_lazy("source"), max_length=300)
    commitment = models.ForeignKey(Commitment, models.PROTECT, null=True, blank=True, related_name="contributions")
    recommendation = models.ForeignKey(
        Recommendation, models.PROTECT, null=True, blank=True, related_name="contributions"
    )
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    reason = models.TextField(gettext_lazy("reason for the correction"), blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ContributionQuerySet.as_manager()

    class Meta:
        ordering = ("starts_on", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_contribution_is_given_by_one_side",
                condition=Q(given_by=ContributedBy.MINISTRY, ministry__isnull=False)
                | ~Q(given_by=ContributedBy.MINISTRY) & Q(ministry__isnull=True),
            ),
            models.CheckConstraint(
                name="a_contribution_of_a_partner_names_the_partner",
                condition=Q(given_by=ContributedBy.PARTNER, partner__isnull=False)
                | ~Q(given_by=ContributedBy.PARTNER) & Q(partner__isnull=True),
            ),
            models.CheckConstraint(
                name="money_has_an_amount_and_a_currency",
                condition=~Q(kind=ContributionKind.MONEY) | Q(amount__gt=0) & ~Q(currency=""),
            ),
            models.CheckConstraint(
                name="a_contribution_is_for_one_piece_of_work",
                condition=Q(commitment__isnull=True) | Q(recommendation__isnull=True),
            ),
            models.CheckConstraint(
                name="a_contribution_ends_after_it_starts",
                condition=Q(through_on__isnull=True) | Q(through_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="a_contribution_says_what_and_where_that_is_stated", condition=~Q(what="") & ~Q(source="")
            ),
            models.CheckConstraint(
                name="a_correction_of_a_contribution_has_a_reason", condition=Q(corrects__isnull=True) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return join_with_colon(self.giver, self.description)

    @property
    def giver(self) -> str:
        """Who gives it: the ministry, the partner, or the United States."""
        if self.ministry:
            return self.ministry.short_name
        return str(self.partner) if self.partner else ContributedBy.UNITED_STATES.label

    @property
    def description(self) -> str:
        """What is given: "LSL 60,000: rent of the shelter"."""
        if self.amount is None:
            return self.what
        return join_with_colon(self.money, self.what)

    @property
    def money(self) -> str:
        """The amount with its currency, as in "LSL 60,000"; empty without an amount."""
        return "" if self.amount is None else f"{self.currency} {format_number(self.amount)}".strip()

    @property
    def period(self) -> str:
        """When it is given: "since 6 Dec 2021", "6 Dec 2021 to 31 Jan 2022"."""
        first = format_short_date(self.starts_on)
        if self.through_on is None:
            return gettext("since %(first)s") % {"first": first}
        return gettext("%(first)s to %(last)s") % {"first": first, "last": format_short_date(self.through_on)}


class SustainmentQuerySet(DatedQuerySet["Sustainment"]):
    def visible_to(self, user: AnyUser, country: Country | None = None) -> Self:
        """Filter to rows of the user's countries, for the embassy only."""
        if not user.is_authenticated or not user.is_embassy:
            return self.none()
        return self.filter(in_visible_countries(user, country))


class Sustainment(models.Model):
    """Who pays for a piece of work after outside money ends, from when, and what proves it.

    The work is a commitment or a recommendation. A later row replaces an earlier one.
    """

    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    commitment = models.ForeignKey(Commitment, models.PROTECT, null=True, blank=True, related_name="sustainments")
    recommendation = models.ForeignKey(
        Recommendation, models.PROTECT, null=True, blank=True, related_name="sustainments"
    )
    payer = models.CharField(gettext_lazy("who pays"), max_length=200)
    from_on = models.DateField(gettext_lazy("from which day"))
    proof = models.CharField(gettext_lazy("what proves it"), max_length=300)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = SustainmentQuerySet.as_manager()

    class Meta:
        ordering = ("-recorded_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="sustainment_is_of_one_piece_of_work",
                condition=Q(commitment__isnull=False, recommendation__isnull=True)
                | Q(commitment__isnull=True, recommendation__isnull=False),
            ),
            models.CheckConstraint(name="sustainment_has_payer_and_proof", condition=~Q(payer="") & ~Q(proof="")),
        ]

    def __str__(self) -> str:
        values = {"work": work_title(self.commitment or self.recommendation), "payer": self.payer}
        return gettext("%(work)s: %(payer)s") % values


def work_title(work: Commitment | Recommendation | None) -> str:
    """Return the title of a piece of work: the text of a commitment, or a recommendation with its number."""
    if isinstance(work, Recommendation):
        return gettext("Recommendation %(number)s: %(text)s") % {"number": work.number, "text": work.text}
    return "" if work is None else str(work)


def newest_by_work(rows: Iterable[Sustainment]) -> dict[tuple[int | None, int | None], Sustainment]:
    """Return the newest row of each piece of work, by the ids of its commitment and its recommendation."""
    found: dict[tuple[int | None, int | None], Sustainment] = {}
    for row in rows:
        key = row.commitment_id, row.recommendation_id
        if key not in found or (row.recorded_at, row.pk) > (found[key].recorded_at, found[key].pk):
            found[key] = row
    return found
