"""The texts of a ministry's workbook, in the language of the page from which it is downloaded."""

from datetime import date

from dialogues.workbook.writer import SheetTexts
from tiptracker.accounts.models import Ministry
from tiptracker.choices import Marking
from tiptracker.localization import format_date, gettext


def write_texts(ministry: Ministry, made_on: date) -> SheetTexts:
    """Return the names of the sheets and the instructions."""
    sheet = gettext("Commitments")
    requests = gettext("Requests")
    values = {"ministry": ministry.name, "date": format_date(made_on), "sheet": sheet, "requests": requests}
    return SheetTexts(
        instructions_name=gettext("Instructions"),
        sheet_name=sheet,
        requests_name=requests,
        title=gettext("Updates and answers of the %(ministry)s") % values,
        instructions=[
            Marking.UNCLASSIFIED.label,
            gettext(
                "This workbook has the commitments of your ministry and what we asked it for, as they were on "
                "%(date)s. It leaves out those on which we have your update or your answer."
            )
            % values,
            gettext("1. Open the sheet “%(sheet)s”. Each commitment has a row. Write into the framed cells only.")
            % values,
            gettext(
                "2. On the row of a commitment, choose the progress. Write what was done in one line and in a few "
                "sentences. Enter the start date and, if the work took longer than a day, the end date. Leave the rows "
                "empty on which you have nothing to report."
            ),
            gettext(
                "3. Rows that begin with “Figure” ask for a number. Enter the total, or choose from the list if you "
                "have no figure. Enter the end date of the figures on the row of the commitment."
            ),
            gettext(
                "4. The sheet “%(requests)s” has a row for each figure or document that we asked for. Choose whether "
                "you send it or have none. Enter the figure, or answer in words. Leave a row empty to answer it later."
            )
            % values,
            gettext(
                "5. Write the names of the files that prove it, such as letter.pdf. You attach the files when you "
                "upload the workbook."
            ),
            gettext("6. Do not write formulas. Do not change the first column, which is hidden. Do not add rows."),
            gettext(
                "7. Upload the workbook in TIP Tracker, or give it to the embassy with the files. You see a preview. "
                "Nothing is sent before it is confirmed."
            ),
            gettext("8. Save the workbook as .xlsx. A CSV file of one of the two sheets works too."),
            gettext("Never send the name, picture or address of a victim. Give only age group, sex and district."),
            gettext("Never send classified information."),
        ],
    )
