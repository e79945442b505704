"""The embassy asks a ministry for information; the ministry answers line by line; the embassy accepts or returns it."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from dialogues.actions.drafts import DraftClosed, DraftPage, save_draft
from dialogues.actions.information_requests import (
    CorrectedLine,
    LineInput,
    ask_for_information,
    correct_request,
    move_request,
    withdraw_request,
)
from dialogues.actions.request_answers import AnswerInput, Received, answer_request
from dialogues.actions.sent_forms import SentForm
from dialogues.actions.update_decisions import withdraw_update
from dialogues.actions.updates import ReviewInput, accept_update, list_parts_to_review, return_update
from dialogues.choices import EvidenceDecision, LineAnswerKind, LineStatus, ReceivedAs, RequestEventKind, RequestStatus
from dialogues.models import Evidence, InformationRequest, LineAnswer, Reading, UpdateVersion
from dialogues.permissions import can_decide_on_update
from tests.concurrent_writes import run_simultaneously
from tests.dialogues.commitment_histories import january
from tests.factories import (
    AmbassadorFactory,
    CountryFactory,
    DialogueFactory,
    EditionFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    IndicatorFactory,
    InformationRequestFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    RequestEventFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.validation import EditConflict

TODAY = january(14)
NOW = at_noon(TODAY)
DUE = date(2022, 2, 1)
RECENTLY = date(2021, 11, 7)
"""The day before the request was made."""


@pytest.fixture
def justice(db):
    return FocalPointFactory(name="Lineo Mokoena", ministry=MinistryFactory(short_name="Justice"))


@pytest.fixture
def officer(db):
    return OfficerFactory(name="Palesa Nkosi")


@pytest.fixture
def edition(justice):
    return EditionFactory(country=justice.ministry.country)


@pytest.fixture
def prosecutions(edition):
    return IndicatorFactory(name="Prosecutions", country=edition.country, unit="cases")


@pytest.fixture
def asked(justice, edition, prosecutions):
    """A request of 8 November 2021 with two lines, due on 15 January 2022: a figure and a document."""
    return InformationRequestFactory(
        ministry=justice.ministry,
        edition=edition,
        reason="The report needs it.",
        lines=[prosecutions, "The court list"],
    )


def figure_line(indicator):
    return LineInput("", indicator, date(2021, 4, 1), date(2022, 3, 31))


def ask(edition, ministry, by, **values):
    given = {
        "edition": edition,
        "ministry": ministry,
        "lines": [LineInput(" The list of shelters ")],
        "reason": " The report is due. ",
        "due_on": DUE,
    }
    return ask_for_information(**given | values, by=by, now=NOW)


def answer(request, by, *answers, now=NOW, **values):
    return answer_request(information_request=request, answers=answers, by=by, now=now, **values)


def have(line, figure=None, **values):
    number = None if figure is None else Decimal(figure)
    return AnswerInput(line, LineAnswerKind.ANSWERED, figure=number, **values)


def none(line, text=""):
    return AnswerInput(line, LineAnswerKind.NONE, text)


def accept(version, by, decision=EvidenceDecision.VERIFIED):
    reviews = [
        ReviewInput(piece, link, decision, "It is the register.") for piece, link in list_parts_to_review(version)
    ]
    return accept_update(update_version=version, reviews=reviews, by=by, now=NOW)


def standing_of(request, day=TODAY):
    return InformationRequest.objects.with_history().get(pk=request.pk).standing_on(day)


def lines_of(request):
    return list(request.lines.all())


# --- Asking -----------------------------------------------------------------------------------------------------------


def test_a_request_stands_with_its_lines_reason_and_due_date(edition, justice, officer, prosecutions):
    lines = [figure_line(prosecutions), LineInput(" The list of shelters ")]

    request = ask(edition, justice.ministry, officer, lines=lines)

    assert (request.reason, request.maker) == ("The report is due.", justice.ministry.name)
    assert [(line.number, line.wording, line.indicator) for line in request.lines.all()] == [
        (1, "Prosecutions (cases)", prosecutions),
        (2, "The list of shelters", None),
    ]
    standing = standing_of(request)
    assert (standing.status, standing.due_on, standing.asked_on) == (RequestStatus.ASKED, DUE, TODAY)
    entry = AuditEntry.objects.latest("number")
    assert (entry.verb, entry.by, entry.row, entry.country) == (
        "request.asked",
        officer,
        str(request.pk),
        edition.country,
    )


@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_officers_ask(edition, justice, factory):
    with pytest.raises(PermissionDenied):
        ask(edition, justice.ministry, factory())


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"reason": " "}, "required", "reason"),
        ({"lines": []}, "required", "lines"),
        ({"lines": [LineInput("  ")]}, "required", "lines-0-wording"),
        ({"lines": [LineInput("The list"), LineInput("The list")]}, "named_twice", "lines-1-wording"),
        ({"due_on": january(13)}, "due_too_early", "due_on"),
    ],
)
def test_an_incomplete_request_is_refused(edition, justice, values, code, field):
    with refuses(code, field=field):
        ask(edition, justice.ministry, OfficerFactory(), **values)
    assert not InformationRequest.objects.exists()


def test_a_figure_needs_its_period_and_an_indicator_of_the_country(edition, justice, officer, prosecutions):
    with refuses("required", field="lines-0-starts_on"):
        ask(edition, justice.ministry, officer, lines=[LineInput("", prosecutions)])
    with refuses("reversed_dates", field="lines-0-through_on"):
        ask(
            edition,
            justice.ministry,
            officer,
            lines=[LineInput("", prosecutions, date(2022, 1, 2), date(2022, 1, 1))],
        )
    elsewhere = IndicatorFactory(country=CountryFactory(code="ZAF", name="South Africa"))
    with refuses("another_country", field="lines-0-indicator"):
        ask(edition, justice.ministry, officer, lines=[figure_line(elsewhere)])


def test_ministry_and_dialogue_are_of_the_country_of_the_edition(edition, justice, officer):
    with refuses("another_country", field="ministry"):
        ask(edition, MinistryFactory(country=CountryFactory(code="ZAF", name="South Africa")), officer)
    with refuses("another_country", field="dialogue"):
        ask(
            edition,
            justice.ministry,
            officer,
            dialogue=DialogueFactory(country=CountryFactory(code="ZAF", name="South Africa")),
        )


def test_a_dialogue_that_is_still_ahead_is_no_place_where_it_was_asked(edition, justice, officer):
    with refuses("not_held_yet", field="dialogue"):
        ask(edition, justice.ministry, officer, dialogue=DialogueFactory(planned=True, held_on=january(15)))


def test_the_same_request_is_made_once_but_again_after_it_was_withdrawn(edition, justice, officer):
    first = ask(edition, justice.ministry, officer)
    with refuses("duplicate"):
        ask(edition, justice.ministry, officer)

    withdraw_request(information_request=first, reason="Asked too early.", by=officer, now=NOW)

    assert ask(edition, justice.ministry, officer) != first


# --- Changing ---------------------------------------------------------------------------------------------------------


def test_the_due_date_moves_with_a_reason_and_the_earlier_one_stays(asked, officer):
    move_request(information_request=asked, due_on=DUE, reason="The court is closed.", by=officer, now=NOW)

    assert (standing_of(asked).due_on, standing_of(asked, january(13)).due_on) == (DUE, january(15))
    assert asked.events.get(kind=RequestEventKind.MOVED).reason == "The court is closed."


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"reason": ""}, "required", "reason"),
        ({"due_on": january(15)}, "unchanged", "due_on"),
        ({"due_on": january(13)}, "due_too_early", "due_on"),
    ],
)
def test_a_due_date_is_not_moved_without_cause(asked, officer, values, code, field):
    with refuses(code, field=field):
        move_request(**{"information_request": asked, "due_on": DUE, "reason": "Late."} | values, by=officer, now=NOW)


def test_a_stale_page_moves_nothing(asked, officer):
    seen = asked.events.get().pk
    RequestEventFactory(information_request=asked, kind=RequestEventKind.MOVED, happened_on=january(10), due_on=DUE)

    with pytest.raises(EditConflict):
        move_request(information_request=asked, due_on=january(30), reason="Late.", seen=seen, by=officer, now=NOW)


@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory])
def test_only_officers_move_and_withdraw(asked, justice, factory):
    for by in (factory(), justice):
        with pytest.raises(PermissionDenied):
            move_request(information_request=asked, due_on=DUE, reason="Late.", by=by, now=NOW)
        with pytest.raises(PermissionDenied):
            withdraw_request(information_request=asked, reason="Late.", by=by, now=NOW)


def test_a_request_is_not_withdrawn_while_an_answer_waits_and_not_changed_afterwards(asked, justice, officer):
    document = lines_of(asked)[1]
    version = answer(asked, justice, none(document))
    with refuses("update_waits"):
        withdraw_request(information_request=asked, reason="No longer needed.", by=officer, now=NOW)
    return_update(update_version=version, reason="Please look again.", by=officer, now=NOW)

    withdraw_request(information_request=asked, reason="No longer needed.", by=officer, now=NOW)

    assert standing_of(asked).status is RequestStatus.WITHDRAWN
    with refuses("closed"):
        move_request(information_request=asked, due_on=DUE, reason="Late.", by=officer, now=NOW)
    with refuses("closed"):
        answer(asked, justice, none(document))


def correct(request, by, lines, *, now=NOW, **values):
    given = {"asked_reason": request.reason, "reason": "It was asked wrongly."} | values
    return correct_request(information_request=request, lines=lines, by=by, now=now, **given)


def content(line, **values):
    return LineInput(line.wording, line.indicator, line.starts_on, line.through_on)._replace(**values)


def test_a_correction_replaces_open_lines_and_the_reason_and_leaves_what_was_asked_before(asked, justice, officer):
    figure, document = lines_of(asked)
    year_before = content(figure, starts_on=date(2020, 4, 1), through_on=date(2021, 3, 31))
    wanted = [CorrectedLine(figure, year_before), CorrectedLine(None, LineInput("The budget"))]

    event = correct(asked, officer, wanted, asked_reason="The interim assessment.")

    after, before = standing_of(asked), standing_of(asked, january(13))
    asked.refresh_from_db()
    assert [(line.number, line.wording) for line in asked.list_lines(after)] == [(1, figure.wording), (3, "The budget")]
    assert [(line.pk, line.number) for line in asked.list_lines(before)] == [(figure.pk, 1), (document.pk, 2)]
    assert (asked.reason, event.replaced_reason) == ("The interim assessment.", "The report needs it.")
    assert {line.asked_on(after) for line in asked.list_lines(after)} == {TODAY}
    with refuses("closed"):
        answer(asked, justice, none(asked.lines.get(pk=document.pk)))  # from a page that was opened before
    entry = AuditEntry.objects.latest("number")
    assert (entry.verb, entry.row) == ("request.corrected", str(asked.pk))


def test_an_answered_line_stays_and_a_correction_that_leaves_nothing_open_closes_the_request(asked, justice, officer):
    _, document = lines_of(asked)
    accept(answer(asked, justice, none(document)), OfficerFactory())
    for wanted, code in (
        ([CorrectedLine(document, LineInput("Another list"))], "closed"),
        ([CorrectedLine(None, LineInput("The court list"))], "named_twice"),
    ):
        with refuses(code, field="lines-0-wording"):
            correct(asked, officer, wanted)

    correct(asked, officer, [], now=at_noon(january(16)))

    standing = standing_of(asked, january(17))
    assert (standing.status, standing.closed_on) == (RequestStatus.NONE, january(16))


def test_a_correction_needs_a_change_and_a_reason(asked, justice, officer):
    figure, document = lines_of(asked)
    same = [CorrectedLine(line, content(line)) for line in (figure, document)]
    for lines, values, code, field in (
        (same, {}, "unchanged", None),
        (same, {"reason": " "}, "required", "reason"),
        ([], {}, "required", "lines"),
        ([CorrectedLine(document, LineInput(" "))], {}, "required", "lines-0-wording"),
        ([same[1], CorrectedLine(document, LineInput("Both"))], {}, "closed", "lines-1-wording"),
    ):
        with refuses(code, field=field):
            correct(asked, officer, lines, **values)
    for by in (AmbassadorFactory(), justice):
        with pytest.raises(PermissionDenied):
            correct(asked, by, same[:1])


def test_a_line_that_waits_stays_while_the_other_is_corrected(asked, justice, officer):
    figure, document = lines_of(asked)
    answer(asked, justice, none(document))
    year_before = content(figure, starts_on=date(2020, 4, 1), through_on=date(2021, 3, 31))
    with refuses("closed", field="lines-0-wording"):
        correct(asked, officer, [CorrectedLine(document, LineInput("Another list"))])

    correct(asked, officer, [CorrectedLine(figure, year_before)], asked_reason="The interim assessment.")

    standing = standing_of(asked)
    lines = asked_again(asked).list_lines(standing)
    assert [(line.number, standing.lines[line.pk].status) for line in lines] == [
        (1, LineStatus.ASKED),
        (2, LineStatus.WITH_EMBASSY),
    ]
    assert lines[0].starts_on == date(2020, 4, 1)
    assert lines[1] == document
    correct(asked, officer, [], now=at_noon(january(15)))
    assert standing_of(asked, january(16)).status is RequestStatus.WITH_EMBASSY  # only what waits is left


# --- Answering --------------------------------------------------------------------------------------------------------


def test_a_figure_becomes_a_reading_for_the_days_it_covers_with_evidence_of_its_own(asked, justice, prosecutions):
    figure, _ = lines_of(asked)

    version = answer(asked, justice, have(figure, 16, text="From the register"))

    reading = Reading.objects.get()
    assert (reading.indicator, reading.figure, reading.starts_on, reading.through_on) == (
        prosecutions,
        16,
        date(2021, 4, 1),
        TODAY,  # the period ends later
    )
    piece = reading.evidence
    assert (piece.information_request, piece.commitment, piece.update_version) == (asked, None, version)
    assert piece.sent_for == version.sent_for == justice.ministry
    assert not piece.evidence_links.exists()  # an answer supports no benchmark by itself
    assert (version.claimed, version.happened_on, version.progress) == ("", TODAY, None)
    assert version.narrative == "Answer to the request for information of 8 November 2021"


def test_a_file_becomes_evidence_and_a_text_answers_a_document_without_one(asked, justice):
    file = EvidenceFileFactory(name="courts.pdf", uploaded_by=justice)
    document = lines_of(asked)[1]

    version = answer(asked, justice, have(document), files=[file], narrative="See the list.")

    piece = Evidence.objects.get()
    assert (piece.file, piece.update_version, piece.kind, piece.happened_to) == (file, version, "report", TODAY)
    assert version.narrative == "See the list."


def test_nothing_is_answered_before_it_is_accepted_and_the_rest_stays_open(asked, justice, officer):
    figure, document = lines_of(asked)
    version = answer(asked, justice, have(figure, 0))
    standing = standing_of(asked)
    assert (standing.status, standing.waits_since) == (RequestStatus.ASKED, TODAY)

    accept(version, officer)

    standing = standing_of(asked)
    assert standing.status is RequestStatus.PARTLY_ANSWERED
    assert [standing.lines[line.pk].status for line in (figure, document)] == [LineStatus.ANSWERED, LineStatus.ASKED]
    with refuses("closed", field=f"line-{figure.pk}-answer", sentence="Line 1 was answered on 14 January 2022"):
        answer(asked, justice, have(figure, 3))
    accept(answer(asked, justice, none(document, "There is no list.")), officer)
    assert standing_of(asked).status is RequestStatus.ANSWERED


def test_that_the_ministry_has_none_is_a_fact_and_no_figure(asked, justice, officer):
    version = answer(asked, justice, *map(none, lines_of(asked)))

    accept(version, officer)  # there is nothing to verify

    assert standing_of(asked).status is RequestStatus.NONE
    assert not Reading.objects.exists()
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        (lambda figure, _: [], "required", None),
        (lambda figure, _: [have(figure)], "required", "figure"),
        (lambda figure, _: [none(figure)._replace(figure=Decimal(1))], "two_answers", "figure"),
        (lambda figure, _: [have(figure, 1, through_on=january(15))], "future_day", "through_on"),
        (lambda figure, _: [have(figure, 1, through_on=date(2021, 3, 31))], "outside_period", "through_on"),
        (lambda _, document: [have(document)], "required", "text"),
    ],
)
def test_an_incomplete_answer_is_refused_and_nothing_is_written(asked, justice, wrong, code, field):
    figure, document = lines_of(asked)
    line = document if field == "text" else figure
    with refuses(code, field=f"line-{line.pk}-{field}" if field else None):
        answer(asked, justice, *wrong(figure, document))
    assert not UpdateVersion.objects.exists()


def test_a_line_of_another_request_is_refused(asked, justice):
    other = InformationRequestFactory(ministry=justice.ministry)

    with refuses("another_request"):
        answer(asked, justice, none(other.lines.get()))


@pytest.mark.parametrize("factory", [FocalPointFactory, OfficerFactory, AmbassadorFactory])
def test_only_the_ministry_that_is_asked_answers(asked, factory):
    with pytest.raises(PermissionDenied):
        answer(asked, factory(), none(lines_of(asked)[1]))


def test_each_line_waits_by_itself_and_is_not_answered_twice(asked, justice, officer):
    figure, document = lines_of(asked)
    first = answer(asked, justice, have(figure, 16, text="By the register"))

    second = answer(asked, justice, none(document))

    assert (first.update.number, second.update.number, second.number) == (1, 2, 1)
    standing = standing_of(asked)
    assert (standing.status, standing.number_waiting) == (RequestStatus.WITH_EMBASSY, 2)
    said = "Lineo Mokoena sent “Prosecutions: 16"
    with refuses("update_waits", field=f"line-{figure.pk}-answer", sentence=said):
        answer(asked, justice, have(figure, 17))
    with refuses("update_waits", field=f"line-{document.pk}-answer"):
        answer(asked, officer, none(document), received=Received(january(10), ReceivedAs.LETTER))
    assert UpdateVersion.objects.count() == 2
    accept(second, officer)
    assert standing_of(asked).status is RequestStatus.WITH_EMBASSY  # the other answer still waits
    accept(first, officer)
    assert standing_of(asked).status is RequestStatus.ANSWERED


def test_a_returned_answer_is_sent_again_as_the_next_version_beside_one_that_waits(asked, justice, officer):
    figure, document = lines_of(asked)
    file = EvidenceFileFactory(uploaded_by=justice)
    first = answer(asked, justice, have(document), files=[file])
    waiting = answer(asked, justice, have(figure, 16))
    return_update(update_version=first, reason="Which courts?", by=officer, now=NOW)
    standing = standing_of(asked)
    assert (standing.status, standing.returned_on, standing.number_waiting) == (RequestStatus.ASKED, TODAY, 1)

    again = answer(asked, justice, have(document, text="All courts"), files=[file])

    assert (again.update, again.number) == (first.update, 2)
    assert waiting.update != first.update
    with refuses("update_waits", field=f"line-{document.pk}-answer"):
        answer(asked, justice, none(document))


def test_a_new_version_continues_the_newest_returned_update_with_one_of_its_lines(asked, justice, officer):
    """Two answers came back. Both lines in one go continue the newer one, a single line that which held it."""
    figure, document = lines_of(asked)
    older = answer(asked, justice, have(figure, 16))
    newer = answer(asked, justice, none(document))
    for version in (newer, older):
        return_update(update_version=version, reason="Please look again.", by=officer, now=NOW)
    assert len(asked_again(asked).list_versions_to_resend(standing_of(asked))) == 2

    both = answer(asked, justice, have(figure, 17), none(document))
    assert (both.update, both.number) == (newer.update, 2)
    return_update(update_version=both, reason="Please look again.", by=officer, now=NOW)
    alone = answer(asked, justice, have(figure, 18))
    rest = answer(asked, justice, none(document))

    assert (alone.update, alone.number) == (newer.update, 3)
    # The update waits with its third version, so that the rest of it begins a new one.
    assert (rest.update.number, rest.number) == (3, 1)


def test_lines_that_were_not_returned_are_sent_with_those_that_were(asked, justice, officer):
    figure, document = lines_of(asked)
    returned = answer(asked, justice, have(figure, 16))
    return_update(update_version=returned, reason="Of which courts?", by=officer, now=NOW)

    sent = answer(asked, justice, have(figure, 17), none(document))

    assert (sent.update, sent.number, sent.line_answers.count()) == (returned.update, 2, 2)


def test_a_file_that_waits_with_one_line_is_not_sent_again_with_another(asked, justice, officer):
    figure, document = lines_of(asked)
    file = EvidenceFileFactory(uploaded_by=justice)
    both = answer(asked, justice, have(figure, 16), have(document), files=[file])
    return_update(update_version=both, reason="Which courts?", by=officer, now=NOW)
    answer(asked, justice, have(document), files=[file])

    with refuses("already_sent", field="files"):
        answer(asked, justice, have(figure, 17), files=[file])


def test_a_letter_is_recorded_beside_an_answer_that_waits(asked, justice, officer):
    figure, document = lines_of(asked)
    answer(asked, justice, have(figure, 16))

    letter = answer(asked, officer, none(document), received=Received(january(10), ReceivedAs.LETTER))

    assert standing_of(asked).status is RequestStatus.WITH_EMBASSY
    with pytest.raises(PermissionDenied):
        withdraw_update(update_version=letter, by=justice, now=NOW)  # it is the embassy's record


def asked_again(request):
    return InformationRequest.objects.with_history().get(pk=request.pk)


def test_a_ministry_withdraws_its_answer(asked, justice):
    version = answer(asked, justice, none(lines_of(asked)[1]))

    withdraw_update(update_version=version, reason="The wrong list.", by=justice, now=NOW)

    assert standing_of(asked).status is RequestStatus.ASKED
    assert AuditEntry.objects.latest("number").verb == "update.withdrawn"


def test_a_ministry_withdraws_a_workbook_that_an_officer_uploaded(asked, justice, officer):
    workbook = Received(january(10), ReceivedAs.WORKBOOK)
    version = answer(asked, officer, none(lines_of(asked)[1]), received=workbook)

    withdraw_update(update_version=version, by=justice, now=NOW)

    assert standing_of(asked).waits_since is None


def test_an_officer_records_what_a_ministry_handed_over_and_another_one_decides(asked, justice, officer):
    figure, document = lines_of(asked)
    letter = Received(january(10), ReceivedAs.LETTER)
    for by, received in ((justice, letter), (AmbassadorFactory(), letter), (officer, None)):
        with pytest.raises(PermissionDenied):
            answer(asked, by, none(document), received=received)
    with refuses("future_day", field="received_on"):
        answer(asked, officer, none(document), received=letter._replace(on=january(15)))

    version = answer(asked, officer, have(figure, 16), none(document), received=letter)

    said = "Palesa Nkosi of the embassy on behalf of the {}, from its letter received on 10 January 2022"
    assert version.sender == said.format(asked.maker)
    assert version.readings.get().through_on == january(10)  # a figure covers no day after it was given
    assert not can_decide_on_update(officer, version)
    with pytest.raises(PermissionDenied):
        accept(version, officer)
    accept(version, OfficerFactory())
    assert standing_of(asked).status is RequestStatus.ANSWERED
    entry = AuditEntry.objects.get(verb="update.sent_on_behalf")
    assert '"received_as": "letter"' in entry.detail.after


def test_a_letter_that_crossed_with_the_request_is_recorded_with_its_own_day(asked, officer):
    sent = answer(asked, officer, none(lines_of(asked)[1]), received=Received(RECENTLY, ReceivedAs.LETTER))

    assert sent.received_on == RECENTLY
    assert "from its letter received on 7 November 2021" in sent.sender


def test_no_officer_accepts_what_a_person_sent_who_is_the_same(asked, justice, officer):
    """The sender of an answer may have become an officer since."""
    version = UpdateVersionFactory(update__information_request=asked, recorded_by=officer)

    with pytest.raises(PermissionDenied):
        accept(version, officer)


def test_colleagues_share_a_draft_and_none_begins_once_every_open_line_waits(asked, justice):
    figure, document = lines_of(asked)
    colleague = FocalPointFactory(ministry=justice.ministry)
    draft = save_draft(of=asked, content={"narrative": ["So far"]}, files=[], page=DraftPage(), by=justice, now=NOW)
    assert draft.information_request == asked

    answer(asked, colleague, none(document), page=DraftPage(seen=draft.mark))

    more = save_draft(of=asked, content={"narrative": ["More"]}, files=[], page=DraftPage(), by=justice, now=NOW)
    answer(asked, colleague, none(figure), page=DraftPage(seen=more.mark))
    with pytest.raises(DraftClosed):
        save_draft(of=asked, content={"narrative": ["More"]}, files=[], page=DraftPage(), by=justice, now=NOW)


# --- Two forms at once ------------------------------------------------------------------------------------------------


def sent_form(last_version=0):
    return SentForm(uuid4(), b"what was typed", last_version)


def test_two_forms_that_were_open_at_once_both_go_through_for_different_lines(asked, justice):
    figure, document = lines_of(asked)
    colleague = FocalPointFactory(ministry=justice.ministry)
    mine, theirs = sent_form(), sent_form()

    first = answer(asked, justice, have(figure, 16), form=mine)
    second = answer(asked, colleague, none(document), form=theirs)

    assert [answer(asked, justice, have(figure, 16), form=mine), UpdateVersion.objects.count()] == [first, 2]
    assert second.send_key.key == theirs.key
    with refuses("update_waits", field=f"line-{document.pk}-answer"):
        answer(asked, justice, none(document), form=sent_form())


def test_a_line_that_was_answered_and_returned_after_the_form_was_opened_is_shown_first(asked, justice, officer):
    figure, document = lines_of(asked)
    form = sent_form()
    newer = answer(asked, justice, none(document))
    return_update(update_version=newer, reason="Please look again.", by=officer, now=NOW)

    with refuses("newer_version", field=f"line-{document.pk}-answer", sentence="Lineo Mokoena answered line 2 on"):
        answer(asked, justice, none(document), form=form)
    assert answer(asked, justice, have(figure, 16), form=form).number == 1
    assert answer(asked, justice, none(document), form=sent_form(newer.pk)).number == 2


def test_two_people_who_answer_the_same_line_at_once_are_not_both_heard(fresh_database):
    justice = FocalPointFactory()
    colleague = FocalPointFactory(ministry=justice.ministry)
    asked = InformationRequestFactory(ministry=justice.ministry, lines=["The list", "The plan"])
    first, second = asked_again(asked).lines.all()  # as a page loads them, before anybody has answered

    one_line = run_simultaneously(
        lambda: answer(asked, justice, none(first), form=sent_form()),
        lambda: answer(asked, colleague, none(first), form=sent_form()),
    )

    assert one_line == ["done", "update_waits"]
    assert LineAnswer.objects.filter(line=first).count() == 1
    form = sent_form()
    again = run_simultaneously(
        lambda: answer(asked, justice, none(second), form=form),
        lambda: answer(asked, justice, none(second), form=form),
    )
    assert (again, LineAnswer.objects.filter(line=second).count()) == (["done", "done"], 1)


def test_two_people_who_answer_different_lines_at_once_are_both_heard(fresh_database):
    justice = FocalPointFactory()
    asked = InformationRequestFactory(ministry=justice.ministry, lines=["The list", "The plan"])
    first, second = asked_again(asked).lines.all()  # as a page loads them, before anybody has answered

    outcomes = run_simultaneously(
        lambda: answer(asked, justice, none(first), form=sent_form()),
        lambda: answer(asked, justice, none(second), form=sent_form()),
    )

    assert (outcomes, standing_of(asked).status) == (["done", "done"], RequestStatus.WITH_EMBASSY)


# --- Who sees it ------------------------------------------------------------------------------------------------------


def test_a_request_and_its_answers_are_seen_by_its_ministry_and_the_embassy_alone(asked, justice, officer):
    figure, _ = lines_of(asked)
    version = answer(asked, justice, have(figure, 16))
    other = FocalPointFactory()
    rows = {
        InformationRequest: asked,
        UpdateVersion: version,
        Evidence: version.evidence.get(),
        Reading: version.readings.get(),
    }

    for model, row in rows.items():
        assert model.objects.visible_to(justice).filter(pk=row.pk).exists()
        assert model.objects.visible_to(officer).filter(pk=row.pk).exists()
        assert not model.objects.visible_to(other).filter(pk=row.pk).exists()
        assert not model.objects.visible_to(OfficerFactory(countries=[])).filter(pk=row.pk).exists()
