"""Pages of the yearly questions: progress, drafts, one question, what is missing, and the documents."""

import json
from datetime import date, datetime

import docx
import pytest
from django.core.management import call_command
from django.urls import reverse

from dialogues.choices import AnswerEventKind, AnswerState, EvidenceDecision
from dialogues.models import AnswerVersion
from reports.briefings import pdf
from tests import factories
from tests.edition_urls import edition_url
from tests.factories import MASERU
from tests.refusals import shows_refusal

pytestmark = [pytest.mark.django_db, pytest.mark.day("2022-02-15")]
BEFORE = datetime(2022, 1, 20, 9, tzinfo=MASERU)


@pytest.fixture
def question():
    edition = factories.EditionFactory(year=2021)
    benchmark = factories.BenchmarkFactory(recommendation__edition=edition)
    factories.EvidenceFactory(supports=[benchmark], title="Ten officers trained", verified=True, recorded_at=BEFORE)
    return factories.QuestionFactory(edition=edition, benchmarks=[benchmark], number="8", heading="Prosecution")


@pytest.fixture
def officer(client, question):
    user = factories.OfficerFactory()
    client.force_login(user)
    return user


def open_question(client, question):
    return client.get(reverse("question_detail", args=[question.pk]))


def press(client, question, button, **values):
    return client.post(reverse("question_detail", args=[question.pk]), {"do": button, **values})


def save_draft(client, question):
    text = open_question(client, question).context["form"]["text"].value()
    return press(client, question, "save", finding="facts", text=text, seen=0)


def test_an_officer_drafts_saves_and_completes_and_another_person_clears(client, question, officer):
    page = open_question(client, question)
    text = page.context["form"]["text"].value()
    saved = press(client, question, "save", finding="facts", text=text, seen=0)
    version = AnswerVersion.objects.get()
    completed = press(client, question, "complete", seen=version.pk)
    own = press(client, question, "clear", seen=version.pk)
    client.force_login(factories.AmbassadorFactory())
    cleared = press(client, question, "clear", seen=version.pk)

    assert "Ten officers trained" in text
    assert [response.status_code for response in (saved, completed, own, cleared)] == [302, 302, 422, 302]
    assert open_question(client, question).context["answered"].state is AnswerState.CLEARED


def test_the_page_says_why_an_answer_was_opened_again_and_leads_to_the_next_one_to_clear(client, question, officer):
    save_draft(client, question)
    press(client, question, "complete", seen=AnswerVersion.objects.get().pk)
    other = factories.QuestionFactory(edition=question.edition, number="9")
    waiting = factories.AnswerVersionFactory(question=other)
    factories.AnswerEventFactory(version=waiting, kind="completed")
    client.force_login(factories.OfficerFactory(name="The colleague"))

    page = open_question(client, question)
    assert page.context["next_to_clear"] == other
    seen = AnswerVersion.objects.get(question=question).pk
    press(client, question, "reopen", seen=seen, reason="The number is missing.")
    client.force_login(officer)

    page = open_question(client, question).text
    assert "The colleague opened the answer again on" in page
    assert "The number is missing." in page
    press(client, question, "complete", seen=seen)
    assert "opened the answer again" not in open_question(client, question).text


def test_each_sentence_leads_to_its_facts(client, question, officer):
    press(
        client, question, "save", finding="facts", text=open_question(client, question).context["form"]["text"].value()
    )
    evidence = AnswerVersion.objects.get().sentences.get().citations.get().evidence

    page = open_question(client, question).content.decode()

    assert reverse("evidence_detail", args=[evidence.pk]) in page


