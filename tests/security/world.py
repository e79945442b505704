"""Rows of two countries that could leak, and everybody who may send a request.

Every text is unique and made by `World.marked_text`, which also notes who may read it. So any answer to any reader can
be searched for texts that this reader must not see.
"""

import json
from datetime import UTC, date, datetime
from types import SimpleNamespace

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client

from dialogues.choices import ClaimedProgress, CommitmentEventKind, RequestEventKind, Sensitivity
from dialogues.workbook.rows import RowState, WorkbookRow
from recommendations.choices import MilestoneKind, Origin, Rule
from recommendations.questions.draft_questions import DraftQuestion, DraftQuestions, serialize_questions
from tests.authentication import force_sign_in
from tests.dialogues.sample_files import picture
from tests.factories import (
    TERMS_SET_AT,
    AdministratorFactory,
    AgendaItemFactory,
    AgreedProofFactory,
    AmbassadorFactory,
    AnswerSentenceFactory,
    AnswerVersionFactory,
    AssessmentFactory,
    BenchmarkFactory,
    BriefingFactory,
    ChosenIndicatorFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    ContributionFactory,
    CountryFactory,
    DialogueFactory,
    DialogueFileFactory,
    DisposalCertificateFactory,
    DraftFactory,
    DueDateProposalDecisionFactory,
    DueDateProposalFactory,
    EditionFactory,
    EditionImportFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    HandoverFactory,
    ImportedEntryFactory,
    ImportedLogFactory,
    IndicatorFactory,
    InformationRequestFactory,
    InternalNoteDoneFactory,
    InternalNoteFactory,
    JobFactory,
    LawEntryFactory,
    LineAnswerFactory,
    MilestoneDateChangeFactory,
    MilestoneDoneFactory,
    MilestoneFactory,
    MinistryFactory,
    NextStepDoneFactory,
    NextStepFactory,
    NoticeFactory,
    ObserverFactory,
    OfficeHolderFactory,
    OfficerFactory,
    ParticipantFactory,
    PartnerFactory,
    QuestionFactory,
    QuestionSetFactory,
    ReadinessRunFactory,
    ReadingFactory,
    RecommendationFactory,
    RecorderFactory,
    RedactionFactory,
    RemovedRowFactory,
    RequestEventFactory,
    ReviewerFactory,
    SavedFilterFactory,
    UpdateFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
    WorkbookDraftFactory,
)
from tests.transactions import record_log_entry
from tiptracker.accounts import tokens
from tiptracker.accounts.models import AccountRequest
from tiptracker.audit import chain
from tiptracker.audit.imported_logs import LOG_IMPORTED, NotedLog, sealed_fields
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import AccountRequestKind, TokenScope
from tiptracker.jobs.models import State
from tiptracker.mail.models import Mail, MailKind

SMALL_JPEG = picture("JPEG", (8, 8))
READERS = (
    "officer",  # recorded the facts
    "second",  # officer
    "ambassador",
    "observer",
    "own",  # focal point of the ministry that the row belongs to: the police
    "supporting",  # focal point of a ministry that is only named as supporting: justice
    "other",  # focal point of another ministry with its own rows: home affairs
    "elsewhere",  # officer of another country with its own rows: Malawi
    "administrator",  # of the installation
    "post",  # administrator of Lesotho's post alone
    "other_post",  # administrator of Malawi's post alone
    "out",  # nobody signed in
    "deactivated",  # an officer whose account was closed while a session was open
)
UNENROLLED = "unenrolled"
"""Another officer, who signed in with the password alone. They read nothing and have no column in the table."""
EMBASSY = frozenset({"officer", "second", "ambassador", "observer"})
MINISTRIES = frozenset({"own", "supporting", "other"})
REDACTORS = EMBASSY - {"observer"}
OWN, OTHER, ELSEWHERE = frozenset({"own"}), frozenset({"other"}), frozenset({"elsewhere"})
ADMINISTRATOR = frozenset({"administrator", "post"})
"""Who administers Lesotho."""
FOREIGN_ADMINISTRATOR = frozenset({"administrator", "other_post"})
"""Who administers Malawi."""
LOG = frozenset({"officer", "second", "ambassador"})
PUBLISHED = EMBASSY | MINISTRIES | ADMINISTRATOR


