"""Factories of valid rows.

By default everything happens in Lesotho in the year of the 2021 edition: `CountryFactory()` returns the one Lesotho,
`EditionFactory()` its one 2021 edition. Facts are recorded by the officer of `RecorderFactory` and verified by that of
`ReviewerFactory`, because nobody may verify their own entries.
"""

import hashlib
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import factory
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.db.models import Max
from factory.django import DjangoModelFactory

from dialogues.choices import (
    AnswerEventKind,
    AnswerFinding,
    ChosenIndicatorEventKind,
    ClaimedProgress,
    CommitmentEventKind,
    CommitmentReach,
    ContributedBy,
    ContributionKind,
    DoneBy,
    DueDateDecision,
    EvidenceDecision,
    EvidenceKind,
    LineAnswerKind,
    MadeBy,
    ReceivedAs,
    RecordKind,
    RedactionAnswer,
    RequestEventKind,
    Sensitivity,
    SupportKind,
    TargetOrigin,
    UpdateDecision,
    Verdict,
)
from dialogues.models import (
    AgendaItem,
    AgreedProof,
    AgreedProofEnd,
    AgreedProofMatch,
    AnswerCitation,
    AnswerEvent,
    AnswerSentence,
    AnswerVersion,
    Assessment,
    AssessmentEvidence,
    ChosenIndicator,
    ChosenIndicatorEvent,
    Commitment,
    CommitmentBenchmark,
    CommitmentCorrection,
    CommitmentEvent,
    Contribution,
    Dialogue,
    DialogueFile,
    Disposal,
    DisposalCertificate,
    DisposalDecline,
    DisposalRow,
    Draft,
    DueDateProposal,
    DueDateProposalDecision,
    Evidence,
    EvidenceFile,
    EvidenceIndicium,
    EvidenceLink,
    EvidenceQuestion,
    EvidenceReview,
    IndicatorTarget,
    InformationRequest,
    InternalNote,
    InternalNoteDone,
    LawEntry,
    LineAnswer,
    NextStep,
    NextStepDone,
    Participant,
    Partner,
    Reading,
    ReadingPart,
    Redaction,
    RedactionDecision,
    RequestEvent,
    RequestLine,
    RetentionHold,
    RetentionHoldRelease,
    RetentionSchedule,
    Sustainment,
    Update,
    UpdateVersion,
    UpdateVersionDecision,
    WorkbookDraft,
)
from recommendations.choices import MilestoneKind, Pillar, Rule, TextStatus, Tier
from recommendations.models import (
    Benchmark,
    BenchmarkTerms,
    Edition,
    EditionImport,
    EditionTerms,
    Indicator,
    Milestone,
    MilestoneDateChange,
    MilestoneDone,
    Question,
    QuestionSet,
    QuestionTerms,
    Recommendation,
    RecommendationTerms,
    RecommendationWeight,
)
from reports.actions.blanking import close_certificate
from reports.choices import BriefingKind
from reports.models import Briefing, BriefingDownload, ReadinessRun, WordTemplate
from tiptracker.accounts.models import Country, District, Ministry, OfficeHolder, User
from tiptracker.audit.models import ImportedEntry, ImportedLog
from tiptracker.backups.models import Backup, PostExport
from tiptracker.choices import Role
from tiptracker.handovers.models import Handover
from tiptracker.jobs.models import Job
from tiptracker.languages.models import LanguageReview
from tiptracker.notifications.choices import NoticeKind
from tiptracker.notifications.models import Notice
from tiptracker.saved_filters.models import SavedFilter
from tiptracker.undo.models import RemovedRow

PASSWORD = "a long enough password"
"""The password of every user in tests."""
MASERU = ZoneInfo("Africa/Maseru")
PERIOD_STARTS_ON, PERIOD_ENDS_ON = date(2021, 4, 1), date(2022, 3, 31)
DIALOGUE_ON = date(2021, 11, 8)
DEADLINE_ON = date(2022, 2, 28)
TERMS_SET_AT = datetime(2021, 7, 1, 9, tzinfo=MASERU)


def at_noon(day: date) -> datetime:
    """Return noon of `day` in Maseru, when rows of that day are recorded."""
    return datetime.combine(day, time(12), MASERU)


def _next(rows, field: str) -> int:
    return (rows.aggregate(most=Max(field))["most"] or 0) + 1


# --- People and places ------------------------------------------------------------------------------------------------


class CountryFactory(DjangoModelFactory):
    """Lesotho, always the same row. `elsewhere=True`: Malawi."""

    class Meta:
        model = Country
        django_get_or_create = ("code",)

    class Params:
        elsewhere = factory.Trait(code="MWI", name="Malawi", time_zone="Africa/Blantyre", currency="MWK")

    code = "LSO"
    name = "Lesotho"
    time_zone = "Africa/Maseru"
    currency = "LSL"


class DistrictFactory(DjangoModelFactory):
    class Meta:
        model = District

    country = factory.SubFactory(CountryFactory)
    name = factory.Sequence(lambda n: f"District {n + 1}")


class MinistryFactory(DjangoModelFactory):
    """A new ministry of Lesotho each time, but the same row for the same `short_name`."""

    class Meta:
        model = Ministry
        django_get_or_create = ("country", "short_name")

    country = factory.SubFactory(CountryFactory)
    short_name = factory.Sequence(lambda n: f"Ministry {n + 1}")
    name = factory.LazyAttribute(lambda ministry: f"Ministry of {ministry.short_name}")


class OfficeHolderFactory(DjangoModelFactory):
    class Meta:
        model = OfficeHolder

    ministry = factory.SubFactory(MinistryFactory)
    name = factory.Sequence(lambda n: f"Minister {n + 1}")


class UserFactory(DjangoModelFactory):
    """An officer on Lesotho, or on `countries=[...]`. `PASSWORD` is the password."""

    class Meta:
        model = User
        django_get_or_create = ("email",)
        skip_postgeneration_save = True

    role = Role.OFFICER
    email = factory.Sequence(lambda n: f"person{n + 1}@post.example")
    name = factory.LazyAttribute(lambda user: user.email.partition("@")[0].replace(".", " ").capitalize())
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
    ministry = None

    @factory.post_generation
    def countries(user, create, extracted):
        if extracted is not None:
            user.countries.set(extracted)
        elif user.is_embassy and not user.countries.exists():
            user.countries.add(CountryFactory())


class OfficerFactory(UserFactory):
    role = Role.OFFICER


class AmbassadorFactory(UserFactory):
    role = Role.AMBASSADOR


class ObserverFactory(UserFactory):
    role = Role.OBSERVER


class FocalPointFactory(UserFactory):
    """A focal point of a new ministry, or of `ministry`."""

    role = Role.FOCAL_POINT
    ministry = factory.SubFactory(MinistryFactory)


class AdministratorFactory(UserFactory):
    role = Role.ADMINISTRATOR


class RecorderFactory(UserFactory):
    """The officer who records rows by default: always the same person."""

    email = "recorder@post.example"


class ReviewerFactory(UserFactory):
    """The officer who reviews by default: always the same person."""

    email = "reviewer@post.example"


# --- Recommendations and benchmarks -----------------------------------------------------------------------------------


class EditionTermsFactory(DjangoModelFactory):
    """Terms recorded on 1 July 2021; the newest `recorded_at` holds. Needs an `edition`."""

    class Meta:
        model = EditionTerms

    deadline_on = DEADLINE_ON
    readiness_target = 45
    readiness_target_reason = "The post's own target."
    reason = "The edition was published."
    recorded_at = TERMS_SET_AT
    recorded_by = factory.SubFactory(RecorderFactory)


