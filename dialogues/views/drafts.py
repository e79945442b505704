"""Save drafts of forms, by a button or by the script while the user types. The script gets JSON.

A page with such a form has `describe_draft(...)` as `draft` in its context, `data-draft` on the form, and the include
`dialogues/draft_controls.html` in the form. `draft_post_data` fills the forms from the draft.
"""

from collections.abc import Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from dialogues import permissions
from dialogues.actions.drafts import (
    DraftClosed,
    DraftContent,
    DraftPage,
    DraftSubject,
    drop_draft,
    restore_draft,
    save_draft,
)
from dialogues.actions.files import refuse_oversized_total
from dialogues.forms.information_requests import AnswerForm, LineAnswerForm
from dialogues.forms.updates import UpdateForm
from dialogues.models import Commitment, Dialogue, Draft, EvidenceFile, InformationRequest
from dialogues.models.updates import subject_field
from dialogues.views.proof_rows import list_proofs
from dialogues.views.uploads import UploadResult, store_uploads
from recommendations.edition_context import set_page_country
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.localization import format_time, gettext
from tiptracker.numbers import parse_whole_number
from tiptracker.undo.offers import offer_undo
from tiptracker.validation import EditConflict
from tiptracker.web import rate_limits
from tiptracker.web.pages import SignedInRequest, render_page
from tiptracker.web.posted_fields import FieldDescription, choice_labels
from tiptracker.web.preserved_input import TypedInput, format_inputs, wants_json

_CONTROL_FIELDS = frozenset(
    {
        "csrfmiddlewaretoken",
        "kept_files",
        "draft_seen",
        "draft_page",
        "drop_draft",
        "save_draft",
        "send_key",
        "last_version",
        "send_later",
        "add_files",
        "original_size",
    }
)
"""Fields that the form posts itself. All other fields are input of the user."""
_MAX_PAGE_NAME = 36
_DRAFT_PAGES = {Commitment: "update_draft", Dialogue: "dialogue_draft", InformationRequest: "information_request_draft"}
"""The view that saves the draft, by what the draft belongs to."""


class DraftNote(NamedTuple):
    """What a page shows about the draft of its form, and the URL that saves it.

    Without `saved_at`, there is no draft yet.
    """

    url: str
    seen: str = ""
    saved_by: str = ""
    saved_at: datetime | None = None
    kept_until: date | None = None
    is_own: bool = False


def find_visible_draft(user: User, subject: DraftSubject) -> Draft | None:
    """Return the draft of a commitment's update or a dialogue's record, if the user can see one."""
    rows = Draft.objects.visible_to(user).select_related("saved_by")
    field = "dialogue" if isinstance(subject, Dialogue) else subject_field(subject)
    return rows.filter(**{field: subject}).first()


def describe_draft(draft: Draft | None, subject: DraftSubject, user: User) -> DraftNote:
    """Return what a page shows about a draft, or that there is none yet."""
    url = reverse(_DRAFT_PAGES[type(subject)], args=[subject.pk])
    if draft is None:
        return DraftNote(url)
    is_own = draft.saved_by_id == user.pk
    return DraftNote(url, draft.mark, draft.saved_by.name, draft.saved_at, draft.kept_until, is_own)


def draft_post_data(draft: Draft) -> QueryDict:
    """Return the content of a draft as if the form had just been posted."""
    data = QueryDict(mutable=True)
    for name, texts in draft.content.items():
        data.setlist(name, texts)
    return data


def list_draft_files(draft: Draft, user: User) -> list[EvidenceFile]:
    """Return the files attached to a draft."""
    return list(EvidenceFile.objects.visible_to(user).kept().filter(drafts=draft).order_by("pk"))


def read_draft_page(request: SignedInRequest) -> DraftPage:
    """Return which draft the posted form was filled from, and which page it is on."""
    data = request.POST
    return DraftPage(data.get("draft_seen", "")[:_MAX_PAGE_NAME], data.get("draft_page", "")[:_MAX_PAGE_NAME])


def read_posted_content(request: SignedInRequest) -> dict[str, list[str]]:
    """Return what the user typed into the posted form, by field name.

    Null characters are removed, because databases can't store them.
    """
    return {
        name: [text.replace("\0", "") for text in texts]
        for name, texts in request.POST.lists()
        if name not in _CONTROL_FIELDS and not name.endswith("-confirmed")
    }


