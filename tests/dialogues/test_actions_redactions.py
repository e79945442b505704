"""Two people remove a text from the whole record, and nothing else."""

from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import IntegrityError, models, transaction

from dialogues.actions.dialogues import change_dialogue
from dialogues.actions.files import check_stored_files, read_for_download
from dialogues.actions.redactions import (
    MANY_PLACES,
    confirm_redaction,
    decline_redaction,
    find_places,
    finish_redaction,
    propose_redaction,
)
from dialogues.models import Dialogue, Evidence, EvidenceFile, Redaction, RedactionPlace
from dialogues.models.free_texts import FREE_TEXTS, rows_of_country
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from tests import factories
from tests.append_only import APPEND_ONLY
from tests.factories import (
    DEADLINE_ON,
    AdministratorFactory,
    AgendaItemFactory,
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    LawEntryFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    ParticipantFactory,
    QuestionFactory,
    RecommendationFactory,
    RedactionDecisionFactory,
    RedactionFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import refuses
from tests.transactions import record_log_entry
from tiptracker.audit.actions import find_log_fault
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.models import AuditDetail, AuditEntry
from tiptracker.jobs.models import Job

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 1, 28))
NAME = "Palesa Exercise"
REASON = "It names somebody who was exploited."


@pytest.fixture
def update_version():
    return UpdateVersionFactory(narrative=f"We brought {NAME} to a safe house.")


@pytest.fixture
def redaction(update_version):
    return propose(by=OfficerFactory())


def propose(**more):
    values = {"country": CountryFactory(), "words": NAME, "reason": REASON, "by": OfficerFactory(), "now": NOW}
    return propose_redaction(**values | more)


def confirm(redaction, **more):
    return confirm_redaction(**{"redaction": redaction, "by": AmbassadorFactory(), "now": NOW} | more)


def confirm_and_finish(redaction):
    confirm(redaction)
    finish_redaction(redaction=redaction)
    redaction.refresh_from_db()


def all_stored_text():
    """Return all texts of all tables except sessions and Django's own."""
    return "\n".join(
        str(value)
        for model in apps.get_models(include_auto_created=True)
        for row in model._default_manager.values_list()
        for value in row
    )


# --- Which texts there are --------------------------------------------------------------------------------------------

IDENTIFYING_FIELDS = {
    "EvidenceFile.file",
    "EvidenceFile.media_type",
    "EvidenceFile.received_sha256",
    "EvidenceFile.stored_sha256",
    "FileScan.found",  # the scanner's word
    "FileText.text",  # emptied by the redaction itself: the file can be read again
    "Benchmark.letter",
    "Contribution.currency",
    "BenchmarkTerms.letter",
    "EditionImport.charset",
    "EditionImport.content",  # the report that was brought, until a job has read it
    "EditionImport.sha256",
    "DisposalCertificate.rows_sha256",
    "DisposalCertificate.sha256",
    "DisposalRow.table",
    "RetentionSchedule.authority",  # a number of the records authority
    "Draft.writer",  # a page's, at random; what a draft holds is no part of the record
    "Indicator.catalogue_key",
    "Indicator.name",  # runs keep it, and readers of any ministry know the indicator by it
    "Indicator.unit",
    "Question.heading",  # the Department's, and describes nobody
    "Question.number",
    "QuestionSet.sha256",
    "QuestionTerms.heading",
    "QuestionTerms.number",
    "Partner.name",  # an organization's; officers correct it
    "ReadingPart.category",  # no form writes it
    "Redaction.words",  # becomes the mark by itself
    "RedactionPlace.table",
    "RedactionPlace.field",
    "WorkbookDraft.name",  # what a draft holds is no part of the record
    "WorkbookDraft.sha256",
}


