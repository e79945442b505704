"""Evidence, its links to benchmarks, and the embassy's reviews of both."""

from datetime import date
from functools import reduce
from operator import or_
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Lower

from dialogues.choices import (
    DECISIONS_ENDING_CLAIMS,
    GOVERNMENT_DOERS,
    DoneBy,
    EvidenceDecision,
    EvidenceKind,
    Sensitivity,
    SupportKind,
    UpdateDecision,
)
from dialogues.models.commitments import Commitment, CommitmentBenchmark
from dialogues.models.disposals import is_named_row
from dialogues.models.evidence_conditions import is_not_revised, is_of_visible_evidence
from dialogues.models.information_requests import InformationRequest
from dialogues.models.partners import Partner
from dialogues.models.readings import Reading
from dialogues.models.updates import UpdateVersion, UpdateVersionDecision
from dialogues.start_dates import find_start_date
from recommendations.choices import INDICIA_SUMMARIES, Rule
from recommendations.models import Benchmark, BenchmarkTerms, Edition, Question
from tiptracker.accounts.models import AnyUser, Country, Ministry, User, in_visible_countries
from tiptracker.choices import Role
from tiptracker.infrastructure.lookups import has_row
from tiptracker.localization import gettext, gettext_lazy, join_with_colon


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: AnyUser, country: Country | None = None) -> Self:
        """Filter to what the user may see.

        Embassy: all of its countries. Ministry: what it sent, or what is shared with it.

        Evidence is shared with a ministry under one of its own commitments, or came in answer to a request. `country`:
        only evidence of that country.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_ministry:
            rows = self if country is None else self.filter(country=country)
            # Two queries for the keys: for one condition with OR, PostgreSQL would read all evidence.
            of_commitments, of_requests = (
                Evidence.objects.filter(own).order_by().values("pk")
                for own in (Q(commitment__ministry=user.ministry_id), Q(information_request__ministry=user.ministry_id))
            )
            return rows.filter(
                Q(pk__in=of_commitments.union(of_requests, all=True).order_by()),
                Q(sensitivity=Sensitivity.SHARED) | Q(update_version__isnull=False),
            )
        if not user.is_embassy:
            return self.none()
        return self.filter(in_visible_countries(user, country))

    def current(self) -> Self:
        """Filter to evidence that no later revision has replaced."""
        return self.filter(is_not_revised("pk"))

    def without_ended_claims(self) -> Self:
        """Leave out evidence of versions that were returned or withdrawn. Their claims no longer count."""
        ended = UpdateVersionDecision.objects.filter(
            update_version=OuterRef("update_version"), decision__in=DECISIONS_ENDING_CLAIMS
        )
        return self.filter(~has_row(ended))

    def with_newest_review(self, decision: EvidenceDecision, shows: SupportKind | None = None) -> Self:
        """Filter to evidence whose newest review, of itself or of one of its links, has this decision.

        With `shows`, only reviews of links that show this count, and of evidence that shows it on an indicium.
        """
        same = Q(evidence_link=OuterRef("evidence_link")) | Q(evidence_link__isnull=True, evidence=OuterRef("unlinked"))
        later = Q(recorded_at__gt=OuterRef("recorded_at")) | Q(
            recorded_at=OuterRef("recorded_at"), pk__gt=OuterRef("pk")
        )
        unlinked = Case(When(evidence_link__isnull=True, then=F("evidence")))
        reviews = EvidenceReview.objects.filter(evidence=OuterRef("pk"), decision=decision)
        if shows:
            of_evidence = EvidenceIndicium.objects.filter(evidence=OuterRef("evidence"), shows=shows)
            reviews = reviews.filter(Q(evidence_link__shows=shows) | Q(Exists(of_evidence), evidence_link__isnull=True))
        newest = reviews.alias(unlinked=unlinked).filter(~Exists(EvidenceReview.objects.filter(same, later)))
        return self.filter(Exists(newest))

    def without_review(self) -> Self:
        """Filter to evidence without any review, whether the embassy logged it or it came with an update.

        Evidence of an update that was returned or withdrawn waits for no review.
        """
        return self.without_ended_claims().filter(~Exists(EvidenceReview.objects.filter(evidence=OuterRef("pk"))))

    def with_ended_claim(self, decision: UpdateDecision) -> Self:
        """Filter to evidence of updates that were returned, or withdrawn."""
        return self.filter(update_version__decision__decision=decision)

    def unreviewed(self, *, besides: User | None = None) -> Self:
        """Filter to evidence logged by the embassy with a part that is not reviewed yet.

        A part is a link, a figure, or what it supports without a recommendation. What `besides` recorded is left out,
        because another person has to review it.
        """
        links, figures = (parts.filter(evidence=OuterRef("pk")) for parts in _unreviewed_parts())
        return (
            self.current()
            .filter(
                has_row(links.exclude(recorded_by=besides))
                | has_row(figures.exclude(recorded_by=besides))
                | _has_unreviewed_topics(),
                update_version=None,
            )
            .exclude(recorded_by=besides)
        )

    def for_review_by(self, user: User) -> Self:
        """Filter to unreviewed evidence that this user may review, as `permissions.can_review_evidence` says.

        Evidence without an update version was logged by an officer, so an ambassador may review it too.
        """
        rows = self.unreviewed(besides=user).exclude(is_named_row("dialogues.evidence"))
        return rows if user.role in (Role.OFFICER, Role.AMBASSADOR) else rows.none()

    def writers_of_unreviewed_parts(self) -> models.QuerySet[Any, Any]:
        """Return a query for the ids of the evidence and of who recorded each of its unreviewed parts.

        0 stands for what it supports without a recommendation, which nobody recorded in particular.
        """
        nobody = Value(0, models.BigIntegerField())
        topics = self.filter(_has_unreviewed_topics()).order_by().values_list("pk", nobody)
        parts = (rows.filter(evidence__in=self.order_by().values("pk")) for rows in _unreviewed_parts())
        return topics.union(*(rows.order_by().values_list("evidence", "recorded_by") for rows in parts)).order_by()


def _unreviewed_parts() -> tuple[models.QuerySet["EvidenceLink"], models.QuerySet[Reading]]:
    """Return the links and the figures that are not reviewed since they were recorded."""
    link_reviews = EvidenceReview.objects.filter(evidence_link=OuterRef("pk"))
    own_reviews = EvidenceReview.objects.filter(
        evidence=OuterRef("evidence"), evidence_link=None, recorded_at__gte=OuterRef("recorded_at")
    )
    has_value = Q(figure__isnull=False) | ~Q(direction="")
    return (
        EvidenceLink.objects.filter(~Exists(link_reviews)),
        Reading.objects.filter(has_value, ~Exists(own_reviews)),
    )


def _has_unreviewed_topics() -> Q:
    """Return the condition on evidence that supports an indicium or a question and has no review of its own."""
    topics = (model.objects.filter(evidence=OuterRef("pk")) for model in (EvidenceIndicium, EvidenceQuestion))
    own_review = EvidenceReview.objects.filter(evidence=OuterRef("pk"), evidence_link=None)
    return Q(reduce(or_, map(has_row, topics)), ~Exists(own_review))


class Evidence(models.Model):
    """A dated piece of evidence.

    Whether it is verified is stored in its reviews. A correction is a revision: another row.
    """

    country = models.ForeignKey(Country, models.PROTECT, related_name="evidence", verbose_name=gettext_lazy("country"))
    title = models.CharField(gettext_lazy("what happened"), max_length=400)
    kind = models.CharField(gettext_lazy("type of evidence"), max_length=12, choices=EvidenceKind.choices())
    happened_from = models.DateField(gettext_lazy("start date"), null=True, blank=True)
    happened_to = models.DateField(gettext_lazy("end date"))
    done_by = models.CharField(gettext_lazy("who did it"), max_length=30, choices=DoneBy.choices())
    stated_by = models.CharField(gettext_lazy("stated by"), max_length=200)
    source = models.CharField(gettext_lazy("source"), max_length=400, blank=True)
    link = models.URLField(gettext_lazy("link"), max_length=500, blank=True)
    file = models.ForeignKey(
        "dialogues.EvidenceFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=gettext_lazy("file"),
    )
    commitment = models.ForeignKey(
        Commitment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=gettext_lazy("commitment"),
    )
    partner = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=gettext_lazy("partner"),
    )
    information_request = models.ForeignKey(
        InformationRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=gettext_lazy("request for information"),
    )
    update_version = models.ForeignKey(
        UpdateVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=gettext_lazy("version of the update"),
    )
    sensitivity = models.CharField(
        gettext_lazy("who may read it"),
        max_length=10,
        choices=Sensitivity.choices(),
        default=Sensitivity.INTERNAL,
    )
    revises = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="revised_by",
        verbose_name=gettext_lazy("earlier version"),
    )
    revision_reason = models.TextField(gettext_lazy("reason for the correction"), blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ("-happened_to", "-pk")
        verbose_name_plural = gettext_lazy("evidence")
        indexes: ClassVar = [  # one index for each sort order of the evidence list
            models.Index(fields=["country", "-happened_to", "-id"], name="evidence_by_day"),
            models.Index(fields=["country", "-recorded_at", "-id"], name="evidence_by_receipt"),
            models.Index("country", Lower("title"), "id", name="evidence_by_title"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="evidence_ends_after_it_begins",
                condition=Q(happened_from__isnull=True) | Q(happened_to__gte=F("happened_from")),
                violation_error_message=gettext_lazy("The end date is before the start date. Correct one of them."),
            ),
            models.CheckConstraint(
                name="evidence_has_a_source_link_or_file",
                condition=~Q(source="") | ~Q(link="") | Q(file__isnull=False),
                violation_error_message=gettext_lazy(
                    "Enter a source or a link, or attach a file, so that others can check it."
                ),
            ),
            models.CheckConstraint(
                name="evidence_of_an_update_is_filed_under_its_commitment_or_request",
                condition=Q(update_version__isnull=True, information_request__isnull=True)
                | Q(update_version__isnull=False, commitment__isnull=False, information_request__isnull=True)
                | Q(update_version__isnull=False, commitment__isnull=True, information_request__isnull=False),
            ),
            models.CheckConstraint(
                name="a_revision_and_nothing_else_says_why",
                condition=Q(revises__isnull=True, revision_reason="")
                | (Q(revises__isnull=False) & ~Q(revision_reason="")),
                violation_error_message=gettext_lazy("Write what was wrong, in a sentence."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def attribution(self) -> str:
        """Who says so and where, each named once: "Lesotho press: Lesotho Times", "Update of the Police"."""
        if not self.source or self.stated_by in self.source:
            return self.source or self.stated_by
        return join_with_colon(self.stated_by, self.source)

    @property
    def doer(self) -> str:
        """Who did it, with the partner that did it or took part: "Civil society (Beautiful Dreams Society)".

        What the government did alone, a partner has only stated.
        """
        doer = DoneBy(self.done_by).label
        if self.partner is None or self.done_by == DoneBy.GOVERNMENT:
            return doer
        return gettext("%(doer)s (%(partner)s)") % {"doer": doer, "partner": self.partner}

    @property
    def supports_without_recommendation(self) -> bool:
        """Whether it supports an indicium or answers a yearly question, so that it is reviewed itself."""
        return bool(self.indicia.all() or self.question_links.all())

    @property
    def first_day(self) -> date | None:
        """The start date: its own, or else the one that its reviews state.

        Uses the prefetched reviews that the reader may see.
        """
        return find_start_date(self.happened_from, self.reviews.all())

    @property
    def sent_for(self) -> Ministry | None:
        """The ministry for which it was sent. None if the embassy logged it."""
        subject = self.commitment or self.information_request
        return subject.ministry if subject and self.update_version_id else None

    @property
    def sender(self) -> str:
        """Who recorded it, in words. For evidence of an update, as the update names its sender."""
        return self.update_version.sender if self.update_version else self.recorded_by.name

    @property
    def claim_ended(self) -> UpdateDecision | None:
        """How the claim of the update that it came with ended: returned or withdrawn. None if it did not."""
        decision = getattr(self.update_version, "decision", None)
        return UpdateDecision(decision.decision) if decision and decision.decision in DECISIONS_ENDING_CLAIMS else None

    @property
    def newest_own_review(self) -> "EvidenceReview | None":
        """The newest review of the evidence itself, on which its figures rest."""
        own = (review for review in self.reviews.all() if review.evidence_link_id is None)
        return max(own, key=lambda review: (review.recorded_at, review.pk), default=None)


class EvidenceLinkQuerySet(models.QuerySet["EvidenceLink"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Filter to links whose evidence and benchmark the user may both see.

        A ministry also keeps the links of its own updates to benchmarks that a correction took from its commitment:
        the embassy's decisions on them stay readable.
        """
        is_visible = Q(Exists(Benchmark.objects.visible_to(user).filter(pk=OuterRef("benchmark"))))
        if user.is_authenticated and user.is_ministry:
            removed = CommitmentBenchmark.objects.filter(
                commitment=OuterRef("evidence__commitment"), benchmark=OuterRef("benchmark"), removed_in__isnull=False
            )
            is_visible |= Q(Exists(removed), evidence__update_version__isnull=False)
        return self.filter(is_visible, is_of_visible_evidence(user))

    def awaiting_assessment(self, edition: Edition) -> Self:
        """Filter to verified actions of the government on benchmarks that nobody has assessed since the review.

        Only benchmarks of `edition` that the embassy assesses, and evidence within its tracking period. Adds
        `.verified_at`.
        """
        # The days are values and no columns of a join: otherwise PostgreSQL may join all evidence with all benchmarks.
        newest_review = EvidenceReview.objects.filter(evidence_link=OuterRef("pk")).order_by("-recorded_at", "-pk")
        terms = BenchmarkTerms.objects.known_by(None).filter(benchmark=OuterRef("benchmark"))
        is_covered = Q(evidence__happened_from__isnull=True) | Q(evidence__happened_from__gte=edition.starts_on)
        assessed_since = Benchmark.objects.filter(
            pk=OuterRef("benchmark"), assessments__recorded_at__gte=OuterRef("verified_at")
        )
        return (
            self.alias(
                newest_decision=Subquery(newest_review.values("decision")[:1]),
                rule=Subquery(terms.values("rule")[:1]),
            )
            .annotate(verified_at=Subquery(newest_review.values("recorded_at")[:1]))
            .filter(
                is_covered,
                is_not_revised("evidence"),
                Q(newest_decision=EvidenceDecision.VERIFIED, rule=Rule.ASSESSED),
                ~Exists(assessed_since),
                shows=SupportKind.ACTION,
                evidence__done_by__in=GOVERNMENT_DOERS,
                evidence__happened_to__range=(edition.starts_on, edition.ends_on),
                benchmark__recommendation__edition=edition,
                benchmark__recommendation__is_retired=False,
            )
        )


