"""Answers to the yearly questions: versions in sentences, the facts that each sentence cites, and who cleared them."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Prefetch, Q, Subquery, When

from dialogues.answer_state import AnswerStanding, find_answer_standing
from dialogues.choices import AnswerEventKind, AnswerFinding, CitedKind
from dialogues.models.assessments import Assessment
from dialogues.models.changed_citations import is_fact_changed
from dialogues.models.commitments import Commitment
from dialogues.models.dialogue_numbers import Contribution
from dialogues.models.evidence import Evidence
from dialogues.models.information_requests import InformationRequest
from dialogues.models.law import LawEntry
from dialogues.models.readings import Reading
from recommendations.models import Edition, Question, QuestionTerms
from tiptracker.accounts.models import AnyUser, User
from tiptracker.choices import Role
from tiptracker.localization import gettext_lazy


class AnswerVersionQuerySet(models.QuerySet["AnswerVersion"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Filter to answers to questions that the user may see: embassy roles only."""
        return self.filter(question__in=Question.objects.visible_to(user))

    def with_content(self) -> Self:
        """Fetch events, sentences and citations. Three queries more than the rows."""
        return self.select_related("recorded_by", "terms").prefetch_related(
            Prefetch("events", AnswerEvent.objects.select_related("recorded_by")),
            Prefetch("sentences", AnswerSentence.objects.prefetch_related("citations")),
        )

    def newest(self, known_by: datetime | None = None) -> "dict[int, AnswerVersion]":
        """Return the newest version recorded by `known_by` (None: now) of each question, by the question's key."""
        rows = self if known_by is None else self.filter(recorded_at__lte=known_by)
        return {row.question_id: row for row in rows.order_by("question", "number")}

    def current(self) -> Self:
        """Filter to the newest version of each question that is still asked."""
        later = AnswerVersion.objects.filter(question=OuterRef("question"), number__gt=OuterRef("number"))
        return self.filter(~Exists(later), question__is_retired=False)

    def with_decision(self) -> Self:
        """Add the kind of what was decided last about each version (`decided`), `decided_at` and `decided_by_name`."""
        newest = AnswerEvent.objects.filter(version=OuterRef("pk")).order_by("-recorded_at", "-pk")
        return self.annotate(
            decided=Subquery(newest.values("kind")[:1]),
            decided_at=Subquery(newest.values("recorded_at")[:1]),
            decided_by_name=Subquery(newest.values("recorded_by__name")[:1]),
        )

    def beyond_draft(self) -> Self:
        """Filter to versions about which something was decided, such as that the answer is complete."""
        return self.filter(Exists(AnswerEvent.objects.filter(version=OuterRef("pk"))))

    def with_changes(self) -> Self:
        """Add whether the question was reworded since (`is_reworded`), or that or a cited fact (`is_out_of_date`)."""
        reworded = Exists(_later_terms())
        return self.annotate(
            is_reworded=reworded, is_out_of_date=Case(When(Q(reworded) | _has_changed_fact(), then=True), default=False)
        )

    def for_clearing_by(self, user: User) -> Self:
        """Filter to complete answers that this user may clear.

        This is the rule of `permissions.can_clear_answer`, for lists. One that is out of date has to be checked first.
        """
        if user.role not in (Role.OFFICER, Role.AMBASSADOR):
            return self.none()
        return self.current().with_decision().with_changes().filter(_may_be_cleared_by(user), is_out_of_date=False)

    def for_checking_by(self, user: User) -> Self:
        """Filter to answers that were opened again and to decided ones that are out of date, for an officer."""
        if user.role != Role.OFFICER:
            return self.none()
        rows = self.current().with_decision().with_changes()
        return rows.filter(Q(decided=AnswerEventKind.REOPENED) | Q(decided__in=DECIDED, is_out_of_date=True))

    def for_action_by(self, user: User) -> Self:
        """Filter to answers that this user may clear or has to check again, with less work than both one by one."""
        if user.role != Role.OFFICER:
            return self.for_clearing_by(user)
        is_open = _may_be_cleared_by(user) | Q(Exists(_later_terms())) | _has_changed_fact()
        is_reopened = Q(decided=AnswerEventKind.REOPENED)
        return self.current().with_decision().filter(is_reopened | Q(is_open, decided__in=DECIDED))

    def questions_for_action_by(self, user: User) -> models.QuerySet[Any, tuple[int, bool]]:
        """Return a query for the questions (ids) of `for_action_by`, and for whether the user may clear the answer."""
        is_to_clear = Case(When(_may_be_cleared_by(user), is_out_of_date=False, then=True), default=False)
        rows = self.for_action_by(user).with_changes().annotate(is_to_clear=is_to_clear)
        return rows.values_list("question", "is_to_clear")


DECIDED = (AnswerEventKind.COMPLETED, AnswerEventKind.CLEARED)
"""What is decided about an answer that is no draft."""


def _may_be_cleared_by(user: User) -> Q:
    """Return the condition on versions `with_decision` that are complete and that this user never wrote."""
    written = AnswerVersion.objects.filter(question=OuterRef("question"), recorded_by=user)
    return Q(decided=AnswerEventKind.COMPLETED) & ~Q(Exists(written))