class EditionFactory(DjangoModelFactory):
    """The one 2021 edition on Lesotho, with terms: `terms__readiness_target=50`, or `terms=False` for none."""

    class Meta:
        model = Edition
        django_get_or_create = ("country", "year")
        skip_postgeneration_save = True

    country = factory.SubFactory(CountryFactory)
    year = 2021
    tier = Tier.WATCH_LIST
    target_tier = Tier.TIER_2
    published_on = factory.LazyAttribute(lambda edition: date(edition.year, 7, 1))
    starts_on = factory.LazyAttribute(lambda edition: date(edition.year, 4, 1))
    ends_on = factory.LazyAttribute(lambda edition: date(edition.year + 1, 3, 31))
    source = factory.LazyAttribute(lambda edition: f"TIP Report {edition.year}")

    @factory.post_generation
    def terms(edition, create, extracted, **fields):
        if extracted is not False and not edition.terms.exists():
            EditionTermsFactory(edition=edition, **fields)


class EditionImportFactory(DjangoModelFactory):
    """A draft import of one item; `loaded=True`: it was loaded the same day."""

    class Meta:
        model = EditionImport

    class Params:
        loaded = factory.Trait(
            loaded_at=TERMS_SET_AT, loaded_by=factory.SelfAttribute("begun_by"), did={"new": [1]}, draft={}
        )

    edition = factory.SubFactory(EditionFactory)
    name = "lesotho.txt"
    sha256 = "0" * 64
    text_status = TextStatus.OFFICIAL
    draft = factory.LazyFunction(
        lambda: {"rows": [[1, "Fund the shelter and its staff.", ""]], "notes": [], "left_out": [], "tier": None}
    )
    begun_at = TERMS_SET_AT
    begun_by = factory.SubFactory("tests.factories.AdministratorFactory")


class MilestoneFactory(DjangoModelFactory):
    """The edition's deadline. `done=date(...)` marks it as done, recorded at `done__recorded_at=...`."""

    class Meta:
        model = Milestone
        django_get_or_create = ("edition", "kind")
        skip_postgeneration_save = True

    edition = factory.SubFactory(EditionFactory)
    kind = MilestoneKind.DEADLINE
    due_on = DEADLINE_ON

    @factory.post_generation
    def done(milestone, create, extracted, **fields):
        if extracted:
            MilestoneDoneFactory(milestone=milestone, done_on=extracted, **fields)


class MilestoneDateChangeFactory(DjangoModelFactory):
    """The action plan is due on 10 January 2022 instead, recorded at noon of 20 December 2021."""

    class Meta:
        model = MilestoneDateChange

    milestone = factory.SubFactory(MilestoneFactory, kind=MilestoneKind.ACTION_PLAN, due_on=date(2021, 12, 28))
    due_on = date(2022, 1, 10)
    reason = "The Department said so."
    recorded_at = factory.LazyFunction(lambda: at_noon(date(2021, 12, 20)))
    recorded_by = factory.SubFactory(RecorderFactory)


class MilestoneDoneFactory(DjangoModelFactory):
    """An action plan that was presented on 20 December 2021, recorded at noon of that day."""

    class Meta:
        model = MilestoneDone

    milestone = factory.SubFactory(MilestoneFactory, kind=MilestoneKind.ACTION_PLAN, due_on=date(2021, 12, 28))
    done_on = date(2021, 12, 20)
    source = "A diplomatic note."
    recorded_at = factory.LazyAttribute(lambda row: at_noon(row.done_on))
    recorded_by = factory.SubFactory(RecorderFactory)


class RecommendationTermsFactory(DjangoModelFactory):
    """Terms recorded on 1 July 2021; the newest `recorded_at` holds. Needs a `recommendation`."""

    class Meta:
        model = RecommendationTerms

    number = factory.SelfAttribute("recommendation.number")
    text = factory.SelfAttribute("recommendation.text")
    text_status = factory.SelfAttribute("recommendation.text_status")
    pillar = Pillar.PROSECUTION
    reason = "The edition was published."
    recorded_at = TERMS_SET_AT
    recorded_by = factory.SubFactory(RecorderFactory)


class RecommendationFactory(DjangoModelFactory):
    """The next recommendation of the edition, led by a new ministry; `supporting=[...]` names further ones.

    It has terms (`terms__pillar=Pillar.PROTECTION`), or none with `terms=False`.
    """

    class Meta:
        model = Recommendation
        skip_postgeneration_save = True

    edition = factory.SubFactory(EditionFactory)
    number = factory.LazyAttribute(lambda row: _next(row.edition.recommendations, "number"))
    text = factory.LazyAttribute(lambda row: f"Do what number {row.number} says.")
    text_status = TextStatus.RECONSTRUCTION
    indicia = factory.LazyFunction(lambda: [1])
    lead = factory.SubFactory(MinistryFactory)

    @factory.post_generation
    def supporting(recommendation, create, extracted):
        if extracted:
            recommendation.supporting.set(extracted)

    @factory.post_generation
    def terms(recommendation, create, extracted, **fields):
        if extracted is not False:
            RecommendationTermsFactory(recommendation=recommendation, **fields)


class RecommendationWeightFactory(DjangoModelFactory):
    """Needs `terms` and `recommendation`."""

    class Meta:
        model = RecommendationWeight

    weight = 2


class QuestionSetFactory(DjangoModelFactory):
    """A draft set from a file; `loaded=True`: it was loaded the same day."""

    class Meta:
        model = QuestionSet

    class Params:
        loaded = factory.Trait(loaded_at=TERMS_SET_AT, loaded_by=factory.SelfAttribute("begun_by"), did={"new": 1})

    edition = factory.SubFactory(EditionFactory)
    name = "questions.docx"
    sha256 = "0" * 64
    begun_at = TERMS_SET_AT
    begun_by = factory.SubFactory(OfficerFactory)


class QuestionTermsFactory(DjangoModelFactory):
    """The wording of a question since 1 July 2021. Needs a `question`."""

    class Meta:
        model = QuestionTerms

    number = factory.SelfAttribute("question.number")
    heading = factory.SelfAttribute("question.heading")
    text = factory.SelfAttribute("question.text")
    reason = "The Department sent its instruction."
    recorded_at = TERMS_SET_AT
    recorded_by = factory.SubFactory(RecorderFactory)


class QuestionFactory(DjangoModelFactory):
    """The next question of the edition; `benchmarks=[...]` and `indicators=[...]` are what it is mapped to."""

    class Meta:
        model = Question
        skip_postgeneration_save = True

    edition = factory.SubFactory(EditionFactory)
    position = factory.LazyAttribute(lambda row: _next(row.edition.questions, "position"))
    number = factory.LazyAttribute(lambda row: str(row.position))
    text = factory.LazyAttribute(lambda row: f"What does the record say about point {row.number}?")

    @factory.post_generation
    def benchmarks(question, create, extracted):
        if extracted:
            question.benchmarks.set(extracted)

    @factory.post_generation
    def indicators(question, create, extracted):
        if extracted:
            question.indicators.set(extracted)

    @factory.post_generation
    def terms(question, create, extracted, **fields):
        if extracted is not False:
            QuestionTermsFactory(question=question, **fields)


class AnswerVersionFactory(DjangoModelFactory):
    """The next version of an answer, as of 1 November 2021, recorded that day."""

    class Meta:
        model = AnswerVersion

    question = factory.SubFactory(QuestionFactory)
    terms = factory.LazyAttribute(lambda row: row.question.terms.last())
    number = factory.LazyAttribute(lambda row: _next(row.question.answers, "number"))
    finding = AnswerFinding.FACTS
    as_of = date(2021, 11, 1)
    recorded_at = datetime(2021, 11, 1, 9, tzinfo=MASERU)
    recorded_by = factory.SubFactory(RecorderFactory)


