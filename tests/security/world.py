"""Two countries full of rows that could leak, everybody who may ask, and what each of them may come to read.

Every text in it is a marker of its own, made by `World.says`, which also notes who may read it: so any answer to
anybody can be searched for what it should not hold.
"""

from datetime import UTC, date, datetime
from types import SimpleNamespace

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client

from dialogues.choices import ClaimedProgress, CommitmentEventKind, Sensitivity
from recommendations.choices import MilestoneKind, Origin, Rule
from tests.authentication import force_sign_in
from tests.dialogues.sample_files import picture
from tests.factories import (
    TERMS_SET_AT,
    AdministratorFactory,
    AgendaItemFactory,
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    BriefingFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFactory,
    DialogueFileFactory,
    DraftFactory,
    DueDateProposalDecisionFactory,
    DueDateProposalFactory,
    EditionFactory,
    EditionImportFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    IndicatorFactory,
    JobFactory,
    MilestoneDoneFactory,
    MilestoneFactory,
    MinistryFactory,
    NextStepDoneFactory,
    NextStepFactory,
    ObserverFactory,
    OfficeHolderFactory,
    OfficerFactory,
    ParticipantFactory,
    ReadinessRunFactory,
    ReadingFactory,
    RecommendationFactory,
    RecorderFactory,
    RedactionFactory,
    RemovedRowFactory,
    ReviewerFactory,
    SavedFilterFactory,
    UpdateFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
)
from tests.transactions import record_log_entry
from tiptracker.accounts import tokens
from tiptracker.accounts.models import AccountRequest
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import AccountRequestKind, TokenScope
from tiptracker.jobs.models import State

SMALL_JPEG = picture("JPEG", (8, 8))
READERS = (
    "officer",  # recorded the facts
    "second",  # officer
    "ambassador",
    "observer",
    "own",  # focal point of the ministry that the row belongs to: the police
    "supporting",  # … of a ministry that is only named as supporting: justice
    "other",  # … of another one, with rows of its own: home affairs
    "elsewhere",  # officer of another country, with rows of their own
    "administrator",
    "out",  # nobody signed in
    "deactivated",  # an officer whose account was closed while a session was open
)
UNENROLLED = "without second factor"
"""An officer too, who signed in with the password alone; reads nothing, so has no column in the table."""
EMBASSY = frozenset({"officer", "second", "ambassador", "observer"})
MINISTRIES = frozenset({"own", "supporting", "other"})
REDACTORS = EMBASSY - {"observer"}
OWN, OTHER, ELSEWHERE = frozenset({"own"}), frozenset({"other"}), frozenset({"elsewhere"})
ADMINISTRATOR = frozenset({"administrator"})
LOG = frozenset({"officer", "second", "ambassador"})
PUBLISHED = EMBASSY | MINISTRIES | ADMINISTRATOR


