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
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from recommendations.choices import TextStatus
from recommendations.forms import add_refusal
from recommendations.importing import actions, result
from recommendations.importing.comparison import ItemChange, ItemComparison
from recommendations.importing.draft import deserialize_draft, read_draft_text
from recommendations.importing.forms import MAX_FIELDS, ColumnsForm, ImportForm, PreviewForm
from recommendations.importing.preview import ImportPreview, build_preview, get_expected_edition
from recommendations.importing.tables import Charset
from recommendations.models import Edition, EditionImport
from recommendations.models.imports import DRAFT_RETENTION, READ_LIST_JOB
from recommendations.text_similarity import DiffSegment, diff_words
from tiptracker import clock
from tiptracker.errors import Refused
from tiptracker.jobs.models import OPEN_STATES, Job
from tiptracker.numbers import parse_whole_number
from tiptracker.onboarding.permissions import can_set_up
from tiptracker.web.frontend.form_rows import mark_as_seen
from tiptracker.web.pages import SignedInRequest, render_page

form_page = require_http_methods(["GET", "HEAD", "POST"])
PASTED_NAME = "Pasted text"
MAX_READ_IN_REQUEST = 60_000
"""Most characters of pasted text to read within the request: a country's narrative takes half a second.

A job reads longer texts and every file.
"""
MAX_SHOWN = 200
"""Most lines of each kind to show on the page. The rest are counted."""


class PreviewRow(NamedTuple):
    """An item on the preview page: its differences word by word, and the fields for the user's decisions."""

    line: ItemComparison
    pieces: Sequence[DiffSegment]
    became: BoundField | None
    benchmarks: Sequence[BoundField]


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
    form = ImportForm(request.POST or None, request.FILES or None) if request.method == "POST" else ImportForm()
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
    rows = EditionImport.objects.visible_to(request.user).filter(edition=edition).with_size().defer("brought", "did")
    brought = list(rows.select_related("begun_by", "loaded_by")[:MAX_SHOWN])
    context = {
        "edition": edition,
        "form": form,
        "waiting": [one for one in brought if one.loaded_at is None],
        "loaded": [one for one in brought if one.loaded_at],
        "kept_days": DRAFT_RETENTION.days,
    }
    return render_page(request, "recommendations/edition_import.html", context, status=422 if form.errors else 200)


def _upload_size_error(request: HttpRequest) -> str:
    """Return the error for an upload that was too large for the server to accept; otherwise an empty string."""
    length = parse_whole_number(request.META.get("CONTENT_LENGTH")) or 0
    if request.method != "POST" or request.FILES or length <= settings.UPLOAD_MAX_TOTAL_BYTES:
        return ""
    most = settings.UPLOAD_MAX_TOTAL_BYTES // 1024**2
    return f"The file is larger than {most} MB, so it was not taken. Cut out the pages with the country’s narrative."


def _start_import(request: SignedInRequest, edition: Edition, said: dict[str, Any]) -> EditionImport:
    """Save the import: read a short text now, or queue a job for anything else. Raises Refused."""
    status, now = TextStatus(said["text_status"]), clock.now(edition.country.time_zone)
    pasted, file = said["pasted"], said["file"]
    name, content = (file.name, file.read()) if file else (PASTED_NAME, pasted.encode())
    if file or len(pasted) > MAX_READ_IN_REQUEST:
        charset = Charset(said["charset"]) if said["charset"] else None
        return actions.queue_import(
            edition=edition,
            name=name,
            content=content,
            is_pasted=not file,
            charset=charset,
            text_status=status,
            by=request.user,
            now=now,
        )
    brought = read_draft_text(pasted, get_expected_edition(edition))
    return actions.create_import(
        edition=edition, name=name, content=content, brought=brought, text_status=status, by=request.user, now=now
    )


