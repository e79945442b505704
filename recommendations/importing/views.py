"""Pages to start an import of an edition's list and to preview it against the current list."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from recommendations.choices import TextStatus
from recommendations.importing import actions, result
from recommendations.importing.comparison import ItemChange, ItemComparison
from recommendations.importing.draft import deserialize_draft, read_draft_text
from recommendations.importing.forms import ColumnsForm, ImportForm, PreviewForm
from recommendations.importing.item_editing import MAX_EDITABLE_ITEMS, ItemStep
from recommendations.importing.preview import ImportPreview, build_preview, get_expected_edition
from recommendations.models import Edition, EditionImport
from recommendations.models.imports import DRAFT_RETENTION, READ_LIST_JOB
from recommendations.text_similarity import DiffSegment, diff_words
from tiptracker import clock
from tiptracker.accounts.permissions import administers_installation
from tiptracker.errors import Refused
from tiptracker.jobs.models import OPEN_STATES, Job
from tiptracker.localization import gettext, gettext_noop
from tiptracker.numbers import parse_whole_number
from tiptracker.onboarding.permissions import can_set_up
from tiptracker.undo.offers import offer_undo
from tiptracker.validation import EditConflict
from tiptracker.web.frontend.form_rows import add_refusal, mark_as_seen
from tiptracker.web.pages import SignedInRequest, render_page

form_page = require_http_methods(["GET", "HEAD", "POST"])
PASTED_NAME = gettext_noop("Pasted text")
MAX_READ_IN_REQUEST = 60_000
"""Most characters of pasted text to read within the request: a country's narrative takes half a second.

A job reads longer texts and every file.
"""
MAX_SHOWN = 200
"""Most lines of each kind to show on the page. The rest are counted."""


class PreviewRow(NamedTuple):
    """An item on the preview page: its differences word by word, and the fields for the user's decisions."""

    line: ItemComparison
    segments: Sequence[DiffSegment]
    became: BoundField | None = None
    benchmarks: Sequence[BoundField] = ()


class ItemEditor(NamedTuple):
    """An item to edit: its number, its text field, and the steps that are possible."""

    number: int
    field: BoundField
    is_first: bool
    is_last: bool


class PreviewGroup(NamedTuple):
    """The items that change in the same way. `more` is the number of items counted but not shown."""

    kind: ItemChange
    lines: Sequence[PreviewRow]
    more: int


