"""What the forms of a ministry share, for an update on a commitment and for the answer to a request.

Both start from the draft, or from the last version if that was returned or withdrawn. A refused form is saved as a
draft, so that nothing is lost with the page, and a form that was sent before is answered as at that time.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat

from dialogues.actions.files import find_resendable_files
from dialogues.actions.sent_forms import SentForm
from dialogues.files.upload_rules import list_upload_rules
from dialogues.models import Commitment, Draft, EvidenceFile, UpdateVersion
from dialogues.models.updates import UpdateSubject
from dialogues.views.drafts import (
    describe_draft,
    display_draft,
    draft_post_data,
    find_visible_draft,
    keep_as_draft,
    list_draft_files,
    read_posted_content,
)
from dialogues.views.page_context import subject_url
from dialogues.views.uploads import UploadResult, store_uploads
from tiptracker.accounts.models import find_contact
from tiptracker.errors import Refused
from tiptracker.localization import gettext, join_with_colon
from tiptracker.numbers import parse_whole_number
from tiptracker.validation import EditConflict, format_moment
from tiptracker.web.frontend.form_rows import add_refusal_at, invalid_forms, raw_values
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest
from tiptracker.web.preserved_input import wants_json


def read_sent_form(request: SignedInRequest) -> SentForm | None:
    """Return which form was posted. None if it has no key, as in a page of an earlier release."""
    try:
        key = UUID(request.POST.get("send_key", ""))
    except ValueError:
        return None
    uploads = [(upload.name, upload.size) for upload in request.FILES.getlist("files")]
    content = [read_posted_content(request), request.POST.getlist("kept_files"), uploads]
    digest = sha256(json.dumps(content, sort_keys=True).encode()).digest()
    last_version = request.POST.get("last_version")
    return SentForm(key, digest, None if last_version is None else parse_whole_number(last_version) or 0)


def sent_response(request: SignedInRequest, sent: UpdateVersion, now: datetime) -> HttpResponse:
    """Say that an update was sent. The message names the update, because it can appear on any page."""
    subject = sent.update.subject
    address = f"{subject_url(subject)}?sent"
    if not wants_json(request):
        messages.success(request, _describe_sending(subject))
        return redirect(address)
    if "send_later" not in request.POST:
        messages.success(request, _describe_sending(subject))
    sentence = (
        gettext("Your update on “%(subject)s” was sent to the embassy on %(moment)s.")
        if isinstance(subject, Commitment)
        else gettext("Your answer to “%(subject)s” was sent to the embassy on %(moment)s.")
    )
    values = {"subject": subject.text, "moment": format_moment(sent.recorded_at, now)}
    return JsonResponse({"state": "sent", "sentence": sentence % values, "url": address})


def _describe_sending(subject: UpdateSubject) -> str:
    """Return what the page says after sending: what happened, who reads it, and where the sender sees the reply.

    The page says itself where mails are chosen, because this message can appear on any page.
    """
    contact = find_contact(subject.country_id)
    sentence = (
        gettext(
            "Your update was sent to the embassy. %(officer)s will read it. You will see our reply here and on your "
            "home page."
        )
        if isinstance(subject, Commitment)
        else gettext(
            "Your answer was sent to the embassy. %(officer)s will read it. You will see our reply here and on your "
            "home page."
        )
    )
    return sentence % {"officer": contact.name if contact else gettext("An officer")}


class SendingPage[Part: TrackerForm](ABC):
    """The form of an update with its files and its parts, filled from the request, the draft or the last version.

    Attributes:
        parts: further forms of the page, one for each figure or line.
        last: the version that was sent last.
        resent: the versions that were returned or withdrawn, and whose content is offered again.
        sent: what was sent, once `send` has returned True.
    """

    sent: UpdateVersion

    def __init__(
        self,
        request: SignedInRequest,
        subject: UpdateSubject,
        now: datetime,
        *,
        last: UpdateVersion | None,
        resent: Sequence[UpdateVersion],
    ) -> None:
        self.request, self.subject, self.now = request, subject, now
        self.last, self.resent = last, resent
        self.is_sent = request.method == "POST"
        self.sent_form = read_sent_form(request) if self.is_sent else None
        self.draft = find_visible_draft(request.user, subject)
        self.colleague_draft: Draft | None = None
        self.form, self.parts = self.build_forms(request.POST if self.is_sent else None)
        if self.is_sent:
            self.uploads = store_uploads(request, now=now)
            self.uploads.show_refusals(self.form)
            return
        self.uploads = UploadResult(self._attached(), [])
        if self.draft:
            drafted, parts = self.build_forms(draft_post_data(self.draft))
            self.form.initial = raw_values(drafted)
            for part, drafted_part in zip(self.parts, parts, strict=True):
                if self.is_drafted(part, self.draft):
                    part.initial = raw_values(drafted_part)

    @abstractmethod
    def build_forms(self, data: QueryDict | None) -> tuple[TrackerForm, Sequence[Part]]:
        """Return the form and its parts: bound to `data`, or filled from what is to be sent again."""

    @abstractmethod
    def submit(self) -> UpdateVersion:
        """Send what the valid forms hold, or raise Refused."""

    def is_drafted(self, part: Part, draft: Draft) -> bool:
        """Return whether the draft fills a part of the page."""
        return True

    def refusal_place(self, refusal: Refused) -> tuple[TrackerForm, str | None]:
        """Return the form and the field beside which a refusal is shown."""
        return self.form, refusal.field

    def _attached(self) -> list[EvidenceFile]:
        user = self.request.user
        if self.draft:
            return list_draft_files(self.draft, user)
        return list(find_resendable_files(self.resent, user)) if self.resent else []

    def is_valid(self) -> bool:
        """Return whether all forms are valid. Validate each, so that the page shows all errors at once."""
        return all([self.form.is_valid(), *(part.is_valid() for part in self.parts)])

    def send(self) -> bool:
        """Send the update as `sent`. Return False if it was refused, with the message next to its field."""
        try:
            self.sent = self.submit()
        except EditConflict as refusal:
            add_refusal_at(self.form, refusal, None)
            self.draft = self.colleague_draft = find_visible_draft(self.request.user, self.subject)
        except Refused as refusal:
            form, field = self.refusal_place(refusal)
            add_refusal_at(form, refusal, field)
            if refusal.code == "key_used":
                self.sent_form = None
        else:
            return True
        return False

    def keep(self) -> None:
        """Save what could not be sent as the draft, unless a colleague's draft exists that this page has not shown."""
        if self.colleague_draft:
            return
        self.draft, is_conflict = keep_as_draft(self.request, self.subject, self.now, self.uploads.files)
        self.colleague_draft = self.draft if is_conflict else None

    def refused_response(self) -> HttpResponse:
        """Tell the script why the update was not sent, and which of its files have arrived."""
        refused = invalid_forms(self.form, *self.parts)
        sentences = [
            join_with_colon(form.fields[name].label, error) if name in form.fields else str(error)
            for form in refused
            for name, errors in form.errors.items()
            for error in errors
        ]
        files = [{"key": file.pk, "name": f"{file.name}, {filesizeformat(file.size)}"} for file in self.uploads.files]
        body = {"state": "refused", "sentences": sentences, "files": files}
        return self.uploads.with_retry_after(JsonResponse(body, status=HTTPStatus.UNPROCESSABLE_ENTITY))

    def context(self) -> dict[str, Any]:
        return {
            "form": self.form,
            "refused_forms": invalid_forms(self.form, *self.parts),
            "attached": self.uploads.files,
            "upload_rules": list_upload_rules(),
            "draft": describe_draft(self.draft, self.subject, self.request.user),
            "theirs": display_draft(self.colleague_draft, self.form, *self.parts),
            "send_key": self.sent_form.key if self.sent_form else uuid4(),
            "last_version": self.last.pk if self.last else 0,
        }
