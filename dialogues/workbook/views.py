"""Pages to download a ministry's workbook, to upload it, and to preview its rows before they are sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from dialogues import permissions
from dialogues.actions import workbooks
from dialogues.actions.files import refuse_oversized_total
from dialogues.files.inspection import clean_file_name, describe_oversized_request
from dialogues.models import EvidenceFile, WorkbookDraft
from dialogues.views.uploads import UploadResult, store_uploads
from dialogues.workbook.columns import REQUESTS_MARK, SHEET_MARK, Column
from dialogues.workbook.content import AskedCommitment, build_lines, gather_commitments
from dialogues.workbook.forms import WorkbookUploadForm
from dialogues.workbook.instructions import write_texts
from dialogues.workbook.keys import read_key
from dialogues.workbook.labels import make_label_reader
from dialogues.workbook.preview import WorkbookPreviewRow, build_preview
from dialogues.workbook.reader import read_lines
from dialogues.workbook.reader.cells import MAX_FILE_BYTES, too_large_error
from dialogues.workbook.request_content import AskedRequest, build_request_lines, gather_requests
from dialogues.workbook.request_preview import RequestPreviewRow
from dialogues.workbook.rows import RowKey, RowStatus, WorkbookRow, read_request_rows, read_rows, split_sheets
from dialogues.workbook.writer import write_workbook
from recommendations.edition_context import default_edition_of_country, page_url, set_page_country
from tiptracker import clock
from tiptracker.accounts.models import Ministry
from tiptracker.errors import Refused, TryLater
from tiptracker.localization import gettext, ngettext
from tiptracker.numbers import parse_whole_number
from tiptracker.sandbox.sandbox import Sandbox
from tiptracker.undo.offers import offer_undo
from tiptracker.validation import EditConflict
from tiptracker.web import exports, rate_limits
from tiptracker.web.form_pages import form_page
from tiptracker.web.frontend.form_rows import add_refusal
from tiptracker.web.pages import SignedInRequest, render_page

_CONTROLS = frozenset({"files", "kept_files", "seen", "changes", "attach", "shown"})
"""Fields of a row that are not what was typed into it."""


def _get_ministry(request: SignedInRequest, pk: int) -> Ministry:
    """Return the ministry of a workbook, and set the country of the page. Raises PermissionDenied."""
    ministry = get_object_or_404(Ministry.objects.visible_to(request.user).select_related("country"), pk=pk)
    set_page_country(request, ministry.country)
    if not permissions.can_use_workbook(request.user, ministry):
        raise PermissionDenied
    return ministry


def _gather(request: SignedInRequest, ministry: Ministry) -> list[AskedCommitment]:
    edition = default_edition_of_country(request, ministry.country)
    return gather_commitments(request.user, ministry, edition, clock.today(ministry.country.time_zone))


def _gather_requests(request: SignedInRequest, ministry: Ministry) -> list[AskedRequest]:
    return gather_requests(request.user, ministry, clock.today(ministry.country.time_zone))


@login_required
@require_safe
def workbook_download(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return the workbook of a ministry's open commitments and requests, in the language of the page."""
    ministry = _get_ministry(request, pk)
    if wait := rate_limits.seconds_to_wait("exports", request):
        return rate_limits.limit_exceeded_page(request, wait)
    today = clock.today(ministry.country.time_zone)
    lines = build_lines(_gather(request, ministry), ministry, today)
    request_lines = build_request_lines(_gather_requests(request, ministry), ministry, today)
    content = write_workbook(lines, request_lines, write_texts(ministry, today))
    commitments = sum(not line.is_figure for line in lines)
    workbooks.record_workbook_download(
        ministry=ministry, commitments=commitments, request_lines=len(request_lines), by=request.user
    )
    name = f"{slugify(ministry.short_name or ministry.name) or 'ministry'}-{today.isoformat()}.xlsx"
    return HttpResponse(
        content,
        content_type=exports.CONTENT_TYPES["xlsx"],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@form_page
def workbook(request: SignedInRequest, pk: int) -> HttpResponse:
    """Offer the workbook of a ministry, and upload one that was filled in. Nothing is sent before its preview."""
    ministry = _get_ministry(request, pk)
    now = clock.now(ministry.country.time_zone)
    if "restore" in request.POST:
        return _restore(request, ministry, now)
    is_sent = request.method == "POST"
    form = WorkbookUploadForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        today=now.date(),
        is_on_behalf=not request.user.is_ministry,
    )
    if is_sent and (sentence := describe_oversized_request(request)):
        form.full_clean()
        form.errors.pop("file", None)
        form.add_error("file", sentence)
    elif form.is_valid():
        try:
            draft = _keep_upload(request, ministry, form, now)
        except Refused as refusal:
            form.refusal = refusal
            add_refusal(form, refusal)
        else:
            return redirect("workbook_preview", pk=draft.pk)
    asked = _gather(request, ministry)
    context = {
        "ministry": ministry,
        "form": form,
        "open_count": sum(each.is_open for each in asked),
        "requests_count": sum(each.is_open for each in _gather_requests(request, ministry)),
        "drafts": WorkbookDraft.objects.visible_to(request.user).filter(ministry=ministry).order_by("-pk"),
        "home": _home_url(request, ministry),
        "is_only_officer": not request.user.is_ministry
        and not permissions.has_other_officer(request.user, ministry.country),
    }
    response = render_page(request, "dialogues/workbook.html", context, status=422 if form.errors else 200)
    if isinstance(form.refusal, TryLater):
        return rate_limits.set_retry_after(response, form.refusal.seconds, form.refusal.status)
    return response


