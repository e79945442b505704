"""Previews of files: images and PDF pages drawn again as pictures, texts as text, otherwise a note."""

from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from dialogues.actions.files import read_for_preview, read_stored_file
from dialogues.files.previews import PREVIEW_SOURCES, Outline, PreviewError
from dialogues.files.previews.preview_sandbox import PREVIEW_MODULE, draw_page_in_sandbox, read_outline_in_sandbox
from dialogues.models import EvidenceFile
from tiptracker.accounts.models import User
from tiptracker.errors import Refused, TryLater
from tiptracker.localization import gettext, gettext_noop, ngettext
from tiptracker.sandbox.sandbox import Sandbox, is_known_to_fail
from tiptracker.web import rate_limits
from tiptracker.web.pages import SignedInRequest, render_page

TEXT_MEDIA_TYPES = ("text/plain", "text/csv")
MAX_TEXT_SHOWN = 20_000
"""Maximum number of characters of a text shown on the page."""
OUTLINE_CACHE_SECONDS = 7 * 24 * 3600
"""Seconds for which the number and sizes of a file's pages are cached. Their content is not cached."""
CANNOT_PREVIEW = gettext_noop("The file cannot be shown here. Download it to read it.")


class PagePreview(NamedTuple):
    """A page of a file, or a picture: its number, its size in pixels, and its description in words."""

    number: int
    width: int
    height: int
    alt_text: str


class FilePreview(NamedTuple):
    """A preview of a file: its pages or its text, and how much more there is.

    `note` says why there is no preview, or what else the file holds, and what to do.
    """

    file: EvidenceFile
    pages: tuple[PagePreview, ...] = ()
    text: str = ""
    note: str = ""


def preview_files(files: Iterable[EvidenceFile | None], *, user: User) -> dict[int, FilePreview]:
    """Return previews by file id, for a user who can see the files. Destroyed files are left out.

    The text of a text file is part of the page, so showing it is recorded in the activity log.
    """
    existing = list({file.pk: file for file in files if file and not file.destroyed_at}.values())
    prefetch_related_objects(existing, "scans")
    return {file.pk: _preview_file(file, user) for file in existing}


def _preview_file(file: EvidenceFile, user: User) -> FilePreview:
    try:
        if file.media_type in TEXT_MEDIA_TYPES:
            return _preview_text(file, read_for_preview(file=file, by=user).decode(errors="replace"))
        content = read_stored_file(file=file, by=user)
        if file.media_type not in PREVIEW_SOURCES:
            note = gettext("Word and Excel files cannot be shown here. Download the file to read it.")
            return FilePreview(file, note=note)
        return _preview_pages(file, _cached_outline(file, content, user))
    except TryLater as refusal:
        sentence = gettext("The file is not shown now. %(reason)s You can download it to read it.")
        return FilePreview(file, note=sentence % {"reason": refusal})
    except Refused as refusal:
        return FilePreview(file, note=str(refusal))
    except PreviewError:
        return FilePreview(file, note=gettext(CANNOT_PREVIEW))


def _cached_outline(file: EvidenceFile, content: bytes, user: User) -> Outline:
    if is_known_to_fail(PREVIEW_MODULE, content=content):  # one of its pages failed before, so draw none
        raise PreviewError
    key = f"outline:{file.stored_sha256}"
    outline: Outline | None = cache.get(key)
    if outline is None:
        outline = read_outline_in_sandbox(content, file.media_type, run=Sandbox(user.pk))
        cache.set(key, outline, OUTLINE_CACHE_SECONDS)
    return outline


def _preview_pages(file: EvidenceFile, outline: Outline) -> FilePreview:
    pages = tuple(
        PagePreview(number, size.width, size.height, _describe_page(file, number, outline.pages))
        for number, size in enumerate(outline.sizes, start=1)
    )
    note = ""
    if more := outline.pages - len(pages):
        sentence = ngettext(
            "The file has %(number)d more page. Download it to read that page.",
            "The file has %(number)d more pages. Download it to read them.",
            more,
        )
        note = sentence % {"number": more}
    return FilePreview(file, pages=pages, note=note)


def _describe_page(file: EvidenceFile, number: int, total: int) -> str:
    """Return the alternative text of a page's picture."""
    if total == 1:
        return gettext("%(file)s, shown as an image") % {"file": file.name}
    return gettext("%(file)s, page %(number)d of %(total)d") % {"file": file.name, "number": number, "total": total}


def _preview_text(file: EvidenceFile, text: str) -> FilePreview:
    note = ""
    if len(text) > MAX_TEXT_SHOWN:
        note = gettext("This is the beginning of the file. Download it to read the rest.")
    return FilePreview(file, text=text[:MAX_TEXT_SHOWN], note=note)


@login_required
@require_GET
@cache_control(private=True, no_store=True)
def file_picture(request: SignedInRequest, pk: int, number: int) -> HttpResponseBase:
    """Return a page of a file as a picture, drawn on request.

    Only a reader who may see the file gets it. The activity log has one entry for all pages of one viewing.
    """
    file = get_object_or_404(EvidenceFile.objects.visible_to(request.user), pk=pk)
    try:
        if file.media_type not in PREVIEW_SOURCES:
            raise Refused("no_preview", gettext(CANNOT_PREVIEW))
        content = read_for_preview(file=file, by=request.user)
        picture = draw_page_in_sandbox(content, file.media_type, number, run=Sandbox(request.user.pk))
    except PreviewError:
        sentence = gettext("This page does not exist or cannot be shown here. Download the file to read it.")
        return _refused_response(request, file, sentence)
    except TryLater as refusal:
        return rate_limits.set_retry_after(
            _refused_response(request, file, str(refusal)), refusal.seconds, refusal.status
        )
    except Refused as refusal:
        return _refused_response(request, file, str(refusal))
    response = HttpResponse(picture, content_type="image/jpeg", headers={"Content-Disposition": "inline"})
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _refused_response(request: SignedInRequest, file: EvidenceFile, sentence: str) -> HttpResponse:
    return render_page(request, "dialogues/evidence_file.html", {"file": file, "refusal": sentence}, status=409)