@login_required
@form_page
def edition_import(request: SignedInRequest, pk: int) -> HttpResponse:
    """Start an import for an edition. The record doesn't change until the import is loaded."""
    edition = get_object_or_404(Edition.objects.visible_to(request.user).select_related("country"), pk=pk)
    _check_may_import(request)
    if "restore" in request.POST:
        return _restore(request, edition)
    form = ImportForm(request.POST or None, request.FILES or None)
    if sentence := _upload_size_error(request):
        form.full_clean()
        form.errors.pop("file", None)
        form.add_error("file", sentence)
    elif form.is_valid():
        try:
            imported = _start_import(request, edition, form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            return redirect("import_preview", pk=imported.pk)
    rows = EditionImport.objects.visible_to(request.user).filter(edition=edition).with_size().defer("draft", "did")
    imports = list(rows.select_related("edition__country", "begun_by", "loaded_by")[:MAX_SHOWN])
    context = {
        "edition": edition,
        "form": form,
        "waiting": [row for row in imports if row.loaded_at is None],
        "loaded": [row for row in imports if row.loaded_at],
        "kept_days": DRAFT_RETENTION.days,
    }
    return render_page(request, "recommendations/edition_import.html", context, status=422 if form.errors else 200)


def _upload_size_error(request: HttpRequest) -> str:
    """Return the error for an upload that was too large for the server to accept; otherwise an empty string."""
    length = parse_whole_number(request.META.get("CONTENT_LENGTH")) or 0
    if request.method != "POST" or request.FILES or length <= settings.UPLOAD_MAX_TOTAL_BYTES:
        return ""
    most = settings.UPLOAD_MAX_TOTAL_BYTES // 1024**2
    return gettext(
        "The file is larger than %(limit)d MB and was not uploaded. Save only the pages with the country’s narrative "
        "and choose that file."
    ) % {"limit": most}


def _start_import(request: SignedInRequest, edition: Edition, data: dict[str, Any]) -> EditionImport:
    """Save the import: read a short text now, or queue a job for anything else. Raises Refused."""
    pasted, file = data["pasted"], data["file"]
    is_read_now = not file and len(pasted) <= MAX_READ_IN_REQUEST
    return actions.create_import(
        edition=edition,
        name=file.name if file else PASTED_NAME,
        content=file.read() if file else pasted.encode(),
        draft=read_draft_text(pasted, get_expected_edition(edition)) if is_read_now else None,
        is_pasted=not file,
        charset=data["charset"],
        text_status=TextStatus(data["text_status"]),
        by=request.user,
        now=clock.now(edition.country.time_zone),
    )


@login_required
@form_page
def import_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what loading would do and what the user has to decide first, or what a loaded import did."""
    rows = EditionImport.objects.visible_to(request.user).select_related("edition__country", "loaded_by", "begun_by")
    imported = get_object_or_404(rows, pk=pk)
    _check_may_import(request)
    if request.headers.get("HX-Request") and not imported.is_unread:
        return HttpResponseClientRefresh()  # the page that showed the progress becomes the preview
    if imported.loaded_at is not None:
        context = {"imported": imported, "facts": result.list_result_rows(imported.did)}
        return render_page(request, "recommendations/import_preview.html", context)
    if request.POST.get("do") == "discard":
        return _discard(request, imported)
    return _render_progress(request, imported) if imported.is_unread else _preview_draft(request, imported)


def _render_progress(request: SignedInRequest, imported: EditionImport) -> HttpResponse:
    """Show the progress of the job that reads the import, or why it failed and what to do."""
    if request.POST.get("do") == "read":
        actions.retry_reading(imported=imported, by=request.user)
        return redirect("import_preview", pk=imported.pk)
    job = Job.objects.filter(kind=READ_LIST_JOB, key=str(imported.pk)).first()
    is_under_way = job is not None and job.state in OPEN_STATES
    takes_long = job is not None and job.takes_long(clock.to_machine_time(clock.now()))
    context = {
        "imported": imported,
        "job": job,
        "is_under_way": is_under_way,
        "takes_long": takes_long,
        "sees_status": takes_long and administers_installation(request.user),
    }
    return render_page(request, "recommendations/import_reading.html", context, partial="progress")


def _discard(request: SignedInRequest, imported: EditionImport) -> HttpResponse:
    try:
        kept = actions.discard_import(imported=imported, by=request.user, now=clock.now())
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect("import_preview", pk=imported.pk)
    sentence = gettext("Draft import “%(name)s” discarded.") % {"name": imported.title}
    if kept:
        offer_undo(request, sentence, reverse("edition_import", args=[imported.edition_id]), restore=kept.pk)
    else:
        messages.success(request, sentence)
    return redirect("edition_import", pk=imported.edition_id)


def _restore(request: SignedInRequest, edition: Edition) -> HttpResponse:
    """Bring back the draft that the user has just discarded, and lead to its preview."""
    key = parse_whole_number(request.POST["restore"]) or 0
    try:
        imported = actions.restore_import(edition=edition, removed=key, by=request.user, now=clock.now())
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect("edition_import", pk=edition.pk)
    messages.success(request, gettext("The draft import is back."))
    return redirect("import_preview", pk=imported.pk)


def _check_may_import(request: SignedInRequest) -> None:
    if not can_set_up(request.user):
        raise PermissionDenied


def _preview_draft(request: SignedInRequest, imported: EditionImport) -> HttpResponse:
    """Show the preview with its two forms, the decisions and the columns of a table. Perform the one submitted."""
    sends = request.POST.get("do")
    draft = deserialize_draft(imported.draft)
    columns = ColumnsForm(request.POST if sends == "columns" else None, draft=draft)
    if columns.is_valid():
        try:
            actions.set_columns(imported=imported, by=request.user, **columns.values())
        except Refused as refusal:
            add_refusal(columns, refusal)
        else:
            return redirect("import_preview", pk=imported.pk)
    context: dict[str, Any] = {
        "imported": imported,
        "columns": columns if draft.is_table else None,
        "is_edited": draft.as_read is not None,
    }
    form: PreviewForm | None = None
    try:
        preview = build_preview(imported)
    except Refused as refusal:
        context["refusal"] = str(refusal)
    else:
        context |= _found_context(preview, imported.edition)
        form = PreviewForm(preview=preview) if preview.imported_list.rows else None
    if form:
        is_too_long = form.is_too_long
        if sends == "load" and not is_too_long:
            form = PreviewForm(request.POST, preview=preview)
            if url := _send_preview(request, imported, form):
                return redirect(url)
        context |= _decisions_context(form, is_too_long=is_too_long)
    is_refused = columns.errors or (form and form.is_bound)
    return render_page(request, "recommendations/import_preview.html", context, status=422 if is_refused else 200)


def _send_preview(request: SignedInRequest, imported: EditionImport, form: PreviewForm) -> str:
    """Edit an item or load the list, as the button says. Return the URL to show next; "" if it was refused."""
    if "step" in request.POST:
        return _edit(request, imported, form)
    is_loaded = form.is_valid() and _load(request, imported, form)
    return reverse("import_preview", args=[imported.pk]) if is_loaded else ""


def _edit(request: SignedInRequest, imported: EditionImport, form: PreviewForm) -> str:
    """Save what was typed and do the step of the button. Return the URL to show next; "" if it was refused.

    The button's value is a step, such as "save", or a step and the number of an item, such as "split-3".
    """
    name, _, number = request.POST["step"].partition("-")
    step = ItemStep(name) if name in set(ItemStep) else None
    form.full_clean()
    if form.keep_text_errors():
        return ""
    try:
        edited = actions.edit_draft(
            imported=imported,
            step=step,
            number=parse_whole_number(number) or 0,
            texts=form.typed_texts(),
            choices=form.typed_choices(),
            seen=form.data.get("items_seen", ""),
            by=request.user,
        )
    except EditConflict as refusal:
        _show_current_items(form)
        add_refusal(form, refusal)
        return ""
    except Refused as refusal:
        add_refusal(form, refusal)
        return ""
    if step is None:
        messages.success(request, gettext("Draft saved. Nothing is imported yet."))
    url = reverse("import_preview", args=[imported.pk])
    if step is ItemStep.RESET:
        return f"{url}#items"
    return f"{url}#item-{edited.focus}" if edited.focus else url


def _show_current_items(form: PreviewForm) -> None:
    """Show the items as somebody else saved them in the meantime, and apart from them the texts that the user typed."""
    form.unsaved_texts = [text for _, text in sorted(form.typed_texts().items())]
    mark_as_seen(form, "items_seen", form.preview.items_fingerprint)
    for item in form.preview.editable_items:
        mark_as_seen(form, f"text_{item.number}", item.text)


def _load(request: SignedInRequest, imported: EditionImport, form: PreviewForm) -> bool:
    """Load the list as decided. Return whether that was not refused."""
    try:
        now = clock.now(imported.edition.country.time_zone)
        loaded = actions.load_import(imported=imported, by=request.user, now=now, **form.values())
    except Refused as refusal:
        add_refusal(form, refusal)
        mark_as_seen(form, "seen", form.preview.fingerprint)  # the user can submit again after seeing the current list
        if form.data.get("items_seen") not in ("", None, form.preview.items_fingerprint):
            _show_current_items(form)
        return False
    messages.success(request, result.summarize_result(loaded.did))
    return True


def _found_context(preview: ImportPreview, edition: Edition) -> dict[str, Any]:
    """Return what the template shows of the list as found."""
    imported_list, tier = preview.imported_list, preview.draft.tier
    notes = [*imported_list.notes]
    if tier and tier != edition.tier:
        notes.append(
            gettext(
                "The narrative says %(narrative)s, but this edition says %(edition)s. Check that it is the right "
                "narrative, or correct the tier of the edition."
            )
            % {"narrative": tier.label, "edition": edition.get_tier_display()}
        )
    return {
        "found_count": len(imported_list.rows),
        "notes": notes,
        "unreadable": imported_list.unreadable[:MAX_SHOWN],
        "unreadable_count": len(imported_list.unreadable),
        "unreadable_more": max(len(imported_list.unreadable) - MAX_SHOWN, 0),
    }


def _decisions_context(form: PreviewForm, *, is_too_long: bool) -> dict[str, Any]:
    """Return what the template shows of the comparison and of the user's decisions."""
    preview = form.preview
    comparison = preview.comparison
    undecided = [] if is_too_long else comparison.undecided
    others = [line for line in comparison.lines if is_too_long or line.is_certain]
    return {
        "form": form,
        "items": preview.imported_list.rows[:MAX_SHOWN],
        "items_more": max(len(preview.imported_list.rows) - MAX_SHOWN, 0),
        "left_out": preview.draft.left_out,
        "editors": _item_editors(form, is_too_long=is_too_long),
        "unsaved_texts": form.unsaved_texts,
        "max_items": MAX_EDITABLE_ITEMS,
        "unknown_ministries": comparison.unknown_ministries[:MAX_SHOWN],
        "unknown_count": len(comparison.unknown_ministries),
        "undecided": [_preview_row(line, form) for line in undecided],
        "groups": [
            PreviewGroup(kind, [_preview_row(line) for line in own[:MAX_SHOWN]], max(len(own) - MAX_SHOWN, 0))
            for kind in ItemChange
            if (own := [line for line in others if line.kind is kind])
        ],
        "open_fields": [
            field
            for field in form
            if field.name.startswith(("pillar_", "leave_")) or (field.name.startswith("text_") and not form.is_editable)
        ],
        "changes_nothing": comparison.changes_nothing,
        "is_too_long": is_too_long,
    }


def _item_editors(form: PreviewForm, *, is_too_long: bool) -> list[ItemEditor]:
    """Return the items to edit by hand; none if the list is too long for that."""
    if is_too_long or not form.is_editable:
        return []
    numbers = [row.number for row in form.preview.imported_list.rows]
    return [
        ItemEditor(number, form[f"text_{number}"], number == numbers[0], number == numbers[-1]) for number in numbers
    ]


def _preview_row(line: ItemComparison, form: PreviewForm | None = None) -> PreviewRow:
    """Return the row of an item, with its fields if `form` asks what it became."""
    segments = diff_words(line.old.text, line.new.text) if line.old and line.new and not line.is_little_alike else ()
    if form is None or line.old is None:
        return PreviewRow(line, segments)
    benchmarks = form.preview.existing_rows[line.old.key].listed_benchmarks
    return PreviewRow(
        line, segments, form[f"became_{line.old.key}"], [form[f"goes_{benchmark.pk}"] for benchmark in benchmarks]
    )