def _keep_upload(
    request: SignedInRequest, ministry: Ministry, form: WorkbookUploadForm, now: datetime
) -> WorkbookDraft:
    """Read an uploaded workbook and keep its rows as a draft. Raises Refused, and TryLater after too many files."""
    if wait := rate_limits.seconds_to_wait("uploads", request):
        sentence = gettext("You have uploaded very many files. Wait %(wait)s, then upload the workbook again.") % {
            "wait": rate_limits.format_wait(wait)
        }
        raise TryLater("too_often", sentence, seconds=wait, status=HTTPStatus.TOO_MANY_REQUESTS, field="file")
    upload = form.cleaned_data["file"]
    if upload.size > MAX_FILE_BYTES:
        raise too_large_error()
    content = upload.read()
    lines = read_lines(content, run=Sandbox(request.user.pk))
    sheets, read_label = split_sheets(lines), make_label_reader()
    rows = []
    if SHEET_MARK in sheets:
        rows += read_rows(sheets[SHEET_MARK], read_key=_key_reader(ministry), read_label=read_label)
    if REQUESTS_MARK in sheets:
        read_own_key = _key_reader(ministry, is_request=True)
        rows += read_request_rows(sheets[REQUESTS_MARK], read_key=read_own_key, read_label=read_label)
    return workbooks.keep_workbook(
        ministry=ministry,
        name=clean_file_name(upload.name or ""),
        sha256=sha256(content).hexdigest(),
        rows=[row.to_json() for row in rows],
        received_on=form.cleaned_data.get("received_on"),
        by=request.user,
        now=now,
    )


def _key_reader(ministry: Ministry, *, is_request: bool = False) -> Any:
    """Return a function that reads keys, and refuses the whole file for a key of another ministry."""

    def read(text: str) -> RowKey | None:
        key = read_key(text, is_request=is_request)
        if key and key.ministry != ministry.pk:
            sentence = gettext(
                "This workbook is of another ministry. Nothing was read from it. Choose the workbook of the "
                "%(ministry)s."
            )
            raise Refused("another_ministry", sentence % {"ministry": ministry.name}, field="file")
        return key

    return read