class AnswerSentenceFactory(DjangoModelFactory):
    """The next sentence of an answer. It cites nothing."""

    class Meta:
        model = AnswerSentence

    version = factory.SubFactory(AnswerVersionFactory)
    position = factory.LazyAttribute(lambda row: _next(row.version.sentences, "position"))
    paragraph = 1
    text = "Police opened four investigations."


class AnswerCitationFactory(DjangoModelFactory):
    """A sentence cites its edition; name another fact with `edition=None, evidence=...`."""

    class Meta:
        model = AnswerCitation

    sentence = factory.SubFactory(AnswerSentenceFactory)
    edition = factory.SelfAttribute("sentence.version.question.edition")


class AnswerEventFactory(DjangoModelFactory):
    """The version was marked as complete, an hour after it was recorded."""

    class Meta:
        model = AnswerEvent

    version = factory.SubFactory(AnswerVersionFactory)
    kind = AnswerEventKind.COMPLETED
    recorded_at = factory.LazyAttribute(lambda row: row.version.recorded_at + timedelta(hours=1))
    recorded_by = factory.SubFactory(RecorderFactory)


class IndicatorFactory(DjangoModelFactory):
    """A count of cases. It answers an effort question only with `question=EffortQuestion.…`."""

    class Meta:
        model = Indicator

    country = factory.SubFactory(CountryFactory)
    name = factory.Sequence(lambda n: f"Indicator {n + 1}")
    unit = "cases"
    pillar = Pillar.PROSECUTION


class BenchmarkTermsFactory(DjangoModelFactory):
    """Terms recorded on 1 July 2021; the newest `recorded_at` holds. Needs a `benchmark`."""

    class Meta:
        model = BenchmarkTerms

    recommendation = factory.SelfAttribute("benchmark.recommendation")
    letter = factory.SelfAttribute("benchmark.letter")
    criterion = factory.LazyAttribute(lambda row: f"What {row.benchmark.key} asks has been done.")
    rule = Rule.ASSESSED
    weight = 1
    reason = "The edition was published."
    recorded_at = TERMS_SET_AT
    recorded_by = factory.SubFactory(RecorderFactory)

    @factory.lazy_attribute
    def indicator(self):
        if self.rule == Rule.ASSESSED:
            return None
        return IndicatorFactory(country=self.benchmark.recommendation.edition.country)


class BenchmarkFactory(DjangoModelFactory):
    """The next benchmark of its recommendation. It has terms (`terms__rule=Rule.TARGET`); none with `terms=False`."""

    class Meta:
        model = Benchmark
        skip_postgeneration_save = True

    recommendation = factory.SubFactory(RecommendationFactory)
    letter = factory.LazyAttribute(lambda row: chr(ord("a") + row.recommendation.benchmarks.count()))

    @factory.post_generation
    def terms(benchmark, create, extracted, **fields):
        if extracted is not False:
            BenchmarkTermsFactory(benchmark=benchmark, **fields)


# --- Dialogues and commitments ----------------------------------------------------------------------------------------


class DialogueFactory(DjangoModelFactory):
    """A dialogue held on 8 November 2021, each in another room. `planned=True`: one planned for 10 February 2022."""

    class Meta:
        model = Dialogue

    country = factory.SubFactory(CountryFactory)
    held_on = DIALOGUE_ON
    place = factory.Sequence(lambda n: f"Room {n + 1}, Maseru")
    purpose = "Progress on the recommendations"
    recorded_at = factory.LazyAttribute(lambda row: at_noon(row.held_on))
    recorded_by = factory.SubFactory(RecorderFactory)

    class Params:
        planned = factory.Trait(
            held_on=date(2022, 2, 10),
            entered_at=at_noon(date(2022, 1, 20)),
            entered_by=factory.SubFactory(RecorderFactory),
            recorded_at=None,
            recorded_by=None,
        )


class ParticipantFactory(DjangoModelFactory):
    class Meta:
        model = Participant

    dialogue = factory.SubFactory(DialogueFactory)
    name = factory.Sequence(lambda n: f"Participant {n + 1}")
    office = "Minister"
    came = factory.LazyAttribute(lambda row: True if row.dialogue.recorded_at else None)


class AgendaItemFactory(DjangoModelFactory):
    class Meta:
        model = AgendaItem

    dialogue = factory.SubFactory(DialogueFactory)
    recommendation = factory.SubFactory(RecommendationFactory)
    position = factory.LazyAttribute(lambda row: _next(row.dialogue.agenda, "position"))


class IndicatorTargetFactory(DjangoModelFactory):
    """An annual target of 12 with a baseline of 4, recorded on 10 January 2022.

    With a `ministry`, it was agreed by letter; with a `dialogue` too, there.
    """

    class Meta:
        model = IndicatorTarget

    indicator = factory.SubFactory(IndicatorFactory)
    edition = factory.LazyAttribute(lambda row: EditionFactory(country=row.indicator.country))
    figure = 12
    baseline = 4
    baseline_starts_on = date(2020, 4, 1)
    baseline_through_on = date(2021, 3, 31)
    baseline_source = "TIP Report 2021"
    reason = "Three times as many as the year before."
    ministry = None
    dialogue = None
    origin = factory.LazyAttribute(
        lambda row: (
            TargetOrigin.DIALOGUE if row.dialogue else TargetOrigin.LETTER if row.ministry else TargetOrigin.POST
        )
    )
    recorded_at = at_noon(date(2022, 1, 10))
    recorded_by = factory.SubFactory(RecorderFactory)


class ChosenIndicatorFactory(DjangoModelFactory):
    """An indicator that was chosen on 10 January 2022 for a dialogue of 24 February 2022, proposed to nobody."""

    class Meta:
        model = ChosenIndicator

    dialogue = factory.LazyAttribute(lambda row: DialogueFactory(planned=True, held_on=date(2022, 2, 24)))
    indicator = factory.LazyAttribute(lambda row: IndicatorFactory(country=row.dialogue.country))
    reason = "No verified figure this year"
    recorded_at = at_noon(date(2022, 1, 10))
    recorded_by = factory.SubFactory(RecorderFactory)


class ChosenIndicatorEventFactory(DjangoModelFactory):
    """What happened to a `chosen` indicator on 17 January 2022: by default it was dropped."""

    class Meta:
        model = ChosenIndicatorEvent

    chosen = factory.SubFactory(ChosenIndicatorFactory)
    kind = ChosenIndicatorEventKind.DROPPED
    happened_on = date(2022, 1, 17)
    ministry = None
    text = "Nobody counts it."
    recorded_at = at_noon(date(2022, 1, 17))
    recorded_by = factory.SubFactory(RecorderFactory)


class ContributionFactory(DjangoModelFactory):
    """A contribution of the United States since 1 December 2021, or of a `ministry` or a `partner`."""

    class Meta:
        model = Contribution

    country = factory.SubFactory(CountryFactory)
    ministry = None
    partner = None

    @factory.lazy_attribute
    def given_by(self):
        if self.ministry:
            return ContributedBy.MINISTRY
        return ContributedBy.PARTNER if self.partner else ContributedBy.UNITED_STATES

    kind = ContributionKind.TRAINING
    what = "Training of prosecutors"
    starts_on = date(2021, 12, 1)
    source = "Letter of 1 December 2021"
    recorded_at = at_noon(date(2022, 1, 10))
    recorded_by = factory.SubFactory(RecorderFactory)