def keep_as_draft(
    request: SignedInRequest, subject: DraftSubject, now: datetime, files: Sequence[EvidenceFile] = ()
) -> tuple[Draft | None, bool]:
    """Save input that was refused as the draft, so that nothing is lost with the page.

    Return the draft as it is now, and whether a colleague saved it in the meantime. Then it is left unchanged.
    """
    is_conflict = False
    try:
        return save_draft(
            of=subject,
            content=read_posted_content(request),
            files=list(files),
            page=read_draft_page(request),
            by=request.user,
            now=now,
        ), False
    except EditConflict:
        is_conflict = True
    except Refused:
        pass  # the form already shows why, and keeps the input
    return find_visible_draft(request.user, subject), is_conflict


def display_draft(draft: Draft | None, *forms: Form) -> list[TypedInput]:
    """Return the content of a draft for display next to other input, with the labels of the page's forms."""
    return format_typed(draft.content, *forms) if draft else []


def format_typed(content: DraftContent, *forms: Form) -> list[TypedInput]:
    """Return what was typed for display, with the labels of the forms that it was typed into."""
    return format_inputs(content.items(), _fields_by_name(*forms))


def _fields_by_name(*forms: Form) -> dict[str, FieldDescription]:
    """Return a description of each field, by the name under which it is posted."""
    return {
        form.add_prefix(name): FieldDescription(str(field.label or name), choice_labels(field))
        for form in forms
        for name, field in form.fields.items()
    }


@login_required
@require_POST
def update_draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """Save the draft of an update, which colleagues share; or delete it."""
    rows = Commitment.objects.visible_to(request.user).select_related("country", "ministry")
    commitment = get_object_or_404(rows, pk=pk)
    return _save_or_drop(request, commitment, back=reverse("update_send", args=[pk]))


@login_required
@require_POST
def information_request_draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """Save the draft of an answer to a request, which colleagues share; or delete it."""
    rows = InformationRequest.objects.visible_to(request.user).select_related("country", "ministry")
    information_request = get_object_or_404(rows, pk=pk)
    return _save_or_drop(request, information_request, back=reverse("information_request_answer", args=[pk]))


@login_required
@require_POST
def dialogue_draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """Save the draft of a dialogue's record; or delete it."""
    dialogue = get_object_or_404(Dialogue.objects.visible_to(request.user).select_related("country"), pk=pk)
    return _save_or_drop(request, dialogue, back=reverse("dialogue_record", args=[pk]))


def _save_or_drop(request: SignedInRequest, subject: DraftSubject, *, back: str) -> HttpResponse:
    """Save or delete the draft. Redirect to the form, or answer in JSON.

    If it is refused, show both texts and what the user can do.
    """
    user = request.user
    if not permissions.can_draft(user, subject):
        raise PermissionDenied
    set_page_country(request, subject.country)
    if wait := rate_limits.seconds_to_wait("drafts", request):
        sentence = gettext("The draft was not saved: it was saved very often. Wait %(wait)s, then save it again.")
        refusal = Refused("too_often", sentence % {"wait": rate_limits.format_wait(wait)})
        return rate_limits.set_retry_after(_refused_response(request, subject, refusal, back), wait)
    if "drop_draft" in request.POST:
        return _drop(request, subject, back)
    if "restore_draft" in request.POST:
        return _restore(request, subject, back)
    now = clock.now(subject.country.time_zone)
    uploads = store_uploads(request, now=now)
    if "add_files" in request.POST:
        return _added_response(request, uploads)
    return _save(request, subject, uploads, back, now)


def _save(
    request: SignedInRequest, subject: DraftSubject, uploads: UploadResult, back: str, now: datetime
) -> HttpResponse:
    try:
        draft = save_draft(
            of=subject,
            content=read_posted_content(request),
            files=uploads.files,
            page=read_draft_page(request),
            by=request.user,
            now=now,
        )
    except Refused as error:
        return _refused_response(request, subject, error, back, uploads.files)
    if wants_json(request):
        return JsonResponse(_saved_response(draft, uploads))
    sentence = gettext("The draft was saved at %(time)s. It has not been sent yet.")
    messages.success(request, sentence % {"time": _format_time(draft)})
    for sentence in uploads.refusals:
        messages.warning(request, sentence)
    return redirect(back)


