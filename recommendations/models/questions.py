"""The yearly questions: what the Department asks the post about a tracking period, and the dated wording of each."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from recommendations.models.editions import DatedQuerySet, Edition
from recommendations.models.indicators import Indicator
from recommendations.models.recommendations import Benchmark, validate_indicia
from tiptracker.accounts.models import AnyUser, in_visible_countries
from tiptracker.localization import gettext_lazy


class QuestionSetQuerySet(models.QuerySet["QuestionSet"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Limit to sets of the user's countries: embassy roles only. The Department’s texts are internal."""
        if not user.is_authenticated or not user.is_embassy:
            return self.none()
        return self.filter(in_visible_countries(user, path="edition__country"))

    def loaded(self) -> Self:
        """Limit to sets whose questions are in the record, newest first. The others are drafts."""
        return self.filter(loaded_at__isnull=False).order_by("-loaded_at", "-pk")


class QuestionSet(models.Model):
    """A loading of an edition's questions: our own outline, or a file of the post. First a draft, then permanent.

    `draft` is what was read, kept until the user loads or discards it. `did` says how many questions were added,
    reworded and retired.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="question_sets")
    name = models.CharField(gettext_lazy("source"), max_length=255)
    is_outline = models.BooleanField(default=False, help_text=gettext_lazy("Our own outline after the statute."))
    sha256 = models.CharField(gettext_lazy("SHA-256 of the file"), max_length=64, blank=True)
    draft = models.JSONField(default=dict, blank=True)
    did = models.JSONField(default=dict, blank=True)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    loaded_at = models.DateTimeField(null=True, blank=True)
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = QuestionSetQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("set of questions")
        verbose_name_plural = gettext_lazy("sets of questions")
        ordering = ("-begun_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="question_set_is_loaded_by_somebody_at_some_moment",
                condition=Q(loaded_at__isnull=True, loaded_by__isnull=True)
                | Q(loaded_at__isnull=False, loaded_by__isnull=False),
            ),
            models.CheckConstraint(
                name="question_set_is_an_outline_or_has_its_hash",
                condition=Q(is_outline=True, sha256="") | Q(is_outline=False, sha256__regex=r"^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.edition}"


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Limit to questions of the user's countries: embassy roles only. The Department’s texts are internal."""
        if not user.is_authenticated or not user.is_embassy:
            return self.none()
        return self.filter(in_visible_countries(user, path="edition__country"))

    def active(self) -> Self:
        """Limit to questions that are not retired. Retired ones stay, with their answers."""
        return self.filter(is_retired=False)

    def with_mapping(self) -> Self:
        """Prefetch the benchmarks, with their recommendations, and the indicators that a question is mapped to."""
        benchmarks = Benchmark.objects.select_related("recommendation").order_by(
            "recommendation__origin", "recommendation__number", "letter"
        )
        return self.prefetch_related(
            models.Prefetch("benchmarks", benchmarks),
            models.Prefetch("indicators", Indicator.objects.select_related("ministry")),
        )


class Question(models.Model):
    """A numbered question that the post answers once a year, as it is now. Its dated terms hold earlier wordings.

    `number` is the Department's own, such as "4" or "4.b"; `parent` is the question that it is a part of. The mapping
    says what in the record answers it: indicia (22 U.S.C. 7106(b)), indicators, benchmarks and types of evidence. It is
    a proposal until an officer confirms it.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="questions")
    number = models.CharField(gettext_lazy("number"), max_length=20)
    position = models.PositiveSmallIntegerField(gettext_lazy("position"))
    heading = models.CharField(gettext_lazy("heading"), max_length=300, blank=True)
    text = models.TextField(gettext_lazy("text"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=gettext_lazy("part of")
    )
    repeats = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="repeated_by", verbose_name=gettext_lazy("repeats")
    )
    indicia = models.JSONField(gettext_lazy("indicia"), default=list, blank=True, validators=[validate_indicia])
    indicators = models.ManyToManyField(
        Indicator, blank=True, related_name="questions", verbose_name=gettext_lazy("indicators")
    )
    benchmarks = models.ManyToManyField(
        Benchmark, blank=True, related_name="questions", verbose_name=gettext_lazy("benchmarks")
    )
    evidence_kinds = models.JSONField(gettext_lazy("types of evidence"), default=list, blank=True)
    is_mapping_confirmed = models.BooleanField(gettext_lazy("mapping confirmed"), default=False)
    is_retired = models.BooleanField(gettext_lazy("no longer asked"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("question")
        verbose_name_plural = gettext_lazy("questions")
        ordering = ("edition", "position", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                "edition", "number", condition=Q(is_retired=False), name="question_numbered_once_in_its_edition"
            ),
            models.CheckConstraint(name="question_has_a_number", condition=~Q(number="")),
            models.CheckConstraint(name="question_says_something", condition=~Q(text="")),
            models.CheckConstraint(name="question_is_no_part_of_itself", condition=~Q(parent=models.F("id"))),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"


class QuestionTermsQuerySet(DatedQuerySet["QuestionTerms"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Limit to what embassy roles may see of their countries."""
        return self.filter(question__in=Question.objects.visible_to(user))


class QuestionTerms(models.Model):
    """A question's number, heading and text, from `recorded_at` on. The newest row equals the question's own columns.

    `question_set` is the loading that brought it; none if an officer changed it by hand.
    """

    question = models.ForeignKey(Question, models.PROTECT, related_name="terms")
    question_set = models.ForeignKey(QuestionSet, models.PROTECT, null=True, blank=True, related_name="terms")
    number = models.CharField(gettext_lazy("number"), max_length=20)
    heading = models.CharField(gettext_lazy("heading"), max_length=300, blank=True)
    text = models.TextField(gettext_lazy("text"))
    is_retired = models.BooleanField(gettext_lazy("no longer asked"), default=False)
    reason = models.TextField(gettext_lazy("reason for this wording"))
    recorded_at = models.DateTimeField(gettext_lazy("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=gettext_lazy("recorded by")
    )

    objects = QuestionTermsQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("wording of a question")
        verbose_name_plural = gettext_lazy("wordings of questions")
        ordering = ("question", "-recorded_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(name="question_terms_have_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"