class SustainmentFactory(DjangoModelFactory):
    """Who pays for a commitment, or for what is given instead, from 1 April 2023."""

    class Meta:
        model = Sustainment

    country = factory.SubFactory(CountryFactory)
    recommendation = None
    commitment = factory.LazyAttribute(
        lambda row: None if row.recommendation else CommitmentFactory(country=row.country)
    )
    payer = "The Ministry of Home Affairs"
    from_on = date(2023, 4, 1)
    proof = "A line of the budget"
    recorded_at = at_noon(date(2022, 1, 10))
    recorded_by = factory.SubFactory(RecorderFactory)


class NextStepFactory(DjangoModelFactory):
    """A next step of the embassy, agreed on 8 November 2021, without a due date."""

    class Meta:
        model = NextStep

    dialogue = factory.SubFactory(DialogueFactory)
    text = factory.Sequence(lambda n: f"Next step number {n + 1}.")
    recorded_at = at_noon(DIALOGUE_ON)
    recorded_by = factory.SubFactory(RecorderFactory)


class NextStepDoneFactory(DjangoModelFactory):
    class Meta:
        model = NextStepDone

    step = factory.SubFactory(NextStepFactory)
    done_on = date(2021, 12, 1)
    recorded_at = at_noon(date(2021, 12, 1))
    recorded_by = factory.SubFactory(RecorderFactory)


class InternalNoteFactory(DjangoModelFactory):
    """A note of 10 January 2022, for nobody in particular, about a commitment or what is given instead."""

    class Meta:
        model = InternalNote

    country = factory.SubFactory(CountryFactory)
    recommendation = None
    ministry = None
    commitment = factory.LazyAttribute(
        lambda row: None if row.recommendation or row.ministry else CommitmentFactory(country=row.country)
    )
    text = factory.Sequence(lambda n: f"Internal note number {n + 1}.")
    recorded_at = at_noon(date(2022, 1, 10))
    recorded_by = factory.SubFactory(RecorderFactory)


class InternalNoteDoneFactory(DjangoModelFactory):
    """The reviewer marked the note as dealt with on 12 January 2022."""

    class Meta:
        model = InternalNoteDone

    note = factory.SubFactory(InternalNoteFactory)
    recorded_at = at_noon(date(2022, 1, 12))
    recorded_by = factory.SubFactory(ReviewerFactory)


class PartnerFactory(DjangoModelFactory):
    """An organization that nothing in the record names yet."""

    class Meta:
        model = Partner

    country = factory.SubFactory(CountryFactory)
    name = factory.Sequence(lambda n: f"Partner number {n + 1}")
    kind = "civil_society"


class DialogueFileFactory(DjangoModelFactory):
    """A statement on a dialogue."""

    class Meta:
        model = DialogueFile

    dialogue = factory.SubFactory(DialogueFactory)
    file = factory.SubFactory("tests.factories.EvidenceFileFactory")
    what = "statement"
    recorded_at = at_noon(DIALOGUE_ON)
    recorded_by = factory.SubFactory(RecorderFactory)


class CommitmentEventFactory(DjangoModelFactory):
    """An event of a `commitment`, recorded at noon of the day it happened. Made and rescheduled take `due_on`."""

    class Meta:
        model = CommitmentEvent

    kind = CommitmentEventKind.MADE
    happened_on = DIALOGUE_ON
    reason = factory.LazyAttribute(
        lambda row: (
            ""
            if row.kind
            in (CommitmentEventKind.MADE, CommitmentEventKind.REPORTED_DONE, CommitmentEventKind.REPORT_WITHDRAWN)
            else f"A reason why it was {row.kind}."
        )
    )
    recorded_at = factory.LazyAttribute(lambda row: at_noon(row.happened_on))

    @factory.lazy_attribute
    def recorded_by(self):
        return (
            ReviewerFactory()
            if self.kind in (CommitmentEventKind.VERIFIED_DONE, CommitmentEventKind.REPORT_RETURNED)
            else RecorderFactory()
        )


class CommitmentFactory(DjangoModelFactory):
    """A commitment of a new ministry, made on 8 November 2021, without a due date.

    `made__due_on=day` sets the due date, `made__happened_on` the day it was made; `made=False` adds no event.
    `benchmarks=[...]` links it (`benchmarks__reach=CommitmentReach.MEETS`; by default it contributes).
    `united_states=True`: a commitment of the United States. `done=True`: reported as done and verified.
    """

    class Meta:
        model = Commitment
        skip_postgeneration_save = True

    class Params:
        united_states = factory.Trait(made_by=MadeBy.UNITED_STATES, ministry=None)

    ministry = factory.SubFactory(MinistryFactory)
    country = factory.LazyAttribute(lambda row: row.ministry.country if row.ministry else CountryFactory())
    text = factory.Sequence(lambda n: f"Promise number {n + 1}.")
    letter = "Letter of 8 November 2021"
    recorded_at = at_noon(DIALOGUE_ON)
    recorded_by = factory.SubFactory(RecorderFactory)

    @factory.post_generation
    def made(commitment, create, extracted, **fields):
        if extracted is not False:
            CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.MADE, **fields)

    @factory.post_generation
    def benchmarks(commitment, create, extracted, reach=CommitmentReach.CONTRIBUTES):
        for benchmark in extracted or ():
            CommitmentBenchmark.objects.create(commitment=commitment, benchmark=benchmark, reach=reach)

    @factory.post_generation
    def done(commitment, create, extracted):
        if extracted:
            for kind, day in (
                (CommitmentEventKind.REPORTED_DONE, date(2021, 12, 1)),
                (CommitmentEventKind.VERIFIED_DONE, date(2021, 12, 2)),
            ):
                CommitmentEventFactory(commitment=commitment, kind=kind, happened_on=day)


class CommitmentCorrectionFactory(DjangoModelFactory):
    """A correction of 10 January 2022, of the benchmarks alone. Needs a `commitment`.

    `text="..."` corrects the wording, `adds=[...]` and `removes=[...]` the links (`adds__reach=CommitmentReach.MEETS`).
    """

    class Meta:
        model = CommitmentCorrection
        skip_postgeneration_save = True

    commitment = factory.SubFactory(CommitmentFactory)
    reason = "It was written down wrongly."
    recorded_at = at_noon(date(2022, 1, 10))
    recorded_by = factory.SubFactory(RecorderFactory)

    @classmethod
    def _create(cls, model_class, *args, text="", **given):
        commitment = given["commitment"]
        row = super()._create(model_class, *args, **{"replaced_text": commitment.text if text else ""} | given)
        commitment.newest_correction = row
        commitment.text = text or commitment.text
        commitment.save(update_fields=["text", "newest_correction"])
        return row

    @factory.post_generation
    def removes(correction, create, extracted):
        correction.commitment.links.current().filter(benchmark__in=extracted or ()).update(removed_in=correction)

    @factory.post_generation
    def adds(correction, create, extracted, reach=CommitmentReach.CONTRIBUTES):
        at = {"added_in": correction, "recorded_at": correction.recorded_at, "recorded_by": correction.recorded_by}
        for benchmark in extracted or ():
            CommitmentBenchmark.objects.create(commitment=correction.commitment, benchmark=benchmark, reach=reach, **at)


class AgreedProofFactory(DjangoModelFactory):
    """A law that the Ministry of Justice sends, agreed with the `commitment` on 8 November 2021."""

    class Meta:
        model = AgreedProof

    commitment = factory.SubFactory(CommitmentFactory)
    kind = EvidenceKind.LAW
    text = factory.Sequence(lambda n: f"copy {n + 1} of the Act")
    from_whom = "the Ministry of Justice"
    agreed_on = DIALOGUE_ON
    recorded_at = factory.LazyAttribute(lambda row: at_noon(row.agreed_on))
    recorded_by = factory.SubFactory(RecorderFactory)


