"""Put a unique marker into every text, decimal number and file of a row of every model.

The fields come from the models, so a new field gets a marker too. It counts as internal until somebody adds it to
`READABLE_BY_MINISTRIES`.
"""

import hashlib
import io
import re
import zipfile
from contextlib import suppress

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models
from factory.base import FactoryMetaClass
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from dialogues.choices import CommitmentEventKind, Sensitivity
from dialogues.models import Draft, EvidenceFile, FileScan, FileText, RedactionPlace
from recommendations.choices import MilestoneKind, Rule
from reports.choices import BriefingKind
from tests import factories
from tests.security.access_requests import BODIES
from tests.security.world import MINISTRIES, OTHER, OWN
from tiptracker.accounts.models import AccountRequest, ApiToken
from tiptracker.audit.models import AuditDetail, AuditEntry, ListRead, LogVerification, RecordVersion
from tiptracker.choices import AccountRequestKind
from tiptracker.idempotency.models import IdempotencyKey
from tiptracker.jobs.models import State
from tiptracker.languages.models import LanguageReview
from tiptracker.lock_outs.models import LockOutCount
from tiptracker.mail.models import Mail, MailKind
from tiptracker.operations.models import PartFailure, ServiceHeartbeat

PACKAGES = ("tiptracker", "recommendations", "dialogues", "reports")
NOBODY = frozenset()

READABLE_BY_MINISTRIES = """
accounts.Country.name accounts.Ministry.name accounts.Ministry.short_name accounts.User.name accounts.User.email
recommendations.Edition.source recommendations.Recommendation.text
recommendations.BenchmarkTerms.criterion
recommendations.Indicator.name recommendations.Indicator.unit recommendations.Indicator.includes
dialogues.Dialogue.place dialogues.Commitment.text dialogues.Commitment.letter
dialogues.AgreedProof.text dialogues.AgreedProof.from_whom dialogues.AgreedProofEnd.reason
dialogues.CommitmentCorrection.replaced_text dialogues.CommitmentCorrection.reason
dialogues.UpdateVersion.narrative dialogues.UpdateVersionDecision.reason
dialogues.DueDateProposal.reason dialogues.DueDateProposalDecision.reason
dialogues.InformationRequest.reason dialogues.RequestLine.wording dialogues.RequestEvent.reason
dialogues.RequestEvent.replaced_reason dialogues.LineAnswer.text
dialogues.Evidence.title dialogues.Evidence.stated_by dialogues.Evidence.source dialogues.Evidence.link
dialogues.EvidenceFile.name dialogues.EvidenceFile.file dialogues.EvidenceFile.received_sha256
dialogues.EvidenceFile.stored_sha256 dialogues.EvidenceReview.reason
dialogues.Reading.note dialogues.Reading.source dialogues.Reading.figure
dialogues.IndicatorTarget.figure dialogues.IndicatorTarget.baseline
"""
"""The fields that a ministry may read in the rows that it sees. All others are internal, also new ones."""

UNMARKED_FIELDS = """
accounts.Country.code accounts.Country.currency accounts.Country.time_zone recommendations.Benchmark.letter
recommendations.BenchmarkTerms.letter recommendations.Question.indicia
recommendations.Recommendation.indicia dialogues.EvidenceFile.media_type
dialogues.Contribution.currency dialogues.DisposalRow.table
notifications.DigestSchedule.working_days
"""
"""Fields that are too short for a marker or have few possible values. None of them describes a person or a case."""


def own_models():
    own = [model for model in apps.get_models() if model.__module__.startswith(PACKAGES)]
    return [*own, Authenticator, UserSession]


def markable_fields(model):
    """Return the fields that can hold a marker: texts without choices, decimal numbers, JSON, addresses and files."""
    texts = models.CharField, models.TextField, models.JSONField, models.GenericIPAddressField
    kinds = (*texts, models.DecimalField, models.FileField)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, kinds) and not field.choices and str(field) not in UNMARKED_FIELDS.split()
    ]


