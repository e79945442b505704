"""Each question of the preview has a choice of last year's question. Mapping and last year's answer follow it."""

import json

import pytest
from django.urls import reverse

from recommendations.models import Question, QuestionSet
from tests import factories
from tests.edition_urls import edition_url
from tests.factories import EditionFactory, OfficerFactory, QuestionFactory, RecommendationFactory
from tests.refusals import shows_refusal
from tiptracker.audit.models import AuditDetail, AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.day("2021-12-02")]

TEXT = "1. How many victims did the police find?\n2. Who pays for hotels of survivors?"


@pytest.fixture
def edition():
    return RecommendationFactory().edition


@pytest.fixture
def last(edition):
    """Last year's questions, by number: the first is found, the second is not."""
    earlier = EditionFactory(year=2020)
    values = {"edition": earlier, "is_mapping_confirmed": True}
    return {
        "5": QuestionFactory(number="5", text="How many victims did the police find this year?", indicia=[2], **values),
        "6": QuestionFactory(
            number="6", text="Which shelters does the budget fund?", indicia=[11], evidence_kinds=["budget"], **values
        ),
    }


@pytest.fixture(autouse=True)
def officer(client, last):
    person = OfficerFactory()
    client.force_login(person)
    return person


def start(client, text=TEXT):
    return client.post(edition_url("question_sets"), {"pasted": text}, follow=True)


def send(client, page, step, **typed):
    values = {field.name: field.value() for field in page.context["form"] if not isinstance(field.value(), bool)}
    url = reverse("question_set_preview", args=[page.context["question_set"].pk])
    return client.post(url, values | {"step": step} | typed, follow=True)


def shown(page):
    """The number of last year's question that the page shows for each question; "" for a new one."""
    return [line.last_year.number if line.last_year else "" for line in page.context["preview"].lines]


def loaded():
    rows = Question.objects.filter(edition__year=2021).order_by("position")
    return {row.number: (row.repeats and row.repeats.number, row.indicia, row.evidence_kinds) for row in rows}


def test_the_proposal_stands_if_nothing_is_chosen(client):
    preview = start(client)
    field = preview.context["form"]["repeats_1"]
    assert shown(preview) == ["5", ""]
    assert [label for _, label in field.field.choices] == [
        "New this year",
        "5. How many victims did the police find this…",
        "6. Which shelters does the budget fund?",
    ]
    send(client, preview, "load")
    assert [repeated for repeated, *_ in loaded().values()] == ["5", None]


def test_a_new_question_becomes_an_old_one_with_its_mapping_and_answer(client, last):
    answer = factories.AnswerVersionFactory(question=last["6"])
    factories.AnswerSentenceFactory(version=answer, text="The budget funds one shelter.")

    send(client, start(client), "load", repeats_1=last["6"].pk)

    assert loaded()["2"] == ("6", [11], ["budget"])
    question = Question.objects.get(edition__year=2021, number="2")
    assert "The budget funds one shelter." in client.get(reverse("question_detail", args=[question.pk])).text


def test_a_wrong_match_becomes_a_new_question(client, last):
    saved = send(client, start(client), "save", repeats_0="0")
    assert shown(saved) == ["", ""]
    assert "Asked last year only: 5" in " ".join(saved.text.split())
    send(client, saved, "load")
    assert loaded()["1"][0] is None


def test_two_questions_never_repeat_the_same_one(client, last):
    preview = send(client, start(client), "save", repeats_1=last["5"].pk)
    sentence = "Questions 1 and 2 repeat the same question of the 2020 edition: 5."
    assert sentence in preview.text
    refused = send(client, preview, "load")
    assert shows_refusal(refused, "repeated_twice")
    assert sentence in refused.context["form"].errors["repeats_1"][0]
    assert not loaded()
    send(client, refused, "load", repeats_0="0")
    assert [repeated for repeated, *_ in loaded().values()] == [None, "5"]


def test_what_the_page_showed_is_loaded_even_if_a_text_now_resembles_an_old_one(client):
    send(client, start(client), "load", text_1="Which shelters does the budget fund?")
    assert loaded()["2"][0] is None


def test_a_saved_correction_of_a_text_gets_a_new_proposal(client):
    saved = send(client, start(client), "save", text_1="Which shelters does the budget fund?")
    assert shown(saved) == ["5", "6"]


def test_a_choice_of_another_countrys_question_is_refused(client):
    foreign = QuestionFactory(edition=EditionFactory(country=factories.CountryFactory(elsewhere=True), year=2020))
    refused = send(client, start(client), "load", repeats_1=foreign.pk)
    assert "repeats_1" in refused.context["form"].errors
    assert not loaded()


def test_a_question_in_the_record_keeps_what_it_repeats_until_another_is_chosen(client, last):
    send(client, start(client), "load", repeats_0="0")
    again = start(client)
    assert shown(again) == ["", ""]
    assert again.context["preview"].changes_nothing
    newest = AuditEntry.objects.count()

    chosen = send(client, again, "save", repeats_0=last["6"].pk)
    assert "Repeats another question of last year" in chosen.text
    send(client, chosen, "load")

    assert loaded()["1"] == ("6", [11], ["budget"])
    detail = AuditDetail.objects.get(entry__number__gt=newest, entry__verb="question.changed")
    before, after = json.loads(detail.before), json.loads(detail.after)
    assert (before["repeats"], after["repeats"]) == (None, last["6"].pk)


def test_a_confirmed_mapping_stays_when_another_question_is_chosen(client, last):
    send(client, start(client), "load", repeats_0="0")
    Question.objects.filter(edition__year=2021).update(is_mapping_confirmed=True, indicia=[3])
    send(client, start(client), "load", repeats_0=last["6"].pk)
    assert loaded()["1"][:2] == ("6", [3])


def test_last_years_questions_that_were_loaded_later_are_proposed(client, edition, last):
    QuestionFactory(edition=edition, number="1", text="Which courts have jurisdiction over borders?")
    QuestionFactory(edition=last["5"].edition, number="7", text="Which courts have jurisdiction over borders?")
    preview = start(client, "1. Which courts have jurisdiction over borders?")
    assert shown(preview) == ["7"]
    assert not preview.context["preview"].changes_nothing
    send(client, preview, "load")
    assert loaded()["1"][0] == "7"


def test_the_longest_set_is_sent_with_all_its_fields(client, last):
    lines = [f"HEADING {number}\n{number}. What of matter {number}?" for number in range(1, 201)]
    preview = start(client, "\n\n".join(lines))
    page = send(client, preview, "save", text_199="Which shelters does the budget fund?")
    assert len(page.context["preview"].lines) == 200
    assert shown(page)[199] == "6"


def test_a_draft_is_stale_if_last_years_questions_changed(client, last):
    preview = start(client)
    last["6"].version += 1
    last["6"].save()
    assert shows_refusal(send(client, preview, "load", repeats_1=last["6"].pk), "edit_conflict")
    assert QuestionSet.objects.get().loaded_at is None