class World:
    """Its rows by name in `rows`, their keys by `pk(name)`; what each reader's answers may not hold by `leaks`."""

    def __init__(self) -> None:
        self.marks = {}
        self.names_of_people = set()
        self.rows = {}
        self.sessions = {}
        self.answers = {}  # what was asked already: see `access_requests.cached_get`
        self._fill_people()
        self._fill_what_is_asked()
        self._fill_what_is_promised()
        self._fill_what_happened()
        self._fill_elsewhere()
        self._fill_log()
        self.sign_in()

    def says(self, what, to):
        """A text found nowhere else, which only these readers may come to read."""
        mark = f"{what} zq{len(self.marks):03}qz"
        self.marks[mark.rpartition(" ")[2]] = (what, to)
        return mark

    def leaks(self, reader, body):
        """What stands in `body` and isn't for this reader."""
        return sorted(what for mark, (what, to) in self.marks.items() if reader not in to and mark in body)

    def keep(self, **rows):
        self.rows |= rows
        return SimpleNamespace(**rows)

    def pk(self, name):
        return self.rows[name].pk

    def keys(self):
        """What stands in the addresses of its rows, by name."""
        return {name: row.number if isinstance(row, AuditEntry) else row.pk for name, row in self.rows.items()}

    def names(self, model, keys):
        """The names of rows of one model, by their keys."""
        named = {row.pk: name for name, row in self.rows.items() if row._meta.model_name == model}
        return sorted(named.get(key, f"unnamed {key}") for key in keys)

    def client(self, reader):
        """A browser in which this reader is signed in."""
        client = Client()
        if session := self.sessions.get(reader):
            client.cookies[settings.SESSION_COOKIE_NAME] = session
        return client

    # --- Its rows -----------------------------------------------------------------------------------------------------

    def _fill_people(self):
        elsewhere = CountryFactory(elsewhere=True)
        for name, reader in {"police": "own", "justice": "supporting", "home": "other"}.items():
            to = EMBASSY | ADMINISTRATOR | {reader}
            ministry = MinistryFactory(short_name=self.says(name, to), name=self.says(f"ministry of {name}", to))
            OfficeHolderFactory(ministry=ministry, name=self.says(f"minister of {name}", EMBASSY | ADMINISTRATOR))
            self.keep(**{name: ministry})
        to = ELSEWHERE | ADMINISTRATOR
        self.keep(
            theirs=MinistryFactory(country=elsewhere, short_name=self.says("theirs", to), name=self.says("t", to)),
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
            # Whose account it is, and who may have to consent, read who asked for a change of it.
            "administrator": self._person(AdministratorFactory, ADMINISTRATOR | {"ambassador", "observer"}),
            "deactivated": self._person(OfficerFactory, inside),
            UNENROLLED: self._person(OfficerFactory, inside),
        }
        contact = self._person(OfficerFactory, inside | MINISTRIES)  # the one name at the embassy that ministries know
        type(self.rows["lesotho"]).objects.filter(pk=self.pk("lesotho")).update(contact=contact)
        self.keep(
            colleague=self._person(FocalPointFactory, inside | OWN, ministry=self.rows["police"]),
            their_focal_point=self._person(FocalPointFactory, to, ministry=self.rows["theirs"]),
            **{f"{reader}_person": person for reader, person in self.people.items()},
        )
        self.keep(
            account_request=AccountRequest.objects.create(
                person=self.people["observer"],
                kind=AccountRequestKind.SECOND_STEP,
                old_email=self.people["observer"].email,
                asked_by=self.people["administrator"],
                asked_at=datetime(2022, 1, 28, 6, tzinfo=UTC),
            )
        )
        token, _ = tokens.create_token(
            person=self.people["officer"],
            name=self.says("the officer's token", {"officer"} | ADMINISTRATOR),
            scope=TokenScope.SUBMIT,
            expires_on=tokens.latest_expiry(self.people["officer"]),
        )
        self.keep(
            officers_filter=SavedFilterFactory(
                person=self.people["officer"], name=self.says("the officer's filters", {"officer"})
            ),
            their_removed=RemovedRowFactory(person=self.people["second"]),
            officers_token=token,
            passkey=Authenticator.objects.create(
                user=self.rows["colleague"], type="webauthn", data={"name": self.says("passkey", frozenset())}
            ),
        )

    def _person(self, factory, to, email="", **more):
        email = email or f"person{len(self.marks)}@post.example"
        person = factory(email=email, name=self.says(f"name of {email}", to), **more)
        self.marks |= {text: (text, to) for text in (email, person.name)}
        self.names_of_people |= {email, person.name}
        return person

    def _fill_what_is_asked(self):
        edition = EditionFactory(
            source=self.says("edition's source", PUBLISHED),
            note=self.says("edition's note", EMBASSY),
            terms__reason=self.says("edition's terms", EMBASSY),
            terms__readiness_target_reason=self.says("readiness target", EMBASSY),
        )
        by = self.people["administrator"]
        imported = EditionImportFactory(edition=edition, name=self.says("file of a list", ADMINISTRATOR), begun_by=by)
        self.keep(brought=imported)
        self.rows["milestone"] = MilestoneFactory(
            edition=edition, kind=MilestoneKind.ACTION_PLAN, source=self.says("milestone", EMBASSY | ADMINISTRATOR)
        )
        MilestoneDoneFactory(
            milestone=self.rows["milestone"], source=self.says("milestone done", frozenset({"officer", "second"}))
        )
        shared = {"edition": edition, "years_unmet": 5}
        first = RecommendationFactory(
            text=self.says("first recommendation", PUBLISHED),
            years_unmet_source=self.says("years unmet", EMBASSY),
            lead=self.rows["police"],
            supporting=[self.rows["justice"]],
            **shared,
        )
        second = RecommendationFactory(
            text=self.says("second recommendation", PUBLISHED),
            years_unmet_source=self.says("years unmet", EMBASSY),
            lead=self.rows["home"],
            **shared,
        )
        asked = EMBASSY | ADMINISTRATOR
        counted = IndicatorFactory(name=self.says("police's indicator", asked | OWN), ministry=self.rows["home"])
        others = IndicatorFactory(name=self.says("home's indicator", asked | OTHER))
        earlier = RecommendationFactory(
            edition=EditionFactory(year=2020, source=self.says("earlier edition's source", PUBLISHED)),
            text=self.says("earlier recommendation", PUBLISHED),
            lead=self.rows["police"],
        )
        self.keep(
            edition_before=earlier.edition,
            earlier=earlier,
            earlier_asked=self._benchmark(earlier, asked, rule=Rule.ASSESSED),
            edition=edition,
            first=first,
            second=second,
            counted=counted,
            others_counted=others,
            uncounted=IndicatorFactory(name=self.says("nobody's indicator", asked)),
            assessed=self._benchmark(first, asked | OWN, rule=Rule.ASSESSED),
            figured=self._benchmark(first, asked | OWN, rule=Rule.MORE, indicator=counted),
            homes=self._benchmark(second, asked | OTHER, rule=Rule.TARGET, target=10, indicator=others),
            unpromised=self._benchmark(second, asked, rule=Rule.ASSESSED),
        )

    def _benchmark(self, recommendation, to, **terms):
        terms |= {"criterion": self.says("criterion", to), "reason": self.says("benchmark's terms", EMBASSY)}
        return BenchmarkFactory(
            recommendation=recommendation, **{f"terms__{name}": term for name, term in terms.items()}
        )

    def _fill_what_is_promised(self):
        both, homes = EMBASSY | OWN | OTHER, EMBASSY | OTHER
        dialogue = self._dialogue(both)
        home_dialogue = self._dialogue(homes)
        police, home = self.rows["police"], self.rows["home"]
        promise = CommitmentFactory(
            ministry=police,
            text=self.says("police's promise", EMBASSY | OWN),
            letter="",
            dialogue=dialogue,
            benchmarks=[self.rows["assessed"], self.rows["figured"]],
            made__due_on=date(2021, 12, 15),
        )
        CommitmentEventFactory(
            commitment=promise,
            kind=CommitmentEventKind.RESCHEDULED,
            happened_on=date(2021, 12, 10),
            due_on=date(2022, 1, 20),
            reason=self.says("why it was moved", EMBASSY),
        )
        unstarted = CommitmentFactory(
            ministry=police,
            text=self.says("police's other promise", EMBASSY | OWN),
            letter=self.says("police's letter", EMBASSY | OWN),
            benchmarks=[self.rows["figured"]],
        )
        settled = CommitmentFactory(
            ministry=police, text=self.says("police's settled promise", EMBASSY | OWN), letter="A letter", done=False
        )
        for kind, day in (
            (CommitmentEventKind.REPORTED_DONE, date(2021, 12, 1)),
            (CommitmentEventKind.VERIFIED_DONE, date(2021, 12, 2)),
        ):
            reason = self.says(f"reason of {kind}", EMBASSY)
            CommitmentEventFactory(commitment=settled, kind=kind, happened_on=day, reason=reason)
        united_states = CommitmentFactory(
            united_states=True,
            text=self.says("our own promise", EMBASSY),
            letter=self.says("our letter", EMBASSY),
            country=self.rows["lesotho"],
        )
        reported = CommitmentFactory(
            united_states=True,
            text=self.says("what we did", EMBASSY),
            letter=self.says("our other letter", EMBASSY),
            country=self.rows["lesotho"],
        )
        CommitmentEventFactory(
            commitment=reported, kind=CommitmentEventKind.REPORTED_DONE, happened_on=date(2021, 12, 1)
        )
        homes_promise = CommitmentFactory(
            ministry=home,
            text=self.says("home's promise", homes),
            letter="",
            dialogue=dialogue,
            benchmarks=[self.rows["homes"]],
        )
        CommitmentFactory(
            ministry=home, text=self.says("home's other promise", homes), letter="", dialogue=home_dialogue
        )
        seen = EMBASSY | OWN
        proposal = DueDateProposalFactory(commitment=promise, reason=self.says("why police need longer", seen))
        DueDateProposalDecisionFactory(
            proposal=DueDateProposalFactory(commitment=unstarted, reason=self.says("why not yet", seen)),
            reason=self.says("why the date stays", seen),
        )
        homes_proposal = DueDateProposalFactory(
            commitment=homes_promise, reason=self.says("why home need longer", homes)
        )
        self.keep(
            proposal=proposal,
            homes_proposal=homes_proposal,
            dialogue=dialogue,
            home_dialogue=home_dialogue,
            promise=promise,
            unstarted=unstarted,
            settled=settled,
            ours=united_states,
            reported=reported,
            homes_promise=homes_promise,
            homes_other=homes_promise.ministry.commitments.order_by("pk").last(),
        )

    def _planned(self):
        """A dialogue to come, with everything on it that no ministry may read."""
        dialogue = self._dialogue(EMBASSY, planned=True)
        AgendaItemFactory(
            dialogue=dialogue, recommendation=None, topic=self.says("topic", EMBASSY), note=self.says("note", EMBASSY)
        )
        off = self._dialogue(EMBASSY, planned=True, called_off_by=self.people["officer"], called_off_at=TERMS_SET_AT,
            called_off_reason=self.says("why it was called off", EMBASSY))  # fmt: skip
        return {"planned": dialogue, "called_off": off}

    def _what_followed(self, dialogue):
        """Next steps of a dialogue, and its file."""
        police = self.rows["police"]
        step = NextStepFactory(dialogue=dialogue, text=self.says("next step", EMBASSY), ministry=police)
        done = NextStepFactory(
            dialogue=dialogue, text=self.says("step that was done", EMBASSY), office=self.says("owner", EMBASSY)
        )
        NextStepDoneFactory(step=done, result=self.says("what came of a step", EMBASSY))
        file = EvidenceFileFactory(
            name=f"{self.says('statement: file', EMBASSY)}.pdf",
            content=self.says("statement: content", EMBASSY).encode(),
            uploaded_by=self.people["officer"],
        )
        DialogueFileFactory(dialogue=dialogue, file=file)
        unsent = EvidenceFileFactory(
            name=f"{self.says('unsent statement', {'officer'})}.pdf",
            content=self.says("unsent statement: content", {"officer"}).encode(),
            uploaded_by=self.people["officer"],
        )
        return {"step": step, "statement_file": file, "officers_file": unsent}

    def _dialogue(self, to, **more):
        dialogue = DialogueFactory(
            **{
                "place": self.says("place", to),
                "purpose": self.says("purpose", to - MINISTRIES),
                "source": self.says("dialogue's source", to - MINISTRIES),
            }
            | ({} if "planned" in more else {name: self.says(name, to - MINISTRIES) for name in ("record", "agreed")})
            | more,
        )
        ParticipantFactory(
            dialogue=dialogue,
            name=self.says("participant", to - MINISTRIES),
            office=self.says("office", to - MINISTRIES),
        )
        return dialogue

    def _fill_what_happened(self):
        rows = SimpleNamespace(**self.rows)
        AgendaItemFactory(
            dialogue=rows.dialogue,
            recommendation=rows.second,
            note=self.says("agenda", EMBASSY),
            said=self.says("said of an item", EMBASSY),
        )
        self.keep(**self._planned(), **self._what_followed(rows.dialogue))
        seen = EMBASSY | OWN
        update = UpdateFactory(commitment=rows.promise)
        by = self.people["own"]
        sent_back = UpdateVersionFactory(
            update=update, narrative=self.says("police's first words", seen), recorded_by=by
        )
        before = self._evidence("police's first proof", seen, update_version=sent_back, supports=[rows.assessed])
        UpdateVersionDecisionFactory(
            update_version=sent_back, decision="returned", reason=self.says("why it went back", seen)
        )
        said_before = EvidenceReviewFactory(
            evidence_link=before.evidence_links.get(),
            decision="rejected",
            reason=self.says("the word on police's proof", seen),
        )
        waiting = UpdateVersionFactory(
            update=update,
            narrative=self.says("police's words", seen),
            claimed=ClaimedProgress.UNDER_WAY,
            recorded_by=rows.colleague,
        )
        sent = self._evidence("police's proof", seen, update_version=waiting, supports=[rows.assessed, rows.figured])
        reading = ReadingFactory(
            indicator=rows.counted,
            through_on=date(2021, 12, 31),
            evidence=sent,
            update_version=waiting,
            note=self.says("police's note", seen),
            source=self.says("police's source", seen),
            recorded_by=rows.colleague,
        )
        done = self._evidence(
            "what we did: proof", EMBASSY, commitment=rows.reported, supports=[rows.assessed], verified=True
        )
        internal = self._evidence("internal", EMBASSY, commitment=rows.promise, supports=[rows.assessed])
        shared = self._evidence(
            "shared",
            seen,
            commitment=rows.promise,
            sensitivity=Sensitivity.SHARED,
            supports=[rows.assessed, rows.homes],
            revises=self._evidence("corrected", EMBASSY, commitment=rows.promise),
        )
        for evidence_link in shared.evidence_links.all():
            EvidenceReviewFactory(evidence_link=evidence_link, reason=self.says("the word on shared evidence", EMBASSY))

        homes_version = UpdateVersionFactory(
            update__commitment=rows.homes_promise,
            narrative=self.says("home's words", EMBASSY | OTHER),
            recorded_by=self.people["other"],
        )
        homes_sent = self._evidence(
            "home's proof", EMBASSY | OTHER, update_version=homes_version, supports=[rows.homes]
        )
        homes_reading = ReadingFactory(
            indicator=rows.others_counted, through_on=date(2021, 12, 31), update_version=homes_version,
            evidence=homes_sent, note=self.says("home's note", EMBASSY | OTHER), recorded_by=self.people["other"],
        )  # fmt: skip
        ours_reading = ReadingFactory(
            indicator=rows.counted, last_period=True, source=self.says("embassy's source", EMBASSY)
        )
        assessment = AssessmentFactory(
            benchmark=rows.assessed,
            rationale=self.says("rationale", EMBASSY),
            law=self.says("law", EMBASSY),
            grounds=[internal],
        )
        failed = JobFactory(kind="briefing", state=State.FAILED, reason=self.says("why it failed", EMBASSY))
        drafted = EvidenceFileFactory(
            name=f"{self.says('drafted file', OWN)}.pdf",
            content=self.says("drafted content", OWN).encode(),
            uploaded_by=rows.colleague,
        )
        draft = DraftFactory(
            commitment=rows.unstarted,
            saved_by=rows.colleague,
            content={"narrative": [self.says("what is not sent", OWN)]},
        )
        draft.files.add(drafted)
        record_draft = DraftFactory(
            dialogue=rows.dialogue,
            saved_by=self.people["officer"],
            content={"record-text": [self.says("what is not recorded", frozenset({"officer", "second"}))]},
        )
        unsent = EvidenceFileFactory(
            name=f"{self.says('unsent file', OWN)}.pdf",
            content=self.says("unsent content", OWN).encode(),
            uploaded_by=by,
        )
        self.keep(
            update=update,
            sent_back=sent_back,
            waiting=waiting,
            homes_update=homes_version.update,
            homes_version=homes_version,
            before=before,
            sent=sent,
            internal=internal,
            shared=shared,
            corrected=shared.revises,
            homes_sent=homes_sent,
            said_before=said_before,
            said_of_shared=shared.reviews.order_by("pk").first(),
            said_of_shared_on_homes=shared.reviews.order_by("pk").last(),
            reading=reading,
            homes_reading=homes_reading,
            ours_reading=ours_reading,
            assessment=assessment,
            done=done,
            said_of_done_itself=done.reviews.get(evidence_link=None),
            said_of_done=done.reviews.exclude(evidence_link=None).get(),
            briefing=BriefingFactory(
                content=self.says("briefing", EMBASSY).encode(),
                said={"evidence": [{"what": self.says("said", EMBASSY)}]},
            ),
            compared_briefing=BriefingFactory(said={"evidence": []}),
            input=BriefingFactory(
                content=self.says("input", EMBASSY).encode(), word_content=self.says("input in Word", EMBASSY).encode()
            ),
            redaction=RedactionFactory(
                words=self.says("what is to go", REDACTORS), reason=self.says("why it is to go", REDACTORS)
            ),
            failed_briefing=BriefingFactory(job=failed),
            run=ReadinessRunFactory(result={"headline": self.says("run", EMBASSY)}),
            unsent_file=unsent,
            drafted_file=drafted,
            draft=draft,
            record_draft=record_draft,
            **{
                f"{name}_file": piece.file
                for name, piece in {
                    "before": before,
                    "sent": sent,
                    "internal": internal,
                    "shared": shared,
                    "corrected": shared.revises,
                    "homes": homes_sent,
                    "done": done,
                }.items()
            },
        )

    def _evidence(self, what, to, **more):
        return EvidenceFactory(
            title=self.says(f"{what}: title", to),
            source=self.says(f"{what}: source", to),
            stated_by=self.says(f"{what}: who says so", to),
            file=EvidenceFileFactory(  # a picture, with something behind it
                name=f"{self.says(f'{what}: file', to)}.jpg",
                media_type="image/jpeg",
                content=SMALL_JPEG + self.says(f"{what}: content", to).encode(),
            ),
            **more,
        )

    def _fill_elsewhere(self):
        """Another country's rows: one of each, which nobody here sees."""
        to, asked = ELSEWHERE, ELSEWHERE | ADMINISTRATOR
        by, focal_point, ministry = self.people["elsewhere"], self.rows["their_focal_point"], self.rows["theirs"]
        edition = EditionFactory(
            country=self.rows["malawi"],
            source=self.says("their edition", asked),
            note=self.says("their note", to),
            terms__reason=self.says("their edition's terms", to),
            terms__recorded_by=by,
        )
        recommendation = RecommendationFactory(
            edition=edition, text=self.says("their recommendation", asked), lead=ministry, origin=Origin.REPORT
        )
        indicator = IndicatorFactory(country=edition.country, name=self.says("their indicator", asked))
        benchmark = BenchmarkFactory(
            recommendation=recommendation,
            terms__criterion=self.says("their criterion", asked),
            terms__rule=Rule.MORE,
            terms__indicator=indicator,
            terms__reason=self.says("their benchmark's terms", to),
            terms__recorded_by=by,
        )
        dialogue = self._dialogue(to, country=edition.country, recorded_by=by)
        commitment = CommitmentFactory(
            ministry=ministry,
            dialogue=dialogue,
            letter="",
            text=self.says("their promise", to),
            benchmarks=[benchmark],
            recorded_by=by,
            made__recorded_by=by,
        )
        sent = UpdateVersionFactory(
            update__commitment=commitment, narrative=self.says("their words", to), recorded_by=focal_point
        )
        evidence = self._evidence("their proof", to, update_version=sent, supports=[benchmark])
        self.keep(
            their_edition=edition,
            their_recommendation=recommendation,
            their_indicator=indicator,
            their_benchmark=benchmark,
            their_dialogue=dialogue,
            their_commitment=commitment,
            their_update=sent.update,
            their_version=sent,
            their_evidence=evidence,
            their_file=evidence.file,
            their_evidence_link=evidence.evidence_links.get(),
            their_review=EvidenceReviewFactory(
                evidence=evidence, reason=self.says("their word on it", to), recorded_by=by
            ),
            their_reading=ReadingFactory(
                indicator=indicator, source=self.says("their source", to), evidence=evidence, recorded_by=by
            ),
            their_assessment=AssessmentFactory(
                benchmark=benchmark, rationale=self.says("their rationale", to), recorded_by=by
            ),
            their_run=ReadinessRunFactory(edition=edition, result={"headline": self.says("their run", to)}),
            their_redaction=RedactionFactory(
                country=self.rows["malawi"],
                words=self.says("what is to go there", to),
                reason=self.says("why it is to go there", to),
                recorded_by=by,
            ),
            their_briefing=BriefingFactory(
                edition=edition, content=self.says("their briefing", to).encode(), requested_by=by
            ),
        )

    def _fill_log(self):
        here, there = self.rows["internal"], self.rows["their_evidence"]
        self.keep(
            entry=record_log_entry(
                "evidence.logged",
                by=self.people["officer"],
                row=here,
                country=here.country,
                after={"title": self.says("what the log holds", LOG)},
            ),
            their_entry=record_log_entry(
                "evidence.logged",
                by=self.people["elsewhere"],
                row=there,
                country=there.country,
                after={"title": self.says("what their log holds", ELSEWHERE)},
            ),
            token_entry=AuditEntry.objects.get(row=self.pk("officers_token"), table="accounts.apitoken"),
            account_entry=record_log_entry(
                "user.changed",
                by=self.people["administrator"],
                row=self.people["observer"],
                before={"name": self.says("an earlier name", ADMINISTRATOR)},
            ),
        )

    def sign_in(self):
        """Give everybody a session that begins now."""
        for reader, person in self.people.items():
            client = Client()
            force_sign_in(client, person, with_second_factor=reader != UNENROLLED)
            self.sessions[reader] = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.people["deactivated"].is_active = False
        self.people["deactivated"].save()
