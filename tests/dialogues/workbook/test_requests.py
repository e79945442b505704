"""The sheet of requests: a ministry answers line by line in its workbook, or an officer uploads it on its behalf."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dialogues.choices import LineAnswerKind, RequestEventKind, UpdateDecision
from dialogues.models import LineAnswer, UpdateVersion, WorkbookDraft
from dialogues.workbook.rows import RowStatus
from tests.dialogues.sample_files import PDF
from tests.dialogues.workbook.filled_workbooks import FilledWorkbook, upload
from tests.dialogues.workbook.test_views import press, send
from tests.factories import (
    CommitmentFactory,
    FocalPointFactory,
    IndicatorFactory,
    InformationRequestFactory,
    LineAnswerFactory,
    MinistryFactory,
    OfficerFactory,
    RecommendationFactory,
    RequestEventFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.day("2022-01-14")]


@pytest.fixture
def justice():
    return MinistryFactory(short_name="Justice", country=RecommendationFactory(number=99, lead=None).edition.country)


@pytest.fixture
def focal_point(client, justice):
    user = FocalPointFactory(ministry=justice)
    client.force_login(user)
    return user


@pytest.fixture
def asked(justice):
    """A request for a figure and a document, due on 15 January 2022."""
    indicator = IndicatorFactory(name="Prosecutions", unit="cases", country=justice.country)
    return InformationRequestFactory(ministry=justice, reason="The report is due.", lines=[indicator, "The court list"])


def upload_requests(client, ministry, book, **more):
    """Upload the sheet of requests as a CSV file, which needs no sandbox, and return the preview."""
    return upload(client, ministry, book.as_csv(sheet=book.requests), "requests.csv", **more)


def preview_row(page):
    (row,) = [row for row in [*page.context["lines"], *page.context["unchanged"]] if row.row.is_request]
    return row


def answers():
    return list(LineAnswer.objects.order_by("line__number", "pk").values_list("line__number", "answer", "text"))


def test_each_open_line_has_a_row_with_validated_cells_and_nothing_else_is_typed(client, asked, focal_point):
    CommitmentFactory(ministry=asked.ministry)

    book = FilledWorkbook.download(client, asked.ministry)

    rows = [[cell.value or "" for cell in row] for row in book.requests.iter_rows(min_row=3)]
    assert [row[1] for row in rows] == [f"Request {asked.pk}, line 1", f"Request {asked.pk}, line 2"]
    assert "Prosecutions, 1 April 2021 to 31 March 2022" in rows[0][2]
    assert "The report is due." in rows[1][2]
    validated = {str(rule.sqref) for rule in book.requests.data_validations.dataValidation}
    assert {"E3", "E4", "F3", "G3", "H3", "H4"} <= validated
    assert not {"F4", "G4"} & validated
    locked = {cell.coordinate for cell in book.requests[4] if cell.protection.locked}
    assert locked == {"A4", "B4", "C4", "D4", "F4", "G4"}
    assert book.sheet is not None
    assert "open lines of 1 request" in client.get(reverse("workbook", args=[asked.ministry_id])).text


def test_answers_are_previewed_line_by_line_and_sent_once(client, asked, focal_point):
    figure, document = asked.lines.all()
    book = FilledWorkbook.download(client, asked.ministry)
    book.answer(figure, figure=16, text="By the register.")
    row = book.answer(document, answer="We have none")
    untouched = FilledWorkbook.download(client, asked.ministry)
    assert preview_row(upload_requests(client, asked.ministry, untouched)).status is RowStatus.UNCHANGED

    page = upload(client, asked.ministry, book.as_xlsx())

    line = preview_row(page)
    assert (line.status, line.row.place) == (RowStatus.NEW, f"request{row - 1}")
    assert [text for _, text in line.facts] == [
        "We send it. 16, up to 14 January 2022. By the register.",
        "We have none",
    ]
    assert not UpdateVersion.objects.exists()
    send(client, page, line.row.place)
    assert answers() == [(1, LineAnswerKind.ANSWERED, "By the register."), (2, LineAnswerKind.NONE, "")]
    assert UpdateVersion.objects.get().readings.get().figure == 16

    for content, name in ((book.as_xlsx(), "again.xlsx"), (book.as_csv(sheet=book.requests), "again.csv")):
        again = upload(client, asked.ministry, content, name)
        assert preview_row(again).status is RowStatus.SENT
        send(client, again, line.row.place)
    assert UpdateVersion.objects.count() == 1


def test_a_wrong_cell_is_corrected_in_the_preview_and_a_document_attached_there(client, asked, focal_point):
    figure, document = asked.lines.all()
    book = FilledWorkbook.download(client, asked.ministry)
    book.answer(figure, figure="=8+8")
    book.answer(document, answer="We send it", files="courts.pdf")
    page = upload_requests(client, asked.ministry, book)
    line = preview_row(page)
    assert line.status is RowStatus.WRONG
    assert line.missing_files == ["courts.pdf"]
    assert ["figure" in line.parts[0].errors, "text" in line.parts[1].errors] == [True, True]

    typed = {
        f"{line.prefix}-line-{figure.pk}-answer": "answered",
        f"{line.prefix}-line-{figure.pk}-figure": "16",
        f"{line.prefix}-line-{document.pk}-answer": "answered",
        f"{line.prefix}-files": [SimpleUploadedFile("courts.pdf", PDF, "application/pdf")],
    }
    page = press(client, page, do="save", **typed)

    line = preview_row(page)
    assert (line.status, line.missing_files) == (RowStatus.NEW, [])
    (file,) = line.files
    send(client, page, line.row.place, **{f"{line.prefix}-kept_files": file.pk})
    version = UpdateVersion.objects.get()
    assert version.evidence.filter(file=file).exists()
    assert not WorkbookDraft.objects.exists()


def test_a_returned_answer_is_filled_in_and_a_line_corrected_since_the_download_is_named(client, asked, focal_point):
    figure, document = asked.lines.all()
    version = UpdateVersionFactory(update__information_request=asked)
    LineAnswerFactory(line=document, update_version=version, text="All courts.")
    UpdateVersionDecisionFactory(
        update_version=version, decision=UpdateDecision.RETURNED, reason="Please name the courts."
    )
    book = FilledWorkbook.download(client, asked.ministry)
    texts = [[cell.value or "" for cell in row] for row in book.requests.iter_rows(min_row=3)]
    assert "Please name the courts." in texts[1][3]
    assert (texts[1][4], texts[1][7]) == ("We send it", "All courts.")
    book.answer(document, text="The High Court.")
    correction = RequestEventFactory(
        information_request=asked, kind=RequestEventKind.CORRECTED, happened_on=date(2022, 1, 13)
    )
    figure.removed_in = correction
    figure.save(update_fields=["removed_in"])

    page = upload_requests(client, asked.ministry, book)

    line = preview_row(page)
    assert line.status is RowStatus.CHANGED
    assert line.changes == ["Other lines are asked for now, or fewer. Read the request again."]
    send(client, page, line.row.place)
    assert answers()[-1] == (2, LineAnswerKind.ANSWERED, "The High Court.")


def test_a_line_that_waits_has_no_row_and_the_other_line_is_answered(client, asked, focal_point):
    figure, document = asked.lines.all()
    before = FilledWorkbook.download(client, asked.ministry)
    LineAnswerFactory(line=document, text="All courts.")

    book = FilledWorkbook.download(client, asked.ministry)

    assert [row[1].value for row in book.requests.iter_rows(min_row=3)] == [f"Request {asked.pk}, line 1"]
    # The earlier workbook still answers line 1. What it says to line 2 is not sent, and the preview says so.
    before.answer(figure, figure=16)
    before.answer(document, answer="We have none")
    line = preview_row(upload_requests(client, asked.ministry, before))
    assert line.status is RowStatus.CHANGED
    assert [part.line for part in line.parts] == [figure]
    said = "Line 2: the embassy has had an answer since 10 January 2022. What this workbook says to it is not sent."
    assert line.changes[-1] == said
    page = upload_requests(client, asked.ministry, before)
    send(client, page, line.row.place)
    assert answers() == [(1, LineAnswerKind.ANSWERED, ""), (2, LineAnswerKind.ANSWERED, "All courts.")]


def test_a_workbook_that_answers_only_what_waits_is_not_sent(client, asked, focal_point):
    document = asked.lines.last()
    book = FilledWorkbook.download(client, asked.ministry)
    book.answer(document, answer="We have none")
    LineAnswerFactory(line=document, text="All courts.")

    line = preview_row(upload_requests(client, asked.ministry, book))

    assert line.status is RowStatus.BLOCKED
    assert line.reason.startswith("Line 2: the embassy has had an answer since 10 January 2022.")


def test_an_officer_uploads_answers_on_behalf_of_the_ministry(client, asked):
    officer = OfficerFactory(name="Naledi")
    client.force_login(officer)
    book = FilledWorkbook.download(client, asked.ministry)
    book.answer(asked.lines.last(), answer="We have none")
    page = upload_requests(client, asked.ministry, book, received_on="2022-01-13")

    send(client, page, preview_row(page).row.place)

    version = UpdateVersion.objects.get()
    assert version.sender.startswith("Naledi of the embassy on behalf of the ")
    assert version.sender.endswith(", from its workbook received on 13 January 2022")


def test_a_key_of_one_sheet_is_none_of_the_other(client, asked, focal_point):
    commitment = CommitmentFactory(ministry=asked.ministry)
    book = FilledWorkbook.download(client, asked.ministry)
    row = book.answer(asked.lines.last(), answer="We have none")
    book.requests.cell(row, 1).value = book.cell(book.row_of(commitment), "key").value

    line = [row for row in upload_requests(client, asked.ministry, book).context["lines"] if row.row.is_request]

    assert [(each.status, each.asked) for each in line] == [(RowStatus.WRONG, None)]