def test_a_contribution_is_drafted_cited_and_linked_and_a_correction_is_shown(client, question, officer, tmp_path):
    [benchmark] = question.benchmarks.all()
    given = {"recommendation": benchmark.recommendation, "what": "Rooms for a course"}
    contribution = factories.ContributionFactory(recorded_at=BEFORE, **given)
    drafted = open_question(client, question).context["form"]["text"].value()

    press(client, question, "save", finding="facts", text=drafted)
    factories.ContributionFactory(
        corrects=contribution, reason="Two.", recorded_at=datetime(2022, 2, 15, 12, tzinfo=MASERU), **given
    )
    page = open_question(client, question)

    assert f"[G{contribution.pk}]" in drafted
    [change] = page.context["changes"]
    assert change.source.label == "Contribution, United States: Rooms for a course"
    assert change.url == reverse("contribution_detail", args=[contribution.pk])
    for name in ("answers.json", "answers.docx", "answers.pdf"):
        call_command("draft_answers", "LSO", "2021", as_of="2022-02-15", output=str(tmp_path / name), verbosity=0)
    [answer] = json.loads((tmp_path / "answers.json").read_text())["questions"]
    facts = [fact for sentence in answer["sentences"] for fact in sentence["facts"]]
    assert [(fact["key"], fact["source"]) for fact in facts if fact["kind"] == "contribution"] == [
        (f"G{contribution.pk}", "Letter of 1 December 2021")
    ]
    word = docx.Document(str(tmp_path / "answers.docx"))
    assert any("Rooms for a course" in cell.text for table in word.tables for row in table.rows for cell in row.cells)
    assert "Rooms for a course" in " ".join(pdf.extract_pdf_text((tmp_path / "answers.pdf").read_bytes()).split())


def test_a_sentence_without_a_source_is_marked_and_keeps_the_answer_a_draft(client, question, officer):
    press(client, question, "save", finding="facts", text="Nobody knows why.", seen=0)
    version = AnswerVersion.objects.get()

    refused = press(client, question, "complete", seen=version.pk)

    assert refused.status_code == 422
    assert "No source" in refused.content.decode()


def test_a_refused_answer_keeps_what_was_typed(client, question, officer):
    refused = press(client, question, "save", finding="facts", text="Nobody knows. [X9] And this.", seen=0)

    assert refused.status_code == 422
    assert "Nobody knows. [X9] And this." in refused.content.decode()
    assert not AnswerVersion.objects.exists()


def test_drafting_again_keeps_the_earlier_text_on_the_page_and_saves_nothing(client, question, officer):
    page = press(client, question, "draft", finding="facts", text="My own words.", seen=0)

    assert page.context["earlier_text"] == "My own words."
    assert "The new draft is not saved yet." in page.text
    assert "Ten officers trained" in page.context["form"]["text"].value()
    assert not AnswerVersion.objects.exists()


@pytest.mark.parametrize("sent", [{"do": "draft"}, {"do": "save", "finding": "facts", "text": "It is so. [E99999]"}])
def test_no_decision_is_offered_beside_a_text_that_is_not_saved(client, question, officer, sent):
    save_draft(client, question)
    complete = 'value="complete"'
    assert complete in open_question(client, question).text

    page = client.post(reverse("question_detail", args=[question.pk]), sent | {"seen": AnswerVersion.objects.get().pk})

    assert complete not in page.text


def test_the_page_tells_that_a_cited_fact_changed(client, question, officer):
    press(
        client, question, "save", finding="facts", text=open_question(client, question).context["form"]["text"].value()
    )
    evidence = AnswerVersion.objects.get().sentences.get().citations.get().evidence
    factories.EvidenceReviewFactory(
        evidence=evidence, decision=EvidenceDecision.REJECTED, recorded_at=datetime(2022, 2, 15, 12, tzinfo=MASERU)
    )

    [change] = open_question(client, question).context["changes"]
    [row] = client.get(edition_url("question_list")).context["groups"][0].rows

    assert change.source.label == "Ten officers trained"
    assert row.is_out_of_date


def test_last_years_answer_stands_beside(client, question, officer):
    before = factories.EditionFactory(year=2020, country=question.edition.country)
    earlier = factories.QuestionFactory(edition=before, number="8")
    version = factories.AnswerVersionFactory(question=earlier)
    factories.AnswerSentenceFactory(version=version, text="Five officers were trained.")
    question.repeats = earlier
    question.save()

    page = open_question(client, question)

    assert page.context["last_year"].version == version
    assert "Five officers were trained." in page.content.decode()