class EvidenceLink(models.Model):
    """An evidence link: what a piece of evidence shows on a benchmark.

    Only a concrete action scores (22 U.S.C. 7107(b), Tier 2).
    """

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="evidence_links")
    benchmark = models.ForeignKey(Benchmark, models.PROTECT, related_name="evidence_links")
    shows = models.CharField(gettext_lazy("what it shows"), max_length=20, choices=SupportKind.choices())
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = EvidenceLinkQuerySet.as_manager()

    class Meta:
        ordering = ("benchmark__recommendation__number", "benchmark__letter", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint("evidence", "benchmark", name="evidence_supports_a_benchmark_once"),
        ]


class EvidenceTopicQuerySet[Topic: models.Model](models.QuerySet[Topic]):
    """What evidence supports without a recommendation. Only the embassy sees it."""

    def visible_to(self, user: AnyUser) -> Self:
        """Filter to rows whose evidence the user may see: embassy roles only."""
        if not user.is_authenticated or not user.is_embassy:
            return self.none()
        return self.filter(is_of_visible_evidence(user))


class EvidenceIndicium(models.Model):
    """What a piece of evidence shows on one of the twelve indicia (22 U.S.C. 7106(b)), without any benchmark.

    It adds nothing to readiness. A review of the evidence itself verifies it.
    """

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="indicia")
    indicium = models.PositiveSmallIntegerField(gettext_lazy("indicium"))
    shows = models.CharField(gettext_lazy("what it shows"), max_length=20, choices=SupportKind.choices())
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = EvidenceTopicQuerySet["EvidenceIndicium"].as_manager()

    class Meta:
        verbose_name_plural = "evidence of indicia"
        ordering = ("indicium", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint("evidence", "indicium", name="evidence_supports_an_indicium_once"),
            models.CheckConstraint(
                name="evidence_supports_one_of_the_twelve_indicia",
                condition=Q(indicium__range=(1, len(INDICIA_SUMMARIES))),
            ),
        ]

    def __str__(self) -> str:
        return gettext("Indicium %(number)d") % {"number": self.indicium}