def _home_url(request: SignedInRequest, ministry: Ministry) -> str:
    if request.user.is_ministry:
        return page_url(request, "ministry_home")
    return reverse("ministry_detail", args=[ministry.pk])


def _restore(request: SignedInRequest, ministry: Ministry, now: datetime) -> HttpResponse:
    """Bring back the draft that the user has just discarded, and lead to its preview."""
    key = parse_whole_number(request.POST["restore"]) or 0
    try:
        draft = workbooks.restore_workbook(ministry=ministry, removed=key, by=request.user, now=now)
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect("workbook", pk=ministry.pk)
    messages.success(request, gettext("The preview is back."))
    return redirect("workbook_preview", pk=draft.pk)


class _Posted(NamedTuple):
    """What was posted on a preview: the rows as corrected, and the files of each, by its place."""

    rows: list[WorkbookRow]
    uploads: dict[str, UploadResult]


@form_page
def workbook_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what is in each row of a workbook, take corrections and files, and send the rows that are confirmed."""
    drafts = WorkbookDraft.objects.visible_to(request.user).select_related("ministry__country")
    draft = drafts.filter(pk=pk).first()
    if draft is None:
        return _leave_ended_preview(request)
    ministry = draft.ministry
    set_page_country(request, ministry.country)
    if not permissions.can_use_workbook(request.user, ministry):
        raise PermissionDenied
    now = clock.now(ministry.country.time_zone)
    if request.POST.get("do") == "discard":
        return _discard(request, draft, now)
    rows = [WorkbookRow.from_json(row) for row in draft.rows]
    if request.method != "POST":
        return _render_preview(request, draft, _build(request, draft, rows, _stored_files(request, rows), now))
    posted = _read_posted(request, rows, now)
    refusal = _save(request, draft, posted, now)
    preview = _build(request, draft, posted.rows, posted.uploads, now)
    is_sent = request.POST.get("do") == "send"
    if refusal or (not is_sent and any(each.refusals for each in posted.uploads.values())):
        return _render_preview(request, draft, preview, refusal=refusal)
    if is_sent:
        return _send(request, draft, preview, now)
    messages.success(request, gettext("The preview is saved. Nothing is sent yet."))
    return redirect("workbook_preview", pk=draft.pk)


def _leave_ended_preview(request: SignedInRequest) -> HttpResponse:
    """Redirect from a preview that was finished or discarded on another page. Raises Http404 if none was posted."""
    key = parse_whole_number(request.POST.get("ministry")) or 0
    ministry = get_object_or_404(Ministry.objects.visible_to(request.user), pk=key)
    sentence = gettext(
        "This preview is no longer there: all its rows were sent, or it was discarded. Nothing was sent just now."
    )
    messages.warning(request, sentence)
    return redirect("workbook", pk=ministry.pk)


def _discard(request: SignedInRequest, draft: WorkbookDraft, now: datetime) -> HttpResponse:
    kept = workbooks.drop_workbook(draft=draft, by=request.user, now=now)
    sentence = gettext("The preview of “%(name)s” was discarded. Nothing was sent from it.") % {"name": draft.name}
    offer_undo(request, sentence, reverse("workbook", args=[draft.ministry_id]), restore=kept.pk)
    return redirect("workbook", pk=draft.ministry_id)


def _stored_files(request: SignedInRequest, rows: Sequence[WorkbookRow]) -> dict[str, UploadResult]:
    """Return the files attached to each row, by its place."""
    keys = {pk for row in rows for pk in row.files}
    files = EvidenceFile.objects.visible_to(request.user).in_bulk(keys) if keys else {}
    return {row.place: UploadResult([files[pk] for pk in row.files if pk in files], []) for row in rows}


def _read_posted(request: SignedInRequest, rows: Sequence[WorkbookRow], now: datetime) -> _Posted:
    """Return the rows with what was posted for them. Files are stored at once, so that a refused row loses none."""
    uploads = _stored_files(request, rows)
    for row in rows:
        prefix = f"{row.prefix}-"
        if row.is_sent:
            continue
        if f"{prefix}shown" in request.POST:
            named = {name: row.values[name] for name in row.values if name.rpartition("-")[2] == Column.FILES}
            row.values = named | _read_typed(request.POST, prefix)
            # Whoever saves has read why a cell was refused, and may leave it empty. Whoever sends other rows has not.
            is_read = request.POST.get("do") == "save"
            row.faults = {} if is_read else {name: row.faults[name] for name in row.faults.keys() - row.values.keys()}
        if f"{prefix}attach" in request.POST:
            uploads[row.place] = _limit_total(store_uploads(request, now=now, prefix=prefix))
            row.files = [file.pk for file in uploads[row.place].files]
    return _Posted(list(rows), uploads)


def _limit_total(result: UploadResult) -> UploadResult:
    """Return the files with the message that they are too large together, if they are."""
    try:
        refuse_oversized_total(result.files)
    except Refused as refusal:
        return result._replace(refusals=[*result.refusals, str(refusal)])
    return result


def _read_typed(data: QueryDict, prefix: str) -> dict[str, str]:
    """Return what was typed into the forms of a row. Null characters are left out: databases can't store them."""
    names = {name: name.removeprefix(prefix) for name in data if name.startswith(prefix) and "\0" not in name}
    return {
        name: text
        for posted, name in names.items()
        if name not in _CONTROLS and (text := str(data.get(posted) or "").replace("\0", ""))
    }


