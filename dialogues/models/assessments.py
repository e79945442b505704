"""Assessments: the embassy's verdict on a benchmark, with its reason and its evidence."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery

from dialogues.choices import Verdict
from dialogues.models.evidence import Evidence, EvidenceLink
from dialogues.models.evidence_conditions import is_not_revised
from recommendations.models import Benchmark
from tiptracker.accounts.models import AnyUser, Country, in_visible_countries
from tiptracker.infrastructure.lookups import has_row
from tiptracker.localization import gettext_lazy


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: AnyUser, country: Country | None = None) -> Self:
        """Filter to what the user may see: embassy roles only. `country`: only that country's."""
        if not user.is_authenticated or not user.is_embassy:
            return self.none()
        return self.filter(in_visible_countries(user, country, path="benchmark__recommendation__edition__country"))

    def asking_for_another_look(self) -> Self:
        """Filter to the newest assessment of each benchmark, if new evidence reopens the question.

        New evidence is evidence on the benchmark recorded since, or a revision since of evidence that the assessment
        rests on.
        """
        of_benchmark = Assessment.objects.filter(benchmark=OuterRef("benchmark")).order_by("-recorded_at", "-pk")
        newer_links = EvidenceLink.objects.filter(
            is_not_revised("evidence"), benchmark=OuterRef("benchmark"), recorded_at__gt=OuterRef("recorded_at")
        )
        revised_since = AssessmentEvidence.objects.filter(
            assessment=OuterRef("pk"), evidence__revised_by__recorded_at__gt=OuterRef("recorded_at")
        )
        return self.filter(has_row(newer_links) | has_row(revised_since), pk=Subquery(of_benchmark.values("pk")[:1]))


class Assessment(models.Model):
    """A verdict on a benchmark. Never changed.

    It takes effect from the last day of the evidence it rests on or, without evidence, from when it was recorded.
    """

    benchmark = models.ForeignKey(Benchmark, models.PROTECT, related_name="assessments")
    verdict = models.CharField(max_length=16, choices=Verdict.choices())
    rationale = models.TextField(gettext_lazy("reason"))
    law = models.CharField(gettext_lazy("section of the law"), max_length=100)
    change_reason = models.TextField(gettext_lazy("what has changed since the last assessment"), blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ("benchmark", "recorded_at", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(name="a_verdict_has_its_reason", condition=~Q(rationale="")),
            models.CheckConstraint(name="a_verdict_names_its_section_of_the_law", condition=~Q(law="")),
        ]

    def __str__(self) -> str:
        return f"{self.benchmark}: {self.get_verdict_display()}"


class AssessmentEvidence(models.Model):
    """A piece of evidence that an assessment rests on. Never changed."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="grounds")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="assessed_in")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("assessment", "evidence", name="an_assessment_cites_evidence_once"),
        ]