def test_every_free_text_of_the_record_can_be_redacted():
    """A new field is one of the texts, or listed here with a reason."""
    free = {
        f"{model.__name__}.{field.name}"
        for app in ("recommendations", "dialogues")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.FileField) and not field.choices
    }

    assert {f"{model.__name__}.{field}" for model, texts in FREE_TEXTS.items() for field in texts.fields} == (
        free - IDENTIFYING_FIELDS
    )


def test_the_triggers_let_exactly_these_texts_become_the_mark():
    """In tables without a trigger, any text can change."""
    record_models = {model for model in APPEND_ONLY if model._meta.app_label in ("recommendations", "dialogues")}
    expected = {model: fields for model in record_models if (fields := APPEND_ONLY[model] - {"words"})}

    assert {model: set(texts.fields) for model, texts in FREE_TEXTS.items() if model in record_models} == expected


REQUIRED_VALUES = {
    "AgendaItem": {"recommendation": lambda: None},
    "BenchmarkTerms": {"benchmark": lambda: BenchmarkFactory(terms=False)},
    "CommitmentEvent": {"commitment": lambda: CommitmentFactory(made=False)},
    "Dialogue": {
        "planned": lambda: True,
        "called_off_at": lambda: NOW,
        "called_off_by": OfficerFactory,
    },
    "EditionTerms": {"edition": lambda: EditionFactory(terms=False)},
    "Evidence": {"revises": EvidenceFactory},
    "EvidenceReview": {"evidence": EvidenceFactory},
    "QuestionTerms": {"question": QuestionFactory},
    "LawEntry": {"replaces": LawEntryFactory},
    "RecommendationTerms": {"recommendation": RecommendationFactory},
    "RequestEvent": {"kind": lambda: "corrected"},
    "AnswerEvent": {"kind": lambda: "reopened"},
    "Redaction": {"words": lambda: "Something else"},
    "RedactionDecision": {"redaction": lambda: RedactionFactory(words=REDACTED)},
}
"""Arguments that the factory of a model needs besides its texts."""


@pytest.mark.parametrize("model", FREE_TEXTS, ids=lambda model: model.__name__)
def test_every_text_is_found_in_its_own_country_and_becomes_the_mark(model):
    make = getattr(factories, f"{model.__name__}Factory")
    needed = {name: value() for name, value in REQUIRED_VALUES.get(model.__name__, {}).items()}
    row = make(**needed, **dict.fromkeys(FREE_TEXTS[model].fields, f"About {NAME}"))
    if model is EvidenceFile:
        EvidenceFactory(file=row)

    found = {(place.row, place.field) for place in find_places(CountryFactory(), NAME) if place.model is model}
    assert found == {(row.pk, field) for field in FREE_TEXTS[model].fields}
    assert not rows_of_country(model, CountryFactory(elsewhere=True))

    confirm_and_finish(propose(by=OfficerFactory()))
    row.refresh_from_db()
    assert {getattr(row, field) for field in FREE_TEXTS[model].fields} == {REDACTED}


# --- Proposing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", [ObserverFactory, FocalPointFactory, AdministratorFactory])
def test_only_officers_and_the_ambassador_propose(update_version, factory):
    with pytest.raises(PermissionDenied):
        propose(by=factory())


def test_nobody_proposes_for_another_country(update_version):
    with pytest.raises(PermissionDenied):
        propose(by=OfficerFactory(countries=[CountryFactory(elsewhere=True)]))


@pytest.mark.parametrize(
    ("more", "field", "code", "sentence"),
    [
        ({"words": " "}, "words", "required", "Enter the words to remove, or choose a file."),
        ({"words": "P. E"}, "words", "too_short", "Enter at least 4 letters or digits"),
        ({"words": "Nobody Known"}, "words", "nothing_to_redact", "Nothing would be removed"),
        ({"reason": " "}, "reason", "required", "Give the reason in a sentence."),
        (
            {"reason": f"It names {NAME.upper()}."},
            "reason",
            "reason_repeats_words",
            "it cannot repeat the words to remove",
        ),
        ({"reason": "It names Palesa."}, "reason", "reason_repeats_words", ""),
    ],
)
def test_an_invalid_proposal_is_refused_on_its_field(update_version, more, field, code, sentence):
    with refuses(code, field=field, sentence=sentence):
        propose(**more)

    assert not Redaction.objects.exists()


