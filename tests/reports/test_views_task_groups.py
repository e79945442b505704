"""Tasks about answers to yearly questions and the indicators of dialogues, and the number beside “My tasks”."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from dialogues.choices import AnswerEventKind, ChosenIndicatorEventKind
from recommendations.waiting_tasks import count_waiting_tasks
from tests.edition_urls import edition_url
from tests.factories import (
    MASERU,
    AmbassadorFactory,
    AnswerCitationFactory,
    AnswerEventFactory,
    AnswerVersionFactory,
    ChosenIndicatorEventFactory,
    ChosenIndicatorFactory,
    CountryFactory,
    DialogueFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    QuestionFactory,
    QuestionTermsFactory,
    RecommendationFactory,
    at_noon,
)

pytestmark = pytest.mark.django_db
HELD_ON = date(2022, 2, 24)
CALLED_OFF = {"called_off_at": at_noon(date(2022, 1, 5)), "called_off_reason": "Moved."}
WRITTEN_AT = datetime(2022, 1, 10, 9, tzinfo=MASERU)


@pytest.fixture
def edition():
    return RecommendationFactory().edition


@pytest.fixture
def officer():
    return OfficerFactory()


def answer(edition, author, *, evidence=None, **fields):
    """A complete answer that cites the evidence, or else the edition."""
    position = edition.questions.count() + 1
    question = QuestionFactory(edition=edition, number=str(position), position=position)
    version = AnswerVersionFactory(question=question, recorded_by=author, recorded_at=WRITTEN_AT, **fields)
    cited = {"edition": None, "evidence": evidence} if evidence else {}
    AnswerCitationFactory(sentence__version=version, **cited)
    AnswerEventFactory(version=version, recorded_by=author)
    return version


def question_url(version):
    return reverse("question_detail", args=[version.question_id])


def groups_of(client, user, edition):
    """The tasks by kind, of a page whose numbers agree with the number in the navigation."""
    client.force_login(user)
    context = client.get(edition_url("my_tasks", edition=edition)).context
    shown = next((item.waiting for item in context["navigation"] if item.label == "My tasks"), 0)
    assert context["total"] == shown == count_waiting_tasks(user, edition)
    return {group.key: group.tasks for group in context["groups"]}


def urls_of(client, user, edition, key):
    return [task.url for task in groups_of(client, user, edition).get(key, ())]


def test_a_complete_answer_is_to_be_cleared_by_each_person_who_wrote_no_version_of_it(client, edition, officer):
    waits = answer(edition, officer)
    cleared, reopened, older = (answer(edition, officer) for _ in range(3))
    AnswerEventFactory(version=cleared, kind=AnswerEventKind.CLEARED, recorded_by=AmbassadorFactory())
    AnswerEventFactory(version=reopened, kind=AnswerEventKind.REOPENED, reason="Wrong.", recorded_by=officer)
    AnswerVersionFactory(question=older.question, recorded_by=officer)
    retired = answer(edition, officer)
    retired.question.is_retired = True
    retired.question.save()
    ambassador = AmbassadorFactory()

    [task] = groups_of(client, ambassador, edition)["answers-to-clear"]

    assert (task.url, task.sender, task.since) == (question_url(waits), officer.name, WRITTEN_AT.date())
    assert urls_of(client, OfficerFactory(), edition, "answers-to-clear") == [question_url(waits)]
    for nobody in (officer, ObserverFactory(), FocalPointFactory()):
        assert urls_of(client, nobody, edition, "answers-to-clear") == []


def test_an_answer_that_was_opened_again_is_to_be_checked_until_it_is_complete_or_saved(client, edition, officer):
    completed, saved, waits = (answer(edition, officer) for _ in range(3))
    for version in (completed, saved, waits):
        at = WRITTEN_AT + timedelta(days=1)
        AnswerEventFactory(version=version, kind="reopened", reason="The number.", recorded_at=at)
    AnswerEventFactory(version=completed, recorded_at=WRITTEN_AT + timedelta(days=2))
    AnswerVersionFactory(question=saved.question, recorded_by=officer)

    [task] = groups_of(client, officer, edition)["answers-to-check"]

    assert task.url == question_url(waits)
    assert "opened again" in task.note


def test_an_earlier_author_does_not_clear_the_answer(client, edition, officer):
    version = answer(edition, officer)
    again = AnswerVersionFactory(question=version.question, recorded_by=OfficerFactory(), recorded_at=WRITTEN_AT)
    AnswerEventFactory(version=again, recorded_by=again.recorded_by)

    assert urls_of(client, officer, edition, "answers-to-clear") == []
    assert urls_of(client, AmbassadorFactory(), edition, "answers-to-clear") == [question_url(version)]


def test_a_decided_answer_is_to_be_checked_once_a_cited_fact_changed_or_the_question_was_reworded(
    client, edition, officer
):
    later = WRITTEN_AT + timedelta(days=2)
    piece, other = (EvidenceFactory(recorded_at=WRITTEN_AT - timedelta(days=9)) for _ in "ab")
    unchanged, complete = answer(edition, officer, evidence=other), answer(edition, officer, evidence=piece)
    cleared, draft = answer(edition, officer), answer(edition, officer, evidence=piece)
    AnswerEventFactory(version=cleared, kind=AnswerEventKind.CLEARED, recorded_by=AmbassadorFactory())
    AnswerVersionFactory(question=draft.question, recorded_by=officer)
    QuestionTermsFactory(question=cleared.question, text="How many in 2022?", recorded_at=later)
    EvidenceReviewFactory(evidence=piece, recorded_at=later)
    colleague = OfficerFactory()

    tasks = groups_of(client, officer, edition)["answers-to-check"]

    assert [task.url for task in tasks] == [question_url(complete), question_url(cleared)]
    assert ["reworded" in task.note for task in tasks] == [False, True]
    assert urls_of(client, colleague, edition, "answers-to-check") == [question_url(complete), question_url(cleared)]
    assert urls_of(client, colleague, edition, "answers-to-clear") == [question_url(unchanged)]
    assert urls_of(client, AmbassadorFactory(), edition, "answers-to-check") == []


def test_answers_of_another_post_are_no_tasks_here(client, edition, officer):
    abroad = EditionFactory(country=CountryFactory(elsewhere=True))
    piece = EvidenceFactory(country=abroad.country, recorded_at=WRITTEN_AT - timedelta(days=9))
    both = OfficerFactory(countries=[abroad.country])
    answer(abroad, both)
    answer(abroad, both, evidence=piece)
    EvidenceReviewFactory(evidence=piece, recorded_at=WRITTEN_AT + timedelta(days=2))

    assert groups_of(client, AmbassadorFactory(), edition) == {}
    assert groups_of(client, officer, edition) == {}


@pytest.mark.parametrize(
    ("day", "note"),
    [
        (date(2022, 1, 10), "15 days left"),
        (date(2022, 1, 25), "by today"),
        (date(2022, 1, 26), "Overdue"),
        (HELD_ON, "Overdue"),
    ],
)
def test_from_45_days_before_a_dialogue_its_indicators_are_to_be_chosen(client, edition, set_clock, day, note):
    dialogue = DialogueFactory(planned=True, held_on=HELD_ON)
    DialogueFactory(planned=True, held_on=HELD_ON, place="Leribe", called_off_by=OfficerFactory(), **CALLED_OFF)
    set_clock(day)
    officer = OfficerFactory()

    [task] = groups_of(client, officer, edition)["indicators"]

    assert task.url == reverse("dialogue_indicators", args=[dialogue.pk])
    assert task.since == date(2022, 1, 25)
    assert note in task.note
    assert groups_of(client, AmbassadorFactory(), edition) == {}


def test_indicators_of_a_dialogue_planned_at_short_notice_are_to_be_agreed_by_its_day(client, edition, set_clock):
    DialogueFactory(planned=True, held_on=HELD_ON, entered_at=datetime(2022, 2, 1, 9, tzinfo=MASERU))
    set_clock(date(2022, 2, 14))

    [task] = groups_of(client, OfficerFactory(), edition)["indicators"]

    assert task.since == HELD_ON
    assert "10 days left" in task.note


@pytest.mark.parametrize("day", [date(2022, 1, 9), date(2022, 2, 25)])
def test_before_and_after_that_no_indicator_is_to_be_chosen(client, edition, set_clock, day):
    DialogueFactory(planned=True, held_on=HELD_ON)
    set_clock(day)

    assert groups_of(client, OfficerFactory(), edition) == {}


def test_chosen_indicators_are_to_be_agreed_until_each_is_agreed_or_dropped(client, edition, officer):
    agreed, proposed = (ChosenIndicatorFactory(dialogue=DialogueFactory(planned=True, held_on=HELD_ON)) for _ in "ab")
    dialogue = agreed.dialogue
    second = ChosenIndicatorFactory(dialogue=dialogue)
    agreement = {"kind": ChosenIndicatorEventKind.AGREED, "ministry": MinistryFactory(), "text": ""}
    ChosenIndicatorEventFactory(chosen=agreed, **agreement)
    numbers = [reverse("dialogue_numbers", args=[row.dialogue_id]) for row in (agreed, proposed)]

    assert urls_of(client, officer, edition, "indicators") == numbers
    ChosenIndicatorEventFactory(chosen=second, recorded_at=at_noon(date(2022, 1, 20)))
    ChosenIndicatorEventFactory(chosen=proposed)
    choose = reverse("dialogue_indicators", args=[proposed.dialogue_id])
    assert urls_of(client, officer, edition, "indicators") == [choose]