class AgreedProofEndFactory(DjangoModelFactory):
    """The end of a `proof`, on 10 January 2022."""

    class Meta:
        model = AgreedProofEnd

    proof = factory.SubFactory(AgreedProofFactory)
    ended_on = date(2022, 1, 10)
    reason = "The Act is published on the web."
    recorded_at = factory.LazyAttribute(lambda row: at_noon(row.ended_on))
    recorded_by = factory.SubFactory(RecorderFactory)


class AgreedProofMatchFactory(DjangoModelFactory):
    """That evidence of the commitment is the agreed `proof`; give both to name them."""

    class Meta:
        model = AgreedProofMatch

    proof = factory.SubFactory(AgreedProofFactory)
    evidence = factory.SubFactory(
        "tests.factories.EvidenceFactory", commitment=factory.SelfAttribute("..proof.commitment")
    )
    recorded_at = at_noon(date(2022, 1, 11))
    recorded_by = factory.SubFactory(RecorderFactory)


# --- Updates and evidence ---------------------------------------------------------------------------------------------


class UpdateFactory(DjangoModelFactory):
    """An update of a ministry. It has no version: see UpdateVersionFactory.

    With an `information_request` it answers that, and otherwise it is on a commitment.
    """

    class Meta:
        model = Update

    information_request = None
    commitment = factory.Maybe("information_request", None, factory.SubFactory(CommitmentFactory))
    number = factory.LazyAttribute(lambda row: _next((row.commitment or row.information_request).updates, "number"))


class UpdateVersionFactory(DjangoModelFactory):
    """A version that a focal point of the commitment's ministry sent on 10 January 2022: under way, no decision yet.

    `answers=[line, …]` answers lines of a request, with “none” for those in `answers__none`. `returned=True` or
    `accepted=True` adds the reviewer's decision, `withdrawn=True` the sender's.
    """

    class Meta:
        model = UpdateVersion
        skip_postgeneration_save = True

    update = factory.SubFactory(UpdateFactory)
    number = factory.LazyAttribute(lambda row: _next(row.update.versions, "number"))
    narrative = factory.Sequence(lambda n: f"What we did, told for the {n + 1}. time.")
    claimed = factory.LazyAttribute(lambda row: "" if row.update.information_request else ClaimedProgress.UNDER_WAY)
    happened_on = date(2022, 1, 10)
    recorded_at = factory.LazyAttribute(lambda row: at_noon(row.happened_on))
    recorded_by = factory.LazyAttribute(lambda row: _focal_point_of(row.update.subject.ministry))
    received_on = None
    received_as = factory.LazyAttribute(lambda row: ReceivedAs.WORKBOOK if row.received_on else "")

    @factory.post_generation
    def answers(update_version, create, extracted, none=()):
        for line in extracted or ():
            kind = LineAnswerKind.NONE if line in none else LineAnswerKind.ANSWERED
            LineAnswerFactory(line=line, update_version=update_version, answer=kind)

    @factory.post_generation
    def returned(update_version, create, extracted):
        if extracted:
            UpdateVersionDecisionFactory(update_version=update_version, decision=UpdateDecision.RETURNED)

    @factory.post_generation
    def accepted(update_version, create, extracted):
        if extracted:
            UpdateVersionDecisionFactory(update_version=update_version, decision=UpdateDecision.ACCEPTED)

    @factory.post_generation
    def withdrawn(update_version, create, extracted):
        if extracted:
            UpdateVersionDecisionFactory(update_version=update_version, decision=UpdateDecision.WITHDRAWN)


def _focal_point_of(ministry):
    return ministry.users.order_by("pk").first() or FocalPointFactory(ministry=ministry)


class UpdateVersionDecisionFactory(DjangoModelFactory):
    class Meta:
        model = UpdateVersionDecision

    update_version = factory.SubFactory(UpdateVersionFactory)
    decision = UpdateDecision.ACCEPTED
    reason = factory.LazyAttribute(
        lambda row: "Please add the date." if row.decision == UpdateDecision.RETURNED else ""
    )
    recorded_at = factory.LazyAttribute(lambda row: row.update_version.recorded_at)

    @factory.lazy_attribute
    def recorded_by(self):
        is_ministrys = self.decision == UpdateDecision.WITHDRAWN
        return self.update_version.recorded_by if is_ministrys else ReviewerFactory()


class InformationRequestFactory(DjangoModelFactory):
    """A request of 8 November 2021 to a new ministry, due on 15 January 2022.

    `asked__due_on=day` sets the due date, `asked__happened_on` the day it was asked; `asked=False` adds no event.
    `lines=["…", indicator, …]` adds a line for each text or indicator; by default one for a document.
    """

    class Meta:
        model = InformationRequest
        skip_postgeneration_save = True

    ministry = factory.SubFactory(MinistryFactory)
    country = factory.LazyAttribute(lambda row: row.ministry.country)
    edition = factory.LazyAttribute(
        lambda row: row.country.editions.order_by("-year").first() or EditionFactory(country=row.country)
    )
    reason = factory.Sequence(lambda n: f"The report needs it, reason {n + 1}.")
    recorded_at = at_noon(DIALOGUE_ON)
    recorded_by = factory.SubFactory(RecorderFactory)

    @factory.post_generation
    def asked(information_request, create, extracted, **fields):
        if extracted is not False:
            RequestEventFactory(information_request=information_request, **fields)

    @factory.post_generation
    def lines(information_request, create, extracted):
        for asked in ["The list of shelters"] if extracted is None else extracted:
            given = {"wording": asked} if isinstance(asked, str) else {"indicator": asked}
            RequestLineFactory(information_request=information_request, **given)


class RequestLineFactory(DjangoModelFactory):
    """A line that asks for a document or, with an `indicator`, for its figure of 1 April 2021 to 31 March 2022."""

    class Meta:
        model = RequestLine

    information_request = factory.SubFactory(InformationRequestFactory, lines=[])
    number = factory.LazyAttribute(lambda row: _next(row.information_request.lines, "number"))
    indicator = None
    wording = factory.LazyAttribute(lambda row: row.indicator.name if row.indicator else "The list of shelters")
    starts_on = factory.LazyAttribute(lambda row: date(2021, 4, 1) if row.indicator else None)
    through_on = factory.LazyAttribute(lambda row: date(2022, 3, 31) if row.indicator else None)


DATED_EVENTS = (RequestEventKind.ASKED, RequestEventKind.MOVED)


class RequestEventFactory(DjangoModelFactory):
    """An event of a request: asked on 8 November 2021, due on 15 January 2022."""

    class Meta:
        model = RequestEvent

    information_request = factory.SubFactory(InformationRequestFactory, asked=False)
    kind = RequestEventKind.ASKED
    happened_on = DIALOGUE_ON
    due_on = factory.LazyAttribute(lambda row: date(2022, 1, 15) if row.kind in DATED_EVENTS else None)
    reason = factory.LazyAttribute(lambda row: "" if row.kind == RequestEventKind.ASKED else "It was agreed so.")
    recorded_at = factory.LazyAttribute(lambda row: at_noon(row.happened_on))
    recorded_by = factory.SubFactory(RecorderFactory)


class LineAnswerFactory(DjangoModelFactory):
    """An answer to a line, sent with a version of the line's request."""

    class Meta:
        model = LineAnswer

    line = factory.SubFactory(RequestLineFactory)
    update_version = factory.LazyAttribute(
        lambda row: UpdateVersionFactory(update__information_request=row.line.information_request)
    )
    answer = LineAnswerKind.ANSWERED
    text = factory.Sequence(lambda n: f"Explanation number {n + 1}.")