def test_nothing_is_proposed_where_every_place_is_left(update_version):
    left = [place.key for place in find_places(CountryFactory(), NAME)]

    with refuses("nothing_to_redact", field="words"):
        propose(left=left)


def test_the_same_is_not_proposed_twice(redaction):
    with refuses("duplicate", sentence="A second person has to confirm it."):
        propose(words="palesa  exercise", by=AmbassadorFactory())


def test_a_proposal_changes_no_text_and_the_log_does_not_hold_the_words(update_version, redaction):
    update_version.refresh_from_db()

    assert NAME in update_version.narrative
    entry = AuditEntry.objects.get(verb="redaction.proposed")
    assert NAME not in entry.detail.after
    assert f"dialogues.updateversion:{update_version.pk}:narrative" in entry.detail.after


# --- Two people -------------------------------------------------------------------------------------------------------


def test_the_proposer_cannot_decide_on_a_redaction(redaction):
    for decide in (confirm_redaction, decline_redaction):
        with pytest.raises(PermissionDenied):
            decide(redaction=redaction, reason="It is so.", by=redaction.recorded_by, now=NOW)


def test_the_database_refuses_a_decision_by_the_proposer(redaction):
    with pytest.raises(IntegrityError, match="Nobody decides on a redaction that they proposed"), transaction.atomic():
        RedactionDecisionFactory(redaction=redaction, recorded_by=redaction.recorded_by)


@pytest.mark.parametrize("factory", [ObserverFactory, FocalPointFactory, AdministratorFactory])
def test_only_officers_and_the_ambassador_decide(redaction, factory):
    with pytest.raises(PermissionDenied):
        confirm(redaction, by=factory())


def test_another_officer_or_the_ambassador_confirms(update_version, redaction):
    confirm(redaction, by=OfficerFactory(email="second@post.example"))

    update_version.refresh_from_db()
    assert update_version.narrative == REDACTED


def test_a_redaction_is_decided_on_once(redaction):
    confirm(redaction)

    with refuses("not_waiting", sentence="already confirmed this proposal on 28 January 2022 at 12:00."):
        decline_redaction(redaction=redaction, reason="It names an official.", by=AmbassadorFactory(), now=NOW)


def test_declining_leaves_the_record_and_erases_the_words(update_version, redaction):
    with refuses("required", field="reason", sentence="Give the reason for declining"):
        decline_redaction(redaction=redaction, reason="", by=AmbassadorFactory(), now=NOW)
    with refuses("reason_repeats_words", field="reason"):
        decline_redaction(redaction=redaction, reason=f"{NAME} is an official.", by=AmbassadorFactory(), now=NOW)
    decline_redaction(redaction=redaction, reason="It names an official.", by=AmbassadorFactory(), now=NOW)

    update_version.refresh_from_db()
    redaction.refresh_from_db()
    assert NAME in update_version.narrative
    assert redaction.words == REDACTED
    assert not Job.objects.filter(kind="redaction").exists()


# --- What is taken out ------------------------------------------------------------------------------------------------


def test_after_a_redaction_the_words_are_nowhere_in_the_database(update_version):
    """They were in texts, in the log of changes, and in the proposal itself."""
    with transaction.atomic():
        record_log_entry(
            "update.sent",
            by=update_version.recorded_by,
            row=update_version,
            country=CountryFactory(),
            after={"narrative": NAME},
        )
        record_log_entry(
            "dialogue.changed", by=None, country=CountryFactory(), before={"record": [NAME]}, after={"record": "Other"}
        )
    EvidenceFactory(
        update_version=update_version, title=f"Safe house for {NAME}", source="The shelter of PALESA\u00a0EXERCISE"
    )
    ParticipantFactory(name="Pale\u00adsa Exercise", office="Witness")

    redaction = propose()
    confirm_and_finish(redaction)

    stored_texts = all_stored_text().casefold()
    assert "palesa" not in stored_texts
    assert '{"record": "other"}' in stored_texts
    assert find_log_fault() is None
    assert redaction.words == REDACTED