def _drop(request: SignedInRequest, subject: DraftSubject, back: str) -> HttpResponse:
    """Delete the draft and lead to its empty form, with a button that brings it back."""
    now = clock.now(subject.country.time_zone)
    try:
        kept = drop_draft(of=subject, page=read_draft_page(request), by=request.user, now=now)
    except EditConflict as conflict:
        return _refused_response(request, subject, conflict, back)
    if kept:
        offer_undo(request, gettext("The draft was deleted."), request.path, restore_draft=kept.pk)
    return redirect(back)


def _restore(request: SignedInRequest, subject: DraftSubject, back: str) -> HttpResponse:
    """Bring back the draft that the user has just deleted, and lead to its form."""
    now = clock.now(subject.country.time_zone)
    key = parse_whole_number(request.POST["restore_draft"]) or 0
    try:
        restore_draft(of=subject, removed=key, by=request.user, now=now)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, gettext("The draft is back, with its files."))
    return redirect(back)


def _saved_response(draft: Draft, uploads: UploadResult) -> dict[str, object]:
    return {
        "state": "saved",
        "at": _format_time(draft),
        "seen": draft.mark,
        "refused": uploads.refusals,
    }


def _added_response(request: SignedInRequest, uploads: UploadResult) -> HttpResponse:
    """Return to the script the file that it sent by itself.

    The draft is unchanged: the page saves it next, with the file. So a file and a text may arrive in any order.
    """
    added = [file for file in uploads.files if str(file.pk) not in request.POST.getlist("kept_files")]
    refusals = uploads.refusals
    try:
        refuse_oversized_total(uploads.files)
    except Refused as refusal:
        added, refusals = [], [*refusals, str(refusal)]
    described = [{"key": file.pk, "name": _describe_file(file), "size": file.size} for file in added]
    return uploads.with_retry_after(JsonResponse({"state": "added", "files": described, "refused": refusals}))


def _describe_file(file: EvidenceFile) -> str:
    """Return a file's name and size, and what it was made smaller from."""
    values = {"name": file.name, "size": filesizeformat(file.size), "original": filesizeformat(file.original_size or 0)}
    if file.original_size:
        return gettext("%(name)s, %(size)s, made smaller from %(original)s") % values
    return gettext("%(name)s, %(size)s") % values


def _refused_response(
    request: SignedInRequest, subject: DraftSubject, refusal: Refused, back: str, files: Sequence[EvidenceFile] = ()
) -> HttpResponse:
    """Answer a refused save. Nothing was overwritten: show the input and the current draft side by side."""
    draft = find_visible_draft(request.user, subject)
    state = {DraftClosed: "closed", EditConflict: "changed"}.get(type(refusal), "refused")
    seen = draft.mark if draft else ""
    if wants_json(request):
        return JsonResponse({"state": state, "sentence": str(refusal), "seen": seen}, status=HTTPStatus.CONFLICT)
    typed = read_posted_content(request)
    forms = _forms_of(subject, request.user)
    hidden_inputs = [*typed.items(), ("kept_files", [str(file.pk) for file in files])]
    context = {
        "sentence": str(refusal),
        "typed": format_inputs(typed.items(), _fields_by_name(*forms)),
        "hidden_inputs": [(name, text) for name, texts in hidden_inputs for text in texts],
        "theirs": display_draft(draft, *forms),
        "saved_by": draft.saved_by.name if draft else "",
        "seen": seen,
        "can_save": state != "closed",
        "back": back,
    }
    return render_page(request, "dialogues/draft_refused.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _forms_of(subject: DraftSubject, user: User) -> list[Form]:
    """Return the forms of the page that the draft fills, for the labels of its fields."""
    today = clock.today(subject.country.time_zone)
    if isinstance(subject, Commitment):
        proofs = [row.proof for row in list_proofs(user, [subject.pk], today)[subject.pk]]
        return [UpdateForm(today=today, asks_figures=True, proofs=proofs)]
    if isinstance(subject, InformationRequest):
        return [
            AnswerForm(),
            *(LineAnswerForm(line=line, today=today) for line in subject.lines.filter(removed_in=None)),
        ]
    return []


def _format_time(draft: Draft) -> str:
    return format_time(timezone.localtime(draft.saved_at))
