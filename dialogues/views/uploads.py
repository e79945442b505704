"""Files that came with a form: kept at once, so that a refused form loses none of them."""

from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponse

from dialogues.actions.files import store_upload
from dialogues.files.inspection import describe_oversized_request
from dialogues.models import EvidenceFile
from tiptracker.errors import Refused, TryLater
from tiptracker.numbers import parse_whole_number
from tiptracker.privacy.personal_data import REMOVED_NUMBER_MARK, find_personal_data
from tiptracker.web import rate_limits
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest


class UploadResult(NamedTuple):
    """The files that go with a form now, oldest first, and what was said of those that could not be kept."""

    files: list[EvidenceFile]
    refusals: list[str]
    wait: int = 0
    """Seconds until files are taken again, where there were too many."""
    status: HTTPStatus = HTTPStatus.TOO_MANY_REQUESTS
    """How a page answers that has to say so."""

    def answer(self, page: HttpResponse) -> HttpResponse:
        """`page` as the answer to the form, with the time to wait if there is one."""
        return rate_limits.set_retry_after(page, self.wait, self.status)

    def tell(self, form: TrackerForm) -> None:
        """Put the refusals beside the form's files, and hold back those whose name tells whose they may be."""
        for sentence in self.refusals:
            form.add_error("files", sentence)
        if named := [
            file.name for file in self.files if REMOVED_NUMBER_MARK in file.name or find_personal_data(file.name)
        ]:
            quoted = ", ".join(f"“{name}”" for name in named)
            form.hold_back(
                "files",
                f"Held back: the name of {quoted} held a number, or holds a name, by which somebody could be found. "
                "If the file shows a victim or a private person, untick it; if it doesn’t, confirm that and send it "
                "again.",
                [("file name", name) for name in named],
            )


def store_uploads(request: SignedInRequest, *, now: datetime) -> UploadResult:
    """Keep what was just uploaded (`files`), besides what was kept before (`kept_files`).

    Whether they may be sent, the action decides: only one's own, and not sent yet.
    """
    asked = [pk for named in request.POST.getlist("kept_files") if (pk := parse_whole_number(named)) is not None]
    before = EvidenceFile.objects.visible_to(request.user).filter(pk__in=asked)
    files, refusals = list(before), [sentence] if (sentence := describe_oversized_request(request)) else []
    uploads = request.FILES.getlist("files")
    if uploads and (wait := rate_limits.seconds_to_wait("uploads", request)):
        refusals.append(
            f"No file was taken: you have sent very many. Wait {rate_limits.format_wait(wait)}, then attach it again. "
            "What you typed is kept."
        )
        return UploadResult(files, refusals, wait)
    for upload in uploads:
        if len(files) >= settings.UPLOAD_MAX_FILES:
            most = settings.UPLOAD_MAX_FILES
            refusals.append(
                f"“{upload.name}” was left out: {most} file{' goes' if most == 1 else 's go'} with one form."
            )
            continue
        try:
            files.append(store_upload(upload=upload, by=request.user, now=now))
        except TryLater as refusal:  # so would the others be, each after a wait of its own
            return UploadResult(files, [*refusals, str(refusal)], refusal.seconds, refusal.status)
        except Refused as refusal:
            refusals.append(str(refusal))
    return UploadResult(files, refusals)
