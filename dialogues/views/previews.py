"""Files in the page: pictures, and PDFs page by page, drawn anew; texts as text. What can't be shown is told."""

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

from dialogues.actions.files import look_into, show_file
from dialogues.files.previews import SORTS, Outline, Undrawable
from dialogues.files.previews.confined import MODULE, draw_apart, outline_apart
from dialogues.models import EvidenceFile
from tiptracker.accounts.models import User
from tiptracker.errors import Refused, TryLater
from tiptracker.sandbox.sandbox import Sandbox, is_known_to_fail
from tiptracker.web import rate_limits
from tiptracker.web.pages import SignedIn, render_page

TEXTS = ("text/plain", "text/csv")
MOST_TEXT = 20_000
"""Characters of a text that are shown in place."""
KEPT_FOR = 7 * 24 * 3600
"""Seconds for which it is remembered how many pages a file has; nothing of what stands on them is kept."""
UNDRAWABLE = "It can’t be shown here. Download it to read it."


class Leaf(NamedTuple):
    """A page of a file, or a picture, as a page shows it: its number, its size in pixels, and what it is in words."""

    number: int
    width: int
    height: int
    words: str


class Shown(NamedTuple):
    """A file as it stands in the page: its leaves or its text, and how much more of it there is.

    `note` says why there is nothing to be seen, or what else there is, and what to do.
    """

    file: EvidenceFile
    leaves: tuple[Leaf, ...] = ()
    text: str = ""
    note: str = ""


def shown(files: Iterable[EvidenceFile | None], *, to: User) -> dict[int, Shown]:
    """Files (by id) as they can be shown to somebody who sees them, but those that were destroyed.

    The text of one goes with the page, and so into the log.
    """
    kept = list({file.pk: file for file in files if file and not file.destroyed_at}.values())
    prefetch_related_objects(kept, "scans")
    return {file.pk: _shown(file, to) for file in kept}


def _shown(file: EvidenceFile, to: User) -> Shown:
    try:
        if file.media_type in TEXTS:
            return _text(file, show_file(file=file, by=to).decode(errors="replace"))
        content = look_into(file=file, by=to)
        if file.media_type not in SORTS:
            return Shown(file, note="A Word or Excel file can’t be shown here. Download it to read it.")
        return _leaves(file, _outline(file, content, to))
    except TryLater as refusal:
        return Shown(file, note=f"It isn’t shown now. {refusal} Or download it to read it.")
    except Refused as refusal:
        return Shown(file, note=str(refusal))
    except Undrawable:
        return Shown(file, note=UNDRAWABLE)


def _outline(file: EvidenceFile, content: bytes, to: User) -> Outline:
    if is_known_to_fail(MODULE, content=content):  # one of its pages was too much, so none is asked for any more
        raise Undrawable
    key = f"outline:{file.stored_sha256}"
    found: Outline | None = cache.get(key)
    if found is None:
        found = outline_apart(content, file.media_type, run=Sandbox(to.pk))
        cache.set(key, found, KEPT_FOR)
    return found


def _leaves(file: EvidenceFile, outline: Outline) -> Shown:
    of_many = f" of {outline.pages}" if outline.pages > 1 else ""
    leaves = tuple(
        Leaf(
            number,
            size.width,
            size.height,
            f"{file.name}, page {number}{of_many}" if of_many else f"{file.name}, shown as a picture",
        )
        for number, size in enumerate(outline.sizes, start=1)
    )
    more = outline.pages - len(leaves)
    note = f"{more} more page{'' if more == 1 else 's'} in the file: download it to read them." if more else ""
    return Shown(file, leaves=leaves, note=note)


def _text(file: EvidenceFile, text: str) -> Shown:
    note = "The file goes on: download it to read the rest." if len(text) > MOST_TEXT else ""
    return Shown(file, text=text[:MOST_TEXT], note=note)


@login_required
@require_GET
@cache_control(private=True, no_store=True)
def file_picture(request: SignedIn, pk: int, number: int) -> HttpResponseBase:
    """A page of a file as a picture, drawn as it is asked for; only after `visible_to`, and logged once an opening."""
    kept = get_object_or_404(EvidenceFile.objects.visible_to(request.user), pk=pk)
    try:
        if kept.media_type not in SORTS:
            raise Refused(UNDRAWABLE)
        content = show_file(file=kept, by=request.user)
        picture = draw_apart(content, kept.media_type, number, run=Sandbox(request.user.pk))
    except Undrawable:
        return _refused(
            request, kept, "There is no such page, or it can’t be shown here. Download the file to read it."
        )
    except TryLater as refusal:
        return rate_limits.to_wait(_refused(request, kept, str(refusal)), refusal.seconds, refusal.status)
    except Refused as refusal:
        return _refused(request, kept, str(refusal))
    response = HttpResponse(picture, content_type="image/jpeg", headers={"Content-Disposition": "inline"})
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _refused(request: SignedIn, file: EvidenceFile, sentence: str) -> HttpResponse:
    return render_page(request, "dialogues/evidence_file.html", {"file": file, "refusal": sentence}, status=409)
