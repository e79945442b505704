"""A marker in every text, number with decimals and file of every row there is, found from the models themselves.

A field that somebody adds is filled, and taken for internal, by itself: only `READABLE_BY_MINISTRIES` says what a ministry may read.
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
from tiptracker.audit.models import AuditDetail, AuditEntry, ListRead, LogVerification
from tiptracker.choices import AccountRequestKind
from tiptracker.idempotency.models import IdempotencyKey
from tiptracker.jobs.models import State
from tiptracker.lock_outs.models import LockOutCount
from tiptracker.mail.models import Mail, MailKind

PACKAGES = ("tiptracker", "recommendations", "dialogues", "reports")
NOBODY = frozenset()

READABLE_BY_MINISTRIES = """
accounts.Country.name accounts.Ministry.name accounts.Ministry.short_name accounts.User.name accounts.User.email
recommendations.Edition.source recommendations.Recommendation.text
recommendations.BenchmarkTerms.criterion
recommendations.Indicator.name recommendations.Indicator.unit
dialogues.Dialogue.place dialogues.Commitment.text dialogues.Commitment.letter
dialogues.CommitmentCorrection.replaced_text dialogues.CommitmentCorrection.reason
dialogues.UpdateVersion.narrative dialogues.UpdateVersionDecision.reason
dialogues.DueDateProposal.reason dialogues.DueDateProposalDecision.reason
dialogues.Evidence.title dialogues.Evidence.stated_by dialogues.Evidence.source dialogues.Evidence.link
dialogues.EvidenceFile.name dialogues.EvidenceFile.file dialogues.EvidenceFile.received_sha256
dialogues.EvidenceFile.stored_sha256 dialogues.EvidenceReview.reason
dialogues.Reading.note dialogues.Reading.source dialogues.Reading.figure
"""
"""What a ministry may read of a row that it sees at all. All other fields, also those yet to come, are internal."""

UNMARKED_FIELDS = """
accounts.Country.code accounts.Country.currency accounts.Country.time_zone recommendations.Benchmark.letter
recommendations.BenchmarkTerms.letter recommendations.Recommendation.indicia dialogues.EvidenceFile.media_type
"""
"""Too short for a marker, or held to a few values; none of them tells anything of a person or a case."""


def own_models():
    own = [model for model in apps.get_models() if model.__module__.startswith(PACKAGES)]
    return [*own, Authenticator, UserSession]


def markable_fields(model):
    """The fields that hold a marker: texts, numbers with decimals, JSON, addresses and files; no choice of words."""
    texts = models.CharField, models.TextField, models.JSONField, models.GenericIPAddressField
    kinds = (*texts, models.DecimalField, models.FileField)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, kinds) and not field.choices and str(field) not in UNMARKED_FIELDS.split()
    ]


class MarkedRows:
    """Rows beside those of the world, all about the same three ministries; `readers` by marker."""

    def __init__(self, world):
        self.world = world
        self.bodies = {asked: body(world) for asked, body in BODIES.items()}
        self.readers = {}
        self.whose = {}
        rows = world.rows
        self.police, self.home = rows["police"], rows["home"]
        self._plant_people()
        self._plant_what_is_asked()
        self._plant_what_is_promised()
        self._plant_what_is_not_sent()
        self._plant_what_happened()
        self._plant_what_is_taken_out()
        self._plant_what_is_concluded()
        self._plant_the_log()
        self._plant_the_rest()

    def marks(self, model, to=NOBODY, **given):
        """Values for the markable fields of a row that these ministries see; what is `given` stays as it is."""
        return {
            field.name: self._mark(field, to if str(field) in READABLE_BY_MINISTRIES.split() else NOBODY)
            for field in markable_fields(model)
            if field.name not in given
        } | given

    def _mark(self, field, to):
        number = len(self.readers)
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
        return self._note(field, to, text) and value

    def _note(self, field, to, text):
        assert text not in self.readers
        self.readers[text] = to
        self.whose[text] = str(field)
        return text

    def leaks(self, reader, found):
        """Of what was found, by marker: the fields that are not for this reader, and where each was found."""
        return {
            self.whose[mark]: where
            for mark, where in found.items()
            if mark in self.readers and reader not in self.readers[mark]
        }

    def plant(self, factory, to=NOBODY, /, **given):
        """A row whose texts are all markers, as far as none is given."""
        model = factory._meta.model
        return factory(**self.marks(model, to, **given))

    def put(self, row, to=NOBODY, **given):
        """The same in a row that is there already, and that may be changed."""
        type(row)._base_manager.filter(pk=row.pk).update(**self.marks(type(row), to, **given))
        row.refresh_from_db()

    # --- Its rows -----------------------------------------------------------------------------------------------------

    def _plant_people(self):
        rows, people = self.world.rows, self.world.people
        elsewhere = self.plant(factories.CountryFactory, code="XAA", currency="XAA", time_zone="Africa/Maseru")
        self.put(rows["lesotho"], MINISTRIES)
        self.put(rows["malawi"])
        self.plant(factories.DistrictFactory, country=rows["lesotho"])
        for name, reader in {"police": OWN, "justice": frozenset({"supporting"}), "home": OTHER}.items():
            self.put(rows[name], reader)
            self.put(rows[name].office_holders.get())
        self.plant(factories.MinistryFactory, country=elsewhere)
        for reader in MINISTRIES:
            self.put(people[reader], frozenset({reader}), password=people[reader].password)
        contact = self.plant(factories.OfficerFactory, MINISTRIES, countries=[rows["lesotho"]])
        type(rows["lesotho"]).objects.filter(pk=rows["lesotho"].pk).update(contact=contact)
        self.officer = self.plant(factories.OfficerFactory, countries=[rows["lesotho"]])
        Authenticator.objects.create(user=self.officer, type="totp", **self.marks(Authenticator))
        UserSession.objects.create(user=self.officer, **self.marks(UserSession))
        ends = {"expires_on": factories.PERIOD_ENDS_ON, "created_at": factories.TERMS_SET_AT}
        ApiToken.objects.create(person=self.officer, scope="read", **ends, **self.marks(ApiToken))
        IdempotencyKey.objects.create(
            person=self.officer, begun_at=factories.TERMS_SET_AT, **self.marks(IdempotencyKey)
        )
        AccountRequest.objects.create(
            person=self.officer,
            kind=AccountRequestKind.ADDRESS,
            asked_by=self.officer,
            asked_at=factories.TERMS_SET_AT,
            **self.marks(AccountRequest),
        )
        LockOutCount.objects.create(expires_at=factories.TERMS_SET_AT, **self.marks(LockOutCount))
        Mail.objects.create(
            kind=MailKind.SIGN_IN_CHANGED,
            person=self.officer,
            queued_at=factories.TERMS_SET_AT,
            **self.marks(Mail),
        )

    def _plant_what_is_asked(self):
        by = {"recorded_by": self.officer}
        edition = self.edition = self.world.rows["edition"]
        self.put(edition, MINISTRIES)
        terms = self.plant(factories.EditionTermsFactory, edition=edition, **by)
        milestone = self.plant(factories.MilestoneFactory, edition=edition, kind=MilestoneKind.ACTION_PLAN)
        self.put(milestone)
        self.plant(factories.MilestoneDoneFactory, milestone=milestone, **by)
        recommendation = self.plant(
            factories.RecommendationFactory,
            MINISTRIES,
            edition=edition,
            indicia=[1],
            lead=self.police,
            years_unmet=7,
            supporting=[self.world.rows["justice"]],
            terms=False,
        )
        self.plant(factories.RecommendationTermsFactory, recommendation=recommendation, **by)
        loaded = {"begun_by": self.officer, "loaded_by": self.officer, "loaded_at": factories.TERMS_SET_AT}
        self.plant(factories.EditionImportFactory, edition=edition, **loaded)
        self.plant(factories.RecommendationWeightFactory, terms=terms, recommendation=recommendation)
        self.indicator = self.plant(factories.IndicatorFactory, OWN, ministry=self.home)
        self.others_indicator = self.plant(factories.IndicatorFactory, OTHER)
        self.plant(factories.IndicatorFactory)
        self.counted, self.assessed, self.others, self.unpromised = (
            factories.BenchmarkFactory(recommendation=recommendation, terms=False) for _ in range(4)
        )
        more = {"rule": Rule.TARGET} | by
        terms = factories.BenchmarkTermsFactory
        self.plant(terms, benchmark=self.counted, indicator=self.indicator, **more)  # earlier terms, no longer so
        self.plant(terms, OWN, benchmark=self.counted, indicator=self.indicator, **more)
        self.plant(terms, OWN, benchmark=self.assessed, target=None, **by)
        self.plant(terms, OTHER, benchmark=self.others, indicator=self.others_indicator, **more)
        self.plant(terms, benchmark=self.unpromised, target=None, **by)

    def _plant_what_is_promised(self):
        dialogue = self.plant(factories.DialogueFactory, OWN | OTHER, recorded_by=self.officer, called_off_reason="")
        self.plant(factories.ParticipantFactory, dialogue=dialogue, ministry=self.police)
        item = factories.AgendaItemFactory
        self.plant(item, dialogue=dialogue, recommendation=self.counted.recommendation, topic="")
        self.plant(item, dialogue=dialogue, recommendation=None)
        step = self.plant(factories.NextStepFactory, dialogue=dialogue, recorded_by=self.officer)
        self.plant(factories.NextStepDoneFactory, step=step, recorded_by=self.officer)
        self.plant(factories.NextStepFactory, dialogue=dialogue, ministry=self.police, office="")
        self._plant_a_file_of(dialogue)
        off = {"called_off_at": factories.TERMS_SET_AT, "called_off_by": self.officer}
        self.plant(factories.DialogueFactory, planned=True, **off)
        promise = factories.CommitmentFactory
        self.promise = self.plant(
            promise, OWN, ministry=self.police, dialogue=dialogue, benchmarks=[self.counted, self.assessed]
        )
        self.others_promise = self.plant(
            promise, OTHER, ministry=self.home, dialogue=dialogue, benchmarks=[self.others]
        )
        self.plant(promise, united_states=True, country=self.world.rows["lesotho"])
        for kind in (
            CommitmentEventKind.RESCHEDULED,
            CommitmentEventKind.REPORTED_DONE,
            CommitmentEventKind.REPORT_RETURNED,
        ):
            self.plant(
                factories.CommitmentEventFactory,
                commitment=self.promise,
                kind=kind,
                due_on=factories.DEADLINE_ON if kind == CommitmentEventKind.RESCHEDULED else None,
                **({"reason": ""} if kind == CommitmentEventKind.REPORTED_DONE else {"recorded_by": self.officer}),
            )

        for promise, to in ((self.promise, OWN), (self.others_promise, OTHER)):
            proposal = self.plant(factories.DueDateProposalFactory, to, commitment=promise)
            self.plant(
                factories.DueDateProposalDecisionFactory,
                to,
                proposal=proposal,
                decision="declined",
                recorded_by=self.officer,
            )
        self._plant_corrections()

    def _plant_corrections(self):
        """Of the wording, of benchmarks, and of how far one would be met, which no ministry sees."""
        correction = factories.CommitmentCorrectionFactory
        counted, others = [self.counted], [self.others]
        self.plant(correction, OWN, commitment=self.promise, recorded_by=self.officer)
        by = {"recorded_by": self.officer, "replaced_text": ""}
        self.plant(correction, commitment=self.promise, removes=counted, adds=counted, **by)
        self.plant(correction, OWN, commitment=self.promise, adds=[self.unpromised], **by)
        self.plant(correction, OWN, commitment=self.promise, removes=[self.unpromised], **by)
        self.plant(correction, OTHER, commitment=self.others_promise, removes=others, **by)
        self.plant(correction, OTHER, commitment=self.others_promise, adds=others, **by)

    def _plant_a_file_of(self, dialogue):
        marks = self.marks(EvidenceFile, media_type="application/pdf", stored_sha256="")
        content = marks["file"].read()
        field = EvidenceFile._meta.get_field("stored_sha256")
        marks["stored_sha256"] = self._note(field, NOBODY, hashlib.sha256(content).hexdigest())
        file = factories.EvidenceFileFactory(**marks, size=len(content), uploaded_by=self.officer)
        self.plant(factories.DialogueFileFactory, dialogue=dialogue, file=file, recorded_by=self.officer)

    def _plant_what_is_not_sent(self):
        asked = self.plant(factories.CommitmentFactory, OWN, ministry=self.police, benchmarks=[self.assessed])
        for ministry, promise, to in (("own", asked, OWN), ("other", self.others_promise, OTHER)):
            person = self.world.people[ministry]
            content = {"narrative": [self._note(Draft._meta.get_field("content"), to, f"zm{len(self.readers):03}q")]}
            factories.DraftFactory(commitment=promise, saved_by=person, content=content)
        self.plant(factories.DraftFactory, dialogue=self.promise.dialogue, saved_by=self.officer)

    def _plant_what_happened(self):
        by = self.world.people["own"]
        sent_back = self._sent(OWN, self.promise, by, [self.assessed], self.indicator)
        self.plant(
            factories.UpdateVersionDecisionFactory,
            OWN,
            update_version=sent_back,
            decision="returned",
            recorded_by=self.officer,
        )
        self._sent(OWN, self.promise, self.world.rows["colleague"], [self.assessed, self.others], self.indicator)
        others = self._sent(
            OTHER, self.others_promise, self.world.people["other"], [self.others], self.others_indicator
        )
        self.plant(
            factories.UpdateVersionDecisionFactory,
            OTHER,
            update_version=others,
            decision="returned",
            recorded_by=self.officer,
        )
        for sensitivity, to in {Sensitivity.SHARED: OWN, Sensitivity.INTERNAL: NOBODY}.items():
            evidence = self._evidence(
                to, commitment=self.promise, sensitivity=sensitivity, supports=[self.assessed, self.others]
            )
            for evidence_link in (None, *evidence.evidence_links.all()):
                self.plant(
                    factories.EvidenceReviewFactory,
                    evidence=evidence,
                    evidence_link=evidence_link,
                    recorded_by=self.officer,
                )
            reading = self.plant(factories.ReadingFactory, indicator=self.indicator, evidence=evidence, direction="")
            self.plant(factories.ReadingPartFactory, reading=reading)
            self.plant(
                factories.AssessmentFactory, benchmark=self.assessed, grounds=[evidence], recorded_by=self.officer
            )

    def _sent(self, to, commitment, by, benchmarks, indicator):
        update = commitment.updates.first() or factories.UpdateFactory(commitment=commitment)
        sent = self.plant(factories.UpdateVersionFactory, to, update=update, recorded_by=by)
        evidence = self._evidence(to, update_version=sent, supports=benchmarks)
        seen = {None, *evidence.evidence_links.filter(benchmark__in=benchmarks[:1])}
        for evidence_link in (None, *evidence.evidence_links.all()):
            self.plant(
                factories.EvidenceReviewFactory,
                to if evidence_link in seen else NOBODY,
                evidence=evidence,
                evidence_link=evidence_link,
                decision="rejected",
                recorded_by=self.officer,
            )
        self.plant(
            factories.ReadingFactory, to, indicator=indicator, evidence=evidence, update_version=sent, recorded_by=by
        )
        return sent

    def _evidence(self, to, **more):
        marks = self.marks(EvidenceFile, to, media_type="application/pdf", stored_sha256="")
        content = marks["file"].read()
        field = EvidenceFile._meta.get_field("stored_sha256")
        marks["stored_sha256"] = self._note(field, to, hashlib.sha256(content).hexdigest())
        file = factories.EvidenceFileFactory(**marks, size=len(content))
        word = self.marks(FileScan, found="") if to else self.marks(FileScan)
        FileScan.objects.create(file=file, at=factories.TERMS_SET_AT, **word)
        FileText.objects.create(file=file, page=1, **self.marks(FileText, to))
        wrong = factories.EvidenceFactory(country=self.world.rows["lesotho"])  # what it puts right: so it says why
        return self.plant(factories.EvidenceFactory, to, file=file, revises=wrong, **more)

    def _plant_what_is_taken_out(self):
        redaction = self.plant(factories.RedactionFactory, recorded_by=self.officer)
        RedactionPlace.objects.create(redaction=redaction, row=1, **self.marks(RedactionPlace))

    def _plant_what_is_concluded(self):
        self.plant(factories.ReadinessRunFactory, edition=self.edition)
        job = self.plant(factories.JobFactory, state=State.READY, finished_at=factories.TERMS_SET_AT)
        withdrawn = {"withdrawn_by": self.officer, "withdrawn_at": factories.TERMS_SET_AT}
        withdrawn |= {"said": None, "covering_note": "", "word": ""}
        kind = BriefingKind.WASHINGTON  # the one of which there is a Word file
        self.plant(factories.BriefingFactory, edition=self.edition, kind=kind, file="", **withdrawn)
        briefing = self.plant(factories.BriefingFactory, edition=self.edition, kind=kind, job=job, withdrawn_reason="")
        self.plant(factories.BriefingDownloadFactory, briefing=briefing, by=self.officer)

    def _plant_the_log(self):
        number = AuditEntry.objects.get_queryset().aggregate(most=models.Max("number"))["most"] or 0
        entry = AuditEntry(
            number=number + 1,
            at=factories.TERMS_SET_AT,
            by=self.officer,
            country=self.world.rows["lesotho"],
            **self.marks(AuditEntry),
        )
        entry.save(force_insert=True)
        AuditDetail.objects.create(entry=entry, **self.marks(AuditDetail))
        ListRead.objects.create(person=self.officer, day=factories.PERIOD_ENDS_ON, **self.marks(ListRead))
        LogVerification.objects.create(
            at=factories.TERMS_SET_AT, number=1, faulty_number=1, **self.marks(LogVerification)
        )

    def _plant_the_rest(self):
        """One row of every other model, alone, by its factory: nothing of it is a ministry's to read."""
        planted = {name.rpartition(".")[0] for name in self.whose.values()}
        makers = {each._meta.model: each for each in vars(factories).values() if isinstance(each, FactoryMetaClass)}
        for model in own_models():
            if markable_fields(model) and model._meta.label not in planted and model in makers:
                self.plant(makers[model])


def pdf_with_text(text):
    """A PDF of one page, its text packed as real ones have it, so that it isn't found by looking at the bytes."""
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
    """Whatever in a text looks like a marker."""
    return set(re.findall(r"zm\d{3}q|\d+\.\d+|2001:db8::a\d{3}|[0-9a-f]{64}", text))


def readable_text(content):
    """What can be read in an answer: its bytes as text, a PDF's text, and every part of a packed file (a sheet)."""
    said = [content.decode(errors="replace")]
    if content.startswith(b"%PDF"):
        with suppress(PyPdfError):  # a test's stand-in for one, which says what it says in plain bytes
            said += [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            said += [packed.read(name).decode(errors="replace") for name in packed.namelist()]
    return "\n".join(said)