def test_a_question_that_a_new_set_rewords_keeps_both_texts_beside_its_answer(client, question, officer):
    save_draft(client, question)
    asked = question.text
    reworded = f"{asked.removesuffix('?')}, and by whom?"
    preview = client.post(edition_url("question_sets"), {"pasted": f"8. {reworded}"}, follow=True)
    form = preview.context["form"]
    sent = {field.name: field.value() for field in form if not isinstance(field.value(), bool)}
    url = reverse("question_set_preview", args=[preview.context["question_set"].pk])
    client.post(url, sent | {"step": "load"})

    page = open_question(client, question)

    answered = page.context["answered"]
    assert (answered.is_reworded, answered.question.text) == (True, reworded)
    text = " ".join(page.text.split())
    assert f"The question was reworded after this answer was written. It answers: “{asked}”" in text
    assert [row.text for row in page.context["wordings"]] == [reworded, asked]
    assert text.count(reworded) > 1
    version = AnswerVersion.objects.get()
    assert shows_refusal(press(client, question, "complete", seen=version.pk), "reworded")


def test_all_questions_with_facts_are_drafted_at_once(client, question, officer):
    nothing = factories.QuestionFactory(edition=question.edition, number="9")

    client.post(edition_url("question_list"))
    client.post(edition_url("question_list"))

    assert [version.question for version in AnswerVersion.objects.all()] == [question]
    rows = [row for group in client.get(edition_url("question_list")).context["groups"] for row in group.rows]
    assert [(row.question, row.state) for row in rows] == [
        (question, AnswerState.DRAFTED),
        (nothing, AnswerState.OPEN),
    ]


def test_what_is_missing_leads_to_a_request_that_is_filled_in(client, question, officer):
    police = factories.MinistryFactory(country=question.edition.country)
    indicator = factories.IndicatorFactory(country=question.edition.country, name="Convictions", ministry=police)
    question.indicators.add(indicator)

    [group] = client.get(edition_url("question_missing")).context["groups"]
    form = client.get(group.ask_url)

    assert (group.name, [wanted.numbers for wanted in group.items]) == (police.name, [["8"]])
    assert form.context["form"]["ministry"].value() in (police.pk, str(police.pk))
    assert form.context["rows"].forms[0].initial["indicator"] == indicator.pk


def test_a_request_for_a_question_does_not_tell_the_departments_words(client, question, officer):
    question.text = "Words of the Department"
    question.indicia = [12]
    question.save()

    page = client.get(edition_url("information_request_add"), {"question": question.pk})

    [row] = page.context["rows"].forms
    assert row.initial["question"] == question.pk
    assert "demand for commercial sex" in row.initial["wording"]
    assert "Words of the Department" not in page.content.decode()


def test_the_list_of_questions_is_exported_as_it_stands(client, question, officer):
    response = client.get(edition_url("question_list"), {"as": "csv"})

    assert '"8","Prosecution"' in response.content.decode()


def test_the_answers_are_written_as_json_word_and_pdf(question, tmp_path):
    version = factories.AnswerVersionFactory(question=question, recorded_at=BEFORE)
    sentence = factories.AnswerSentenceFactory(version=version, text="As the edition says.")
    factories.AnswerCitationFactory(sentence=sentence)
    factories.AnswerEventFactory(version=version, kind=AnswerEventKind.CLEARED, recorded_by=factories.ReviewerFactory())
    factories.QuestionFactory(edition=question.edition, number="9", indicia=[12])

    for name in ("answers.json", "answers.docx", "answers.pdf"):
        call_command("draft_answers", "LSO", "2021", as_of="2022-02-15", output=str(tmp_path / name), verbosity=0)

    first, second = json.loads((tmp_path / "answers.json").read_text())["questions"]
    assert (first["number"], first["state"]) == ("8", "cleared")
    assert [(said["text"], bool(said["facts"])) for said in first["sentences"]] == [("As the edition says.", True)]
    assert (second["state"], second["sentences"], len(second["missing"])) == ("open", [], 1)
    assert (tmp_path / "answers.docx").read_bytes()[:2] == b"PK"
    assert (tmp_path / "answers.pdf").read_bytes()[:5] == b"%PDF-"


def test_an_edition_without_questions_has_no_answers_to_write(capsys, tmp_path):
    factories.RecommendationFactory(edition=factories.EditionFactory(year=2021))

    with pytest.raises(SystemExit):
        call_command("draft_answers", "LSO", "2021", as_of=str(date(2022, 2, 15)), output=str(tmp_path / "a.pdf"))

    assert not (tmp_path / "a.pdf").exists()
