"""Differences between two documents that were built on the same record."""

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import get_args, get_type_hints

import pytest

from dialogues.choices import CommitmentEventKind, UpdateDecision, Verdict
from reports.briefings.comparison import SECTION_RULES, compare_documents
from reports.briefings.content.ambassador import AmbassadorBriefing
from reports.briefings.content.answers import QuestionAnswers
from reports.briefings.content.dialogue import DialoguePack
from reports.briefings.content.documents import to_json_values
from reports.briefings.content.ministry import MinistryPage
from reports.briefings.content.washington import WashingtonInput
from reports.briefings.documents import build_document
from reports.choices import BriefingKind
from reports.models import Document
from tests.factories import (
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    DialogueFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    IndicatorFactory,
    MinistryFactory,
    ReadingFactory,
    RecommendationFactory,
    UpdateFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
    at_noon,
)

pytestmark = pytest.mark.django_db

BEFORE, AFTER = date(2022, 1, 14), date(2022, 1, 28)


@pytest.fixture
def edition():
    return EditionFactory()


def document_values(edition, day, kind=BriefingKind.AMBASSADOR, **options):
    document = build_document(
        document=Document(kind, **options),
        edition=edition,
        reader=AmbassadorFactory(),
        as_of=day,
        known_by=at_noon(day),
        tells_known_by=False,
    )
    return to_json_values(document)


def list_differences(kind, before, after):
    """Return each difference as a tuple: chapter, subject, word, before, after."""
    return {
        (chapter.title, difference.about, difference.label, difference.before, difference.after)
        for chapter in compare_documents(kind, before, after)
        for difference in chapter.differences
    }


def create_record(edition):
    """A commitment, claimed evidence on a benchmark, and an update, all before the first day."""
    police = MinistryFactory(name="Ministry of Police")
    benchmark = BenchmarkFactory(
        recommendation=RecommendationFactory(edition=edition, lead=police), terms__criterion="A focal point in each."
    )
    promise = CommitmentFactory(ministry=police, text="Name focal points", benchmarks=[benchmark])
    evidence = EvidenceFactory(title="A circular was sent", supports=[benchmark])
    update_version = UpdateVersionFactory(update=UpdateFactory(commitment=promise), narrative="Ten named.")
    return benchmark, promise, evidence, update_version


def test_documents_of_two_days_without_events_differ_only_in_the_day(edition):
    create_record(edition)

    assert list_differences(
        BriefingKind.AMBASSADOR, document_values(edition, BEFORE), document_values(edition, AFTER)
    ) == {
        ("First page", "", "As of", "14 January 2022", "28 January 2022"),
    }


def test_new_verifications_commitments_returns_and_assessments_are_listed_in_their_sections(edition):
    benchmark, promise, evidence, update_version = create_record(edition)
    before = document_values(edition, BEFORE)
    day = date(2022, 1, 20)
    EvidenceReviewFactory(evidence=evidence, evidence_link=evidence.evidence_links.get(), recorded_at=at_noon(day))
    moved = {"kind": CommitmentEventKind.RESCHEDULED, "due_on": date(2022, 3, 1), "happened_on": day}
    CommitmentEventFactory(commitment=promise, **moved)
    UpdateVersionDecisionFactory(
        update_version=update_version, decision=UpdateDecision.RETURNED, reason="Which ten?", recorded_at=at_noon(day)
    )
    AssessmentFactory(benchmark=benchmark, verdict=Verdict.MET, rationale="All ten.", recorded_at=at_noon(day))
    EvidenceFactory(title="A new one", supports=[benchmark], recorded_at=at_noon(day), happened_to=day)

    lines = list_differences(BriefingKind.AMBASSADOR, before, document_values(edition, AFTER))

    about = {(chapter, about, word) for chapter, about, word, _, _ in lines}
    assert about >= {
        ("Headline figures", "", "Readiness, verified"),
        ("Recommendations", "1", "Points verified"),
        ("Recommendations", "1 · 1a", "Assessment"),
        ("Commitments by ministry", "Ministry of Police · Name focal points", "Due"),
        ("Evidence", "A circular was sent", "Status"),
        ("Evidence", "A new one", ""),
    }
    assert [after for chapter, *_, after in lines if chapter == "Updates from ministries"] != []
    assert [before for _, about, _, before, _ in lines if about == "A new one"] == [""]