def test_a_redaction_changes_nothing_else(update_version):
    other = UpdateVersionFactory(narrative="We brought Thabo to a safe house.")
    evidence = EvidenceFactory(update_version=update_version, title=NAME, source="The court", stated_by="The police")

    confirm_and_finish(propose())

    other.refresh_from_db()
    evidence.refresh_from_db()
    assert other.narrative == "We brought Thabo to a safe house."
    assert (evidence.title, evidence.source, evidence.stated_by) == (REDACTED, "The court", "The police")


def test_another_countrys_rows_and_log_are_untouched(update_version):
    elsewhere = CountryFactory(elsewhere=True)
    foreign_row = UpdateVersionFactory(
        update__commitment__ministry=MinistryFactory(country=elsewhere), narrative=f"{NAME} came."
    )
    with transaction.atomic():
        entry = record_log_entry("update.sent", by=None, country=elsewhere, after={"narrative": NAME})

    confirm_and_finish(propose())

    foreign_row.refresh_from_db()
    assert NAME in foreign_row.narrative
    assert NAME in AuditDetail.objects.get(entry=entry).after


def test_a_place_that_was_left_stays_as_it_is(update_version):
    stays = EvidenceFactory(title=f"The {NAME} Centre was opened")
    key = f"dialogues.evidence:{stays.pk}:title"

    confirm_and_finish(propose(left=[key, "dialogues.evidence:1:nothing", "dialogues.update_version:0:such"]))

    stays.refresh_from_db()
    update_version.refresh_from_db()
    assert (stays.title, update_version.narrative) == (f"The {NAME} Centre was opened", REDACTED)
    assert [str(place) for place in RedactionPlace.objects.filter(is_left=True)] == [key]


def test_texts_recorded_since_the_proposal_are_redacted_too(update_version, redaction):
    since = EvidenceFactory(title=f"{NAME} was heard")
    confirm(redaction)
    meanwhile = EvidenceFactory(title=f"{NAME} was heard again")
    finish_redaction(redaction=redaction)

    assert set(Evidence.objects.filter(pk__in=[since.pk, meanwhile.pk]).values_list("title", flat=True)) == {REDACTED}
    assert "palesa" not in all_stored_text().casefold()


def test_each_redacted_row_has_a_dated_entry_in_the_log(update_version, redaction):
    confirm(redaction)

    entry = AuditEntry.objects.get(verb="text.redacted")
    assert (entry.table, entry.row, entry.by.role) == ("dialogues.updateversion", str(update_version.pk), "ambassador")
    assert AuditEntry.objects.get(verb="redaction.confirmed").row == str(redaction.pk)


def test_a_form_filled_before_is_refused_when_it_is_sent():
    """Otherwise the name would come back with it."""
    dialogue = DialogueFactory(record=f"They spoke of {NAME}.")
    ParticipantFactory(dialogue=dialogue, name=NAME)
    AgendaItemFactory(dialogue=dialogue, note=f"Ask about {NAME}")
    confirm_and_finish(propose(by=OfficerFactory()))

    with refuses("edit_conflict"):
        change_dialogue(
            dialogue=dialogue, version=1, held_on=dialogue.held_on, place=dialogue.place, purpose=dialogue.purpose,
            participants=[], by=OfficerFactory(), now=NOW,
        )  # fmt: skip


def test_two_dialogues_of_one_day_can_lose_their_places():
    for place in (f"House of {NAME}", f"Office of {NAME}"):
        DialogueFactory(place=place)

    confirm_and_finish(propose(by=OfficerFactory()))

    assert list(Dialogue.objects.values_list("place", flat=True)) == [REDACTED, REDACTED]


