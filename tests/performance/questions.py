"""What it takes to draft answers to 60 yearly questions from a large record, beside drafting 12 of them."""

from collections.abc import Callable
from datetime import datetime
from time import perf_counter, process_time
from typing import Any

from django.test import Client

from dialogues.models import AnswerVersion
from recommendations.models import Edition, Indicator, Question
from reports.questions.answered import gather_answers
from reports.questions.record import draft_sentences
from reports.reader_view import ReaderView
from tests import factories
from tests.edition_urls import edition_url
from tiptracker.accounts.models import User

QUESTIONS, FEW = 60, 12
GOAL_S = 2.0
MOST_QUERIES = 32
"""Most queries to gather what the record holds on all questions."""
MOST_QUERIES_TO_SAVE = 20
"""Most queries to save one draft."""
MOST_GROWTH = 1.5
"""How much dearer a question may be among 60 than among 12. Both read the same record, so it is cheaper: below 1."""
RUNS = 3


def make_questions(edition: Edition) -> None:
    """Map 60 questions, 20 with two parts each, to a benchmark, and every second one to an indicator too."""
    benchmarks = [row for each in edition.recommendations.all() for row in each.benchmarks.all()]
    indicators = list(Indicator.objects.get_queryset().filter(country=edition.country_id))
    for place in range(QUESTIONS):
        number, part = divmod(place, 3)
        factories.QuestionFactory(
            edition=edition,
            number=f"{number + 1}.{'ab'[part - 1]}" if part else str(number + 1),
            position=place + 1,
            heading=f"Exercise: heading {number // 4}",
            text=f"Exercise: made up question {place}?",
            indicia=[place % 12 + 1],
            benchmarks=[benchmarks[place % len(benchmarks)]],
            indicators=[indicators[place % len(indicators)]] if place % 2 else [],
            is_mapping_confirmed=True,
        )


def tell_questions(
    edition: Edition, say: Callable[[str], None], queries: Callable[..., Any], now: datetime
) -> list[str]:
    """Print it; gives what is wrong, as sentences: queries and growth, never a time, since machines differ."""
    make_questions(edition)
    officer = User.objects.get_queryset().get(email=f"{edition.country.code}@exercise.invalid")
    view = ReaderView(officer, edition, now.date(), None)

    def draft(number: int) -> int:
        rows = Question.objects.visible_to(officer).filter(edition=edition).active().with_mapping()[:number]
        return sum(bool(draft_sentences(row.record)) for row in gather_answers(view, list(rows)))

    sent, took = {}, {}
    for number in (FEW, QUESTIONS):
        draft(number)
        with queries() as statements:
            drafted = draft(number)
        sent[number] = len(statements)
        took[number] = min(_seconds(draft, number) for _ in range(RUNS))
    client = Client(SERVER_NAME="localhost")
    client.force_login(officer)
    worked = process_time()
    draft(QUESTIONS)
    worked = process_time() - worked
    began = perf_counter()
    with queries() as statements:
        response = client.post(edition_url("question_list", edition=edition))
    pressed = perf_counter() - began
    assert response.status_code == 302, response.status_code
    saved = AnswerVersion.objects.get_queryset().filter(question__edition=edition).count()
    growth = took[QUESTIONS] / QUESTIONS / (took[FEW] / FEW)
    each = len(statements) / max(saved, 1)
    say(f"\nThe yearly questions at {edition.country}")
    say(f"  {QUESTIONS} drafted: {1000 * took[QUESTIONS]:.0f} ms, {sent[QUESTIONS]} queries (goal {GOAL_S} s)")
    say(f"  processor time of that: {1000 * worked:.0f} ms, which other work on the machine disturbs least")
    say(f"  {FEW} drafted: {1000 * took[FEW]:.0f} ms; a question costs {growth:.2f} times as much among {QUESTIONS}")
    say(f"  all drafted and saved by one press: {pressed:.2f} s, {saved} answers, {each:.1f} queries each")
    wrong = []
    if drafted < QUESTIONS or saved < QUESTIONS:
        wrong.append(f"Of {QUESTIONS} questions {drafted} were drafted and {saved} saved.")
    if sent[QUESTIONS] > sent[FEW]:
        wrong.append(f"{QUESTIONS} questions take {sent[QUESTIONS]} queries, {FEW} take {sent[FEW]}.")
    if sent[QUESTIONS] > MOST_QUERIES:
        wrong.append(f"Drafting takes {sent[QUESTIONS]} queries; at most {MOST_QUERIES} are wanted.")
    if each > MOST_QUERIES_TO_SAVE:
        wrong.append(f"Saving a draft takes {each:.1f} queries; at most {MOST_QUERIES_TO_SAVE} are wanted.")
    if growth > MOST_GROWTH:
        wrong.append(f"A question costs {growth:.2f} times as much among {QUESTIONS} as among {FEW}.")
    return wrong


def _seconds(act: Callable[[int], Any], number: int) -> float:
    began = perf_counter()
    act(number)
    return perf_counter() - began
