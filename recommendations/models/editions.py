"""Editions of the TIP Report on a country, their dated terms, and the milestones of their year."""

from datetime import date, datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import BooleanField, Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from recommendations.choices import FIXED_MILESTONES, MilestoneKind, Tier
from recommendations.tracking_period import year_before
from tiptracker.accounts.models import AnyUser, Country
from tiptracker.localization import format_date, gettext_lazy


class DatedQuerySet[Row: models.Model](models.QuerySet[Row]):
    """Rows that are added and never changed. A later row replaces an earlier one."""

    def known_by(self, moment: datetime | None) -> Self:
        """Order newest first and limit to rows recorded by `moment` (None: now)."""
        rows = self if moment is None else self.filter(recorded_at__lte=moment)
        return rows.order_by("-recorded_at", "-pk")


class EditionQuerySet(models.QuerySet["Edition"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Limit to editions of the user's countries."""
        return self.filter(country__in=Country.objects.visible_to(user))

    def tracked(self) -> Self:
        """Limit to editions with recommendations, newest first. Other editions are known only by their tier."""
        return self.filter(recommendations__isnull=False).distinct().order_by("-year", "-pk")

    def with_disposal(self) -> Self:
        """Add when each edition was disposed of (`.disposed_at`), and the number of the certificate; None if not."""
        return self.annotate(disposed_at=F("certificate__recorded_at"), certificate_number=F("certificate__number"))

    def not_over(self, day: date) -> Self:
        """Limit to current and upcoming editions: the tracking period ends on `day` or later."""
        return self.filter(ends_on__gte=day)

    def preceding(self, edition: "Edition") -> Self:
        """Limit to tracked editions of the same country before `edition`, newest first. One may be rolled over."""
        return self.tracked().filter(country=edition.country_id, year__lt=edition.year)


class Edition(models.Model):
    """One year's report on one country. Progress on its recommendations counts if made in its tracking period."""

    country = models.ForeignKey(Country, models.PROTECT, related_name="editions", verbose_name=gettext_lazy("country"))
    year = models.PositiveSmallIntegerField(gettext_lazy("year"))
    tier = models.CharField(gettext_lazy("tier"), max_length=3, choices=Tier.choices())
    target_tier = models.CharField(gettext_lazy("target tier"), max_length=3, choices=Tier.choices(), blank=True)
    published_on = models.DateField(gettext_lazy("published on"), null=True, blank=True)
    starts_on = models.DateField(gettext_lazy("first day of the tracking period"))
    ends_on = models.DateField(gettext_lazy("last day of the tracking period"))
    source = models.CharField(gettext_lazy("source"), max_length=300)
    note = models.CharField(gettext_lazy("note"), max_length=300, blank=True)

    disposed_at: datetime | None
    certificate_number: int | None
    """These two are set by `with_disposal()` only."""

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("edition")
        verbose_name_plural = gettext_lazy("editions")
        ordering = ("country", "-year")
        constraints: ClassVar = [
            models.UniqueConstraint("country", "year", name="one_edition_a_country_and_year"),
            models.CheckConstraint(
                name="tracking_period_ends_after_it_starts", condition=Q(ends_on__gt=F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.year}"

    @property
    def year_before(self) -> tuple[date, date]:
        """First and last day of the year with which the figures of the tracking period are compared."""
        return year_before(self.starts_on)

    def covers(self, first: date | None, last: date) -> bool:
        """Return whether a span of days lies in the tracking period. If `first` is unknown, only `last` counts."""
        return (first or last) >= self.starts_on and self.starts_on <= last <= self.ends_on


class EditionTermsQuerySet(DatedQuerySet["EditionTerms"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Limit to what embassy roles may see. A ministry never reads the terms that a government is measured by."""
        if not user.is_authenticated or not user.is_embassy:
            return self.none()
        return self.filter(edition__in=Edition.objects.visible_to(user))


class EditionTerms(models.Model):
    """What an edition is measured by, from `recorded_at` on: deadline, weights and the post's own target.

    `readiness_target` is the readiness score that the post aims at, of 100.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="terms")
    deadline_on = models.DateField(gettext_lazy("deadline"))
    readiness_target = models.DecimalField(
        gettext_lazy("target"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    readiness_target_reason = models.TextField(gettext_lazy("reason for the target"), blank=True)
    reason = models.TextField(gettext_lazy("reason"))
    recorded_at = models.DateTimeField(gettext_lazy("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=gettext_lazy("recorded by")
    )

    objects = EditionTermsQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("edition terms")
        verbose_name_plural = gettext_lazy("edition terms")
        ordering = ("edition", "-recorded_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="readiness_target_is_of_a_hundred",
                condition=Q(readiness_target__isnull=True) | Q(readiness_target__range=(0, 100)),
            ),
            models.CheckConstraint(
                name="readiness_target_has_its_reason",
                condition=Q(readiness_target__isnull=True) | ~Q(readiness_target_reason=""),
            ),
            models.CheckConstraint(name="edition_terms_have_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.edition}: {format_date(self.deadline_on)}"


class RecommendationWeight(models.Model):
    """The weight of one recommendation under some terms. A recommendation without a row weighs 1."""

    terms = models.ForeignKey(EditionTerms, models.PROTECT, related_name="weights")
    recommendation = models.ForeignKey("recommendations.Recommendation", models.PROTECT, related_name="weights")
    weight = models.DecimalField(gettext_lazy("weight"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = gettext_lazy("weight of a recommendation")
        verbose_name_plural = gettext_lazy("weights of recommendations")
        constraints: ClassVar = [
            models.UniqueConstraint("terms", "recommendation", name="one_weight_a_recommendation_and_terms"),
            models.CheckConstraint(name="recommendation_weight_is_not_negative", condition=Q(weight__gte=0)),
        ]


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Limit to what the user may see: embassy roles and administrators, of their countries.

        Administrators see milestones because they create them with the edition.
        """
        if not user.is_authenticated or user.is_ministry:
            return self.none()
        return self.filter(edition__in=Edition.objects.visible_to(user))

    def as_known_by(self, moment: datetime | None) -> Self:
        """Add `.falls_on`, `.is_about` and `.done_on` as recorded by `moment` (None: now), ordered by day.

        The deadline falls on the day in the edition's terms, if it has any.
        """
        terms = EditionTerms.objects.known_by(moment).filter(edition=OuterRef("edition"))
        changes = MilestoneDateChange.objects.known_by(moment).filter(milestone=OuterRef("pk"))
        done = MilestoneDone.objects.known_by(moment).filter(milestone=OuterRef("pk"))
        deadline_on = Coalesce(Subquery(terms.values("deadline_on")[:1]), F("due_on"))
        return self.annotate(
            falls_on=Case(
                When(kind=MilestoneKind.DEADLINE, then=deadline_on),
                default=Coalesce(Subquery(changes.values("due_on")[:1]), F("due_on")),
            ),
            is_about=Case(
                When(kind__in=FIXED_MILESTONES, then=Value(False)),
                default=Coalesce(Subquery(changes.values("is_estimated")[:1]), F("is_estimated")),
                output_field=BooleanField(),
            ),
            done_on=Subquery(done.values("done_on")[:1]),
        ).order_by("falls_on", "pk")

    def find_post_answers(self, edition: Edition, *, known_by: datetime | None = None) -> "Milestone | None":
        """Return when the Department expects the post's answers: the first date that is not done, or the last one.

        The milestone has the fields of `as_known_by`.
        """
        rows = list(self.filter(edition=edition, kind=MilestoneKind.POST_ANSWERS).as_known_by(known_by))
        return next((row for row in rows if row.done_on is None), rows[-1] if rows else None)


class Milestone(models.Model):
    """An important date of the edition's year. `source` says where that date is published.

    `due_on` is the first date given. Rows of `MilestoneDateChange` give later ones, rows of `MilestoneDone` say whether
    it was done. The deadline that counts is in the edition's terms. `own_title` tells several of one kind apart.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="milestones")
    kind = models.CharField(gettext_lazy("kind"), max_length=20, choices=MilestoneKind.choices())
    own_title = models.CharField(gettext_lazy("title"), max_length=120, blank=True)
    due_on = models.DateField(gettext_lazy("date"))
    is_estimated = models.BooleanField(gettext_lazy("is estimated"), default=False)
    source = models.CharField(gettext_lazy("source"), max_length=300, blank=True)

    falls_on: date
    is_about: bool
    done_on: date | None
    """These three are set by `as_known_by()` only. `is_about`: the date `falls_on` is an estimate."""

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("milestone")
        verbose_name_plural = gettext_lazy("milestones")
        ordering = ("due_on", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                "edition",
                "kind",
                condition=Q(kind__in=[MilestoneKind.DEADLINE, MilestoneKind.PERIOD_END]),
                name="one_deadline_and_one_period_end_an_edition",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {format_date(self.due_on)}"

    @property
    def name(self) -> str:
        """Its own title, or else the name of its kind."""
        return self.own_title or MilestoneKind(self.kind).label


class MilestoneDateChangeQuerySet(DatedQuerySet["MilestoneDateChange"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Limit to what embassy roles see of their countries."""
        if not user.is_authenticated or not user.is_embassy:
            return self.none()
        return self.filter(milestone__in=Milestone.objects.visible_to(user))


class MilestoneDateChange(models.Model):
    """Another date of a milestone, in force from `recorded_at` on. A later row replaces an earlier one."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="date_changes")
    due_on = models.DateField(gettext_lazy("date"))
    is_estimated = models.BooleanField(gettext_lazy("is estimated"), default=False)
    reason = models.CharField(gettext_lazy("reason"), max_length=300)
    recorded_at = models.DateTimeField(gettext_lazy("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=gettext_lazy("recorded by")
    )

    objects = MilestoneDateChangeQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("changed date of a milestone")
        verbose_name_plural = gettext_lazy("changed dates of milestones")
        ordering = ("milestone", "-recorded_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(name="milestone_date_change_has_its_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.milestone}: {format_date(self.due_on)}"


class MilestoneDoneQuerySet(DatedQuerySet["MilestoneDone"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Limit to what embassy roles see of their countries.

        Administrators don't see it: what was done is a fact of the record.
        """
        if not user.is_authenticated or not user.is_embassy:
            return self.none()
        return self.filter(milestone__in=Milestone.objects.visible_to(user))


class MilestoneDone(models.Model):
    """The day on which a milestone was done, as recorded. A later row corrects an earlier one."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="done")
    done_on = models.DateField(gettext_lazy("done on"))
    source = models.CharField(gettext_lazy("source"), max_length=300)
    recorded_at = models.DateTimeField(gettext_lazy("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=gettext_lazy("recorded by")
    )

    objects = MilestoneDoneQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("milestone done")
        verbose_name_plural = gettext_lazy("milestones done")
        ordering = ("milestone", "-recorded_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(name="milestone_done_has_its_source", condition=~Q(source="")),
        ]

    def __str__(self) -> str:
        return f"{self.milestone}: {format_date(self.done_on)}"
