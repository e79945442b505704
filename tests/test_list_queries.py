"""Every list, page and API: the same number of queries for 1, 3 and 300 rows, whatever hangs from a row.

Rows are added in bulk, so that 300 of them cost next to nothing; what they look like is other tests' business.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property
from itertools import product
from string import ascii_uppercase
from typing import NamedTuple

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dialogues.choices import ClaimedProgress, CommitmentEventKind, CommitmentReach, Sensitivity, SupportKind, Verdict
from dialogues.models import (
    AgendaItem,
    AnswerEvent,
    AnswerVersion,
    Assessment,
    AssessmentEvidence,
    ChosenIndicator,
    Commitment,
    CommitmentBenchmark,
    CommitmentEvent,
    Contribution,
    Dialogue,
    Evidence,
    EvidenceFile,
    EvidenceLink,
    EvidenceReview,
    InformationRequest,
    InternalNote,
    LawEntry,
    LineAnswer,
    Participant,
    Partner,
    Reading,
    ReadingPart,
    Redaction,
    RequestEvent,
    RequestLine,
    Update,
    UpdateVersion,
    UpdateVersionDecision,
)
from recommendations.choices import MilestoneKind, Pillar
from recommendations.models import (
    Benchmark,
    BenchmarkTerms,
    Edition,
    EditionImport,
    EditionTerms,
    Indicator,
    Question,
    QuestionSet,
    Recommendation,
    RecommendationTerms,
)
from recommendations.questions.actions import start_outline
from reports.models import Briefing, BriefingDownload, ReadinessRun
from tests import factories
from tests.edition_urls import edition_url, edition_url_names
from tests.factories import PASSWORD, at_noon
from tests.query_counts import LOG_ENTRY
from tests.security.access_requests import all_routes
from tiptracker.accounts.models import AccountRequest, ApiToken, Country, District, Ministry, OfficeHolder, User
from tiptracker.audit import actions as audit
from tiptracker.choices import AccountRequestKind, TokenScope
from tiptracker.mail.models import Mail, MailKind
from tiptracker.notifications.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DAY = date(2022, 1, 10)
SIZES = (1, 3, 300)


class Rows:
    """A post with a recommendation, an indicator and a ministry; each method adds so many rows to its record."""

    def __init__(self):
        self.country = factories.CountryFactory()
        self.ministry = factories.MinistryFactory(country=self.country)
        self.officer = factories.OfficerFactory(countries=[self.country])
        self.focal_point = factories.FocalPointFactory(ministry=self.ministry)
        self.administrator = factories.AdministratorFactory()
        self.recorder, self.reviewer = factories.RecorderFactory(), factories.ReviewerFactory()
        self.edition = factories.EditionFactory(country=self.country)
        for kind in (MilestoneKind.DEADLINE, MilestoneKind.PERIOD_END):
            factories.MilestoneFactory(edition=self.edition, kind=kind)
        self.recommendation = factories.RecommendationFactory(edition=self.edition, lead=self.ministry)
        self.indicator = factories.IndicatorFactory(country=self.country, unit="districts")
        self.benchmark = factories.BenchmarkFactory(recommendation=self.recommendation)
        self.counted = factories.BenchmarkFactory(
            recommendation=self.recommendation, terms__rule="target", terms__target=300, terms__indicator=self.indicator
        )
        self.dialogue = factories.DialogueFactory(country=self.country)
        self.partner = factories.PartnerFactory(country=self.country)
        self.imported = factories.EditionImportFactory(edition=self.edition, begun_by=self.administrator)
        self.count = 0

    @cached_property
    def following(self):
        """The edition of the year after, which repeats the recommendation."""
        edition = factories.EditionFactory(country=self.country, year=2022)
        again = factories.RecommendationFactory(edition=edition, lead=self.ministry, repeats=self.recommendation)
        factories.BenchmarkFactory(recommendation=again, repeats=self.benchmark)
        return edition

    def said(self):
        """Who recorded a row, and when."""
        return {"recorded_at": at_noon(DAY), "recorded_by": self.recorder}

    def numbers(self, many):
        """So many numbers that no row has yet."""
        self.count += many
        return range(self.count - many + 1, self.count + 1)

    def officers(self, many):
        numbers = self.numbers(many)
        people = [
            User(email=f"officer{number}@post.example", name=f"Person {number}", role="officer", password=PASSWORD)
            for number in numbers
        ]
        User.objects.bulk_create(people)
        works_on = User.countries.through
        works_on.objects.bulk_create(works_on(user=person, country=self.country) for person in people)
        return people

    def accounts(self, many):
        self.officers(many)
        ministries = Ministry.objects.bulk_create(
            factories.MinistryFactory.build(country=self.country) for _ in range(many)
        )
        OfficeHolder.objects.bulk_create(OfficeHolder(ministry=ministry, name="Minister") for ministry in ministries)
        User.objects.bulk_create(
            factories.FocalPointFactory.build(email=f"of{ministry.pk}@gov.example", ministry=ministry)
            for ministry in ministries
        )

    def countries(self, many):
        codes = ["".join(chr(65 + number // 26**place % 26) for place in (2, 1, 0)) for number in self.numbers(many)]
        countries = Country.objects.bulk_create(
            factories.CountryFactory.build(code=code, name=f"Country {code}") for code in codes
        )
        District.objects.bulk_create(District(country=country, name="Berea") for country in countries)

    def account_requests(self, many):
        AccountRequest.objects.bulk_create(
            AccountRequest(
                person=person,
                kind=AccountRequestKind.SECOND_STEP,
                old_email=person.email,
                asked_by=self.administrator,
                asked_at=at_noon(DAY),
            )
            for person in self.officers(many)
        )

    def commitments(self, many, dialogues=None):
        rows = Commitment.objects.bulk_create(
            factories.CommitmentFactory.build(
                country=self.country, ministry=self.ministry, dialogue=dialogue, made=False, **self.said()
            )
            for dialogue in dialogues or [self.dialogue] * many
        )
        CommitmentEvent.objects.bulk_create(
            CommitmentEvent(
                commitment=row,
                kind=kind,
                happened_on=day,
                due_on=day + timedelta(days=5),
                reason=reason,
                **self.said(),
            )
            for row in rows
            for kind, day, reason in (
                (CommitmentEventKind.MADE, DAY, ""),
                (CommitmentEventKind.RESCHEDULED, DAY + timedelta(days=2), "Asked for."),
            )
        )
        CommitmentBenchmark.objects.bulk_create(
            CommitmentBenchmark(commitment=row, benchmark=benchmark, reach=CommitmentReach.MEETS)
            for row in rows
            for benchmark in (self.benchmark, self.counted)
        )
        return rows

    def evidence(self, many, versions=None):
        versions = versions or [None] * many
        files = EvidenceFile.objects.bulk_create(
            factories.EvidenceFileFactory.build(uploaded_by=self.recorder) for _ in range(many)
        )
        rows = Evidence.objects.bulk_create(
            factories.EvidenceFactory.build(
                country=self.country,
                file=file,
                update_version=sent,
                commitment=sent.update.commitment if sent else None,
                sensitivity=Sensitivity.SHARED if sent else Sensitivity.INTERNAL,
                **self.said(),
            )
            for file, sent in zip(files, versions, strict=True)
        )
        evidence_links = EvidenceLink.objects.bulk_create(
            EvidenceLink(evidence=row, benchmark=self.benchmark, shows=SupportKind.ACTION, **self.said())
            for row in rows
        )
        readings = Reading.objects.bulk_create(
            factories.ReadingFactory.build(
                indicator=self.indicator, evidence=row, update_version=row.update_version, through_on=DAY, **self.said()
            )
            for row in rows
        )
        ReadingPart.objects.bulk_create(
            ReadingPart(reading=row, dimension="district", category="Maseru", figure=1) for row in readings
        )
        if versions[0] is None:
            EvidenceReview.objects.bulk_create(
                EvidenceReview(
                    evidence=evidence_link.evidence, evidence_link=reviewed, decision="verified", reason="Seen.",
                    recorded_at=at_noon(DAY), recorded_by=self.reviewer,
                )
                for evidence_link in evidence_links
                for reviewed in (evidence_link, None)
            )  # fmt: skip
        return rows

    def updates(self, many):
        sent = Update.objects.bulk_create(Update(commitment=row, number=1) for row in self.commitments(many))
        versions = UpdateVersion.objects.bulk_create(
            UpdateVersion(
                update=row, number=1, narrative="Told.", claimed=ClaimedProgress.UNDER_WAY, happened_on=DAY,
                recorded_at=at_noon(DAY), recorded_by=self.focal_point,
            )
            for row in sent
        )  # fmt: skip
        self.evidence(many, versions)

    def requests(self, many):
        """Requests for information: each asks for a figure and a document, and its answer was accepted."""
        rows = InformationRequest.objects.bulk_create(
            factories.InformationRequestFactory.build(
                country=self.country, ministry=self.ministry, edition=self.edition, asked=False, lines=[], **self.said()
            )
            for _ in range(many)
        )
        RequestEvent.objects.bulk_create(
            RequestEvent(
                information_request=row, kind="asked", happened_on=DAY, due_on=DAY + timedelta(days=90), **self.said()
            )
            for row in rows
        )
        lines = RequestLine.objects.bulk_create(
            RequestLine(information_request=row, number=number, wording="The list", **given)
            for row in rows
            for number, given in enumerate(
                ({}, {"indicator": self.indicator, "starts_on": date(2021, 4, 1), "through_on": date(2022, 3, 31)}), 1
            )
        )
        sent = Update.objects.bulk_create(Update(information_request=row, number=1) for row in rows)
        versions = UpdateVersion.objects.bulk_create(
            UpdateVersion(
                update=row, number=1, narrative="Told.", happened_on=DAY, recorded_at=at_noon(DAY),
                recorded_by=self.focal_point,
            )
            for row in sent
        )  # fmt: skip
        LineAnswer.objects.bulk_create(
            LineAnswer(line=line, update_version=version, answer="none")
            for line, version in zip(lines[::2], versions, strict=True)
        )
        UpdateVersionDecision.objects.bulk_create(
            UpdateVersionDecision(
                update_version=version, decision="accepted", recorded_at=at_noon(DAY), recorded_by=self.reviewer
            )
            for version in versions
        )

    def tasks(self, many):
        """Updates, evidence, verdicts that ask for another look, notes, answers to clear or check, and dialogues."""
        self.updates(many)
        self.answers(many)
        answers = AnswerVersion.objects.filter(events=None).order_by("pk")
        AnswerEvent.objects.bulk_create(
            AnswerEvent(version=row, kind="completed", recorded_at=at_noon(DAY), recorded_by=self.recorder)
            for row in answers
        )
        for row in answers[::2]:
            factories.QuestionTermsFactory(question=row.question, recorded_at=at_noon(DAY))
        dialogues = Dialogue.objects.bulk_create(
            Dialogue(
                country=self.country, held_on=date(2022, 2, 24), place=f"Room {number}", purpose="Figures",
                entered_at=at_noon(DAY), entered_by=self.officer,
            )
            for number in self.numbers(many)
        )  # fmt: skip
        ChosenIndicator.objects.bulk_create(
            ChosenIndicator(dialogue=row, indicator=self.indicator, **self.said()) for row in dialogues[::2]
        )
        benchmarks = self.benchmarks(many)
        rows = Evidence.objects.bulk_create(
            factories.EvidenceFactory.build(country=self.country, **self.said()) for _ in range(many)
        )
        Assessment.objects.bulk_create(
            factories.AssessmentFactory.build(
                benchmark=benchmark, **self.said() | {"recorded_at": at_noon(date(2022, 1, 1))}
            )
            for benchmark in benchmarks
        )
        EvidenceLink.objects.bulk_create(
            EvidenceLink(evidence=row, benchmark=benchmark, shows=SupportKind.ACTION, **self.said())
            for row, benchmark in zip(rows, benchmarks, strict=True)
        )
        InternalNote.objects.bulk_create(
            InternalNote(country=self.country, ministry=self.ministry, text="Ask.", named=self.officer, **self.said())
            for _ in range(many)
        )

    def law(self, many):
        pieces = self.evidence(many)
        LawEntry.objects.bulk_create(
            factories.LawEntryFactory.build(country=self.country, evidence=piece, **self.said()) for piece in pieces
        )

    def partners(self, many):
        Partner.objects.bulk_create(factories.PartnerFactory.build_batch(many, country=self.country, note="A note."))

    def partner_holdings(self, many):
        """What a partner contributes, and the evidence that names it."""
        named = {"country": self.country, "partner": self.partner, **self.said()}
        Contribution.objects.bulk_create(factories.ContributionFactory.build_batch(many, **named))
        Evidence.objects.bulk_create(factories.EvidenceFactory.build_batch(many, **named))

    def assessments(self, many):
        pieces = self.evidence(many)
        rows = Assessment.objects.bulk_create(
            factories.AssessmentFactory.build(benchmark=self.benchmark, verdict=Verdict.STEP, **self.said())
            for _ in range(many)
        )
        AssessmentEvidence.objects.bulk_create(
            AssessmentEvidence(assessment=row, evidence=piece) for row, piece in zip(rows, pieces, strict=True)
        )

    def dialogues(self, many):
        rows = Dialogue.objects.bulk_create(
            factories.DialogueFactory.build(country=self.country, **self.said()) for _ in range(many)
        )
        Participant.objects.bulk_create(
            Participant(dialogue=row, name="Somebody", office="Minister", ministry=self.ministry) for row in rows
        )
        AgendaItem.objects.bulk_create(
            AgendaItem(dialogue=row, recommendation=self.recommendation, position=1) for row in rows
        )
        self.commitments(many, rows)

    def recommendations(self, many):
        rows = Recommendation.objects.bulk_create(
            Recommendation(
                edition=self.edition, number=100 + number, text="Do it.", text_status="reconstruction", indicia=[1],
                lead=self.ministry,
            )
            for number in self.numbers(many)
        )  # fmt: skip
        RecommendationTerms.objects.bulk_create(
            RecommendationTerms(
                recommendation=row, number=row.number, text=row.text, text_status=row.text_status,
                pillar=Pillar.PROTECTION, reason="Asked.", recorded_at=factories.TERMS_SET_AT,
                recorded_by=self.recorder,
            )
            for row in rows
        )  # fmt: skip
        return rows

    def benchmarks(self, many):
        rows = Benchmark.objects.bulk_create(
            Benchmark(recommendation=row, letter="a") for row in self.recommendations(many)
        )
        BenchmarkTerms.objects.bulk_create(
            BenchmarkTerms(
                benchmark=row, recommendation=row.recommendation, letter="a", criterion="It is done.", rule="assessed",
                weight=1, reason="Asked.", recorded_at=factories.TERMS_SET_AT, recorded_by=self.recorder,
            )
            for row in rows
        )  # fmt: skip
        promised = self.commitments(1)[0]
        CommitmentBenchmark.objects.bulk_create(
            CommitmentBenchmark(commitment=promised, benchmark=row, reach=CommitmentReach.MEETS) for row in rows
        )
        return rows

    def indicators(self, many):
        rows = Indicator.objects.bulk_create(
            Indicator(country=self.country, name=f"Counted {number}", unit="cases", pillar=Pillar.PROSECUTION)
            for number in self.numbers(many)
        )
        pieces = self.evidence(many)
        Reading.objects.bulk_create(
            factories.ReadingFactory.build(indicator=row, evidence=piece, through_on=DAY, **self.said())
            for row, piece in zip(rows, pieces, strict=True)
        )

    def notices(self, many):
        self.commitments(many)
        rows = Commitment.objects.order_by("-pk")[:many]
        Notice.objects.bulk_create(
            factories.NoticeFactory.build(person=self.officer, country=self.country, row=str(row.pk)) for row in rows
        )

    def mails(self, many):
        Mail.objects.bulk_create(
            Mail(kind=MailKind.NOTICES, person=person, queued_at=at_noon(DAY)) for person in self.people(many)
        )

    def districts(self, many):
        District.objects.bulk_create(
            District(country=self.country, name=f"District {number}") for number in self.numbers(many)
        )
        self.evidence(many)

    def ministries(self, many):
        Ministry.objects.bulk_create(
            Ministry(country=self.country, name=f"Ministry {number}", short_name=f"M{number}")
            for number in self.numbers(many)
        )

    def question_sets(self, many):
        """Sets of questions, by many hands; every second one is loaded."""
        hands = self.people(many)
        QuestionSet.objects.bulk_create(
            factories.QuestionSetFactory.build(
                edition=self.edition, begun_by=person, loaded=bool(place % 2), loaded_by=person if place % 2 else None
            )
            for place, person in enumerate(hands)
        )

    def questions(self, many):
        """Questions of this year and of last year, and a draft set with the outline."""
        for edition in (self.edition, factories.EditionFactory(country=self.country, year=self.edition.year - 1)):
            Question.objects.bulk_create(
                factories.QuestionFactory.build(edition=edition, position=number, number=str(number), terms=False)
                for number in self.numbers(many)
            )
        self.question_set = start_outline(edition=self.edition, by=self.officer, now=at_noon(DAY))

    def imports(self, many):
        """Lists that were brought, by many hands; every second one is loaded."""
        hands = self.people(many)
        EditionImport.objects.bulk_create(
            factories.EditionImportFactory.build(
                edition=self.edition, begun_by=person, loaded=bool(place % 2), loaded_by=person if place % 2 else None
            )
            for place, person in enumerate(hands)
        )

    def people(self, many):
        rows = User.objects.bulk_create(
            factories.FocalPointFactory.build(email=f"point{number}@gov.example", ministry=self.ministry)
            for number in self.numbers(many)
        )
        through = User.countries.through
        through.objects.bulk_create(through(user=row, country=self.country) for row in rows)
        return rows

    def posts(self, many):
        """Countries, each with an edition that has a recommendation, a ministry and a district."""
        codes = ["".join(letters) for letters in product("QXYZ", ascii_uppercase, ascii_uppercase)]
        countries = Country.objects.bulk_create(
            factories.CountryFactory.build(code=codes[number], name=f"Country {number}")
            for number in self.numbers(many)
        )
        editions = Edition.objects.bulk_create(
            factories.EditionFactory.build(country=row, terms=False) for row in countries
        )
        EditionTerms.objects.bulk_create(
            factories.EditionTermsFactory.build(edition=row, recorded_by=self.recorder) for row in editions
        )
        Recommendation.objects.bulk_create(
            Recommendation(edition=row, number=1, text="Do it.", text_status="official") for row in editions
        )
        Ministry.objects.bulk_create(Ministry(country=row, name="Police", short_name="Police") for row in countries)
        District.objects.bulk_create(District(country=row, name="North") for row in countries)

    def editions(self, many):
        rows = Edition.objects.bulk_create(
            factories.EditionFactory.build(country=self.country, year=1000 + number, terms=False)
            for number in self.numbers(many)
        )
        EditionTerms.objects.bulk_create(
            factories.EditionTermsFactory.build(edition=row, recorded_by=self.recorder) for row in rows
        )

    def redactions(self, many):
        Redaction.objects.bulk_create(
            factories.RedactionFactory.build(country=self.country, **self.said()) for _ in range(many)
        )

    def runs(self, many):
        ReadinessRun.objects.bulk_create(
            factories.ReadinessRunFactory.build(edition=self.edition, as_of=DAY - timedelta(days=number))
            for number in self.numbers(many)
        )

    def answers(self, many):
        for number in self.numbers(many):
            version = factories.AnswerVersionFactory(
                question__edition=self.edition, question__position=number, question__number=str(number)
            )
            factories.AnswerCitationFactory(sentence__version=version)

    def briefings(self, many):
        run = factories.ReadinessRunFactory(edition=self.edition)
        rows = Briefing.objects.bulk_create(
            factories.BriefingFactory.build(
                edition=self.edition, as_of=DAY, version=number, requested_by=self.officer, cleared_by=self.reviewer,
                cleared_at=at_noon(DAY), sha256="0" * 64, content_sha256="0" * 64, size=1, file="briefings/none",
                run=run, log_number=1, log_hash="0" * 64,
            )
            for number in self.numbers(many)
        )  # fmt: skip
        BriefingDownload.objects.bulk_create(
            BriefingDownload(briefing=row, by=self.officer, at=at_noon(DAY), sha256="0" * 64) for row in rows
        )

    def entries(self, many):
        pieces = list(self.evidence(many))
        with transaction.atomic():
            for piece in pieces:
                audit.record("evidence.logged", by=self.officer, row=piece, country=self.country, after={"kind": "law"})

    def sessions(self, many):
        keys = [f"{number:032}" for number in self.numbers(many)]
        Session.objects.bulk_create(
            Session(session_key=key, session_data="", expire_date=at_noon(date(2099, 1, 1))) for key in keys
        )
        UserSession.objects.bulk_create(
            UserSession(user=self.officer, ip="127.0.0.1", session_key=key, data={}) for key in keys
        )

    def tokens(self, many):
        ApiToken.objects.bulk_create(
            ApiToken(
                person=self.officer, name=f"Program {number}", scope=TokenScope.READ, digest=f"{number:064}",
                prefix="",
                created_at=at_noon(DAY), expires_on=date(2022, 12, 31),
            )
            for number in self.numbers(many)
        )  # fmt: skip


class ListPage(NamedTuple):
    """A list: its address and query, what adds rows to it, who reads it, and how many queries that takes.

    `of` is which of the rows it is about, where its address names one.
    """

    name: str
    rows: Callable[[Rows, int], object]
    queries: int
    reader: str = "officer"
    query: str = ""
    of: str = ""

    def address(self, rows: Rows) -> str:
        """Where it stands."""
        if self.name in edition_url_names():
            return f"{edition_url(self.name, edition=rows.edition)}?{self.query}"
        named = [getattr(rows, self.of).pk] if self.of else []
        return f"{reverse(self.name, args=named)}?{self.query}"


LISTS = [
    ListPage("commitment_list", Rows.commitments, 19),  # … keys, statuses of the country, rows of the page
    ListPage("commitment_list", Rows.commitments, 19, query="status=overdue&q=promise&sort=text&page=2"),
    ListPage("commitment_list", Rows.commitments, 12 + LOG_ENTRY, query="as=csv"),
    ListPage("commitment_list", Rows.commitments, 13, "focal_point"),
    ListPage("information_request_list", Rows.requests, 15),
    ListPage("information_request_list", Rows.requests, 11 + LOG_ENTRY, query="q=list&status=asked&as=csv"),
    ListPage("evidence_list", Rows.evidence, 26),
    ListPage("evidence_list", Rows.evidence, 25, query="q=case&word=verified&page=2"),
    ListPage("evidence_list", Rows.evidence, 20 + LOG_ENTRY, query="as=csv"),
    ListPage("country_comparison", Rows.indicators, 15),
    ListPage("law_list", Rows.law, 13),
    ListPage("law-entry-list", Rows.law, 5),
    ListPage("partner_list", Rows.partners, 15),
    ListPage("partner_list", Rows.partner_holdings, 15),
    ListPage("partner_detail", Rows.partner_holdings, 16, of="partner"),
    ListPage("ministry_home", Rows.requests, 16, "focal_point"),
    ListPage("ministry_home", Rows.updates, 17, "focal_point"),
    ListPage("indicator_list", Rows.indicators, 22),
    ListPage("standard_indicators", Rows.indicators, 12),
    ListPage("standard_indicators", Rows.ministries, 12),
    ListPage("my_tasks", Rows.tasks, 45),
    ListPage("my_tasks", Rows.updates, 4, "focal_point"),
    ListPage("dialogue_list", Rows.dialogues, 12),
    ListPage("dialogue_list", Rows.dialogues, 6, "focal_point"),
    ListPage("redaction_list", Rows.redactions, 11),
    ListPage("retention_list", Rows.editions, 17),
    ListPage("district_list", Rows.districts, 15),
    ListPage("run_list", Rows.runs, 12),
    ListPage("recommendation_list", Rows.benchmarks, 30),
    ListPage("recommendation_list", Rows.benchmarks, 11, "focal_point"),
    ListPage("briefing_list", Rows.briefings, 15),
    ListPage("question_list", Rows.answers, 39),
    ListPage("notice_list", Rows.notices, 13),
    ListPage("mail_list", Rows.mails, 7, "administrator"),
    ListPage("mail_list", Rows.mails, 7, "administrator", query="q=gov&state=queued"),
    ListPage("log_list", Rows.entries, 18),
    ListPage("log_list", Rows.entries, 12, "administrator"),
    ListPage("setup_list", Rows.posts, 11, "administrator"),
    ListPage("setup_detail", Rows.ministries, 11, "administrator", of="country"),
    ListPage("setup_country", Rows.districts, 6, "administrator", of="country"),
    ListPage("setup_edition", Rows.editions, 8, "administrator", of="country"),
    ListPage("edition_import", Rows.imports, 6, "administrator", of="edition"),
    ListPage("import_preview", Rows.benchmarks, 11, "administrator", of="imported"),
    ListPage("setup_ministries", Rows.ministries, 7, "administrator", of="country"),
    ListPage("setup_benchmarks", Rows.benchmarks, 15, of="country"),
    ListPage("edition_repeats", Rows.benchmarks, 14, of="following"),
    ListPage("question_mapping_list", Rows.questions, 14),
    ListPage("question_sets", Rows.question_sets, 12),
    ListPage("question_set_preview", Rows.questions, 14, of="question_set"),
    ListPage("edition_roll_over", Rows.benchmarks, 23, of="following"),
    ListPage("setup_suggested", Rows.indicators, 16, of="recommendation"),
    ListPage("setup_suggested", Rows.ministries, 16, of="recommendation"),
    ListPage("setup_people", Rows.people, 10, "administrator", of="country"),
    ListPage("token_list", Rows.tokens, 10),
    ListPage("sign_in_list", Rows.sessions, 11),
    ListPage("ministry-list", Rows.ministries, 5),
    ListPage("edition-list", Rows.editions, 6),
    ListPage("person_list", Rows.accounts, 14, "administrator"),
    ListPage("person_list", Rows.accounts, 14, "administrator", query="q=person&role=officer&state=open"),
    ListPage("person_list", Rows.account_requests, 15, "administrator"),
    ListPage("ministry_list", Rows.accounts, 9, "administrator"),
    ListPage("country_list", Rows.countries, 5, "administrator"),
    ListPage("account_request_list", Rows.account_requests, 6, "administrator"),
    ListPage("recommendation-list", Rows.recommendations, 7),
    ListPage("benchmark-list", Rows.benchmarks, 6),
    ListPage("indicator-list", Rows.indicators, 6),
    ListPage("commitment-list", Rows.commitments, 12),  # … keys, then the rows of the page and their statuses
    ListPage("commitment-list", Rows.commitments, 12, "focal_point"),
    ListPage("information-request-list", Rows.requests, 12, query="status=partly_answered"),
    ListPage("information-request-list", Rows.requests, 8, "focal_point"),
    ListPage("update-list", Rows.updates, 6),
    ListPage("update-list", Rows.updates, 6, "focal_point"),
    ListPage("evidence-list", Rows.evidence, 10),
    ListPage("evidence-list", Rows.updates, 8, "focal_point"),
    ListPage("review-list", Rows.evidence, 5),
    ListPage("dialogue-list", Rows.dialogues, 9),
    ListPage("reading-list", Rows.evidence, 5),
    ListPage("assessment-list", Rows.assessments, 6),
    ListPage("readiness-list", Rows.evidence, 19),
    ListPage("briefing-list", Rows.briefings, 6),
]


COUNT_QUERIES = 4
"""What it costs in the API to count the rows that went out: what was sent today; around the count, and held."""


@pytest.mark.parametrize("listed", LISTS, ids=lambda one: "-".join(filter(None, (one.name, one.reader, one.query))))
def test_list_takes_as_many_queries_for_many_rows_as_for_one(client, listed):
    rows = Rows()
    listed.rows(rows, 1)
    client.force_login(getattr(rows, listed.reader))
    address = listed.address(rows)
    client.get(address)  # who is in, whatever is asked: the session's first request writes it down

    sent = {}
    for was, size in zip((1, *SIZES), SIZES, strict=False):
        if size > was:
            listed.rows(rows, size - was)
        cache.clear()
        with CaptureQueriesContext(connection) as context:
            assert client.get(address).status_code == 200
        sent[size] = len(context)

    counted = COUNT_QUERIES if listed.name.endswith("-list") else 0
    assert sent == dict.fromkeys(SIZES, listed.queries + counted)


def test_no_list_is_forgotten():
    lists = {name for name in all_routes() if name.endswith(("_list", "-list"))}

    assert {page.name for page in LISTS} >= lists


def test_filtered_lists_find_rows(client):
    rows = Rows()
    client.force_login(rows.officer)
    for listed in (page for page in LISTS if "page=2" in page.query):
        listed.rows(rows, 30)
        response = client.get(listed.address(rows))
        assert (response.context["page"].number, len(response.context["page"])) == (2, 5)
