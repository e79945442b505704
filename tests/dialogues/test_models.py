"""Models: their values, what the database refuses, and who sees which rows."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from dialogues.choices import ClaimedProgress, CommitmentEventKind, EvidenceDecision, Sensitivity, UpdateDecision
from dialogues.commitment_status import original_due_date, standing_from_row
from dialogues.models import (
    AssessmentEvidence,
    Commitment,
    Dialogue,
    Evidence,
    Reading,
    UpdateVersion,
)
from tests.append_only import redact_text
from tests.dialogues.commitment_histories import HISTORIES, january, moment_of
from tests.factories import (
    AgendaItemFactory,
    AssessmentFactory,
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    EvidenceLinkFactory,
    EvidenceReviewFactory,
    MinistryFactory,
    ParticipantFactory,
    ReadingFactory,
    ReadingPartFactory,
    RecommendationFactory,
    RecorderFactory,
    ReviewerFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
)
from tests.visibility import EMBASSY, create_readers, same_for_each, visible_names

pytestmark = pytest.mark.django_db


# --- Status in SQL ----------------------------------------------------------------------------------------------------


def record_history(history):
    country = CountryFactory(code="XAA", name="Another", time_zone=history.zone.key)
    commitment = CommitmentFactory(ministry__country=country, made=False)
    for event in history.events:
        CommitmentEventFactory(
            commitment=commitment,
            kind=event.kind,
            happened_on=event.happened_on,
            recorded_at=event.recorded_at,
            due_on=event.due_on,
        )
    for version in history.sent:
        sent = UpdateVersionFactory(
            update__commitment=commitment, happened_on=history.day, recorded_at=version.recorded_at
        )
        if version.decided_at:
            decision = UpdateDecision.ACCEPTED
            if version.returned_at or version.withdrawn_at:
                decision = UpdateDecision.RETURNED if version.returned_at else UpdateDecision.WITHDRAWN
            UpdateVersionDecisionFactory(update_version=sent, decision=decision, recorded_at=version.decided_at)
    return commitment


@pytest.mark.parametrize("history", [pytest.param(each, id=each.name) for each in HISTORIES if each.known_by is None])
def test_with_status_in_sql_agrees_with_the_python_rule(history):
    UpdateVersionFactory(update__commitment=CommitmentFactory(done=True))  # another's events and updates are its own
    row = Commitment.objects.with_status(history.day).get(pk=record_history(history).pk)

    assert (standing_from_row(row, history.day) if row.status else None) == history.standing
    assert row.first_due_on == original_due_date(history.events, history.day)
    assert row.standing_on(history.day) == history.standing


# --- Who sees which ---------------------------------------------------------------------------------------------------


@pytest.fixture
def people():
    return create_readers()


@pytest.fixture
def benchmarks(people):
    """Benchmarks: one led by Police and supported by Justice, one of Home Affairs, one of another country."""
    recommendations = {
        "police": RecommendationFactory(
            lead=people["own ministry"].ministry, supporting=[people["supporting ministry"].ministry]
        ),
        "home": RecommendationFactory(lead=people["other ministry"].ministry),
        "elsewhere": RecommendationFactory(
            edition__country=people["ministry elsewhere"].ministry.country, lead=people["ministry elsewhere"].ministry
        ),
    }
    return {name: BenchmarkFactory(recommendation=row) for name, row in recommendations.items()}


@pytest.fixture
def commitments(people, benchmarks):
    """Commitments of Police, Home Affairs, the United States, and another country."""
    dialogue = DialogueFactory()
    return {
        "police": CommitmentFactory(
            ministry=people["own ministry"].ministry, dialogue=dialogue, benchmarks=[benchmarks["police"]]
        ),
        "home": CommitmentFactory(ministry=people["other ministry"].ministry, benchmarks=[benchmarks["home"]]),
        "united states": CommitmentFactory(united_states=True, benchmarks=[benchmarks["police"]]),
        "elsewhere": CommitmentFactory(
            ministry=people["ministry elsewhere"].ministry, benchmarks=[benchmarks["elsewhere"]]
        ),
    }


def test_commitments_visible_to_each_reader(people, commitments):
    assert visible_names(people, commitments) == {
        **same_for_each(EMBASSY, ["home", "police", "united states"]),
        "own ministry": ["police"],
        "other ministry": ["home"],
        "officer elsewhere": ["elsewhere"],
        "ministry elsewhere": ["elsewhere"],
    }


def test_dialogues_visible_to_each_reader(people, commitments):
    at_the_table = DialogueFactory()
    AgendaItemFactory(dialogue=at_the_table, recommendation__lead=people["other ministry"].ministry)
    ParticipantFactory(dialogue=at_the_table, ministry=people["other ministry"].ministry)
    CommitmentFactory(ministry=people["own ministry"].ministry, dialogue=commitments["police"].dialogue)
    rows = {
        "promised twice": commitments["police"].dialogue,
        "came without a promise": at_the_table,
        "elsewhere": DialogueFactory(country=people["ministry elsewhere"].ministry.country),
    }

    assert visible_names(people, rows) == {
        **same_for_each(EMBASSY, ["came without a promise", "promised twice"]),
        "own ministry": ["promised twice"],
        "other ministry": ["came without a promise"],
        "officer elsewhere": ["elsewhere"],
    }


def test_updates_and_versions_visible_to_each_reader(people, commitments):
    versions = {
        name: UpdateVersionFactory(update__commitment=commitments[name]) for name in ("police", "home", "elsewhere")
    }
    exactly = {
        **same_for_each(EMBASSY, ["home", "police"]),
        "own ministry": ["police"],
        "other ministry": ["home"],
        "officer elsewhere": ["elsewhere"],
        "ministry elsewhere": ["elsewhere"],
    }

    assert visible_names(people, versions) == exactly
    assert visible_names(people, {name: update_version.update for name, update_version in versions.items()}) == exactly


@pytest.fixture
def evidence(people, benchmarks, commitments):
    """Evidence of each kind, with a row for each way in which it could leak."""
    police, home = people["own ministry"], people["other ministry"]
    sent = UpdateVersionFactory(update__commitment=commitments["police"])
    sent_elsewhere = UpdateVersionFactory(update__commitment=commitments["elsewhere"])

    def on_police(**fields):
        return EvidenceFactory(supports=[benchmarks["police"], benchmarks["home"]], **fields)

    shared, internal = Sensitivity.SHARED, Sensitivity.INTERNAL
    return {
        "sent by police": on_police(update_version=sent),
        "sent by police, marked internal": on_police(update_version=sent, sensitivity=internal),
        "internal under police's, by who works there now": on_police(
            commitment=commitments["police"], recorded_by=police, sensitivity=internal
        ),
        "shared under police's": on_police(commitment=commitments["police"], sensitivity=shared),
        "internal under police's": on_police(commitment=commitments["police"], sensitivity=internal),
        "shared under none": on_police(sensitivity=shared),
        "shared under the united states'": on_police(commitment=commitments["united states"], sensitivity=shared),
        "shared under home's, by police": on_police(
            commitment=commitments["home"], sensitivity=internal, recorded_by=police
        ),
        "shared under home's": EvidenceFactory(
            commitment=commitments["home"], sensitivity=shared, recorded_by=home, supports=[benchmarks["home"]]
        ),
        "elsewhere": EvidenceFactory(update_version=sent_elsewhere, supports=[benchmarks["elsewhere"]]),
    }


EVIDENCE_SEEN = {
    **same_for_each(
        EMBASSY,
        [
            "internal under police's",
            "internal under police's, by who works there now",
            "sent by police",
            "sent by police, marked internal",
            "shared under home's",
            "shared under home's, by police",
            "shared under none",
            "shared under police's",
            "shared under the united states'",
        ],
    ),
    "own ministry": ["sent by police", "sent by police, marked internal", "shared under police's"],
    "other ministry": ["shared under home's"],
    "officer elsewhere": ["elsewhere"],
    "ministry elsewhere": ["elsewhere"],
}


def test_evidence_visible_to_each_reader(people, evidence):
    assert visible_names(people, evidence) == EVIDENCE_SEEN


def test_evidence_links_visible_to_each_reader(people, benchmarks, evidence):
    rows = {
        f"{name} on {where}": evidence_link
        for name, evidence in evidence.items()
        for evidence_link in evidence.evidence_links.all()
        for where in [next(key for key, benchmark in benchmarks.items() if benchmark == evidence_link.benchmark)]
    }
    visible = visible_names(people, rows)

    assert {reader: sorted({name.rpartition(" on ")[0] for name in names}) for reader, names in visible.items()} == (
        EVIDENCE_SEEN
    )
    assert visible["own ministry"] == [
        "sent by police on police",
        "sent by police, marked internal on police",
        "shared under police's on police",
    ]
    assert visible["other ministry"] == ["shared under home's on home"]


def test_reviews_visible_to_each_reader(people, evidence):
    elsewhere = evidence["elsewhere"]
    rows = {
        name: EvidenceReviewFactory(evidence=evidence) for name, evidence in evidence.items() if evidence != elsewhere
    }
    rows["elsewhere"] = EvidenceReviewFactory(evidence=elsewhere, recorded_by=people["officer elsewhere"])

    embassy = {reader: EVIDENCE_SEEN[reader] for reader in (*EMBASSY, "officer elsewhere")}
    assert visible_names(people, rows) == {
        **embassy,
        "own ministry": [
            "sent by police",
            "sent by police, marked internal",
        ],  # and no word on what the embassy only shares
        "ministry elsewhere": ["elsewhere"],
    }


def test_reviews_of_a_line_are_visible_with_its_benchmark(people, benchmarks, evidence):
    sent = evidence["sent by police"]
    rows = {
        where: EvidenceReviewFactory(evidence=sent, evidence_link=sent.evidence_links.get(benchmark=benchmarks[where]))
        for where in ("police", "home")
    }

    assert visible_names(people, rows) == {
        **same_for_each(EMBASSY, ["home", "police"]),
        "own ministry": ["police"],
    }


def test_files_visible_to_each_reader(people, evidence, commitments):
    police, officer = people["own ministry"], people["officer"]

    def cited(name, **fields):
        file = EvidenceFileFactory(name=f"{name}.pdf", uploaded_by=officer)
        EvidenceFactory(file=file, **fields)
        return file

    rows = {
        "shared under police's": cited("a", commitment=commitments["police"], sensitivity=Sensitivity.SHARED),
        "internal under police's": cited("b", commitment=commitments["police"]),
        "under none": cited("c"),
        "elsewhere": cited("d", country=people["ministry elsewhere"].ministry.country),
        "police's, not sent yet": EvidenceFileFactory(uploaded_by=police),
        "the officer's, not sent yet": EvidenceFileFactory(uploaded_by=officer),
        "a deactivated one's": EvidenceFileFactory(uploaded_by=people["deactivated focal point"]),
    }
    EvidenceFactory(
        file=rows["shared under police's"], commitment=commitments["police"], sensitivity=Sensitivity.SHARED
    )  # cited twice, seen once

    embassy = ["internal under police's", "shared under police's", "under none"]
    assert visible_names(people, rows) == {
        **same_for_each(EMBASSY, embassy),
        "officer": sorted([*embassy, "the officer's, not sent yet"]),
        "own ministry": ["police's, not sent yet", "shared under police's"],
        "officer elsewhere": ["elsewhere"],
    }


def test_readings_visible_to_each_reader(people, commitments):
    sent = UpdateVersionFactory(update__commitment=commitments["police"])
    sent_home = UpdateVersionFactory(update__commitment=commitments["home"])
    rows = {
        "sent by police": ReadingFactory(update_version=sent),
        "sent by home": ReadingFactory(update_version=sent_home),
        "the embassy's own": ReadingFactory(),
        "elsewhere": ReadingFactory(indicator__country=people["ministry elsewhere"].ministry.country),
    }

    assert visible_names(people, rows) == {
        **same_for_each(EMBASSY, ["sent by home", "sent by police", "the embassy's own"]),
        "own ministry": ["sent by police"],
        "other ministry": ["sent by home"],
        "officer elsewhere": ["elsewhere"],
    }


def test_assessments_visible_to_each_reader(people, benchmarks, commitments):
    rows = {name: AssessmentFactory(benchmark=benchmark) for name, benchmark in benchmarks.items()}

    assert visible_names(people, rows) == {
        **same_for_each(EMBASSY, ["home", "police"]),
        "officer elsewhere": ["elsewhere"],
    }


# --- Rows are added, never changed ------------------------------------------------------------------------------------

CHANGED_VALUES = {
    AssessmentFactory: {"verdict": "met"},
    CommitmentEventFactory: {"happened_on": date(2021, 1, 1)},
    EvidenceLinkFactory: {"shows": "context"},
    EvidenceFactory: {"happened_to": date(2022, 1, 11)},
    EvidenceFileFactory: {"stored_sha256": "0" * 64},
    EvidenceReviewFactory: {"decision": EvidenceDecision.REJECTED},
    ReadingFactory: {"figure": 99},
    ReadingPartFactory: {"figure": 99},
    UpdateVersionDecisionFactory: {"decision": UpdateDecision.RETURNED},
    UpdateVersionFactory: {"claimed": ClaimedProgress.DONE},
}


def make_row(factory):
    return factory(commitment=CommitmentFactory(made=False)) if factory is CommitmentEventFactory else factory()


@pytest.mark.parametrize("factory", CHANGED_VALUES, ids=lambda factory: factory._meta.model.__name__)
def test_row_is_neither_changed_nor_deleted(factory):
    rows = type(make_row(factory)).objects.all()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.update(**CHANGED_VALUES[factory])
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows._raw_delete(rows.db)


def test_evidence_of_an_assessment_is_neither_changed_nor_deleted():
    AssessmentFactory(grounds=[EvidenceFactory()])
    grounds = AssessmentEvidence.objects.all()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        grounds.update(evidence=EvidenceFactory())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        grounds._raw_delete(grounds.db)


REDACTABLE = {
    AssessmentFactory: ["rationale"],
    EvidenceFactory: ["title", "stated_by", "source", "link"],
    EvidenceFileFactory: ["name"],
    EvidenceReviewFactory: ["reason"],
    ReadingFactory: ["note", "source"],
    UpdateVersionDecisionFactory: ["reason"],
    UpdateVersionFactory: ["narrative"],
}


@pytest.mark.parametrize("factory", REDACTABLE, ids=lambda factory: factory._meta.model.__name__)
def test_text_may_become_the_fixed_mark_and_nothing_else(factory):
    row = make_row(factory)
    rows = type(row).objects.filter(pk=row.pk)

    for text in REDACTABLE[factory]:
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows.update(**{text: "[redacted]."})
        redact_text(row, text)
        assert rows.update(**{text: "[redacted]"}) == 1
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.update(**{REDACTABLE[factory][0]: "[redacted]"}, **CHANGED_VALUES[factory])


# --- Nobody verifies their own ----------------------------------------------------------------------------------------


def test_database_refuses_a_review_by_who_recorded_the_evidence():
    evidence = EvidenceFactory(supports=[BenchmarkFactory()])

    for evidence_link in (None, evidence.evidence_links.get()):
        with pytest.raises(IntegrityError, match="Nobody verifies what they recorded"), transaction.atomic():
            EvidenceReviewFactory(evidence=evidence, evidence_link=evidence_link, recorded_by=RecorderFactory())
    assert EvidenceReviewFactory(evidence=evidence).pk


def test_database_refuses_a_review_by_who_recorded_the_evidence_link():
    evidence_link = EvidenceLinkFactory(recorded_by=ReviewerFactory())

    with pytest.raises(IntegrityError, match="Nobody verifies what they recorded"), transaction.atomic():
        EvidenceReviewFactory(evidence_link=evidence_link, recorded_by=ReviewerFactory())
    assert EvidenceReviewFactory(evidence=evidence_link.evidence, recorded_by=ReviewerFactory()).pk


def test_database_refuses_a_review_of_another_pieces_evidence_link():
    evidence_link = EvidenceLinkFactory()

    with pytest.raises(IntegrityError, match="another piece of evidence"), transaction.atomic():
        EvidenceReviewFactory(evidence=EvidenceFactory(), evidence_link=evidence_link)


def test_database_refuses_a_decision_by_who_sent_the_version():
    sent = UpdateVersionFactory()

    with pytest.raises(IntegrityError, match="Nobody decides"), transaction.atomic():
        UpdateVersionDecisionFactory(update_version=sent, recorded_by=sent.recorded_by)


def test_database_refuses_verification_by_who_reported_it_done():
    commitment = CommitmentFactory()
    CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.REPORTED_DONE, happened_on=january(10))

    def verify(by):
        return CommitmentEventFactory(
            commitment=commitment, kind=CommitmentEventKind.VERIFIED_DONE, happened_on=january(11), recorded_by=by
        )

    with pytest.raises(IntegrityError, match="Nobody verifies what they reported"), transaction.atomic():
        verify(RecorderFactory())
    assert verify(ReviewerFactory()).pk


def test_database_refuses_verification_of_the_newest_report_alone():
    commitment = CommitmentFactory()
    for by, day in ((ReviewerFactory(), 10), (RecorderFactory(), 12)):
        CommitmentEventFactory(
            commitment=commitment, kind=CommitmentEventKind.REPORTED_DONE, happened_on=january(day), recorded_by=by
        )

    assert CommitmentEventFactory(
        commitment=commitment, kind=CommitmentEventKind.VERIFIED_DONE, happened_on=january(13)
    ).pk


# --- Impossible states ------------------------------------------------------------------------------------------------

INVALID_ROWS = {
    "a commitment of nobody": lambda: CommitmentFactory(ministry=None),
    "the united states' with a ministry": lambda: CommitmentFactory(made_by="united_states"),
    "a commitment made nowhere": lambda: CommitmentFactory(letter=""),
    "made twice": lambda: CommitmentEventFactory(commitment=CommitmentFactory()),
    "due before it was made": lambda: CommitmentFactory(made__due_on=date(2021, 11, 7)),
    "rescheduled to no day": lambda: CommitmentEventFactory(
        commitment=CommitmentFactory(), kind=CommitmentEventKind.RESCHEDULED
    ),
    "withdrawn with a due date": lambda: CommitmentEventFactory(
        commitment=CommitmentFactory(), kind=CommitmentEventKind.WITHDRAWN, due_on=january(1)
    ),
    "withdrawn without a reason": lambda: CommitmentEventFactory(
        commitment=CommitmentFactory(), kind=CommitmentEventKind.WITHDRAWN, reason=""
    ),
    "evidence without source, link or file": lambda: EvidenceFactory(source=""),
    "evidence turned round": lambda: EvidenceFactory(happened_from=january(2), happened_to=january(1)),
    "a version's evidence under no commitment": lambda: EvidenceFactory(
        update_version=UpdateVersionFactory(), commitment=None
    ),
    "a review without a reason": lambda: EvidenceReviewFactory(reason=""),
    "returned without a reason": lambda: UpdateVersionDecisionFactory(decision=UpdateDecision.RETURNED, reason=""),
    "a figure with a direction": lambda: ReadingFactory(figure=1, direction="up"),
    "a figure below zero": lambda: ReadingFactory(figure=-1),
    "an assessment without its law": lambda: AssessmentFactory(law=""),
    "an empty file": lambda: EvidenceFileFactory(file="evidence/empty", size=0),
}


@pytest.mark.parametrize("what", INVALID_ROWS)
def test_database_refuses(what):
    with pytest.raises(IntegrityError), transaction.atomic():
        INVALID_ROWS[what]()


# --- Small things that rows say ---------------------------------------------------------------------------------------


def test_waiting_versions_are_those_without_a_decision_oldest_first():
    newer = UpdateVersionFactory(happened_on=january(12))
    older = UpdateVersionFactory(happened_on=january(11))
    UpdateVersionFactory(returned=True)
    UpdateVersionFactory(accepted=True)

    assert list(UpdateVersion.objects.undecided()) == [older, newer]


def test_current_evidence_is_what_no_revision_replaced():
    first = EvidenceFactory()
    second = EvidenceFactory(revises=first)

    assert list(Evidence.objects.current()) == [second]


@pytest.mark.parametrize(
    ("fields", "text", "is_no_data"),
    [
        ({"figure": 16}, "16", False),
        ({"figure": "2.50"}, "2.5", False),
        ({"figure": 100}, "100", False),
        ({"figure": 0}, "0", False),
        ({"figure": None, "direction": "up"}, "More, no figure", False),
        ({"figure": 1_250_000}, "1,250,000", False),
        ({"figure": None}, "not reported", True),
    ],
)
def test_a_reading_is_shown_as_a_figure_a_direction_or_no_data(fields, text, is_no_data):
    reading = Reading.objects.get(pk=ReadingFactory(**fields).pk)

    assert (reading.display_value, reading.is_no_data) == (text, is_no_data)


@pytest.mark.parametrize(
    ("stated_by", "source", "text"),
    [
        ("The police", "Update of The police, 10 January", "Update of The police, 10 January"),
        ("Lesotho press", "Lesotho Times of 3 December", "Lesotho press: Lesotho Times of 3 December"),
        ("The police", "", "The police"),
    ],
)
def test_evidence_names_who_says_so_once(stated_by, source, text):
    assert EvidenceFactory.build(stated_by=stated_by, source=source).attribution == text


def test_commitment_says_who_made_it():
    assert CommitmentFactory(ministry=MinistryFactory(short_name="Police")).maker == "Ministry of Police"
    assert CommitmentFactory(united_states=True).maker == "United States"


# --- Which dialogue is at hand ----------------------------------------------------------------------------------------


def test_the_nearest_dialogue_is_the_next_to_come_else_the_last_held_and_never_one_called_off():
    earlier, held = (DialogueFactory(held_on=day) for day in (date(2021, 9, 1), date(2021, 11, 8)))
    later, sooner, today = (
        DialogueFactory(planned=True, held_on=day) for day in (date(2022, 3, 1), date(2022, 2, 10), date(2022, 1, 28))
    )
    unrecorded = DialogueFactory(planned=True, held_on=date(2022, 1, 21))
    DialogueFactory(
        planned=True, held_on=date(2022, 2, 1), called_off_at=moment_of(january(25)), called_off_by=RecorderFactory(),
        called_off_reason="No room",
    )  # fmt: skip

    def nearest(day, **known):
        return list(Dialogue.objects.nearest_first(day, **known))

    assert nearest(date(2022, 1, 28)) == [today, sooner, later, held, earlier, unrecorded]
    Dialogue.objects.filter(pk=today.pk).update(recorded_at=moment_of(january(28)), recorded_by=RecorderFactory())
    assert nearest(date(2022, 1, 28)) == [sooner, later, today, held, earlier, unrecorded], "recorded, so it was held"
    assert nearest(date(2022, 1, 28), known_by=moment_of(january(27)))[0] == today, (
        "by what was known it was still to come"
    )
    assert nearest(date(2022, 4, 1))[0] == today
    assert nearest(date(2021, 10, 1))[0] == held, "then still to come"
    assert nearest(date(2022, 1, 28), known_by=moment_of(january(19))) == [held, earlier], "none was planned by then"
