"""How far the answers of an edition are: on the dashboard, in the handover note and by state."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from dialogues.choices import AnswerEventKind, AnswerState, ChosenIndicatorEventKind, TargetOrigin
from recommendations.choices import MilestoneKind
from reports.questions.progress import measure_progress
from tests.edition_urls import edition_url
from tests.factories import (
    MASERU,
    AmbassadorFactory,
    AnswerCitationFactory,
    AnswerEventFactory,
    AnswerVersionFactory,
    ChosenIndicatorEventFactory,
    ChosenIndicatorFactory,
    DialogueFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    IndicatorFactory,
    IndicatorTargetFactory,
    MilestoneFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    QuestionFactory,
    RecommendationFactory,
)

pytestmark = pytest.mark.django_db
TODAY = date(2022, 1, 28)
WRITTEN_AT = datetime(2022, 1, 10, 9, tzinfo=MASERU)


def answer(edition, *kinds, evidence=None, is_retired=False):
    """A question with an answer about which this was decided."""
    position = edition.questions.count() + 1
    question = QuestionFactory(edition=edition, number=str(position), position=position, is_retired=is_retired)
    version = AnswerVersionFactory(question=question, recorded_at=WRITTEN_AT)
    AnswerCitationFactory(sentence__version=version, **({"edition": None, "evidence": evidence} if evidence else {}))
    for hour, kind in enumerate(kinds, start=1):
        reason = "Wrong." if kind is AnswerEventKind.REOPENED else ""
        by = {} if kind is AnswerEventKind.COMPLETED else {"recorded_by": AmbassadorFactory()}
        AnswerEventFactory(
            version=version, kind=kind, reason=reason, recorded_at=WRITTEN_AT + timedelta(hours=hour), **by
        )
    return version


@pytest.fixture
def edition():
    """Two cleared answers of three questions that were completed, two drafts, and a question without an answer."""
    edition = RecommendationFactory().edition
    completed, cleared, reopened = AnswerEventKind.COMPLETED, AnswerEventKind.CLEARED, AnswerEventKind.REOPENED
    piece = EvidenceFactory(recorded_at=WRITTEN_AT - timedelta(days=9))
    EvidenceReviewFactory(evidence=piece, recorded_at=WRITTEN_AT + timedelta(days=2))
    answer(edition, completed, cleared)
    answer(edition, completed, cleared, evidence=piece)
    answer(edition, completed)
    answer(edition, evidence=piece)
    answer(edition, completed, cleared, reopened, evidence=piece)
    again = answer(edition, completed, cleared)
    AnswerVersionFactory(question=again.question, recorded_at=WRITTEN_AT + timedelta(days=3))
    answer(edition, completed, cleared, is_retired=True)
    answer(EditionFactory(year=2020), completed, cleared)
    QuestionFactory(edition=edition, number="20", position=20)
    MilestoneFactory(edition=edition, kind=MilestoneKind.POST_ANSWERS, due_on=date(2022, 2, 15))
    return edition


def test_answers_are_counted_by_the_state_of_their_newest_version(edition, django_assert_num_queries):
    reader = ObserverFactory()
    with django_assert_num_queries(3):
        progress = measure_progress(reader, edition, TODAY)

    assert progress.counts == [
        (AnswerState.OPEN, 1),
        (AnswerState.DRAFTED, 3),
        (AnswerState.COMPLETE, 1),
        (AnswerState.CLEARED, 2),
    ]
    assert (progress.number, progress.number_cleared, progress.number_to_check) == (7, 2, 1)
    assert (progress.due.day, progress.due.days) == (date(2022, 2, 15), 18)
    assert measure_progress(reader, edition, date(2022, 2, 16)).due.days is None
    assert measure_progress(FocalPointFactory(), edition, TODAY) is None


@pytest.mark.parametrize("page", ["dashboard", "handover"])
def test_the_dashboard_and_the_handover_note_say_how_far_the_answers_are(client, edition, page):
    client.force_login(OfficerFactory())

    text = " ".join(client.get(edition_url(page)).text.split())

    assert "Answers cleared: 2 of 7." in text
    assert "The answers are due on 15 February 2022: 18 days left." in text
    assert "Not drafted: 1 · Drafted: 3 · Complete: 1" in text
    assert "1 decided answer is to be checked again, because something changed since." in text


def test_an_edition_without_questions_has_no_progress(client):
    edition = RecommendationFactory().edition
    client.force_login(OfficerFactory())

    assert measure_progress(OfficerFactory(), edition, TODAY) is None
    assert client.get(edition_url("dashboard")).context["answers"] is None
    assert "This edition has no yearly questions yet." in client.get(edition_url("handover")).text


def test_the_handover_note_names_annual_targets_and_the_indicators_of_the_next_dialogue(client, edition):
    police = MinistryFactory(short_name="Police")
    held = DialogueFactory()
    names = ["Convictions", "Shelters", "Trainings", "Dropped", "Last year"]
    indicators = {name: IndicatorFactory(name=name) for name in names}
    agreed = {"origin": TargetOrigin.DIALOGUE, "ministry": police, "dialogue": held}
    IndicatorTargetFactory(indicator=indicators["Convictions"], edition=edition, figure=8)
    IndicatorTargetFactory(indicator=indicators["Convictions"], edition=edition, figure=12, **agreed)
    IndicatorTargetFactory(indicator=indicators["Dropped"], edition=edition, figure=None)
    IndicatorTargetFactory(indicator=indicators["Last year"], edition=EditionFactory(year=2020), figure=1)
    dialogue = DialogueFactory(planned=True, held_on=date(2022, 2, 24))
    later = DialogueFactory(planned=True, held_on=date(2022, 3, 1))
    chosen = [ChosenIndicatorFactory(dialogue=dialogue, indicator=indicators[name]) for name in names[:4]]
    ChosenIndicatorEventFactory(chosen=chosen[0], kind=ChosenIndicatorEventKind.AGREED, ministry=police, text="")
    ChosenIndicatorEventFactory(chosen=chosen[3])
    ChosenIndicatorFactory(dialogue=later, indicator=indicators["Last year"])
    client.force_login(ObserverFactory())

    note = client.get(reverse("handover")).context["note"]

    assert [(row.indicator.name, row.figure) for row in note.targets] == [("Convictions", 12)]
    assert note.targets[0].agreement == "Agreed with Police at the dialogue of 8 November 2021"
    assert note.next_dialogue.row == dialogue
    assert note.next_dialogue.indicators == [
        ("Convictions", "agreed with Police on 17 January 2022"),
        ("Shelters", "not agreed yet"),
    ]
    assert note.next_dialogue.more == 1
