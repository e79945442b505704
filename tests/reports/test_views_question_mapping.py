"""The pages on what answers the yearly questions: officers correct and confirm it."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from recommendations.actions.question_mappings import set_question_mapping
from recommendations.models import Question
from tests.edition_urls import edition_url
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    EditionFactory,
    IndicatorFactory,
    OfficerFactory,
    QuestionFactory,
    at_noon,
)
from tests.refusals import refuses, shows_refusal
from tiptracker.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.day("2021-12-02")]


@pytest.fixture(autouse=True)
def officer(client):
    person = OfficerFactory()
    client.force_login(person)
    return person


def test_an_officer_corrects_and_confirms_what_answers_a_question(client, officer):
    benchmark, indicator = BenchmarkFactory(), IndicatorFactory()
    question = QuestionFactory(edition=benchmark.recommendation.edition, indicators=[IndicatorFactory(name="Other")])
    url = reverse("question_mapping", args=[question.pk])
    said = {
        "version": client.get(url).context["form"]["version"].value(),
        "indicators": indicator.pk,
        "benchmarks": benchmark.pk,
        "evidence_kinds": ["law", "court"],
        "indicia": ["7", "1"],
    }

    client.post(url, said)

    question = Question.objects.get()
    assert ([*question.indicators.all()], [*question.benchmarks.all()]) == ([indicator], [benchmark])
    assert (question.indicia, question.evidence_kinds, question.version) == ([1, 7], ["law", "court"], 2)
    assert question.is_mapping_confirmed
    entry = AuditEntry.objects.latest("number")
    assert (entry.verb, entry.by) == ("question.mapped", officer)

    again = client.post(url, said | {"evidence_kinds": ["press"]})  # the page was opened before
    assert shows_refusal(again, "edit_conflict")
    assert Question.objects.get().evidence_kinds == ["law", "court"]


def test_all_proposals_are_confirmed_at_once(client):
    edition = BenchmarkFactory().recommendation.edition
    QuestionFactory(edition=edition, is_mapping_confirmed=True)
    proposed = QuestionFactory(edition=edition)
    retired = QuestionFactory(edition=edition, is_retired=True)
    url = edition_url("question_mapping_list")
    seen = client.get(url).context["seen"]

    assert "1 proposal is confirmed." in client.post(url, {"seen": seen}, follow=True).text

    for row in (proposed, retired):
        row.refresh_from_db()
    assert (proposed.is_mapping_confirmed, retired.is_mapping_confirmed) == (True, False)
    assert client.post(url, {"seen": seen}).status_code == 422


def test_rows_of_another_country_or_edition_answer_no_question(officer):
    question = QuestionFactory()
    other = BenchmarkFactory(recommendation__edition=EditionFactory(year=2022))
    values = {"version": 1, "indicia": [], "evidence_kinds": [], "now": at_noon(date(2021, 12, 2))}
    with refuses("another_edition", field="benchmarks"):
        set_question_mapping(question=question, indicators=[], benchmarks=[other], by=officer, **values)
    with pytest.raises(PermissionDenied):
        set_question_mapping(question=question, indicators=[], benchmarks=[], by=AmbassadorFactory(), **values)
