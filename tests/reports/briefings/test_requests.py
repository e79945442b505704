"""Documents count the requests for information, and the dialogue pack lists what each ministry was asked for."""

from datetime import date

import pytest

from dialogues.choices import RequestEventKind
from reports.briefings.requests import build_asked_information, gather_requests, summarize_requests
from reports.reader_view import ReaderView
from tests.factories import (
    InformationRequestFactory,
    MinistryFactory,
    OfficerFactory,
    RecommendationFactory,
    RequestEventFactory,
    UpdateVersionFactory,
    at_noon,
)

pytestmark = pytest.mark.django_db

TODAY = date(2022, 1, 28)


@pytest.fixture
def edition():
    return RecommendationFactory().edition


def view(edition, *, as_of=TODAY, known_by=None):
    return ReaderView(OfficerFactory(), edition, as_of, known_by)


def test_nothing_is_said_where_nobody_was_asked(edition):
    assert summarize_requests(gather_requests(view(edition))) == ""
    assert build_asked_information(view(edition), ()) == ()


def test_the_briefing_counts_what_was_asked_answered_and_is_overdue(edition):
    answered, none, overdue, open_one, withdrawn = (InformationRequestFactory(edition=edition) for _ in range(5))
    UpdateVersionFactory(update__information_request=answered, answers=answered.lines.all(), accepted=True)
    lines = none.lines.all()
    UpdateVersionFactory(update__information_request=none, answers=lines, answers__none=lines, accepted=True)
    moved = RequestEventKind.MOVED
    RequestEventFactory(
        information_request=open_one, kind=moved, happened_on=date(2022, 1, 10), due_on=date(2022, 3, 1)
    )
    RequestEventFactory(information_request=withdrawn, kind=RequestEventKind.WITHDRAWN, happened_on=date(2022, 1, 20))
    assert overdue.lines.exists()

    assert (
        summarize_requests(gather_requests(view(edition)))
        == "Requests for information: 4 asked, 2 answered, 1 overdue."
    )
    # As known before the answers and the changes: nothing was due yet, and nothing answered.
    then = view(edition, as_of=date(2022, 1, 9), known_by=at_noon(date(2022, 1, 9)))
    assert summarize_requests(gather_requests(then)) == "Requests for information: 5 asked, 0 answered, 0 overdue."


def test_the_pack_lists_each_line_of_the_ministries_at_the_table(edition):
    police = MinistryFactory(short_name="Police")
    request = InformationRequestFactory(ministry=police, edition=edition, lines=["The list", "The budget"])
    InformationRequestFactory(edition=edition, lines=["What another ministry is asked"])
    UpdateVersionFactory(
        update__information_request=request,
        answers=[request.lines.first()],
        answers__none=[request.lines.first()],
        accepted=True,
    )

    listed = build_asked_information(view(edition), [police.pk])

    assert [(each.ministry, each.what, each.state, each.due_on) for each in listed] == [
        ("Police", "The list", "none", date(2022, 1, 15)),
        ("Police", "The budget", "overdue", date(2022, 1, 15)),
    ]
    assert listed[1].status_text == "Asked on 8 November 2021, no answer; overdue by 13 days"
    # While its answer waits, a line is not overdue. Before it was sent, it was.
    UpdateVersionFactory(
        update__information_request=request, answers=[request.lines.last()], happened_on=date(2022, 1, 27)
    )
    waiting = build_asked_information(view(edition), [police.pk])[1]
    assert (waiting.state, waiting.status_text) == ("with_embassy", "Answer with the embassy since 27 January 2022")
    assert build_asked_information(view(edition, as_of=date(2022, 1, 26)), [police.pk])[1].state == "overdue"
    assert len(build_asked_information(view(edition), ())) == 3
    in_time = build_asked_information(view(edition, as_of=date(2022, 1, 14)), [police.pk])[1]
    assert (in_time.state, in_time.status_text) == ("asked", "Asked on 8 November 2021, no answer")


def test_a_request_is_overdue_by_the_line_that_does_not_wait(edition):
    request = InformationRequestFactory(edition=edition, lines=["The list", "The budget"])
    UpdateVersionFactory(update__information_request=request, answers=[request.lines.first()])

    listed = build_asked_information(view(edition), ())

    assert [each.state for each in listed] == ["with_embassy", "overdue"]
    assert (
        summarize_requests(gather_requests(view(edition)))
        == "Requests for information: 1 asked, 0 answered, 1 overdue."
    )