def _save(request: SignedInRequest, draft: WorkbookDraft, posted: _Posted, now: datetime) -> str:
    """Save the corrected rows. Return why that was refused, or ""."""
    try:
        workbooks.save_workbook(
            draft=draft,
            rows=[row.to_json() for row in posted.rows],
            files=[file for result in posted.uploads.values() for file in result.files],
            seen=parse_whole_number(request.POST.get("seen")) or 0,
            by=request.user,
            now=now,
        )
    except EditConflict as refusal:
        return str(refusal)
    return ""


def _build(
    request: SignedInRequest,
    draft: WorkbookDraft,
    rows: Sequence[WorkbookRow],
    uploads: Mapping[str, UploadResult],
    now: datetime,
) -> list[WorkbookPreviewRow]:
    asked, requests = _gather(request, draft.ministry), _gather_requests(request, draft.ministry)
    return build_preview(rows, asked, requests, uploads=uploads, user=request.user, today=now.date())


def _send(
    request: SignedInRequest, draft: WorkbookDraft, preview: list[WorkbookPreviewRow], now: datetime
) -> HttpResponse:
    """Send the ticked rows, each for itself, and say what was sent. Show what was refused."""
    chosen = set(request.POST.getlist("send"))
    sent, unread = 0, 0
    is_refused = False
    for line in preview:
        if line.row.place not in chosen:
            continue
        if _has_unread_changes(request, line):
            unread += 1
        elif line.is_sendable and _send_row(request, draft, line, now):
            sent += 1
        else:
            is_refused = is_refused or not line.is_sendable
    is_refused = is_refused or any(line.is_sendable and line.refused_forms for line in preview)
    if sent:
        messages.success(request, _describe_sending(request, draft, sent))
    if unread:
        return _render_preview(request, draft, preview, refusal=_describe_unread(unread))
    if not sent and not is_refused:
        messages.warning(request, gettext("Nothing was sent, because no row is ticked. Tick the rows to send."))
    if is_refused:
        return _render_preview(request, draft, preview)
    if sent and not any(line.status in (RowStatus.WRONG, RowStatus.BLOCKED) or line.is_sendable for line in preview):
        workbooks.finish_workbook(draft=draft, by=request.user)
        return redirect(_home_url(request, draft.ministry))
    return redirect("workbook_preview", pk=draft.pk)