def test_redacting_moves_no_score():
    benchmark = BenchmarkFactory()
    edition = benchmark.recommendation.edition
    sent = UpdateVersionFactory(narrative=f"We brought {NAME} to a safe house.")
    EvidenceFactory(update_version=sent, title=NAME, source=NAME, stated_by=NAME, supports=[benchmark], verified=True)
    before = evaluate_readiness(gather_facts(edition), as_of=DEADLINE_ON, known_by=None)

    confirm_and_finish(propose())

    assert before.score
    assert evaluate_readiness(gather_facts(edition), as_of=DEADLINE_ON, known_by=None) == before


# --- The log ----------------------------------------------------------------------------------------------------------


def add_log_entry(verb, *, row=None, country=None, **sides):
    with transaction.atomic():
        return record_log_entry(verb, by=None, row=row, country=country, **sides)


def find_log_places(words, country=None):
    return [place for place in find_places(country or CountryFactory(), words) if place.model is AuditDetail]


@pytest.fixture
def account_log_entries():
    """Log entries of accounts: another country, the own country, an unknown address, and no country."""
    country, elsewhere = CountryFactory(), CountryFactory(elsewhere=True)
    foreign = OfficerFactory(email="zq@pretoria.example", name="Zanele Query", countries=[elsewhere])
    account_values = {
        "name": "Zanele Query",
        "email": "zq@pretoria.example",
        "valid_until_on": "2023-01-01",
        "role": "observer",
    }
    return [
        add_log_entry("user.added", row=foreign, after=account_values),
        add_log_entry("user.added", row=foreign, country=elsewhere, after=account_values),
        add_log_entry(
            "user.changed", row=OfficerFactory(), country=country, before=account_values, after=account_values
        ),
        add_log_entry("country.changed", row=country, country=country, after=account_values),
        add_log_entry("person.refused", row=foreign, country=country, after={"asked": "/people/zanele-query/"}),
        add_log_entry("person.sign_in_refused", after={"with": ["Zanele Query"]}),
        add_log_entry("log.exported", after={"filter": {"words": "Zanele Query"}}),
    ]


@pytest.mark.parametrize("words", ["zq@pretoria.exampl", "Zanele Query", "valid_until_on", "role", "with", "asked"])
def test_accounts_are_neither_found_nor_taken_out_of_the_log(update_version, account_log_entries, words):
    """Guessing another letter of an address reveals nothing, and a redaction removes nothing of it."""
    before = list(AuditDetail.objects.values_list("pk", "before", "after"))

    assert not find_places(CountryFactory(), words)
    UpdateVersionFactory(narrative=f"{words}, said the ministry.")
    redaction = propose(words=words)
    confirm_and_finish(redaction)

    assert redaction.words == REDACTED
    assert [row for row in before if not AuditDetail.objects.filter(pk=row[0], before=row[1], after=row[2])] == []


@pytest.mark.parametrize("words", ["decision", "reason", "asked", "accepted", "narrative", "update version"])
def test_how_something_was_decided_stays_in_the_log(update_version, words):
    add_log_entry(
        "update.accepted",
        country=CountryFactory(),
        row=update_version,
        before={"status": "accepted"},
        after={"decision": "x"},
    )
    confirm(propose())
    stored_texts = list(AuditDetail.objects.values_list("pk", "before", "after"))
    assert stored_texts

    assert not find_log_places(words)


