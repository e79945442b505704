"""The form to upload a workbook."""

from typing import Any

from django import forms

from dialogues.forms.fields import DatedForm, PastDayField
from tiptracker.localization import gettext_lazy


class WorkbookUploadForm(DatedForm):
    """Form to upload a workbook that was filled in. An officer also enters the day of its receipt."""

    file = forms.FileField(
        label=gettext_lazy("Workbook"),
        help_text=gettext_lazy("An Excel workbook (.xlsx), or a CSV file of its sheet of commitments or requests."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": gettext_lazy("Choose the workbook that you filled in."),
            "empty": gettext_lazy("The file is empty. Choose the workbook that you filled in."),
        },
    )
    received_on = PastDayField(
        label=gettext_lazy("Received on"),
        help_text=gettext_lazy(
            "The day on which the ministry gave the workbook to the embassy. The ministry reads it."
        ),
    )

    def __init__(self, *args: Any, is_on_behalf: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_on_behalf:
            del self.fields["received_on"]
