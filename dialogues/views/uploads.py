"""Files uploaded with a form. They are stored at once, so that a refused form loses none of them."""

from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponse

from dialogues.actions.files import store_upload
from dialogues.files.inspection import describe_oversized_request
from dialogues.files.upload_rules import describe_excess_file
from dialogues.models import EvidenceFile
from tiptracker.errors import Refused, TryLater
from tiptracker.localization import gettext, quote_text
from tiptracker.numbers import parse_whole_number
from tiptracker.privacy.personal_data import REMOVED_NUMBER_MARK, find_personal_data
from tiptracker.web import rate_limits
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest


class UploadResult(NamedTuple):
    """The files that now belong to a form, oldest first, and the messages about those that could not be stored."""

    files: list[EvidenceFile]
    refusals: list[str]
    wait: int = 0
    """Seconds until uploads are accepted again, after too many; 0 if there is no need to wait."""
    status: HTTPStatus = HTTPStatus.TOO_MANY_REQUESTS
    """HTTP status of the page if the user has to wait."""

    def with_retry_after(self, response: HttpResponse) -> HttpResponse:
        """Return `response`, with the time to wait if there is one."""
        return rate_limits.set_retry_after(response, self.wait, self.status)

    def show_refusals(self, form: TrackerForm) -> None:
        """Show the refusals next to the form's files, and hold back files whose names may identify a person."""
        for sentence in self.refusals:
            form.add_error("files", sentence)
        if named := [
            file.name for file in self.files if REMOVED_NUMBER_MARK in file.name or find_personal_data(file.name)
        ]:
            sentence = gettext(
                "Not sent yet: a file name contains, or contained, a number or a name that could identify a person: "
                "%(names)s. If the file shows a victim or a private person, untick it. If not, confirm that below and "
                "send again."
            )
            form.require_confirmation(
                "files",
                sentence % {"names": ", ".join(map(quote_text, named))},
                [("file name", name) for name in named],
            )


def store_uploads(request: SignedInRequest, *, now: datetime, prefix: str = "") -> UploadResult:
    """Store the files just uploaded (`files`), in addition to those stored before (`kept_files`).

    There are none if the page is only opened. `prefix` begins the names of both fields, on a page with several forms.

    The action checks whether they may be sent: only the user's own files that are not sent yet.
    """
    if request.method != "POST":
        return UploadResult([], [])
    kept_keys = [
        pk for named in request.POST.getlist(f"{prefix}kept_files") if (pk := parse_whole_number(named)) is not None
    ]
    kept = list(EvidenceFile.objects.visible_to(request.user).filter(pk__in=kept_keys)) if kept_keys else []
    files, refusals = kept, [sentence] if (sentence := describe_oversized_request(request)) else []
    uploads = request.FILES.getlist(f"{prefix}files")
    if uploads and (wait := rate_limits.seconds_to_wait("uploads", request)):
        sentence = gettext(
            "No file was attached: you have sent very many files. Your text is saved. Wait %(wait)s, then attach the "
            "file again."
        )
        refusals.append(sentence % {"wait": rate_limits.format_wait(wait)})
        return UploadResult(files, refusals, wait)
    # The script sends each file by itself. One number can't be that of several files.
    original_size = parse_whole_number(request.POST.get("original_size")) if len(uploads) == 1 else None
    for upload in uploads:
        if len(files) >= settings.UPLOAD_MAX_FILES:
            refusals.append(describe_excess_file(upload.name or ""))
            continue
        try:
            files.append(store_upload(upload=upload, by=request.user, now=now, original_size=original_size))
        except TryLater as refusal:  # the others would be refused too, each after its own wait
            return UploadResult(files, [*refusals, str(refusal)], refusal.seconds, refusal.status)
        except Refused as refusal:
            refusals.append(str(refusal))
    return UploadResult(files, refusals)