class DueDateProposalFactory(DjangoModelFactory):
    """A proposal of 10 January 2022 by a focal point of the commitment's ministry, without a decision."""

    class Meta:
        model = DueDateProposal

    commitment = factory.SubFactory(CommitmentFactory)
    due_on = date(2022, 2, 15)
    reason = "The printer delivers in February."
    recorded_at = at_noon(date(2022, 1, 10))
    recorded_by = factory.LazyAttribute(lambda row: _focal_point_of(row.commitment.ministry))


class DueDateProposalDecisionFactory(DjangoModelFactory):
    """The reviewer declined the proposal. For `accepted`, give the `event` that moved the due date."""

    class Meta:
        model = DueDateProposalDecision

    proposal = factory.SubFactory(DueDateProposalFactory)
    decision = DueDateDecision.DECLINED
    reason = factory.LazyAttribute(lambda row: "It is late." if row.decision == DueDateDecision.DECLINED else "")
    recorded_at = factory.LazyAttribute(lambda row: row.proposal.recorded_at)

    @factory.lazy_attribute
    def recorded_by(self):
        is_ministrys = self.decision == DueDateDecision.WITHDRAWN
        return self.proposal.recorded_by if is_ministrys else ReviewerFactory()


class DraftFactory(DjangoModelFactory):
    """A draft saved at noon on 20 January 2022. Needs `saved_by`, and what it belongs to, such as a `commitment`."""

    class Meta:
        model = Draft

    content = {"narrative": ["So far"]}  # noqa: RUF012 -- as factory_boy has it
    saved_at = at_noon(date(2022, 1, 20))


class WorkbookDraftFactory(DjangoModelFactory):
    """A workbook of a new ministry without rows, uploaded at noon on 20 January 2022. Needs `uploaded_by`."""

    class Meta:
        model = WorkbookDraft

    ministry = factory.SubFactory(MinistryFactory)
    name = "workbook.xlsx"
    sha256 = "0" * 64
    uploaded_at = saved_at = at_noon(date(2022, 1, 20))
    uploaded_by = factory.SubFactory("tests.factories.OfficerFactory")


class SavedFilterFactory(DjangoModelFactory):
    """An officer's saved filter of overdue commitments."""

    class Meta:
        model = SavedFilter

    person = factory.SubFactory(OfficerFactory)
    page = "commitment_list"
    name = factory.Sequence(lambda number: f"Overdue {number}")
    query = "status=overdue"
    saved_at = at_noon(date(2022, 1, 20))


class NoticeFactory(DjangoModelFactory):
    """An officer is told of a commitment of 15 December 2021 that is overdue by two weeks."""

    class Meta:
        model = Notice

    person = factory.SubFactory(OfficerFactory)
    kind = NoticeKind.LONG_OVERDUE
    country = factory.SubFactory(CountryFactory)
    table = "dialogues.commitment"
    row = factory.LazyFunction(lambda: str(CommitmentFactory().pk))
    day = date(2021, 12, 15)
    stage = 14
    occurred_at = at_noon(date(2021, 12, 29))
    recorded_at = at_noon(date(2021, 12, 29))


class HandoverFactory(DjangoModelFactory):
    """An officer left after 20 January 2022 and another one takes over. Nothing was carried out yet."""

    class Meta:
        model = Handover

    person = factory.SubFactory(OfficerFactory)
    successor = factory.SubFactory(OfficerFactory)
    last_day = date(2022, 1, 20)
    planned_by = factory.SubFactory(AdministratorFactory)
    planned_at = at_noon(date(2022, 1, 10))


class LanguageReviewFactory(DjangoModelFactory):
    """A speaker reviewed French, and an administrator signed it off on 10 January 2022."""

    class Meta:
        model = LanguageReview

    language = "fr"
    is_signed_off = True
    speaker = "Thabo Speaker"
    speaker_office = "interpreter of the embassy"
    recorded_by = factory.SubFactory(AdministratorFactory)
    recorded_at = at_noon(date(2022, 1, 10))


class RemovedRowFactory(DjangoModelFactory):
    """A row that an officer deleted at noon on 28 January 2022."""

    class Meta:
        model = RemovedRow

    person = factory.SubFactory(OfficerFactory)
    table = "saved_filters.savedfilter"
    row = factory.Sequence(lambda number: 1000 + number)
    content = {"model": "saved_filters.savedfilter"}  # noqa: RUF012 -- as factory_boy has it
    removed_at = at_noon(date(2022, 1, 28))


class EvidenceFileFactory(DjangoModelFactory):
    """A file with its `content` (bytes) in the storage."""

    class Meta:
        model = EvidenceFile

    class Params:
        content = b"%PDF-1.4\n%%EOF\n"

    name = "letter.pdf"
    media_type = "application/pdf"
    file = factory.LazyAttribute(lambda row: ContentFile(row.content, name=row.name))
    size = factory.LazyAttribute(lambda row: len(row.content))
    received_sha256 = factory.LazyAttribute(lambda row: row.stored_sha256)
    stored_sha256 = factory.LazyAttribute(lambda row: hashlib.sha256(row.content).hexdigest())
    uploaded_at = at_noon(date(2022, 1, 10))
    uploaded_by = factory.SubFactory(RecorderFactory)
    ministry = factory.LazyAttribute(lambda row: row.uploaded_by.ministry)
    country = factory.LazyAttribute(lambda row: row.ministry and row.ministry.country)


class EvidenceFactory(DjangoModelFactory):
    """Internal evidence of 10 January 2022: a court record of the government, recorded that day, without a review.

    `supports=[benchmark, …]` adds evidence links (`supports__shows=SupportKind.PLAN`; by default a concrete action).
    `indicia=[4, …]` adds what it shows on indicia, likewise.
    `verified=True`: the reviewer verifies it and each evidence link, at `verified__at=…` (default: when recorded).
    With an `update_version` it belongs to that version's commitment, is shared, and is recorded by its sender.
    """

    class Meta:
        model = Evidence
        skip_postgeneration_save = True

    country = factory.LazyAttribute(
        lambda row: subject.country if (subject := row.commitment or row.information_request) else CountryFactory()
    )
    title = factory.Sequence(lambda n: f"Case {n + 1} was brought to court")
    kind = EvidenceKind.COURT
    happened_from = factory.LazyAttribute(lambda row: row.happened_to)
    happened_to = date(2022, 1, 10)
    done_by = DoneBy.GOVERNMENT
    stated_by = "High Court of Lesotho"
    source = "Court register, January 2022"
    revises = None
    revision_reason = factory.LazyAttribute(lambda row: "The register says otherwise." if row.revises else "")
    update_version = None
    commitment = factory.LazyAttribute(lambda row: row.update_version.update.commitment if row.update_version else None)
    information_request = factory.LazyAttribute(
        lambda row: row.update_version.update.information_request if row.update_version else None
    )
    sensitivity = factory.LazyAttribute(lambda row: Sensitivity.SHARED if row.update_version else Sensitivity.INTERNAL)
    recorded_at = factory.LazyAttribute(
        lambda row: row.update_version.recorded_at if row.update_version else at_noon(row.happened_to)
    )
    recorded_by = factory.LazyAttribute(
        lambda row: row.update_version.recorded_by if row.update_version else RecorderFactory()
    )

    @factory.post_generation
    def supports(evidence, create, extracted, shows=SupportKind.ACTION):
        for benchmark in extracted or ():
            EvidenceLinkFactory(evidence=evidence, benchmark=benchmark, shows=shows)

    @factory.post_generation
    def indicia(evidence, create, extracted, shows=SupportKind.ACTION):
        for number in extracted or ():
            EvidenceIndiciumFactory(evidence=evidence, indicium=number, shows=shows)

    @factory.post_generation
    def verified(evidence, create, extracted, at=None):
        if extracted:
            for evidence_link in (None, *evidence.evidence_links.all()):
                EvidenceReviewFactory(
                    evidence=evidence, evidence_link=evidence_link, recorded_at=at or evidence.recorded_at
                )