def test_a_place_in_the_log_is_left_where_it_is_unticked(update_version):
    stays = add_log_entry(
        "update.sent", row=update_version, country=CountryFactory(), after={"narrative": f"The {NAME} Centre"}
    )
    is_redacted = add_log_entry(
        "update.sent", row=update_version, country=CountryFactory(), before={"narrative": NAME}, after={"n": NAME}
    )
    key = f"audit.auditdetail:{stays.detail.pk}:after"

    redaction = propose(left=[key])
    confirm_and_finish(redaction)

    assert NAME in AuditDetail.objects.get(entry=stays).after
    assert AuditDetail.objects.filter(entry=is_redacted).values_list("before", "after").get() == (REDACTED, REDACTED)
    assert {str(place) for place in redaction.places.filter(is_left=False)} == {
        f"dialogues.updateversion:{update_version.pk}:narrative",
        f"audit.auditdetail:{is_redacted.detail.pk}:before",
        f"audit.auditdetail:{is_redacted.detail.pk}:after",
    }
    assert find_log_fault() is None


def test_the_name_of_a_file_leaves_the_log_though_it_was_uploaded_for_no_country_yet(update_version):
    """An officer of two countries uploads before choosing one. Files of another country are not found."""
    elsewhere = CountryFactory(elsewhere=True)
    for country in (CountryFactory(), elsewhere):
        file = EvidenceFileFactory(name="palesa_exercise.pdf")
        add_log_entry("file.kept", row=file, after={"name": file.name})
        EvidenceFactory(country=country, file=file)
    unsent = EvidenceFileFactory(name="palesa_exercise.pdf")
    add_log_entry("file.kept", row=unsent, after={"name": unsent.name})

    confirm_and_finish(propose())

    assert list(AuditDetail.objects.filter(entry__verb="file.kept").order_by("pk").values_list("after", flat=True)) == [
        REDACTED, '{"name": "palesa_exercise.pdf"}', '{"name": "palesa_exercise.pdf"}',
    ]  # fmt: skip


@pytest.mark.parametrize("factory", [OfficerFactory, AmbassadorFactory])
def test_a_search_finds_only_texts_that_the_proposer_sees(account_log_entries, factory):
    """The same with two countries: only files of the chosen one are found."""
    country, elsewhere = CountryFactory(), CountryFactory(elsewhere=True)
    for where in (country, elsewhere):
        sent = UpdateVersionFactory(
            update__commitment__ministry=MinistryFactory(country=where), narrative=f"Zanele Query came to {where}."
        )
        EvidenceFactory(country=where, title="Zanele Query", file=EvidenceFileFactory(name="Zanele Query.pdf"))
        EvidenceFileFactory(name="Zanele Query.pdf", uploaded_by=FocalPointFactory(ministry__country=where))
        add_log_entry("update.sent", row=sent, country=where, after={"narrative": "Zanele Query"})
    one, two = factory(), factory(email="two@post.example", countries=[country, elsewhere])

    found = find_places(country, "Zanele Query")

    assert [place.model.__name__ for place in found] == ["UpdateVersion", "Evidence", "EvidenceFile", "AuditDetail"]
    assert not {place.key for place in found} & {place.key for place in find_places(elsewhere, "Zanele Query")}
    for reader in (one, two):
        for place in found:
            assert place.model.objects.visible_to(reader).filter(pk=place.row).exists(), place.key
    with pytest.raises(PermissionDenied):
        propose(country=elsewhere, words="Zanele Query", by=one)


def test_many_places_need_a_confirmation_from_both_people(update_version):
    for n in range(MANY_PLACES):
        EvidenceFactory(title=f"{NAME} was heard, {n}")
    second = AmbassadorFactory()

    with refuses("many_places_unconfirmed", field="words", sentence=f"This would remove {MANY_PLACES + 1} texts"):
        propose()
    redaction = propose(are_many_meant=True)
    with refuses("many_places_unconfirmed", field="words"):
        confirm(redaction, by=second)
    confirm(redaction, by=second, are_many_meant=True)

    assert set(Evidence.objects.values_list("title", flat=True)) == {REDACTED}