class MarkedRows:
    """Create rows with markers beside those of the world, about the same three ministries.

    `readers_by_marker` and `fields_by_marker` say who may read a marker, and in which field it is.
    """

    def __init__(self, world):
        self.world = world
        self.bodies = {asked: body(world) for asked, body in BODIES.items()}
        self.readers_by_marker = {}
        self.fields_by_marker = {}
        rows = world.rows
        self.police, self.home = rows["police"], rows["home"]
        self._mark_people()
        self._mark_recommendations()
        self._mark_commitments()
        self._mark_drafts()
        self._mark_updates_and_evidence()
        self._mark_requests()
        self._mark_redactions()
        self._mark_disposals()
        self._mark_runs_and_briefings()
        self._mark_log()
        self._mark_other_models()

    def marked_values(self, model, to=NOBODY, **given):
        """Return markers for the fields of a row that the ministries `to` see. Fields in `given` keep their value."""
        return {
            field.name: self._marked_value(field, to if str(field) in READABLE_BY_MINISTRIES.split() else NOBODY)
            for field in markable_fields(model)
            if field.name not in given
        } | given

    def _marked_value(self, field, to):
        number = len(self.readers_by_marker)
        text = f"zm{number:03}q"
        value = text
        match field:
            case models.DecimalField():
                value = text = (
                    f"{11 + number % 80}.{number % 10}" if field.decimal_places == 1 else f"{number + 100}.37"
                )
            case models.GenericIPAddressField():
                value = text = f"2001:db8::a{number:03}"
            case models.JSONField():
                value = {"headline": text}
            case models.FileField():
                value = ContentFile(pdf_with_text(text), name="letter.pdf")
            case models.URLField():
                value = f"https://{text}.example/"
            case models.EmailField():
                value = f"{text}@post.example"
            case models.CharField(max_length=64) if "sha256" in field.name or field.name.endswith(("hash", "digest")):
                value = text = f"{number:04}" * 16
        return self._register(field, to, text) and value

    def _register(self, field, to, text):
        assert text not in self.readers_by_marker
        self.readers_by_marker[text] = to
        self.fields_by_marker[text] = str(field)
        return text

    def leaks(self, reader, found):
        """Return the fields that this reader must not see, with the place where each was found."""
        return {
            self.fields_by_marker[mark]: where
            for mark, where in found.items()
            if mark in self.readers_by_marker and reader not in self.readers_by_marker[mark]
        }

    def create_marked(self, factory, to=NOBODY, /, **given):
        """Create a row whose texts are all markers, except those that are given."""
        model = factory._meta.model
        return factory(**self.marked_values(model, to, **given))

    def mark_row(self, row, to=NOBODY, **given):
        """Put markers into an existing row that may be changed."""
        type(row)._base_manager.filter(pk=row.pk).update(**self.marked_values(type(row), to, **given))
        row.refresh_from_db()

    # --- Its rows -----------------------------------------------------------------------------------------------------

    def _mark_people(self):
        rows, people = self.world.rows, self.world.people
        elsewhere = self.create_marked(factories.CountryFactory, code="XAA", currency="XAA", time_zone="Africa/Maseru")
        self.mark_row(rows["lesotho"], MINISTRIES)
        self.mark_row(rows["malawi"])
        self.create_marked(factories.DistrictFactory, country=rows["lesotho"])
        for name, reader in {"police": OWN, "justice": frozenset({"supporting"}), "home": OTHER}.items():
            self.mark_row(rows[name], reader)
            self.mark_row(rows[name].office_holders.get())
        self.create_marked(factories.MinistryFactory, country=elsewhere)
        for reader in MINISTRIES:
            self.mark_row(people[reader], frozenset({reader}), password=people[reader].password)
        contact = self.create_marked(factories.OfficerFactory, MINISTRIES, countries=[rows["lesotho"]])
        type(rows["lesotho"]).objects.filter(pk=rows["lesotho"].pk).update(contact=contact)
        self.officer = self.create_marked(factories.OfficerFactory, countries=[rows["lesotho"]])
        Authenticator.objects.create(user=self.officer, type="totp", **self.marked_values(Authenticator))
        UserSession.objects.create(user=self.officer, **self.marked_values(UserSession))
        ends = {"expires_on": factories.PERIOD_ENDS_ON, "created_at": factories.TERMS_SET_AT}
        ApiToken.objects.create(person=self.officer, scope="read", **ends, **self.marked_values(ApiToken))
        IdempotencyKey.objects.create(
            person=self.officer, begun_at=factories.TERMS_SET_AT, **self.marked_values(IdempotencyKey)
        )
        AccountRequest.objects.create(
            person=self.officer,
            kind=AccountRequestKind.ADDRESS,
            asked_by=self.officer,
            asked_at=factories.TERMS_SET_AT,
            **self.marked_values(AccountRequest),
        )
        signed_off = self.marked_values(LanguageReview, reason="")
        LanguageReview.objects.create(is_signed_off=True, recorded_at=factories.TERMS_SET_AT, **signed_off)
        switched_off = self.marked_values(LanguageReview, language="fr", speaker="", speaker_office="")
        LanguageReview.objects.create(is_signed_off=False, recorded_at=factories.TERMS_SET_AT, **switched_off)
        LockOutCount.objects.create(expires_at=factories.TERMS_SET_AT, **self.marked_values(LockOutCount))
        ServiceHeartbeat.objects.create(at=factories.TERMS_SET_AT, **self.marked_values(ServiceHeartbeat))
        PartFailure.objects.create(since=factories.TERMS_SET_AT, **self.marked_values(PartFailure))
        Mail.objects.create(
            kind=MailKind.SIGN_IN_CHANGED,
            person=self.officer,
            queued_at=factories.TERMS_SET_AT,
            **self.marked_values(Mail),
        )

    def _mark_recommendations(self):
        by = {"recorded_by": self.officer}
        edition = self.edition = self.world.rows["edition"]
        self.mark_row(edition, MINISTRIES)
        terms = self.create_marked(factories.EditionTermsFactory, edition=edition, **by)
        milestone = self.create_marked(factories.MilestoneFactory, edition=edition, kind=MilestoneKind.ACTION_PLAN)
        self.mark_row(milestone)
        self.create_marked(factories.MilestoneDateChangeFactory, milestone=milestone, **by)
        self.create_marked(factories.MilestoneDoneFactory, milestone=milestone, **by)
        recommendation = self.create_marked(
            factories.RecommendationFactory,
            MINISTRIES,
            edition=edition,
            indicia=[1],
            lead=self.police,
            years_unmet=7,
            supporting=[self.world.rows["justice"]],
            terms=False,
        )
        self.create_marked(factories.RecommendationTermsFactory, recommendation=recommendation, **by)
        loaded = {"begun_by": self.officer, "loaded_by": self.officer, "loaded_at": factories.TERMS_SET_AT}
        self.create_marked(factories.EditionImportFactory, edition=edition, **loaded)
        self.create_marked(factories.QuestionSetFactory, edition=edition, **loaded)
        question = self.create_marked(factories.QuestionFactory, edition=edition, indicia=[1], terms=False)
        wording = self.create_marked(factories.QuestionTermsFactory, question=question, **by)
        version = self.create_marked(factories.AnswerVersionFactory, question=question, terms=wording, **by)
        self.create_marked(factories.AnswerSentenceFactory, version=version)
        self.create_marked(factories.AnswerEventFactory, version=version, **by)
        self.create_marked(factories.RecommendationWeightFactory, terms=terms, recommendation=recommendation)
        self.indicator = self.create_marked(factories.IndicatorFactory, OWN, ministry=self.home)
        self.home_indicator = self.create_marked(factories.IndicatorFactory, OTHER)
        self.create_marked(factories.IndicatorFactory)
        self.counted, self.assessed, self.others, self.uncommitted = (
            factories.BenchmarkFactory(recommendation=recommendation, terms=False) for _ in range(4)
        )
        more = {"rule": Rule.TARGET} | by
        terms = factories.BenchmarkTermsFactory
        self.create_marked(
            terms, benchmark=self.counted, indicator=self.indicator, **more
        )  # earlier terms that no longer hold
        self.create_marked(terms, OWN, benchmark=self.counted, indicator=self.indicator, **more)
        self.create_marked(terms, OWN, benchmark=self.assessed, target=None, **by)
        self.create_marked(terms, OTHER, benchmark=self.others, indicator=self.home_indicator, **more)
        self.create_marked(terms, benchmark=self.uncommitted, target=None, **by)

    def _mark_commitments(self):
        dialogue = self.create_marked(
            factories.DialogueFactory, OWN | OTHER, recorded_by=self.officer, called_off_reason=""
        )
        self.create_marked(factories.ParticipantFactory, dialogue=dialogue, ministry=self.police)
        item = factories.AgendaItemFactory
        self.create_marked(item, dialogue=dialogue, recommendation=self.counted.recommendation, topic="")
        self.create_marked(item, dialogue=dialogue, recommendation=None)
        step = self.create_marked(factories.NextStepFactory, dialogue=dialogue, recorded_by=self.officer)
        self.create_marked(factories.NextStepDoneFactory, step=step, recorded_by=self.officer)
        self.create_marked(factories.NextStepFactory, dialogue=dialogue, ministry=self.police, office="")
        self._mark_dialogue_file(dialogue)
        off = {"called_off_at": factories.TERMS_SET_AT, "called_off_by": self.officer}
        self.create_marked(factories.DialogueFactory, planned=True, **off)
        promise = factories.CommitmentFactory
        self.commitment = self.create_marked(
            promise, OWN, ministry=self.police, dialogue=dialogue, benchmarks=[self.counted, self.assessed]
        )
        self.home_commitment = self.create_marked(
            promise, OTHER, ministry=self.home, dialogue=dialogue, benchmarks=[self.others]
        )
        self.create_marked(promise, united_states=True, country=self.world.rows["lesotho"])
        for kind in (
            CommitmentEventKind.RESCHEDULED,
            CommitmentEventKind.REPORTED_DONE,
            CommitmentEventKind.REPORT_RETURNED,
        ):
            self.create_marked(
                factories.CommitmentEventFactory,
                commitment=self.commitment,
                kind=kind,
                due_on=factories.DEADLINE_ON if kind == CommitmentEventKind.RESCHEDULED else None,
                **({"reason": ""} if kind == CommitmentEventKind.REPORTED_DONE else {"recorded_by": self.officer}),
            )

        for promise, to in ((self.commitment, OWN), (self.home_commitment, OTHER)):
            proposal = self.create_marked(factories.DueDateProposalFactory, to, commitment=promise)
            self.create_marked(
                factories.DueDateProposalDecisionFactory,
                to,
                proposal=proposal,
                decision="declined",
                recorded_by=self.officer,
            )
            self.create_marked(factories.AgreedProofFactory, to, commitment=promise)
            ended = self.create_marked(factories.AgreedProofFactory, to, commitment=promise)
            self.create_marked(factories.AgreedProofEndFactory, to, proof=ended)
        self._mark_corrections()
        self._mark_notes()
        law = self.create_marked(factories.LawEntryFactory, country=self.world.rows["lesotho"], reason="")
        self.create_marked(factories.LawEntryFactory, replaces=law, recorded_by=self.officer)
        self.partner = self.create_marked(factories.PartnerFactory, country=self.world.rows["lesotho"])
        self._mark_annual_targets()
        self._mark_dialogue_numbers(dialogue)

    def _mark_annual_targets(self):
        """Agree on an annual target with each ministry, and set one without any."""
        target = factories.IndicatorTargetFactory
        given = {"edition": self.edition}
        self.create_marked(target, OWN, indicator=self.indicator, ministry=self.police, **given)
        self.create_marked(target, OTHER, indicator=self.home_indicator, ministry=self.home, **given)
        self.create_marked(target, indicator=factories.IndicatorFactory(), **given)

    def _mark_dialogue_numbers(self, dialogue):
        """Choose an indicator, record contributions and what sustains the work. Ministries read no text of them."""
        by = {"recorded_by": self.officer}
        chosen = self.create_marked(
            factories.ChosenIndicatorFactory, dialogue=dialogue, indicator=self.indicator, ministry=self.police, **by
        )
        self.create_marked(factories.ChosenIndicatorEventFactory, chosen=chosen, **by)
        factories.ChosenIndicatorFactory(dialogue=dialogue, indicator=self.indicator, ministry=self.police, **by)
        country = {"country": self.world.rows["lesotho"]}
        self.create_marked(factories.ContributionFactory, commitment=self.commitment, **country, **by)
        self.create_marked(factories.SustainmentFactory, commitment=self.commitment, **country, **by)

    def _mark_notes(self):
        """Leave an internal note on everything that a ministry can open. No ministry reads any of them."""
        named = {"named": self.world.people["ambassador"], "recorded_by": self.officer}
        note = factories.InternalNoteFactory
        for subject in (
            {"commitment": self.commitment},
            {"commitment": self.home_commitment},
            {"recommendation": self.counted.recommendation},
            {"recommendation": self.world.rows["first"]},
            {"ministry": self.police},
            {"ministry": self.home},
        ):
            self.create_marked(note, **subject, **named)

    def _mark_corrections(self):
        """Correct wordings, benchmarks, and how far a benchmark would be met (which no ministry sees)."""
        correction = factories.CommitmentCorrectionFactory
        counted, others = [self.counted], [self.others]
        self.create_marked(correction, OWN, commitment=self.commitment, recorded_by=self.officer)
        by = {"recorded_by": self.officer, "replaced_text": ""}
        self.create_marked(correction, commitment=self.commitment, removes=counted, adds=counted, **by)
        self.create_marked(correction, OWN, commitment=self.commitment, adds=[self.uncommitted], **by)
        self.create_marked(correction, OWN, commitment=self.commitment, removes=[self.uncommitted], **by)
        self.create_marked(correction, OTHER, commitment=self.home_commitment, removes=others, **by)
        self.create_marked(correction, OTHER, commitment=self.home_commitment, adds=others, **by)

    def _mark_dialogue_file(self, dialogue):
        marks = self.marked_values(EvidenceFile, media_type="application/pdf", stored_sha256="")
        content = marks["file"].read()
        field = EvidenceFile._meta.get_field("stored_sha256")
        marks["stored_sha256"] = self._register(field, NOBODY, hashlib.sha256(content).hexdigest())
        file = factories.EvidenceFileFactory(**marks, size=len(content), uploaded_by=self.officer)
        self.create_marked(factories.DialogueFileFactory, dialogue=dialogue, file=file, recorded_by=self.officer)

    def _mark_drafts(self):
        asked = self.create_marked(factories.CommitmentFactory, OWN, ministry=self.police, benchmarks=[self.assessed])
        for ministry, promise, to in (("own", asked, OWN), ("other", self.home_commitment, OTHER)):
            person = self.world.people[ministry]
            content = {
                "narrative": [
                    self._register(Draft._meta.get_field("content"), to, f"zm{len(self.readers_by_marker):03}q")
                ]
            }
            factories.DraftFactory(commitment=promise, saved_by=person, content=content)
        self.create_marked(factories.DraftFactory, dialogue=self.commitment.dialogue, saved_by=self.officer)

    def _mark_updates_and_evidence(self):
        by = self.world.people["own"]
        sent_back = self._create_update_version(OWN, self.commitment, by, [self.assessed], self.indicator)
        self.create_marked(
            factories.UpdateVersionDecisionFactory,
            OWN,
            update_version=sent_back,
            decision="returned",
            recorded_by=self.officer,
        )
        self._create_update_version(
            OWN, self.commitment, self.world.rows["colleague"], [self.assessed, self.others], self.indicator
        )
        others = self._create_update_version(
            OTHER, self.home_commitment, self.world.people["other"], [self.others], self.home_indicator
        )
        self.create_marked(
            factories.UpdateVersionDecisionFactory,
            OTHER,
            update_version=others,
            decision="returned",
            recorded_by=self.officer,
        )
        for sensitivity, to in {Sensitivity.SHARED: OWN, Sensitivity.INTERNAL: NOBODY}.items():
            evidence = self._create_evidence(
                to, commitment=self.commitment, sensitivity=sensitivity, supports=[self.assessed, self.others]
            )
            for evidence_link in (None, *evidence.evidence_links.all()):
                self.create_marked(
                    factories.EvidenceReviewFactory,
                    evidence=evidence,
                    evidence_link=evidence_link,
                    recorded_by=self.officer,
                )
            reading = self.create_marked(
                factories.ReadingFactory, indicator=self.indicator, evidence=evidence, direction=""
            )
            self.create_marked(factories.ReadingPartFactory, reading=reading)
            self.create_marked(
                factories.AssessmentFactory, benchmark=self.assessed, grounds=[evidence], recorded_by=self.officer
            )

    def _mark_requests(self):
        for reader, ministry, to, indicator in (
            ("own", self.police, OWN, self.indicator),
            ("other", self.home, OTHER, self.home_indicator),
        ):
            by = self.world.people[reader]
            asked = self.create_marked(
                factories.InformationRequestFactory, to, ministry=ministry, edition=self.edition, lines=[]
            )
            line = self.create_marked(factories.RequestLineFactory, to, information_request=asked)
            by_officer = {"information_request": asked, "recorded_by": self.officer}
            self.create_marked(factories.RequestEventFactory, to, kind="moved", replaced_reason="", **by_officer)
            self.create_marked(factories.RequestEventFactory, to, kind="corrected", **by_officer)
            sent = self.create_marked(
                factories.UpdateVersionFactory,
                to,
                update=factories.UpdateFactory(information_request=asked),
                recorded_by=by,
            )
            self.create_marked(factories.LineAnswerFactory, to, line=line, update_version=sent)
            evidence = self._create_evidence(to, update_version=sent)
            self.create_marked(
                factories.ReadingFactory,
                to,
                indicator=indicator,
                evidence=evidence,
                update_version=sent,
                recorded_by=by,
            )

    def _create_update_version(self, to, commitment, by, benchmarks, indicator):
        update = commitment.updates.first() or factories.UpdateFactory(commitment=commitment)
        sent = self.create_marked(factories.UpdateVersionFactory, to, update=update, recorded_by=by)
        evidence = self._create_evidence(to, update_version=sent, supports=benchmarks)
        seen = {None, *evidence.evidence_links.filter(benchmark__in=benchmarks[:1])}
        for evidence_link in (None, *evidence.evidence_links.all()):
            self.create_marked(
                factories.EvidenceReviewFactory,
                to if evidence_link in seen else NOBODY,
                evidence=evidence,
                evidence_link=evidence_link,
                decision="rejected",
                recorded_by=self.officer,
            )
        self.create_marked(
            factories.ReadingFactory, to, indicator=indicator, evidence=evidence, update_version=sent, recorded_by=by
        )
        return sent

    def _create_evidence(self, to, **more):
        marks = self.marked_values(EvidenceFile, to, media_type="application/pdf", stored_sha256="")
        content = marks["file"].read()
        field = EvidenceFile._meta.get_field("stored_sha256")
        marks["stored_sha256"] = self._register(field, to, hashlib.sha256(content).hexdigest())
        file = factories.EvidenceFileFactory(**marks, size=len(content))
        word = self.marked_values(FileScan, found="") if to else self.marked_values(FileScan)
        FileScan.objects.create(file=file, at=factories.TERMS_SET_AT, **word)
        FileText.objects.create(file=file, page=1, **self.marked_values(FileText, to))
        wrong = factories.EvidenceFactory(
            country=self.world.rows["lesotho"]
        )  # evidence that it revises, so that it has a reason
        return self.create_marked(factories.EvidenceFactory, to, file=file, revises=wrong, **more)

    def _mark_redactions(self):
        redaction = self.create_marked(factories.RedactionFactory, recorded_by=self.officer)
        RedactionPlace.objects.create(redaction=redaction, row=1, **self.marked_values(RedactionPlace))

    def _mark_disposals(self):
        edition = factories.EditionFactory(country=self.world.rows["lesotho"], year=2013, terms=False)
        self.create_marked(
            factories.DisposalCertificateFactory, disposal__edition=edition, closed_at=factories.TERMS_SET_AT
        )

    def _mark_runs_and_briefings(self):
        self.create_marked(factories.ReadinessRunFactory, edition=self.edition)
        job = self.create_marked(factories.JobFactory, state=State.READY, finished_at=factories.TERMS_SET_AT)
        withdrawn = {"withdrawn_by": self.officer, "withdrawn_at": factories.TERMS_SET_AT}
        withdrawn |= {"content": None, "covering_note": "", "word": ""}
        kind = BriefingKind.WASHINGTON  # the only kind with a Word file
        self.create_marked(factories.BriefingFactory, edition=self.edition, kind=kind, file="", **withdrawn)
        briefing = self.create_marked(
            factories.BriefingFactory, edition=self.edition, kind=kind, job=job, withdrawn_reason=""
        )
        self.create_marked(factories.BriefingDownloadFactory, briefing=briefing, by=self.officer)
        self.create_marked(factories.WordTemplateFactory, country=self.world.rows["lesotho"])

    def _mark_log(self):
        number = AuditEntry.objects.get_queryset().aggregate(most=models.Max("number"))["most"] or 0
        entry = AuditEntry(
            number=number + 1,
            at=factories.TERMS_SET_AT,
            by=self.officer,
            country=self.world.rows["lesotho"],
            **self.marked_values(AuditEntry),
        )
        entry.save(force_insert=True)
        AuditDetail.objects.create(entry=entry, **self.marked_values(AuditDetail))
        ListRead.objects.create(person=self.officer, day=factories.PERIOD_ENDS_ON, **self.marked_values(ListRead))
        RecordVersion.objects.create(**self.marked_values(RecordVersion))
        LogVerification.objects.create(
            at=factories.TERMS_SET_AT, number=1, faulty_number=1, **self.marked_values(LogVerification)
        )

    def _mark_other_models(self):
        """Create one row of every other model by its factory. Ministries may read nothing of it."""
        planted = {name.rpartition(".")[0] for name in self.fields_by_marker.values()}
        makers = {each._meta.model: each for each in vars(factories).values() if isinstance(each, FactoryMetaClass)}
        for model in own_models():
            if markable_fields(model) and model._meta.label not in planted and model in makers:
                self.create_marked(makers[model])


def pdf_with_text(text):
    """Return a PDF of one page whose text is compressed, so that a search of the bytes does not find it."""
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    drawn = DecodedStreamObject()
    drawn.set_data(f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode())
    page[NameObject("/Contents")] = writer._add_object(drawn.flate_encode())
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def find_markers(text):
    """Return everything in a text that looks like a marker."""
    return set(re.findall(r"zm\d{3}q|\d+\.\d+|2001:db8::a\d{3}|[0-9a-f]{64}", text))


def readable_text(content):
    """Return all text of an answer: its bytes, the text of a PDF, and every part of a zip file such as a workbook."""
    said = [content.decode(errors="replace")]
    if content.startswith(b"%PDF"):
        with suppress(PyPdfError):  # a stand-in for a PDF, whose bytes are its text
            said += [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            said += [packed.read(name).decode(errors="replace") for name in packed.namelist()]
    return "\n".join(said)