class World:
    """Create the rows, and keep them by name in `rows`. `leaks` finds texts that a reader must not see."""

    def __init__(self) -> None:
        self.marks = {}
        self.names_of_people = set()
        self.rows = {}
        self.sessions = {}
        self.answers = {}  # answers that were requested before: see `access_requests.cached_get`
        self._create_people()
        self._create_recommendations()
        self._create_commitments()
        self._create_updates_and_evidence()
        self._create_foreign_rows()
        self._create_notes()
        self._create_log_entries()
        self.sign_in()

    def marked_text(self, what, to):
        """Return a unique text that only these readers may see."""
        mark = f"{what} zq{len(self.marks):03}qz"
        self.marks[mark.rpartition(" ")[2]] = (what, to)
        return mark

    def leaks(self, reader, body):
        """Return the texts in `body` that this reader must not see."""
        return sorted(what for mark, (what, to) in self.marks.items() if reader not in to and mark in body)

    def add_rows(self, **rows):
        self.rows |= rows
        return SimpleNamespace(**rows)

    def pk(self, name):
        return self.rows[name].pk

    def keys(self):
        """Return the keys that URLs of the rows contain, by name."""
        return {name: row.number if isinstance(row, AuditEntry) else row.pk for name, row in self.rows.items()}

    def names(self, model, keys):
        """Return the names of the rows of one model with these keys."""
        named = {row.pk: name for name, row in self.rows.items() if row._meta.model_name == model}
        return sorted(named.get(key, f"unnamed {key}") for key in keys)

    def client(self, reader):
        """Return a test client in which this reader is signed in."""
        client = Client()
        if session := self.sessions.get(reader):
            client.cookies[settings.SESSION_COOKIE_NAME] = session
        return client

    # --- Its rows -----------------------------------------------------------------------------------------------------

    def _create_people(self):
        elsewhere = CountryFactory(elsewhere=True)
        for name, reader in {"police": "own", "justice": "supporting", "home": "other"}.items():
            to = EMBASSY | ADMINISTRATOR | {reader}
            ministry = MinistryFactory(
                short_name=self.marked_text(name, to), name=self.marked_text(f"ministry of {name}", to)
            )
            OfficeHolderFactory(
                ministry=ministry, name=self.marked_text(f"minister of {name}", EMBASSY | ADMINISTRATOR)
            )
            self.add_rows(**{name: ministry})
        to = ELSEWHERE | FOREIGN_ADMINISTRATOR
        self.add_rows(
            foreign_ministry=MinistryFactory(
                country=elsewhere, short_name=self.marked_text("theirs", to), name=self.marked_text("t", to)
            ),
            lesotho=CountryFactory(),
            malawi=elsewhere,
        )
        inside = EMBASSY | ADMINISTRATOR
        self.people = {
            "officer": self._person(RecorderFactory, inside, email="recorder@post.example"),
            "second": self._person(ReviewerFactory, inside, email="reviewer@post.example"),
            "ambassador": self._person(AmbassadorFactory, inside),
            "observer": self._person(ObserverFactory, inside),
            "own": self._person(FocalPointFactory, inside | OWN, ministry=self.rows["police"]),
            "supporting": self._person(FocalPointFactory, inside | {"supporting"}, ministry=self.rows["justice"]),
            "other": self._person(FocalPointFactory, inside | OTHER, ministry=self.rows["home"]),
            "elsewhere": self._person(OfficerFactory, to, countries=[elsewhere]),
            # The owner of the account, and whoever may have to consent, read who requested the change.
            "administrator": self._person(
                AdministratorFactory, ADMINISTRATOR | FOREIGN_ADMINISTRATOR | {"ambassador", "observer"}
            ),
            "post": self._person(AdministratorFactory, inside, countries=[CountryFactory()]),
            "other_post": self._person(AdministratorFactory, to, countries=[elsewhere]),
            "deactivated": self._person(OfficerFactory, inside),
            UNENROLLED: self._person(OfficerFactory, inside),
        }
        for reader in ("post", "other_post"):  # not independent of the administrator, so the ambassador consents
            self.people[reader].role_given_by = self.people["administrator"]
            self.people[reader].save()
        contact = self._person(OfficerFactory, inside | MINISTRIES)  # the one name at the embassy that ministries know
        type(self.rows["lesotho"]).objects.filter(pk=self.pk("lesotho")).update(contact=contact)
        self.add_rows(
            contact_person=contact,
            colleague=self._person(FocalPointFactory, inside | OWN, ministry=self.rows["police"]),
            shared_officer=self._person(OfficerFactory, inside | to, countries=[CountryFactory(), elsewhere]),
            foreign_focal_point=self._person(FocalPointFactory, to, ministry=self.rows["foreign_ministry"]),
            **{f"{reader}_person": person for reader, person in self.people.items()},
        )
        self._create_handovers(inside)
        self.add_rows(
            account_request=AccountRequest.objects.create(
                person=self.people["observer"],
                kind=AccountRequestKind.SECOND_STEP,
                old_email=self.people["observer"].email,
                asked_by=self.people["administrator"],
                asked_at=datetime(2022, 1, 28, 6, tzinfo=UTC),
            ),
            foreign_account_request=AccountRequest.objects.create(
                person=self.people["elsewhere"],
                kind=AccountRequestKind.SECOND_STEP,
                old_email=self.people["elsewhere"].email,
                asked_by=self.people["other_post"],
                asked_at=datetime(2022, 1, 28, 6, tzinfo=UTC),
            ),
            mail=self._mail(self.people["observer"]),
            foreign_mail=self._mail(self.people["elsewhere"]),
            shared_mail=self._mail(self.rows["shared_officer"]),
            nobodys_mail=self._mail(None),
        )
        token, _ = tokens.create_token(
            person=self.people["officer"],
            name=self.marked_text("the officer's token", {"officer"} | ADMINISTRATOR),
            scope=TokenScope.SUBMIT,
            expires_on=tokens.latest_expiry(self.people["officer"]),
        )
        self.add_rows(
            officers_filter=SavedFilterFactory(
                person=self.people["officer"], name=self.marked_text("the officer's filters", {"officer"})
            ),
            row_removed_by_second=RemovedRowFactory(person=self.people["second"]),
            officers_token=token,
            token_mail=Mail.objects.get(person=self.people["officer"]),
            passkey=Authenticator.objects.create(
                user=self.rows["colleague"], type="webauthn", data={"name": self.marked_text("passkey", frozenset())}
            ),
        )

    def _mail(self, person):
        at = datetime(2022, 1, 28, 6, tzinfo=UTC)
        return Mail.objects.create(kind=MailKind.SIGN_IN_CHANGED, person=person, queued_at=at)

    def _create_handovers(self, inside):
        """Let the officer and a focal point of two ministries each take over from somebody."""
        by = self.people["administrator"]
        for successor, leaver in {
            "officer": self._person(OfficerFactory, inside),
            "own": self._person(FocalPointFactory, inside | OWN, ministry=self.rows["police"]),
            "other": self._person(FocalPointFactory, inside | OTHER, ministry=self.rows["home"]),
        }.items():
            handover = HandoverFactory(person=leaver, successor=self.people[successor], planned_by=by)
            self.add_rows(**{f"{successor}s_handover": handover, f"{successor}s_leaver": leaver})

    def _person(self, factory, to, email="", **more):
        email = email or f"person{len(self.marks)}@post.example"
        person = factory(email=email, name=self.marked_text(f"name of {email}", to), **more)
        self.marks |= {text: (text, to) for text in (email, person.name)}
        self.names_of_people |= {email, person.name}
        return person

    def _create_recommendations(self):
        edition = EditionFactory(
            source=self.marked_text("edition's source", PUBLISHED),
            note=self.marked_text("edition's note", EMBASSY),
            terms__reason=self.marked_text("edition's terms", EMBASSY),
            terms__readiness_target_reason=self.marked_text("readiness target", EMBASSY),
        )
        by = self.people["administrator"]
        imported = EditionImportFactory(
            edition=edition, name=self.marked_text("file of a list", ADMINISTRATOR), begun_by=by
        )
        self.add_rows(list_import=imported)
        officer = self.people["second"]
        loaded = self.marked_text("file of the questions", EMBASSY)
        QuestionSetFactory(edition=edition, name=loaded, begun_by=officer, loaded=True)
        asked = DraftQuestion("7", self.marked_text("draft wording", frozenset({"officer", "second"})))
        self.rows["question_set"] = QuestionSetFactory(
            edition=edition, begun_by=officer, draft=serialize_questions(DraftQuestions((asked,)))
        )
        self.rows["milestone"] = MilestoneFactory(
            edition=edition,
            kind=MilestoneKind.ACTION_PLAN,
            source=self.marked_text("milestone", EMBASSY | ADMINISTRATOR),
        )
        MilestoneDoneFactory(milestone=self.rows["milestone"], source=self.marked_text("milestone done", EMBASSY))
        MilestoneDateChangeFactory(milestone=self.rows["milestone"], reason=self.marked_text("milestone date", EMBASSY))
        shared = {"edition": edition, "years_unmet": 5}
        first = RecommendationFactory(
            text=self.marked_text("first recommendation", PUBLISHED),
            years_unmet_source=self.marked_text("years unmet", EMBASSY),
            lead=self.rows["police"],
            supporting=[self.rows["justice"]],
            **shared,
        )
        second = RecommendationFactory(
            text=self.marked_text("second recommendation", PUBLISHED),
            years_unmet_source=self.marked_text("years unmet", EMBASSY),
            lead=self.rows["home"],
            **shared,
        )
        asked = EMBASSY | ADMINISTRATOR
        indicator = IndicatorFactory(
            name=self.marked_text("police's indicator", asked | OWN), ministry=self.rows["home"]
        )
        others = IndicatorFactory(name=self.marked_text("home's indicator", asked | OTHER))
        earlier = RecommendationFactory(
            edition=EditionFactory(year=2020, source=self.marked_text("earlier edition's source", PUBLISHED)),
            text=self.marked_text("earlier recommendation", PUBLISHED),
            lead=self.rows["police"],
        )
        self.add_rows(
            edition_before=earlier.edition,
            earlier=earlier,
            earlier_benchmark=self._benchmark(earlier, asked, rule=Rule.ASSESSED),
            edition=edition,
            first=first,
            second=second,
            indicator=indicator,
            home_indicator=others,
            unused_indicator=IndicatorFactory(name=self.marked_text("nobody's indicator", asked)),
            assessed=self._benchmark(first, asked | OWN, rule=Rule.ASSESSED),
            figure_benchmark=self._benchmark(first, asked | OWN, rule=Rule.MORE, indicator=indicator),
            home_benchmark=self._benchmark(second, asked | OTHER, rule=Rule.TARGET, target=10, indicator=others),
            uncommitted_benchmark=self._benchmark(second, asked, rule=Rule.ASSESSED),
        )

    def _benchmark(self, recommendation, to, **terms):
        terms |= {
            "criterion": self.marked_text("criterion", to),
            "reason": self.marked_text("benchmark's terms", EMBASSY),
        }
        return BenchmarkFactory(
            recommendation=recommendation, **{f"terms__{name}": term for name, term in terms.items()}
        )

    def _create_commitments(self):
        both, homes = EMBASSY | OWN | OTHER, EMBASSY | OTHER
        dialogue = self._dialogue(both)
        home_dialogue = self._dialogue(homes)
        police, home = self.rows["police"], self.rows["home"]
        commitment = CommitmentFactory(
            ministry=police,
            text=self.marked_text("police's promise", EMBASSY | OWN),
            letter="",
            dialogue=dialogue,
            benchmarks=[self.rows["assessed"], self.rows["figure_benchmark"]],
            made__due_on=date(2021, 12, 15),
        )
        CommitmentEventFactory(
            commitment=commitment,
            kind=CommitmentEventKind.RESCHEDULED,
            happened_on=date(2021, 12, 10),
            due_on=date(2022, 1, 20),
            reason=self.marked_text("why it was moved", EMBASSY),
        )
        unstarted = CommitmentFactory(
            ministry=police,
            text=self.marked_text("police's other promise", EMBASSY | OWN),
            letter=self.marked_text("police's letter", EMBASSY | OWN),
            benchmarks=[self.rows["figure_benchmark"]],
        )
        settled = CommitmentFactory(
            ministry=police,
            text=self.marked_text("police's settled promise", EMBASSY | OWN),
            letter="A letter",
            done=False,
        )
        for kind, day in (
            (CommitmentEventKind.REPORTED_DONE, date(2021, 12, 1)),
            (CommitmentEventKind.VERIFIED_DONE, date(2021, 12, 2)),
        ):
            reason = self.marked_text(f"reason of {kind}", EMBASSY)
            CommitmentEventFactory(commitment=settled, kind=kind, happened_on=day, reason=reason)
        united_states = CommitmentFactory(
            united_states=True,
            text=self.marked_text("our own promise", EMBASSY),
            letter=self.marked_text("our letter", EMBASSY),
            country=self.rows["lesotho"],
        )
        reported = CommitmentFactory(
            united_states=True,
            text=self.marked_text("what we did", EMBASSY),
            letter=self.marked_text("our other letter", EMBASSY),
            country=self.rows["lesotho"],
        )
        CommitmentEventFactory(
            commitment=reported, kind=CommitmentEventKind.REPORTED_DONE, happened_on=date(2021, 12, 1)
        )
        home_commitment = CommitmentFactory(
            ministry=home,
            text=self.marked_text("home's promise", homes),
            letter="",
            dialogue=dialogue,
            benchmarks=[self.rows["home_benchmark"]],
        )
        CommitmentFactory(
            ministry=home, text=self.marked_text("home's other promise", homes), letter="", dialogue=home_dialogue
        )
        seen = EMBASSY | OWN
        proposal = DueDateProposalFactory(
            commitment=commitment, reason=self.marked_text("why police need longer", seen)
        )
        DueDateProposalDecisionFactory(
            proposal=DueDateProposalFactory(commitment=unstarted, reason=self.marked_text("why not yet", seen)),
            reason=self.marked_text("why the date stays", seen),
        )
        home_proposal = DueDateProposalFactory(
            commitment=home_commitment, reason=self.marked_text("why home need longer", homes)
        )
        proof = AgreedProofFactory(
            commitment=commitment,
            text=self.marked_text("agreed proof", seen),
            from_whom=self.marked_text("from whom", seen),
        )
        AgreedProofFactory.create_batch(2, commitment=unstarted)
        home_proof = AgreedProofFactory(commitment=home_commitment, text=self.marked_text("home's agreed proof", homes))
        self._create_requests(seen, homes)
        self.add_rows(
            agreed_proof=proof,
            home_proof=home_proof,
            proposal=proposal,
            home_proposal=home_proposal,
            dialogue=dialogue,
            home_dialogue=home_dialogue,
            commitment=commitment,
            unstarted=unstarted,
            settled=settled,
            officers_notice=NoticeFactory(person=self.people["officer"], row=str(commitment.pk)),
            us_commitment=united_states,
            reported=reported,
            home_commitment=home_commitment,
            other_home_commitment=home_commitment.ministry.commitments.order_by("pk").last(),
        )

    def _create_requests(self, seen, homes):
        """Create requests for information: an open one, one whose answer waits, and one to another ministry."""
        police, edition = self.rows["police"], self.rows["edition"]
        asked = InformationRequestFactory(
            ministry=police,
            edition=edition,
            reason=self.marked_text("why police are asked", seen),
            lines=[self.marked_text("what police are asked", seen)],
            asked__due_on=date(2022, 2, 10),
        )
        RequestEventFactory(
            information_request=asked,
            kind=RequestEventKind.MOVED,
            happened_on=date(2021, 12, 10),
            due_on=date(2022, 2, 14),
            reason=self.marked_text("why police get longer", seen),
        )
        answered = InformationRequestFactory(
            ministry=police,
            edition=edition,
            reason=self.marked_text("why police are asked again", seen),
            lines=[self.rows["indicator"]],
        )
        answer = UpdateVersionFactory(
            update__information_request=answered,
            narrative=self.marked_text("police's answer", seen),
            recorded_by=self.rows["colleague"],
        )
        LineAnswerFactory(
            line=answered.lines.get(), update_version=answer, text=self.marked_text("police's explanation", seen)
        )
        proof = self._evidence("police's answered proof", seen, update_version=answer)
        answered_reading = ReadingFactory(
            indicator=self.rows["indicator"],
            through_on=date(2021, 12, 31),
            evidence=proof,
            update_version=answer,
            note=self.marked_text("police's answered note", seen),
            source=self.marked_text("police's answered source", seen),
            recorded_by=self.rows["colleague"],
        )
        home_request = InformationRequestFactory(
            ministry=self.rows["home"],
            edition=edition,
            reason=self.marked_text("why home are asked", homes),
            lines=[self.marked_text("what home are asked", homes)],
        )
        self.add_rows(
            asked=asked,
            answered=answered,
            home_request=home_request,
            home_line=home_request.lines.get(),
            answer=answer,
            answer_update=answer.update,
            answer_evidence=proof,
            answer_file=proof.file,
            answer_reading=answered_reading,
        )

    def _create_planned_dialogues(self, held):
        """Create a dialogue that is planned with the police, and one called off, with all that stays internal."""
        dialogue = self._dialogue(EMBASSY | OWN, planned=True)
        ParticipantFactory(
            dialogue=dialogue,
            name=self.marked_text("the police's participant", EMBASSY),
            office=self.marked_text("the police's office", EMBASSY),
            ministry=self.rows["police"],
        )
        AgendaItemFactory(
            dialogue=dialogue,
            recommendation=None,
            topic=self.marked_text("topic", EMBASSY),
            note=self.marked_text("note", EMBASSY),
        )
        off = self._dialogue(EMBASSY, planned=True, called_off_by=self.people["officer"], called_off_at=TERMS_SET_AT,
            called_off_reason=self.marked_text("why it was called off", EMBASSY))  # fmt: skip
        by = {
            "recorded_by": self.people["officer"],
            "indicator": self.rows["indicator"],
            "ministry": self.rows["police"],
        }
        chosen = ChosenIndicatorFactory(dialogue=dialogue, reason=self.marked_text("why it was chosen", EMBASSY), **by)
        ChosenIndicatorFactory(dialogue=held, **by)
        contribution = ContributionFactory(
            what=self.marked_text("what was contributed", EMBASSY),
            source=self.marked_text("source of a contribution", EMBASSY),
            commitment=held.commitments.filter(ministry=self.rows["police"]).first(),
        )
        return {"planned": dialogue, "called_off": off, "chosen": chosen, "contribution": contribution}

    def _create_follow_up(self, dialogue):
        """Create the next steps of a dialogue and its file."""
        police = self.rows["police"]
        step = NextStepFactory(dialogue=dialogue, text=self.marked_text("next step", EMBASSY), ministry=police)
        done = NextStepFactory(
            dialogue=dialogue,
            text=self.marked_text("step that was done", EMBASSY),
            office=self.marked_text("owner", EMBASSY),
        )
        NextStepDoneFactory(step=done, result=self.marked_text("what came of a step", EMBASSY))
        file = EvidenceFileFactory(
            name=f"{self.marked_text('statement: file', EMBASSY)}.pdf",
            content=self.marked_text("statement: content", EMBASSY).encode(),
            uploaded_by=self.people["officer"],
        )
        DialogueFileFactory(dialogue=dialogue, file=file)
        unsent = EvidenceFileFactory(
            name=f"{self.marked_text('unsent statement', {'officer'})}.pdf",
            content=self.marked_text("unsent statement: content", {"officer"}).encode(),
            uploaded_by=self.people["officer"],
        )
        return {"step": step, "statement_file": file, "officers_file": unsent}

    def _dialogue(self, to, **more):
        dialogue = DialogueFactory(
            **{
                "place": self.marked_text("place", to),
                "purpose": self.marked_text("purpose", to - MINISTRIES),
                "source": self.marked_text("dialogue's source", to - MINISTRIES),
            }
            | (
                {}
                if "planned" in more
                else {name: self.marked_text(name, to - MINISTRIES) for name in ("record", "agreed")}
            )
            | more,
        )
        ParticipantFactory(
            dialogue=dialogue,
            name=self.marked_text("participant", to - MINISTRIES),
            office=self.marked_text("office", to - MINISTRIES),
        )
        return dialogue

    def _create_updates_and_evidence(self):
        rows = SimpleNamespace(**self.rows)
        AgendaItemFactory(
            dialogue=rows.dialogue,
            recommendation=rows.second,
            note=self.marked_text("agenda", EMBASSY),
            said=self.marked_text("said of an item", EMBASSY),
        )
        self.add_rows(**self._create_planned_dialogues(rows.dialogue), **self._create_follow_up(rows.dialogue))
        seen = EMBASSY | OWN
        update = UpdateFactory(commitment=rows.commitment)
        by = self.people["own"]
        returned_version = UpdateVersionFactory(
            update=update, narrative=self.marked_text("police's first words", seen), recorded_by=by
        )
        returned_evidence = self._evidence(
            "police's first proof", seen, update_version=returned_version, supports=[rows.assessed]
        )
        UpdateVersionDecisionFactory(
            update_version=returned_version, decision="returned", reason=self.marked_text("why it went back", seen)
        )
        returned_evidence_review = EvidenceReviewFactory(
            evidence_link=returned_evidence.evidence_links.get(),
            decision="rejected",
            reason=self.marked_text("the word on police's proof", seen),
        )
        waiting = UpdateVersionFactory(
            update=update,
            narrative=self.marked_text("police's words", seen),
            claimed=ClaimedProgress.UNDER_WAY,
            recorded_by=rows.colleague,
        )
        sent = self._evidence(
            "police's proof", seen, update_version=waiting, supports=[rows.assessed, rows.figure_benchmark]
        )
        reading = ReadingFactory(
            indicator=rows.indicator,
            through_on=date(2021, 12, 31),
            evidence=sent,
            update_version=waiting,
            note=self.marked_text("police's note", seen),
            source=self.marked_text("police's source", seen),
            recorded_by=rows.colleague,
        )
        done = self._evidence(
            "what we did: proof", EMBASSY, commitment=rows.reported, supports=[rows.assessed], verified=True
        )
        internal = self._evidence("internal", EMBASSY, commitment=rows.commitment, supports=[rows.assessed])
        shared = self._evidence(
            "shared",
            seen,
            commitment=rows.commitment,
            sensitivity=Sensitivity.SHARED,
            supports=[rows.assessed, rows.home_benchmark],
            revises=self._evidence("corrected", EMBASSY, commitment=rows.commitment),
        )
        for evidence_link in shared.evidence_links.all():
            EvidenceReviewFactory(
                evidence_link=evidence_link, reason=self.marked_text("the word on shared evidence", EMBASSY)
            )

        home_version = UpdateVersionFactory(
            update__commitment=rows.home_commitment,
            narrative=self.marked_text("home's words", EMBASSY | OTHER),
            recorded_by=self.people["other"],
        )
        home_evidence = self._evidence(
            "home's proof", EMBASSY | OTHER, update_version=home_version, supports=[rows.home_benchmark]
        )
        home_reading = ReadingFactory(
            indicator=rows.home_indicator, through_on=date(2021, 12, 31), update_version=home_version,
            evidence=home_evidence, note=self.marked_text("home's note", EMBASSY | OTHER),
            recorded_by=self.people["other"],
        )  # fmt: skip
        embassy_reading = ReadingFactory(
            indicator=rows.indicator, last_period=True, source=self.marked_text("embassy's source", EMBASSY)
        )
        assessment = AssessmentFactory(
            benchmark=rows.assessed,
            rationale=self.marked_text("rationale", EMBASSY),
            law=self.marked_text("law", EMBASSY),
            grounds=[internal],
        )
        failed = JobFactory(kind="briefing", state=State.FAILED, reason=self.marked_text("why it failed", EMBASSY))
        drafted = EvidenceFileFactory(
            name=f"{self.marked_text('drafted file', OWN)}.pdf",
            content=self.marked_text("drafted content", OWN).encode(),
            uploaded_by=rows.colleague,
        )
        draft = DraftFactory(
            commitment=rows.unstarted,
            saved_by=rows.colleague,
            content={"narrative": [self.marked_text("what is not sent", OWN)]},
        )
        draft.files.add(drafted)
        record_draft = DraftFactory(
            dialogue=rows.dialogue,
            saved_by=self.people["officer"],
            content={"record-text": [self.marked_text("what is not recorded", frozenset({"officer", "second"}))]},
        )
        own_workbook = WorkbookDraftFactory(
            ministry=self.rows["police"],
            uploaded_by=by,
            name=self.marked_text("workbook", frozenset({"own"})),
            rows=[
                WorkbookRow(
                    3,
                    values={"narrative": self.marked_text("a row of a workbook", frozenset({"own"}))},
                    commitment=rows.unstarted.pk,
                    state=RowState(0, "", "", ""),
                ).to_json()
            ],
        )
        unsent = EvidenceFileFactory(
            name=f"{self.marked_text('unsent file', OWN)}.pdf",
            content=self.marked_text("unsent content", OWN).encode(),
            uploaded_by=by,
        )
        disposed_edition = EditionFactory(year=2014, terms=False)
        self.add_rows(
            update=update,
            returned_version=returned_version,
            waiting=waiting,
            home_update=home_version.update,
            home_version=home_version,
            returned_evidence=returned_evidence,
            sent=sent,
            internal=internal,
            shared=shared,
            corrected=shared.revises,
            home_evidence=home_evidence,
            returned_evidence_review=returned_evidence_review,
            shared_review=shared.reviews.order_by("pk").first(),
            shared_home_review=shared.reviews.order_by("pk").last(),
            reading=reading,
            home_reading=home_reading,
            embassy_reading=embassy_reading,
            assessment=assessment,
            done=done,
            done_review=done.reviews.get(evidence_link=None),
            done_link_review=done.reviews.exclude(evidence_link=None).get(),
            briefing=BriefingFactory(
                pdf=self.marked_text("briefing", EMBASSY).encode(),
                content={"evidence": [{"what": self.marked_text("said", EMBASSY)}]},
            ),
            compared_briefing=BriefingFactory(content={"evidence": []}),
            input=BriefingFactory(
                pdf=self.marked_text("input", EMBASSY).encode(),
                word_content=self.marked_text("input in Word", EMBASSY).encode(),
            ),
            disposed_edition=disposed_edition,
            certificate=DisposalCertificateFactory(disposal__edition=disposed_edition, number=1, closed=True),
            redaction=RedactionFactory(
                words=self.marked_text("what is to go", REDACTORS),
                reason=self.marked_text("why it is to go", REDACTORS),
            ),
            failed_briefing=BriefingFactory(job=failed),
            run=ReadinessRunFactory(result={"headline": self.marked_text("run", EMBASSY)}),
            question=self._create_question(),
            unsent_file=unsent,
            own_workbook=own_workbook,
            drafted_file=drafted,
            draft=draft,
            record_draft=record_draft,
            **{
                f"{name}_file": piece.file
                for name, piece in {
                    "returned": returned_evidence,
                    "sent": sent,
                    "internal": internal,
                    "shared": shared,
                    "corrected": shared.revises,
                    "home": home_evidence,
                    "done": done,
                }.items()
            },
        )

    def _evidence(self, what, to, **more):
        return EvidenceFactory(
            title=self.marked_text(f"{what}: title", to),
            source=self.marked_text(f"{what}: source", to),
            stated_by=self.marked_text(f"{what}: who says so", to),
            file=EvidenceFileFactory(  # a picture, with text after its end
                name=f"{self.marked_text(f'{what}: file', to)}.jpg",
                media_type="image/jpeg",
                content=SMALL_JPEG + self.marked_text(f"{what}: content", to).encode(),
            ),
            **more,
        )

    def _create_foreign_rows(self):
        """Create one row of each kind for another country, which nobody on Lesotho sees."""
        to, asked = ELSEWHERE, ELSEWHERE | FOREIGN_ADMINISTRATOR
        by, focal_point, ministry = (
            self.people["elsewhere"],
            self.rows["foreign_focal_point"],
            self.rows["foreign_ministry"],
        )
        edition = EditionFactory(
            country=self.rows["malawi"],
            source=self.marked_text("their edition", asked),
            note=self.marked_text("their note", to),
            terms__reason=self.marked_text("their edition's terms", to),
            terms__recorded_by=by,
        )
        recommendation = RecommendationFactory(
            edition=edition, text=self.marked_text("their recommendation", asked), lead=ministry, origin=Origin.REPORT
        )
        indicator = IndicatorFactory(country=edition.country, name=self.marked_text("their indicator", asked))
        benchmark = BenchmarkFactory(
            recommendation=recommendation,
            terms__criterion=self.marked_text("their criterion", asked),
            terms__rule=Rule.MORE,
            terms__indicator=indicator,
            terms__reason=self.marked_text("their benchmark's terms", to),
            terms__recorded_by=by,
        )
        dialogue = self._dialogue(to, country=edition.country, recorded_by=by)
        commitment = CommitmentFactory(
            ministry=ministry,
            dialogue=dialogue,
            letter="",
            text=self.marked_text("their promise", to),
            benchmarks=[benchmark],
            recorded_by=by,
            made__recorded_by=by,
        )
        sent = UpdateVersionFactory(
            update__commitment=commitment, narrative=self.marked_text("their words", to), recorded_by=focal_point
        )
        evidence = self._evidence("their proof", to, update_version=sent, supports=[benchmark])
        asked = InformationRequestFactory(
            ministry=ministry,
            edition=edition,
            reason=self.marked_text("why they are asked", to),
            lines=[self.marked_text("what they are asked", to)],
            recorded_by=by,
            asked__recorded_by=by,
        )
        self.add_rows(
            foreign_edition=edition,
            foreign_recommendation=recommendation,
            foreign_indicator=indicator,
            foreign_benchmark=benchmark,
            foreign_dialogue=dialogue,
            foreign_chosen=ChosenIndicatorFactory(dialogue=dialogue, indicator=indicator, recorded_by=by),
            foreign_commitment=commitment,
            foreign_request=asked,
            foreign_update=sent.update,
            foreign_version=sent,
            foreign_evidence=evidence,
            foreign_file=evidence.file,
            foreign_evidence_link=evidence.evidence_links.get(),
            foreign_review=EvidenceReviewFactory(
                evidence=evidence, reason=self.marked_text("their word on it", to), recorded_by=by
            ),
            foreign_reading=ReadingFactory(
                indicator=indicator, source=self.marked_text("their source", to), evidence=evidence, recorded_by=by
            ),
            foreign_assessment=AssessmentFactory(
                benchmark=benchmark, rationale=self.marked_text("their rationale", to), recorded_by=by
            ),
            foreign_run=ReadinessRunFactory(edition=edition, result={"headline": self.marked_text("their run", to)}),
            foreign_redaction=RedactionFactory(
                country=self.rows["malawi"],
                words=self.marked_text("what is to go there", to),
                reason=self.marked_text("why it is to go there", to),
                recorded_by=by,
            ),
            foreign_question=QuestionFactory(edition=edition, text=self.marked_text("their question", to)),
            foreign_briefing=BriefingFactory(
                edition=edition, pdf=self.marked_text("their briefing", to).encode(), requested_by=by
            ),
        )

    def _create_question(self):
        """Create a yearly question with an answer, which cites a piece of evidence."""
        question = QuestionFactory(text=self.marked_text("question", EMBASSY))
        version = AnswerVersionFactory(question=question, recorded_by=self.people["second"])
        AnswerSentenceFactory(version=version, text=self.marked_text("answer", EMBASSY))
        return question

    def _create_notes(self):
        """Create internal notes about everything that a ministry can open, and one of another country."""
        note = InternalNoteFactory(
            commitment=self.rows["commitment"],
            text=self.marked_text("note on a promise", EMBASSY),
            named=self.people["ambassador"],
        )
        InternalNoteFactory(recommendation=self.rows["first"], text=self.marked_text("note on what is asked", EMBASSY))
        InternalNoteDoneFactory(
            note=InternalNoteFactory(
                ministry=self.rows["police"],
                text=self.marked_text("note on a ministry", EMBASSY),
                named=self.people["second"],
            )
        )
        self.add_rows(
            law=LawEntryFactory(
                citation=self.marked_text("citation", EMBASSY),
                text=self.marked_text("law", EMBASSY),
                source=self.marked_text("source of law", EMBASSY),
            ),
            foreign_law=LawEntryFactory(
                country=self.rows["malawi"],
                text=self.marked_text("their law", ELSEWHERE),
                recorded_by=self.people["elsewhere"],
            ),
        )
        self.add_rows(
            partner=PartnerFactory(
                name=self.marked_text("partner", EMBASSY), note=self.marked_text("its note", EMBASSY)
            ),
            foreign_partner=PartnerFactory(
                country=self.rows["malawi"], name=self.marked_text("their partner", ELSEWHERE)
            ),
        )
        foreign_note = InternalNoteFactory(
            country=self.rows["malawi"],
            commitment=self.rows["foreign_commitment"],
            text=self.marked_text("their note on a promise", ELSEWHERE),
            recorded_by=self.people["elsewhere"],
        )
        self.add_rows(note=note, foreign_note=foreign_note, foreign_mark=InternalNoteDoneFactory(note=foreign_note))

    def _create_log_entries(self):
        here, there = self.rows["internal"], self.rows["foreign_evidence"]
        self.add_rows(
            entry=record_log_entry(
                "evidence.logged",
                by=self.people["officer"],
                row=here,
                country=here.country,
                after={"title": self.marked_text("what the log holds", LOG)},
            ),
            foreign_entry=record_log_entry(
                "evidence.logged",
                by=self.people["elsewhere"],
                row=there,
                country=there.country,
                after={"title": self.marked_text("what their log holds", ELSEWHERE)},
            ),
            token_entry=AuditEntry.objects.get(row=self.pk("officers_token"), table="accounts.apitoken"),
            account_entry=record_log_entry(
                "user.changed",
                by=self.people["administrator"],
                row=self.people["observer"],
                before={"name": self.marked_text("an earlier name", ADMINISTRATOR)},
            ),
            foreign_account_entry=record_log_entry(
                "user.changed",
                by=self.people["administrator"],
                row=self.people["elsewhere"],
                before={"name": self.marked_text("an earlier name there", FOREIGN_ADMINISTRATOR)},
            ),
            shared_account_entry=record_log_entry(
                "user.changed",
                by=self.people["administrator"],
                row=self.rows["shared_officer"],
                before={"name": self.marked_text("an earlier name of both", {"administrator"})},
            ),
            ministry_entry=record_log_entry(
                "ministry.changed",
                by=self.people["post"],
                row=self.rows["police"],
                country=self.rows["lesotho"],
                before={"name": self.marked_text("an earlier ministry", LOG | ADMINISTRATOR)},
            ),
        )

        foreign = self._create_imported_log(there, ELSEWHERE)
        self.add_rows(
            imported_entry=self._create_imported_log(here, LOG),
            foreign_imported_entry=foreign,
            foreign_imported_log=foreign.log,
        )

    def _create_imported_log(self, evidence, readers):
        """Create a log that came along with a country, as the own log notes it. Return its only entry."""
        salt, text = "0" * 32, json.dumps({"title": self.marked_text("what an imported log holds", readers)})
        entry = ImportedEntryFactory.build(
            log=None,
            number=1,
            table="dialogues.evidence",
            row=str(evidence.pk),
            row_here=str(evidence.pk),
            salt=salt,
            before="",
            after=text,
            after_digest=chain.salted_digest(salt, "after", text),
            previous_hash=chain.GENESIS_HASH,
        )
        entry.hash = chain.hash_entry(entry.previous_hash, sealed_fields(entry))
        entry.seal = chain.seal_imported(chain.GENESIS_HASH, entry.number, entry.hash)
        entry.log = ImportedLogFactory(
            country=evidence.country, head=entry.seal, keys={"tables": {"dialogues.evidence": 0}, "people": {}}
        )
        entry.save()
        noted = NotedLog.of_log(entry.log)._asdict()
        record_log_entry(LOG_IMPORTED, by=None, row=entry.log, country=evidence.country, after=noted)
        return entry

    def sign_in(self):
        """Start a session for everybody."""
        for reader, person in self.people.items():
            client = Client()
            force_sign_in(client, person, with_second_factor=reader != UNENROLLED)
            self.sessions[reader] = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.people["deactivated"].is_active = False
        self.people["deactivated"].save()