class LawEntryFactory(DjangoModelFactory):
    """A gap in the penalties, in force since before it was recorded. `replaces=…` gives it a reason."""

    class Meta:
        model = LawEntry

    country = factory.LazyAttribute(lambda row: row.replaces.country if row.replaces else CountryFactory())
    standard = 3
    kind = "gap"
    citation = factory.Sequence(lambda n: f"Act {n + 1}, section 5")
    text = "It allows a fine in place of prison."
    source = "Gazette"
    replaces = None
    reason = factory.LazyAttribute(lambda row: "The section was misread." if row.replaces else "")
    recorded_at = at_noon(date(2022, 1, 10))
    recorded_by = factory.SubFactory(RecorderFactory)


class EvidenceIndiciumFactory(DjangoModelFactory):
    class Meta:
        model = EvidenceIndicium

    evidence = factory.SubFactory(EvidenceFactory)
    indicium = 4
    shows = SupportKind.ACTION
    recorded_at = factory.LazyAttribute(lambda row: row.evidence.recorded_at)
    recorded_by = factory.LazyAttribute(lambda row: row.evidence.recorded_by)


class EvidenceQuestionFactory(DjangoModelFactory):
    class Meta:
        model = EvidenceQuestion

    evidence = factory.SubFactory(EvidenceFactory)
    question = factory.SubFactory(QuestionFactory)
    recorded_at = factory.LazyAttribute(lambda row: row.evidence.recorded_at)
    recorded_by = factory.LazyAttribute(lambda row: row.evidence.recorded_by)


class EvidenceLinkFactory(DjangoModelFactory):
    class Meta:
        model = EvidenceLink

    evidence = factory.SubFactory(EvidenceFactory)
    benchmark = factory.SubFactory(BenchmarkFactory)
    shows = SupportKind.ACTION
    recorded_at = factory.LazyAttribute(lambda row: row.evidence.recorded_at)
    recorded_by = factory.LazyAttribute(lambda row: row.evidence.recorded_by)


class EvidenceReviewFactory(DjangoModelFactory):
    """The reviewer's decision on `evidence`, or on one `evidence_link` of it."""

    class Meta:
        model = EvidenceReview

    evidence = factory.LazyAttribute(lambda row: row.evidence_link.evidence if row.evidence_link else EvidenceFactory())
    evidence_link = None
    decision = EvidenceDecision.VERIFIED
    reason = "Seen with our own eyes."
    recorded_at = factory.LazyAttribute(lambda row: row.evidence.recorded_at)
    recorded_by = factory.SubFactory(ReviewerFactory)


class ReadingFactory(DjangoModelFactory):
    """A figure for the whole tracking period, recorded on its last day. It cites no evidence, so it is not verified.

    `figure=None, direction=ReadingDirection.UP`: only a direction. `figure=None`: no data. `last_period=True`: for the
    year before. `verified=True`: it cites verified evidence; or give `evidence=…`.
    """

    class Meta:
        model = Reading
        skip_postgeneration_save = True

    class Params:
        last_period = factory.Trait(starts_on=date(2020, 4, 1), through_on=date(2021, 3, 31))
        verified = factory.Trait(
            evidence=factory.LazyAttribute(
                lambda row: EvidenceFactory(
                    country=row.indicator.country,
                    kind=EvidenceKind.STATISTIC,
                    happened_from=row.starts_on,
                    happened_to=row.through_on,
                    recorded_at=row.recorded_at,
                    verified=True,
                )
            )
        )

    indicator = factory.SubFactory(IndicatorFactory)
    starts_on = PERIOD_STARTS_ON
    through_on = PERIOD_ENDS_ON
    figure = 10
    source = "Police statistics"
    recorded_at = factory.LazyAttribute(lambda row: at_noon(row.through_on))
    recorded_by = factory.SubFactory(RecorderFactory)


class ReadingPartFactory(DjangoModelFactory):
    class Meta:
        model = ReadingPart

    reading = factory.SubFactory(ReadingFactory)
    dimension = "sex"
    category = "women"
    figure = 5


class AssessmentFactory(DjangoModelFactory):
    """An assessment by the recorder on 15 January 2022. `grounds=[evidence, …]`: the evidence it is based on."""

    class Meta:
        model = Assessment
        skip_postgeneration_save = True

    benchmark = factory.SubFactory(BenchmarkFactory)
    verdict = Verdict.STEP
    rationale = "It was seen to be so."
    law = "22 U.S.C. 7106(b)(1)"
    recorded_at = at_noon(date(2022, 1, 15))
    recorded_by = factory.SubFactory(RecorderFactory)

    @factory.post_generation
    def grounds(assessment, create, extracted):
        for evidence in extracted or ():
            AssessmentEvidence.objects.create(assessment=assessment, evidence=evidence)


# --- Redactions -------------------------------------------------------------------------------------------------------


class RedactionFactory(DjangoModelFactory):
    """A proposal of the recorder to remove a name, of 20 January 2022, without a decision."""

    class Meta:
        model = Redaction

    country = factory.SubFactory(CountryFactory)
    words = "Palesa Exercise"
    reason = "It names somebody who was exploited."
    recorded_at = at_noon(date(2022, 1, 20))
    recorded_by = factory.SubFactory(RecorderFactory)


class RedactionDecisionFactory(DjangoModelFactory):
    """The reviewer's decision on a redaction, a day later."""

    class Meta:
        model = RedactionDecision

    redaction = factory.SubFactory(RedactionFactory)
    decision = RedactionAnswer.CONFIRMED
    reason = factory.LazyAttribute(
        lambda row: "" if row.decision == RedactionAnswer.CONFIRMED else "It names an official."
    )
    recorded_at = at_noon(date(2022, 1, 21))
    recorded_by = factory.SubFactory(ReviewerFactory)


# --- Disposals --------------------------------------------------------------------------------------------------------


class PostExportFactory(DjangoModelFactory):
    """An archive of the country, of 20 January 2022."""

    class Meta:
        model = PostExport

    country = factory.SubFactory(CountryFactory)
    name = factory.LazyAttribute(lambda row: f"post-{row.country.code}.tar")
    sha256 = "a" * 64
    size = 1_000
    made_at = at_noon(date(2022, 1, 20))
    log_number = 1


class RetentionScheduleFactory(DjangoModelFactory):
    """Editions are kept for a year, under a number that no authority gave."""

    class Meta:
        model = RetentionSchedule

    country = factory.SubFactory(CountryFactory)
    kind = RecordKind.EDITION
    years = 1
    authority = "E-1"
    recorded_at = at_noon(date(2022, 1, 19))
    recorded_by = factory.SubFactory(RecorderFactory)


class RetentionHoldFactory(DjangoModelFactory):
    """A hold on the edition, not released."""

    class Meta:
        model = RetentionHold

    edition = factory.SubFactory(EditionFactory)
    reason = "A court asked for the record."
    recorded_at = at_noon(date(2022, 1, 19))
    recorded_by = factory.SubFactory(RecorderFactory)