def test_a_removed_item_is_listed_with_nothing_after_it(edition):
    create_record(edition)
    before, after = document_values(edition, BEFORE), document_values(edition, BEFORE)
    after["evidence"] = []

    lines = list_differences(BriefingKind.AMBASSADOR, before, after)

    assert [(about, after) for _, about, _, _, after in lines] == [("A circular was sent", "")]


def test_one_more_of_two_equal_items_is_one_difference(edition):
    create_record(edition)
    before, after = document_values(edition, BEFORE), document_values(edition, BEFORE)
    after["evidence"] = before["evidence"] * 2

    assert len(list_differences(BriefingKind.AMBASSADOR, before, after)) == 1


def test_a_ministrys_page_differs_in_what_was_verified_since(edition):
    _, promise, _, update_version = create_record(edition)
    kind = BriefingKind.MINISTRY
    before = document_values(edition, BEFORE, kind, ministry=promise.ministry)
    UpdateVersionDecisionFactory(
        update_version=update_version,
        decision=UpdateDecision.RETURNED,
        reason="Which ten?",
        recorded_at=at_noon(date(2022, 1, 20)),
    )

    lines = list_differences(kind, before, document_values(edition, AFTER, kind, ministry=promise.ministry))

    assert any("Which ten?" in after for _, _, _, _, after in lines)


def test_input_for_washington_differs_in_a_new_figure(edition):
    indicator = IndicatorFactory(name="Cases investigated", unit="cases")
    BenchmarkFactory(recommendation=RecommendationFactory(edition=edition), terms__indicator=indicator)
    kind = BriefingKind.WASHINGTON
    before = document_values(edition, BEFORE, kind)
    day = date(2022, 1, 20)
    ReadingFactory(indicator=indicator, figure=Decimal(7), through_on=day, recorded_at=at_noon(day), verified=True)

    lines = list_differences(kind, before, document_values(edition, AFTER, kind))

    assert any("Cases investigated" in about and after == "7" for _, about, _, _, after in lines)


def test_a_dialogue_pack_differs_in_a_new_agenda_item(edition):
    dialogue = DialogueFactory(country=edition.country, held_on=date(2022, 1, 10))
    kind = BriefingKind.DIALOGUE
    before, after = (
        document_values(edition, BEFORE, kind, dialogue=dialogue),
        document_values(edition, BEFORE, kind, dialogue=dialogue),
    )
    after["agenda"] = [{"what": "The shelter", "position": 1, "ask": "When does it open?", "said": ""}]

    assert list_differences(kind, before, after) == {("Agenda", "The shelter", "", "", "When does it open?")}


def test_a_document_stored_with_the_keys_of_an_earlier_release_is_compared_with_one_of_today():
    promise = {"text": "Train the posts", "made_on": "2021-11-08", "due_on": "2022-01-14", "state": "overdue"}
    step = {"sentence": "Ask for the figure", "owner": "Police", "points": "2.5"}
    former = {
        "standing": {"verified": "31.0"},
        "ladder": {"steps": [step]},
        "ministries": [
            {"name": "Police", "undertakings": [promise | {"state": "late", "standing": "late by 1 day"}]},
            {"name": "Justice", "undertakings": []},
        ],
    }
    today = {
        "readiness": {"verified": "45.0"},
        "next_steps": {"steps": [step | {"points": "4.0"}]},
        "ministries": [
            {"name": "Police", "commitments": [promise | {"status_text": "overdue by 15 days"}]},
            {"name": "Justice", "commitments": [promise | {"status_text": "overdue by 15 days"}]},
        ],
    }

    assert list_differences(BriefingKind.AMBASSADOR, former, today) == {
        ("Headline figures", "", "Readiness, verified", "31.0", "45.0"),
        ("First page", "Ask for the figure", "Points it adds", "2.5", "4.0"),
        ("Commitments by ministry", "Justice · Train the posts", "", "", "overdue by 15 days"),
    }
    meetings = [
        {"minutes": {"undertakings": [promise | {"standing": "overdue"}]}},
        {"minutes": {"commitments": [promise | {"state": "open", "status_text": "due"}]}},
    ]
    assert list_differences(BriefingKind.DIALOGUE, *meetings) == {
        ("Agenda", "Train the posts", "Status", "overdue", "due")
    }