@login_required
@form_page
def import_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what loading would do and what the user has to decide first, or what a loaded import did."""
    rows = EditionImport.objects.visible_to(request.user).select_related("edition__country", "loaded_by", "begun_by")
    imported = get_object_or_404(rows, pk=pk)
    _check_may_import(request)
    if (
        request.headers.get("HX-Request") and not imported.is_unread
    ):  # the page that showed the progress becomes the preview
        return HttpResponseClientRefresh()
    if imported.loaded_at is not None:
        return render_page(
            request,
            "recommendations/import_preview.html",
            {"imported": imported, "facts": result.list_result_rows(imported.did)},
        )
    if request.POST.get("do") == "discard":
        return _discard(request, imported)
    if imported.is_unread:
        return _render_progress(request, imported)
    page = _PreviewPage(request, imported)
    if request.method == "POST" and (answer := page.done()):
        return answer
    return render_page(
        request, "recommendations/import_preview.html", page.context(), status=422 if page.is_refused else 200
    )


def _render_progress(request: SignedInRequest, imported: EditionImport) -> HttpResponse:
    """Show the progress of the job that reads the import, or why it failed and what to do."""
    if request.POST.get("do") == "read":
        actions.retry_reading(imported=imported, by=request.user)
        return redirect("import_preview", pk=imported.pk)
    job = Job.objects.filter(kind=READ_LIST_JOB, key=str(imported.pk)).first()
    is_under_way = job is not None and job.state in OPEN_STATES
    context = {"imported": imported, "job": job, "is_under_way": is_under_way}
    return render_page(request, "recommendations/import_reading.html", context, partial="progress")


def _discard(request: SignedInRequest, imported: EditionImport) -> HttpResponse:
    try:
        actions.discard_import(imported=imported, by=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect("import_preview", pk=imported.pk)
    messages.success(request, f"Discarded: {imported.name}.")
    return redirect("edition_import", pk=imported.edition_id)


def _check_may_import(request: SignedInRequest) -> None:
    if not can_set_up(request.user):
        raise PermissionDenied


class _PreviewPage:
    """The preview, the form for decisions, and the form that corrects a table's columns."""

    def __init__(self, request: SignedInRequest, imported: EditionImport) -> None:
        self.request, self.imported = request, imported
        self.edition = imported.edition
        self.found: ImportPreview | None = None
        self.refusal = ""
        self.form: PreviewForm | None = None
        self.is_too_long = False
        sends = request.POST.get("do") if request.method == "POST" else ""
        brought = deserialize_draft(imported.brought)
        self.columns = ColumnsForm(request.POST if sends == "columns" else None, brought=brought)
        self.is_table = brought.is_table
        try:
            self.found = build_preview(imported)
        except Refused as refusal:
            self.refusal = str(refusal)
            return
        if not self.found.listed.rows:
            return
        self.form = PreviewForm(found=self.found)
        self.is_too_long = len(self.form.fields) > MAX_FIELDS
        if sends == "load" and not self.is_too_long:
            self.form = PreviewForm(request.POST, found=self.found)

    def done(self) -> HttpResponse | None:
        """Perform the submitted form and return the redirect; None if it was refused or nothing was submitted."""
        by, imported = self.request.user, self.imported
        if self.columns.is_bound and self.columns.is_valid():
            try:
                actions.set_columns(imported=imported, by=by, **self.columns.said())
            except Refused as refusal:
                add_refusal(self.columns, refusal)
                return None
            return redirect("import_preview", pk=imported.pk)
        if self.form is None or not self.form.is_valid():
            return None
        try:
            now = clock.now(self.edition.country.time_zone)
            loaded = actions.load_import(imported=imported, by=by, now=now, **self.form.answers())
        except Refused as refusal:
            add_refusal(self.form, refusal)
            self._look_again()
            return None
        messages.success(self.request, result.summarize_result(loaded.did))
        return redirect("import_preview", pk=imported.pk)

    def _look_again(self) -> None:
        """Update the hidden fingerprint, so that the user can submit again after seeing the current list."""
        if self.form and self.found:
            mark_as_seen(self.form, "seen", self.found.seen)

    @property
    def is_refused(self) -> bool:
        """Return whether the user has to correct the submitted form."""
        return bool((self.columns.is_bound and self.columns.errors) or (self.form and self.form.is_bound))

    def context(self) -> dict[str, Any]:
        """Return the template context."""
        context: dict[str, Any] = {
            "imported": self.imported,
            "refusal": self.refusal,
            "columns": self.columns if self.is_table else None,
            "form": self.form,
        }
        if self.found is None:
            return context
        listed = self.found.listed
        context |= {
            "found_count": len(listed.rows),
            "notes": [*listed.notes, *self._about_the_tier()],
            "wrong": listed.wrong[:MAX_SHOWN],
            "wrong_count": len(listed.wrong),
            "wrong_more": max(len(listed.wrong) - MAX_SHOWN, 0),
        }
        if self.form is None:
            return context
        comparison = self.found.comparison
        undecided = [] if self.is_too_long else comparison.undecided
        shown = {id(line) for line in undecided}
        others = [line for line in comparison.lines if id(line) not in shown]
        return context | {
            "whole": listed.rows[:MAX_SHOWN],
            "whole_more": max(len(listed.rows) - MAX_SHOWN, 0),
            "left_out": self.found.brought.left_out,
            "unknown_ministries": comparison.unknown_ministries[:MAX_SHOWN],
            "unknown_count": len(comparison.unknown_ministries),
            "undecided": [self._shown(line) for line in undecided],
            "groups": [self._group(kind, others) for kind in ItemChange if any(line.kind is kind for line in others)],
            "open_fields": [field for field in self.form if field.name.startswith(("text_", "pillar_", "leave_"))],
            "changes_nothing": comparison.changes_nothing,
            "is_too_long": self.is_too_long,
        }

    def _about_the_tier(self) -> list[str]:
        tier = self.found.brought.tier if self.found else None
        if tier is None or tier == self.edition.tier:
            return []
        said = f"The narrative puts {self.edition.country} on {tier.label}; this edition says "
        said += f"{self.edition.get_tier_display()}. Is it the right narrative? The tier is put right with the edition."
        return [said]

    def _group(self, kind: ItemChange, lines: Sequence[ItemComparison]) -> PreviewGroup:
        own = [line for line in lines if line.kind is kind]
        return PreviewGroup(kind, [self._shown(line) for line in own[:MAX_SHOWN]], max(len(own) - MAX_SHOWN, 0))

    def _shown(self, line: ItemComparison) -> PreviewRow:
        pieces = diff_words(line.old.text, line.new.text) if line.old and line.new and not line.is_little_alike else ()
        if self.form is None or line.old is None or line.is_certain or self.found is None or self.is_too_long:
            return PreviewRow(line, pieces, None, ())
        benchmarks = self.found.standing[line.old.key].benchmarks.all()
        return PreviewRow(
            line, pieces, self.form[f"became_{line.old.key}"], [self.form[f"goes_{one.pk}"] for one in benchmarks]
        )