class EvidenceQuestion(models.Model):
    """A yearly question that a piece of evidence answers, without any benchmark. It adds nothing to readiness."""

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="question_links")
    question = models.ForeignKey(Question, models.PROTECT, related_name="evidence_links")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = EvidenceTopicQuerySet["EvidenceQuestion"].as_manager()

    class Meta:
        verbose_name_plural = "evidence of questions"
        ordering = ("question__position", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint("evidence", "question", name="evidence_answers_a_question_once"),
        ]

    def __str__(self) -> str:
        return gettext("Question %(number)s") % {"number": self.question.number}


class EvidenceReviewQuerySet(models.QuerySet["EvidenceReview"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Filter to what the user may see.

        Embassy: with the evidence. Ministry: reviews of what it sent, on visible benchmarks.

        A ministry never sees the embassy's reviews of what the embassy logged itself, even if the evidence is shared.
        """
        rows = self.filter(is_of_visible_evidence(user))
        if user.is_authenticated and user.is_ministry:
            links = EvidenceLink.objects.visible_to(user).filter(pk=OuterRef("evidence_link"))
            visible = Q(evidence_link=None) | has_row(links)
            return rows.filter(visible, evidence__update_version__isnull=False)
        return rows


class EvidenceReview(models.Model):
    """The embassy's review of an evidence link or, without one, of the evidence itself.

    The newest counts. Never changed.

    A database trigger refuses a reviewer who recorded the evidence or the link.
    """

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="reviews")
    evidence_link = models.ForeignKey(EvidenceLink, models.PROTECT, null=True, blank=True, related_name="reviews")
    decision = models.CharField(gettext_lazy("decision"), max_length=10, choices=EvidenceDecision.choices())
    first_on = models.DateField(gettext_lazy("start date, if the evidence has none"), null=True, blank=True)
    reason = models.TextField(gettext_lazy("reason"))
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = EvidenceReviewQuerySet.as_manager()

    class Meta:
        ordering = ("recorded_at", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_review_has_its_reason",
                condition=~Q(reason=""),
                violation_error_message=gettext_lazy("Write the reason, in a sentence."),
            ),
        ]