def _later_terms() -> models.QuerySet[QuestionTerms]:
    """Return the wordings of a version's question that are newer than the one it answers."""
    later = Q(recorded_at__gt=OuterRef("terms__recorded_at"))
    later |= Q(recorded_at=OuterRef("terms__recorded_at"), pk__gt=OuterRef("terms"))
    return QuestionTerms.objects.filter(later, question=OuterRef("question")).order_by()


def _has_changed_fact() -> Q:
    changed = AnswerCitation.objects.filter(is_fact_changed(), sentence__version=OuterRef("pk"))
    return Q(Exists(changed.order_by()))


class AnswerVersion(models.Model):
    """One version of the answer to a question. Never changed: an edited answer is the next version.

    `finding` says what kind of answer it is. `terms` is the wording that was answered. `as_of` is the day in the
    country to which the answer speaks.
    """

    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    terms = models.ForeignKey(QuestionTerms, models.PROTECT, related_name="answers")
    number = models.PositiveIntegerField()
    finding = models.CharField(gettext_lazy("kind of answer"), max_length=15, choices=AnswerFinding.choices())
    as_of = models.DateField(gettext_lazy("as of"))
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = AnswerVersionQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("version of an answer")
        verbose_name_plural = gettext_lazy("versions of answers")
        ordering = ("question", "number")
        constraints: ClassVar = [
            models.UniqueConstraint("question", "number", name="answer_versions_are_numbered_once"),
            models.CheckConstraint(name="answer_versions_begin_at_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.question.number}, version {self.number}"

    @property
    def standing(self) -> AnswerStanding[User]:
        """The state of the answer while this is its newest version."""
        return self.standing_at(None)

    def standing_at(self, moment: datetime | None) -> AnswerStanding[User]:
        """Return the state at a moment (None: now) while this was the newest version. Prefetch `events`."""
        events = self.events.all()
        return find_answer_standing([each for each in events if moment is None or each.recorded_at <= moment])

    @property
    def number_without_source(self) -> int:
        """How many of its sentences cite nothing. Prefetch the sentences with their citations."""
        return sum(not sentence.citations.all() for sentence in self.sentences.all())


class AnswerSentence(models.Model):
    """A sentence of an answer. Sentences of one paragraph have the same `paragraph`. Never changed."""

    version = models.ForeignKey(AnswerVersion, models.PROTECT, related_name="sentences")
    position = models.PositiveSmallIntegerField()
    paragraph = models.PositiveSmallIntegerField()
    text = models.TextField(gettext_lazy("sentence"))

    class Meta:
        ordering = ("version", "position")
        constraints: ClassVar = [
            models.UniqueConstraint("version", "position", name="sentences_of_an_answer_have_their_place"),
            models.CheckConstraint(name="a_sentence_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text


CITED_FIELDS = {
    CitedKind.EVIDENCE: "evidence",
    CitedKind.READING: "reading",
    CitedKind.ASSESSMENT: "assessment",
    CitedKind.COMMITMENT: "commitment",
    CitedKind.REQUEST: "information_request",
    CitedKind.EDITION: "edition",
    CitedKind.LAW: "law_entry",
    CitedKind.CONTRIBUTION: "contribution",
}
"""The field of a citation by the kind of fact that it names."""


class AnswerCitation(models.Model):
    """The fact that a sentence cites. Exactly one of its keys is set. Never changed."""

    sentence = models.ForeignKey(AnswerSentence, models.PROTECT, related_name="citations")
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, blank=True, related_name="cited_in")
    reading = models.ForeignKey(Reading, models.PROTECT, null=True, blank=True, related_name="cited_in")
    assessment = models.ForeignKey(Assessment, models.PROTECT, null=True, blank=True, related_name="cited_in")
    commitment = models.ForeignKey(Commitment, models.PROTECT, null=True, blank=True, related_name="cited_in")
    information_request = models.ForeignKey(
        InformationRequest, models.PROTECT, null=True, blank=True, related_name="cited_in"
    )
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, blank=True, related_name="cited_in")
    law_entry = models.ForeignKey(LawEntry, models.PROTECT, null=True, blank=True, related_name="cited_in")
    contribution = models.ForeignKey(Contribution, models.PROTECT, null=True, blank=True, related_name="cited_in")

    class Meta:
        ordering = ("sentence", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_citation_names_exactly_one_fact",
                condition=reduce(
                    or_,
                    (
                        Q(**{f"{field}__isnull": field != named for field in CITED_FIELDS.values()})
                        for named in CITED_FIELDS.values()
                    ),
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def kind(self) -> CitedKind:
        """The kind of fact that it names."""
        return next(kind for kind, field in CITED_FIELDS.items() if getattr(self, f"{field}_id") is not None)

    @property
    def target(self) -> int:
        """The primary key of the fact."""
        return int(getattr(self, f"{CITED_FIELDS[self.kind]}_id"))

    @property
    def key(self) -> str:
        """What the text of an answer calls the fact, such as "E12"."""
        return f"{self.kind.letter}{self.target}"


class AnswerEvent(models.Model):
    """What was decided about a version of an answer: complete, cleared, or opened again. Never changed."""

    version = models.ForeignKey(AnswerVersion, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=AnswerEventKind.choices())
    reason = models.TextField(gettext_lazy("reason"), blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("recorded_at", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="an_answer_is_opened_again_for_a_reason",
                condition=~Q(kind=AnswerEventKind.REOPENED) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.version}"
