"""Fill in a downloaded workbook as a ministry would, and save it in several forms."""

import csv
import io
from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from dialogues.workbook.columns import REQUESTS_MARK, SHEET_MARK, Column, RequestColumn

HIDDEN_ROW, HEADINGS = 1, 2
COLUMNS = {column: place for place, column in enumerate(Column, start=1)}
REQUEST_COLUMNS = {column: place for place, column in enumerate(RequestColumn, start=1)}


class FilledWorkbook:
    """A workbook whose cells are named by the row and the column."""

    def __init__(self, content):
        self.book = load_workbook(io.BytesIO(content))
        marked = {sheet.cell(HIDDEN_ROW, 1).value: sheet for sheet in self.book}
        self.sheet, self.requests = marked.get(SHEET_MARK), marked.get(REQUESTS_MARK)

    @classmethod
    def download(cls, client, ministry):
        return cls(client.get(reverse("workbook_download", args=[ministry.pk])).content)

    def row_of(self, commitment, *, figure=False):
        """Return the number of the row of a commitment, or of its first figure."""
        rows = [
            row
            for row in range(HEADINGS + 1, self.sheet.max_row + 1)
            if self.cell(row, Column.NUMBER).value == str(commitment.pk)
        ]
        return rows[1 if figure else 0]

    def cell(self, row, column):
        return self.sheet.cell(row, COLUMNS[column])

    def fill(self, commitment, *, in_figure_row=False, **values):
        """Write values into the row of a commitment, by the names of the columns. Return the number of the row."""
        row = self.row_of(commitment, figure=in_figure_row)
        for name, value in values.items():
            self.cell(row, Column(name)).value = value
        return row

    def answer(self, line, **values):
        """Write values into the row of a line of a request, by the names of the columns. Return its number."""
        name = f"Request {line.information_request_id}, line {line.number}"
        place = REQUEST_COLUMNS[RequestColumn.NUMBER]
        rows = range(HEADINGS + 1, self.requests.max_row + 1)
        row = next(row for row in rows if self.requests.cell(row, place).value == name)
        for column, value in values.items():
            self.requests.cell(row, REQUEST_COLUMNS[RequestColumn(column)]).value = value
        return row

    def as_xlsx(self):
        content = io.BytesIO()
        self.book.save(content)
        return content.getvalue()

    def as_csv(self, delimiter=",", sheet=None):
        text = io.StringIO()
        writer = csv.writer(text, delimiter=delimiter)
        for row in (sheet or self.sheet).iter_rows(values_only=True):
            writer.writerow(
                [
                    "" if cell is None else cell.date().isoformat() if isinstance(cell, datetime) else cell
                    for cell in row
                ]
            )
        return text.getvalue().encode()


UPDATE = {
    "claimed": "Under way",
    "done_by": "The government alone",
    "title": "Focal points named in six districts",
    "narrative": "Exercise: the Commissioner named focal points in six districts.",
    "happened_from": "2022-01-10",
    "happened_to": "2022-01-20",
}


def upload(client, ministry, content, name="workbook.xlsx", **more):
    """Upload a file and return the response: the preview, or the page that says why it was refused."""
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("workbook", args=[ministry.pk]), {"file": file, **more}, follow=True)