def test_places_left_as_they_are_do_not_count_towards_the_limit(update_version):
    for n in range(MANY_PLACES):
        EvidenceFactory(title=f"{NAME} was heard, {n}")

    confirm(propose(left=[f"dialogues.updateversion:{update_version.pk}:narrative"]))

    assert set(Evidence.objects.values_list("title", flat=True)) == {REDACTED}


# --- Files ------------------------------------------------------------------------------------------------------------


def test_a_redacted_file_is_destroyed_and_its_hashes_stay(update_version):
    file = EvidenceFileFactory(name="letter.pdf")
    EvidenceFactory(update_version=update_version, file=file)
    stored, path = file.stored_sha256, str(file.file)
    redaction = propose(words="", files=[file])
    assert default_storage.exists(path)

    confirm(redaction)
    with refuses("redacted"):
        read_for_download(file=file, by=OfficerFactory())
    finish_redaction(redaction=redaction)

    file.refresh_from_db()
    assert not default_storage.exists(path)
    assert (file.name, file.stored_sha256) == (REDACTED, stored)
    with refuses(
        "redacted",
        sentence="This file was removed from the record on 28 January 2022 and destroyed. The evidence stays in the "
        f"record. The file’s SHA-256 hash was {stored}.",
    ):
        read_for_download(file=file, by=OfficerFactory())
    check_stored_files()  # it is gone, not damaged
    assert not AuditEntry.objects.filter(verb="file.altered").exists()


def test_a_file_whose_name_held_the_words_keeps_its_content(update_version):
    file = EvidenceFileFactory(name="palesa_exercise.pdf", content=b"A list without names")
    EvidenceFactory(update_version=update_version, file=file)

    confirm_and_finish(propose())

    file.refresh_from_db()
    assert file.name == REDACTED
    assert read_for_download(file=file, by=OfficerFactory()) == b"A list without names"


def test_a_file_that_nobody_sent_is_neither_found_nor_touched(update_version):
    """Only its uploader sees it, and it is deleted automatically."""
    file = EvidenceFileFactory(name="palesa_exercise.pdf", uploaded_by=update_version.recorded_by)

    assert file.pk not in {place.row for place in find_places(CountryFactory(), NAME) if place.model is EvidenceFile}
    with refuses("another_country", field="files", sentence="One of these files belongs to another country’s record"):
        propose(words="", files=[file])
    confirm_and_finish(propose())

    assert EvidenceFile.objects.get(pk=file.pk).name == "palesa_exercise.pdf"
    assert default_storage.exists(str(file.file))


def test_a_redacted_file_cannot_be_proposed_again(update_version):
    file = EvidenceFileFactory()
    EvidenceFactory(update_version=update_version, file=file)
    confirm_and_finish(propose(words="", files=[file]))

    with refuses("redacted", field="files", sentence="One of these files has already been destroyed"):
        propose(words="", files=[file])


# --- Who sees it ------------------------------------------------------------------------------------------------------


def test_a_proposal_is_seen_by_officers_and_the_ambassador_of_its_country():
    redaction = RedactionFactory()
    seen = {
        factory.__name__: list(Redaction.objects.visible_to(factory()))
        for factory in (OfficerFactory, AmbassadorFactory, ObserverFactory, FocalPointFactory, AdministratorFactory)
    }

    assert {name for name, rows in seen.items() if rows == [redaction]} == {"OfficerFactory", "AmbassadorFactory"}
    assert not any(rows for name, rows in seen.items() if name not in ("OfficerFactory", "AmbassadorFactory"))
    elsewhere = OfficerFactory(countries=[CountryFactory(elsewhere=True)])
    assert not Redaction.objects.visible_to(elsewhere).exists()


def test_a_proposal_does_not_await_its_proposer(redaction):
    assert not Redaction.objects.for_decision_by(redaction.recorded_by).exists()
    assert Redaction.objects.for_decision_by(AmbassadorFactory()).get() == redaction
    confirm(redaction)
    assert not Redaction.objects.for_decision_by(AmbassadorFactory()).exists()