def _has_unread_changes(request: SignedInRequest, line: WorkbookPreviewRow) -> bool:
    """Return whether something happened to a row since its page was opened, which the sender has not read.

    A newer version is left to the action, which also finds one that arrives at the same moment.
    """
    if not line.is_sendable or line.asked is None:
        return False
    seen, shown = (parse_whole_number(request.POST.get(f"{line.prefix}-{name}")) or 0 for name in ("seen", "changes"))
    return seen == line.asked.state.state.version and len(line.changes) > shown


def _describe_unread(rows: int) -> str:
    """Return what the page says of rows that were not sent because they changed meanwhile."""
    return ngettext(
        "%(number)d row was not sent, because something changed while this page was open. Read below what changed, "
        "then tick the row again.",
        "%(number)d rows were not sent, because something changed while this page was open. Read below what changed, "
        "then tick the rows again.",
        rows,
    ) % {"number": rows}


def _send_row(request: SignedInRequest, draft: WorkbookDraft, line: WorkbookPreviewRow, now: datetime) -> bool:
    """Send one row. Return whether it was sent; if not, its form says why."""
    seen = parse_whole_number(request.POST.get(f"{line.prefix}-seen")) or 0
    signed: Any = {
        "draft": draft,
        "place": line.row.place,
        "form": line.sent_form(seen),
        "by": request.user,
        "now": now,
    }
    try:
        if isinstance(line, RequestPreviewRow):
            line.sent = line.send(**signed)
        else:
            line.sent = workbooks.send_workbook_row(**signed, **line.values())
    except Refused as refusal:
        line.show_refusal(refusal)
        line.status = RowStatus.WRONG
        return False
    line.status = RowStatus.SENT
    return True


def _describe_sending(request: SignedInRequest, draft: WorkbookDraft, sent: int) -> str:
    """Return what the page says after sending: how many rows were sent, who reads them, and what comes next."""
    if request.user.is_ministry:
        sentence = ngettext(
            "%(number)d row was sent to the embassy. An officer will read it. You will see our reply on your home "
            "page.",
            "%(number)d rows were sent to the embassy. An officer will read them. You will see our replies on your "
            "home page.",
            sent,
        )
        return sentence % {"number": sent}
    sentence = ngettext(
        "You sent %(number)d row on behalf of the %(ministry)s. Another officer has to decide on it. The ministry sees "
        "it on its home page and can withdraw it.",
        "You sent %(number)d rows on behalf of the %(ministry)s. Another officer has to decide on them. The ministry "
        "sees them on its home page and can withdraw them.",
        sent,
    )
    return sentence % {"number": sent, "ministry": draft.ministry.name}


def _render_preview(
    request: SignedInRequest,
    draft: WorkbookDraft,
    preview: list[WorkbookPreviewRow],
    *,
    refusal: str = "",
) -> HttpResponse:
    counts = [(status, sum(line.status is status for line in preview)) for status in RowStatus]
    shown = [line for line in preview if line.status is not RowStatus.UNCHANGED]
    is_posted = request.method == "POST"
    if is_posted:  # it was saved, and perhaps some rows of it were sent
        draft = WorkbookDraft.objects.visible_to(request.user).select_related("ministry").get(pk=draft.pk)
    context = {
        "draft": draft,
        "ministry": draft.ministry,
        "counts": [(status, count) for status, count in counts if count],
        "lines": shown,
        "unchanged": [line for line in preview if line.status is RowStatus.UNCHANGED],
        "may_send": any(line.is_sendable for line in shown),
        "may_save": any(line.form for line in shown),
        "refused_forms": [form for line in shown for form in line.refused_forms] if is_posted else [],
        "refusal": refusal,
        "seen": draft.version,
    }
    return render_page(request, "dialogues/workbook_preview.html", context, status=422 if is_posted else 200)
