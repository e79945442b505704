"""A figure that a ministry was asked for is no longer a step as if nobody had asked."""

from datetime import date

import pytest

from dialogues.choices import RequestEventKind
from recommendations.choices import EffortQuestion
from reports.briefings.step_texts import step_texts
from reports.readiness.explanation.step_sentences import display_steps
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from tests.edition_urls import edition_url
from tests.factories import (
    CommitmentFactory,
    IndicatorFactory,
    InformationRequestFactory,
    MinistryFactory,
    OfficerFactory,
    RecommendationFactory,
    RequestEventFactory,
    RequestLineFactory,
    UpdateVersionFactory,
    at_noon,
)

pytestmark = [pytest.mark.django_db, pytest.mark.day("2022-01-14")]


@pytest.fixture
def edition():
    return RecommendationFactory().edition


@pytest.fixture
def prosecutions(edition):
    justice = MinistryFactory(country=edition.country, name="Ministry of Justice")
    return IndicatorFactory(
        name="Prosecutions", country=edition.country, ministry=justice, question=EffortQuestion.PROSECUTIONS
    )


def ask(indicator, edition):
    """Ask for the figure of the tracking period and of the year before, on 8 November 2021 by 15 January 2022."""
    request = InformationRequestFactory(ministry=indicator.ministry, edition=edition, lines=[indicator])
    before = {"starts_on": date(2020, 4, 1), "through_on": date(2021, 3, 31)}
    RequestLineFactory(information_request=request, indicator=indicator, **before)
    return request


def asking_step(edition, as_of, **known):
    result = evaluate_readiness(gather_facts(edition), as_of=as_of, **known)
    steps = result.next_steps()
    displays = display_steps(result, steps, step_texts(result, steps, reader=OfficerFactory())).steps
    (step,) = (display for display in displays if display.kind == "ask")
    return step, result.score


def test_a_step_says_that_the_figure_was_asked_for_and_then_to_remind(edition, prosecutions):
    offered, score = asking_step(edition, date(2022, 1, 14))
    assert offered.sentence.startswith("Ask the Ministry of Justice for the figure “Prosecutions”")
    request = ask(prosecutions, edition)

    asked, same_score = asking_step(edition, date(2022, 1, 14))
    overdue, _ = asking_step(edition, date(2022, 1, 20))
    before, _ = asking_step(edition, date(2022, 1, 14), known_by=at_noon(date(2021, 11, 7)))

    assert asked.sentence == (
        "We asked the Ministry of Justice for the figure “Prosecutions” on 8 November 2021. The answer is due on "
        "15 January 2022."
    )
    assert (asked.due_on, asked.points, same_score) == (date(2022, 1, 15), offered.points, score)
    assert overdue.sentence.startswith("Remind the Ministry of Justice of the figure “Prosecutions”.")
    assert before.sentence == offered.sentence
    RequestEventFactory(information_request=request, kind=RequestEventKind.WITHDRAWN, happened_on=date(2022, 1, 10))
    assert asking_step(edition, date(2022, 1, 14))[0].sentence == offered.sentence


def test_a_ministry_that_has_none_is_not_asked_again_as_if_it_had_said_nothing(edition, prosecutions):
    request = ask(prosecutions, edition)
    lines = request.lines.all()
    UpdateVersionFactory(update__information_request=request, answers=lines, answers__none=lines, accepted=True)

    step, _ = asking_step(edition, date(2022, 1, 14))

    assert step.sentence.endswith("It has none. Find out how it can be counted.")


def test_nobody_is_reminded_of_a_figure_whose_answer_waits_while_another_line_is_overdue(edition, prosecutions):
    request = ask(prosecutions, edition)
    figures = list(request.lines.all())
    RequestLineFactory(information_request=request, wording="The court list")
    assert asking_step(edition, date(2022, 1, 20))[0].sentence.startswith("Remind")

    UpdateVersionFactory(update__information_request=request, answers=figures)

    assert asking_step(edition, date(2022, 1, 20))[0].sentence.startswith("We asked the Ministry of Justice")


def test_a_figure_asked_for_one_of_two_years_is_still_to_ask(edition, prosecutions):
    InformationRequestFactory(ministry=prosecutions.ministry, edition=edition, lines=[prosecutions])

    assert asking_step(edition, date(2022, 1, 14))[0].sentence.startswith("Ask the Ministry of Justice")


def test_the_page_of_readiness_leads_to_the_request_instead_of_asking_again(client, edition, prosecutions):
    client.force_login(OfficerFactory())

    def asking_links():
        rows = client.get(edition_url("readiness_detail")).context["in_full"]
        return [(bool(row.ask_url), row.request_url) for row in rows if row.step.kind == "ask"]

    assert asking_links() == [(True, "")]
    request = ask(prosecutions, edition)
    assert asking_links() == [(False, f"/requests/{request.pk}/")]


def test_the_dashboard_says_of_a_figure_to_raise_that_it_was_asked_for(client, edition, prosecutions):
    CommitmentFactory(ministry=prosecutions.ministry, done=True)  # the dashboard names ministries with commitments
    client.force_login(OfficerFactory())

    def statuses():
        return [row.ask.status_text for row in client.get(edition_url("dashboard")).context["ministries"] if row.ask]

    assert statuses() == ["no figure yet"]
    ask(prosecutions, edition)
    assert statuses() == ["asked on 8 November 2021, answer due on 15 January 2022"]