def test_the_headline_figures_come_first_and_count_what_is_overdue():
    commitments = [{"text": name, "made_on": "2021-11-08", "state": "overdue"} for name in "ab"]
    before = {
        "readiness": {"verified": None, "claimed": "40.0", "projected": "60.0", "mark": "45"},
        "commitments_to_follow_up": [*commitments, commitments[0] | {"state": "open"}],
    }
    after = {
        "as_of": "2022-01-28",
        "readiness": {"verified": "28.7", "claimed": "41.9", "projected": "60.0", "mark": "45"},
        "commitments_to_follow_up": commitments[:1],
    }

    first, *_ = compare_documents(BriefingKind.AMBASSADOR, before, after)

    assert first.title == "Headline figures"
    assert [tuple(difference)[1:] for difference in first.differences] == [
        ("Readiness, verified", "no figure", "28.7"),
        ("Readiness with all claims", "40.0", "41.9"),
        ("Overdue commitments", "2", "1"),
    ]


def test_what_rounding_alone_can_change_is_no_difference():
    def document(verified, points, part):
        return {
            "readiness": {"verified": verified},
            "next_steps": {"steps": [{"sentence": "Ask for the figure", "points": points}]},
            "parts": [{"title": "All three Ps", "points": part, "claimed": part}],
        }

    kind = BriefingKind.AMBASSADOR
    before = document("28.7", "4.8", "6.6")

    assert list_differences(kind, before, document("28.7", "4.7", "6.7")) == set()
    assert {
        (about, *values) for _, about, _, *values in list_differences(kind, before, document("28.8", "4.6", None))
    } == {
        ("", "28.7", "28.8"),
        ("Ask for the figure", "4.8", "4.6"),
        ("All three Ps", "6.6", ""),
    }


@pytest.mark.parametrize("kind", BriefingKind)
def test_every_compared_field_exists_in_the_document(kind):
    """A renamed field would be empty in both documents, and its differences would be lost."""
    classes = {
        BriefingKind.AMBASSADOR: AmbassadorBriefing,
        BriefingKind.MINISTRY: MinistryPage,
        BriefingKind.DIALOGUE: DialoguePack,
        BriefingKind.WASHINGTON: WashingtonInput,
        BriefingKind.ANSWERS: QuestionAnswers,
    }
    for item in SECTION_RULES[kind].values():
        assert missing_fields(item, classes[kind]) == []


def missing_fields(item, cls):
    """Return compared fields that the document does not have."""
    hints = get_type_hints(cls)
    there = {field.name for field in fields(cls)}
    wanted = {*item.key, *item.name, *item.labels, *item.shown.values(), *item.lists, *item.parts}
    wanted |= {item.summary, *item.counts, *item.adjusted} - {""}
    lacking = [f"{cls.__name__}.{name}" for name in sorted(wanted - there)]
    for name, listed in item.lists.items():
        lacking += missing_fields(listed, get_args(hints[name])[0])
    for name, part in item.parts.items():
        lacking += missing_fields(part, next(arg for arg in (*get_args(hints[name]), hints[name]) if is_dataclass(arg)))
    return lacking