class RetentionHoldReleaseFactory(DjangoModelFactory):
    """The release of a hold, a day later."""

    class Meta:
        model = RetentionHoldRelease

    hold = factory.SubFactory(RetentionHoldFactory)
    reason = "The case is closed."
    recorded_at = at_noon(date(2022, 1, 20))
    recorded_by = factory.SubFactory(RecorderFactory)


class DisposalFactory(DjangoModelFactory):
    """The recorder's proposal to dispose of the edition, without a decision."""

    class Meta:
        model = Disposal

    edition = factory.SubFactory(EditionFactory)
    schedule = factory.SubFactory(RetentionScheduleFactory, country=factory.SelfAttribute("..edition.country"))
    recorded_at = at_noon(date(2022, 1, 20))
    recorded_by = factory.SubFactory(RecorderFactory)


class DisposalDeclineFactory(DjangoModelFactory):
    """The reviewer's decision to keep the edition."""

    class Meta:
        model = DisposalDecline

    disposal = factory.SubFactory(DisposalFactory)
    reason = "A study still needs it."
    recorded_at = at_noon(date(2022, 1, 21))
    recorded_by = factory.SubFactory(ReviewerFactory)


class DisposalCertificateFactory(DjangoModelFactory):
    """The reviewer's certificate, still open; `closed=True`: it names nothing and is closed."""

    class Meta:
        model = DisposalCertificate
        skip_postgeneration_save = True

    disposal = factory.SubFactory(DisposalFactory)
    edition = factory.SelfAttribute("disposal.edition")
    number = factory.Sequence(lambda number: number + 1)
    export = factory.SubFactory(PostExportFactory, country=factory.SelfAttribute("..edition.country"))
    recorded_at = at_noon(date(2022, 1, 21))
    recorded_by = factory.SubFactory(ReviewerFactory)

    @factory.post_generation
    def closed(certificate, create, extracted):
        if extracted:
            close_certificate(certificate, certificate.recorded_at)


class DisposalRowFactory(DjangoModelFactory):
    """The edition itself, named by its open certificate."""

    class Meta:
        model = DisposalRow

    certificate = factory.SubFactory(DisposalCertificateFactory)
    table = "recommendations.edition"
    row = factory.SelfAttribute("certificate.edition.pk")


# --- Runs and briefings -----------------------------------------------------------------------------------------------


class ReadinessRunFactory(DjangoModelFactory):
    """A stored run by an older version of the method, as of 28 January 2022."""

    class Meta:
        model = ReadinessRun

    edition = factory.SubFactory(EditionFactory)
    as_of = date(2022, 1, 28)
    known_by = factory.LazyAttribute(lambda row: at_noon(row.as_of))
    facts = factory.LazyFunction(lambda: {"edition": {"country": "LSO", "year": 2021}})
    facts_sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).hexdigest())
    result = factory.LazyFunction(lambda: {"headline": "What an older method said."})
    methodology = "0"
    computed_at = factory.LazyAttribute(lambda row: row.known_by)


class BriefingFactory(DjangoModelFactory):
    """An ambassador's briefing, requested on 28 January 2022. `pdf=b"…"`: it is ready, with this file.

    `word_content=b"…"`: input for Washington, with this Word file as well. `issued=True`: another officer cleared it.
    """

    class Meta:
        model = Briefing

    class Params:
        pdf = None
        word_content = None
        issued = factory.Trait(
            cleared_by=factory.SubFactory(ReviewerFactory),
            cleared_at=factory.LazyAttribute(lambda row: row.known_by),
            run=factory.SubFactory(ReadinessRunFactory, edition=factory.SelfAttribute("..edition")),
            log_number=1,
            log_hash="1" * 64,
        )

    edition = factory.SubFactory(EditionFactory)
    kind = factory.LazyAttribute(lambda row: BriefingKind.WASHINGTON if row.word_content else BriefingKind.AMBASSADOR)
    as_of = date(2022, 1, 28)
    known_by = factory.LazyAttribute(lambda row: at_noon(row.as_of))
    version = factory.LazyAttribute(lambda row: _next(row.edition.briefings.filter(as_of=row.as_of), "version"))
    file = factory.LazyAttribute(lambda row: ContentFile(row.pdf, name="briefing.pdf") if row.pdf else "")
    sha256 = factory.LazyAttribute(lambda row: hashlib.sha256(row.pdf).hexdigest() if row.pdf else "")
    size = factory.LazyAttribute(lambda row: len(row.pdf) if row.pdf else None)
    word = factory.LazyAttribute(
        lambda row: ContentFile(row.word_content, name="briefing.docx") if row.word_content else ""
    )
    word_sha256 = factory.LazyAttribute(
        lambda row: hashlib.sha256(row.word_content).hexdigest() if row.word_content else ""
    )
    word_size = factory.LazyAttribute(lambda row: len(row.word_content) if row.word_content else None)
    content_sha256 = factory.LazyAttribute(
        lambda row: hashlib.sha256(b"content:" + row.pdf).hexdigest() if row.pdf else ""
    )
    requested_by = factory.SubFactory(RecorderFactory)
    requested_at = factory.LazyAttribute(lambda row: row.known_by)


class WordTemplateFactory(DjangoModelFactory):
    """The template of Lesotho’s post: bytes that no reader opens, unless `content` is given."""

    class Meta:
        model = WordTemplate

    country = factory.SubFactory(CountryFactory)
    name = "letterhead.docx"
    content = b"PK\x03\x04 template"
    sha256 = "0" * 64
    facts = factory.LazyFunction(
        lambda: {
            "styles": ["Normal"],
            "missing": ["Remark"],
            "width": 210,
            "height": 297,
            "has_header": True,
            "has_footer": False,
        }
    )
    uploaded_at = TERMS_SET_AT
    uploaded_by = factory.SubFactory(AdministratorFactory)


class BriefingDownloadFactory(DjangoModelFactory):
    class Meta:
        model = BriefingDownload

    briefing = factory.SubFactory(BriefingFactory, pdf=b"%PDF-1.7\n")
    by = factory.SubFactory(RecorderFactory)
    at = factory.LazyAttribute(lambda row: row.briefing.requested_at)
    sha256 = factory.LazyAttribute(lambda row: row.briefing.sha256)


class JobFactory(DjangoModelFactory):
    class Meta:
        model = Job

    kind = "compute_readiness"
    key = factory.Sequence(str)
    queued_at = TERMS_SET_AT
    due_at = factory.SelfAttribute("queued_at")
    heartbeat_at = TERMS_SET_AT


class ImportedLogFactory(DjangoModelFactory):
    """A log that came along with a country."""

    class Meta:
        model = ImportedLog

    country = factory.SubFactory(CountryFactory)
    version = "0.3.0"
    made_at = TERMS_SET_AT
    imported_at = TERMS_SET_AT
    entries = 1
    keys = factory.LazyFunction(lambda: {"tables": {"dialogues.evidence": 10}, "people": {"1": 11}})


class ImportedEntryFactory(DjangoModelFactory):
    class Meta:
        model = ImportedEntry

    log = factory.SubFactory(ImportedLogFactory)
    number = factory.Sequence(lambda number: number + 1)
    at = TERMS_SET_AT
    verb = "evidence.logged"
    before = "{}"
    after = "{}"
    previous_hash = hash = seal = "0" * 64


class BackupFactory(DjangoModelFactory):
    """A nightly backup that was not proven yet."""

    class Meta:
        model = Backup

    created_at = TERMS_SET_AT
    destination = "/backups"
    name = factory.Sequence(lambda number: f"tiptracker-20220128T0035{number % 60:02}Z.tar")
