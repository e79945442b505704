"""Pages to request, follow, clear, check and download briefings."""

from datetime import date, datetime, time
from functools import cache
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache

from dialogues.choices import DialogueStage
from dialogues.models import Dialogue, Redaction
from recommendations.edition_context import EditionRequest, edition_url, set_page_edition
from recommendations.models import Edition, Question
from reports.actions.briefings import clear_briefing, hand_out_file, request_briefing, retry_briefing
from reports.choices import BriefingKind
from reports.forms import BriefingRequestForm, FileCheckForm
from reports.models import Briefing, Document
from reports.permissions import can_clear_briefing, can_request_briefing
from reports.views.access import read_page
from tiptracker import clock
from tiptracker.accounts.models import Ministry, User
from tiptracker.choices import Role
from tiptracker.errors import Refused
from tiptracker.infrastructure.prepared_rows import PreparedRows
from tiptracker.languages.enabled import list_languages
from tiptracker.localization import gettext, gettext_noop
from tiptracker.web import exports
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.pages import SignedInRequest, render_page
from tiptracker.web.rate_limits import rate_limited
from tiptracker.web.stored_files import stored_file_response

PAGE_SIZE = 25
MAX_HELD_OFFERED = 3
"""For how many past dialogues a pack is offered, in addition to those still to come."""


def request_from_form(request: EditionRequest, form: BriefingRequestForm, now: datetime) -> Briefing | None:
    """Request the document that a form names. None if the form is invalid or the request is refused."""
    return save_form(
        form,
        lambda: request_briefing(
            edition=request.edition,
            document=form.document,
            as_of=form.cleaned_data["as_of"],
            known_by=_end_of_day(form.cleaned_data["known_by"], now),
            by=request.user,
            now=now,
        ),
    )


def _end_of_day(day: date | None, now: datetime) -> datetime | None:
    """Return the last moment of a day in the country; None (meaning now) for today or without a day."""
    return None if day is None or day == now.date() else datetime.combine(day, time.max, now.tzinfo)


@form_page
def briefing_list(request: EditionRequest) -> HttpResponse:
    """List the briefings, newest first, with the form to request another."""
    edition = request.edition
    may_request = can_request_briefing(request.user, edition)
    form = None
    if request.method == "POST" and not may_request:
        raise PermissionDenied
    now = clock.now(edition.country.time_zone)
    if may_request and (request.method == "POST" or now.date() >= edition.starts_on):
        form = BriefingRequestForm(
            sent_data(request),
            initial={"what": request.GET["what"]} if "what" in request.GET else None,
            documents=offered_documents(request, edition, now.date()),
            languages=list_languages(Role(request.user.role)),
            first=edition.starts_on,
            today=now.date(),
        )
        if form.is_valid() and "pick" in request.POST:
            return redirect(edition_url(edition, "briefing_request", query=_request_query(request)))
        if briefing := request_from_form(request, form, now):
            return redirect("briefing_detail", pk=briefing.pk)
    briefings = (
        Briefing.objects.visible_to(request.user)
        .filter(edition=edition)
        .select_related("edition__country", "ministry", "dialogue", "job", "requested_by", "cleared_by")
        .defer("content")
        .order_by("-requested_at", "-pk")
    )
    if exports.is_export_requested(request):
        return exports.export_rows(
            request, "briefings", tuple(map(gettext, EXPORT_COLUMNS)), list(map(_export_row, briefings))
        )
    page = Paginator(briefings, PAGE_SIZE).get_page(request.GET.get("page"))
    return render_page(
        request,
        "reports/briefing_list.html",
        {"edition": edition, "form": form, "page": page},
        status=422 if form and form.errors else 200,
    )


def _request_query(request: SignedInRequest) -> dict[str, str]:
    """Return what the form requested, as query parameters for the page where sections are chosen."""
    return {name: value for name in ("what", "as_of", "known_by", "language") if (value := request.POST.get(name))}


def offered_documents(
    request: SignedInRequest, edition: Edition, today: date, *, also: Dialogue | None = None
) -> dict[str, Document]:
    """Return the documents that can be requested on an edition, by their key in the form."""
    ministries = Ministry.objects.visible_to(request.user).filter(country=edition.country)
    dialogues = _offered_dialogues(request, edition, today, also)
    return {
        BriefingKind.AMBASSADOR.value: Document(BriefingKind.AMBASSADOR),
        **{f"ministry-{row.pk}": Document(BriefingKind.MINISTRY, row) for row in ministries},
        **{f"dialogue-{row.pk}": Document(BriefingKind.DIALOGUE, dialogue=row) for row in dialogues},
        "washington": Document(BriefingKind.WASHINGTON),
        "washington-without-sources": Document(BriefingKind.WASHINGTON, has_sources=False),
        **_answer_documents(request, edition),
    }


def _answer_documents(request: SignedInRequest, edition: Edition) -> dict[str, Document]:
    """Return the answers to the yearly questions, if the edition has questions."""
    if not Question.objects.visible_to(request.user).filter(edition=edition).active().exists():
        return {}
    return {
        "answers": Document(BriefingKind.ANSWERS),
        "answers-without-sources": Document(BriefingKind.ANSWERS, has_sources=False),
    }


def _offered_dialogues(
    request: SignedInRequest, edition: Edition, today: date, also: Dialogue | None
) -> list[Dialogue]:
    """Return the dialogues for which a pack is offered.

    They are: all still to come or to be recorded, the last few that were held, the one named by `what` in the request,
    and `also`.
    """
    key = request.POST.get("what") or request.GET.get("what", "")
    dialogues = list(Dialogue.objects.visible_to(request.user).filter(country=edition.country).nearest_first(today))
    held = [row for row in dialogues if row.stage_on(today) is DialogueStage.HELD]
    omitted = [row for row in held[MAX_HELD_OFFERED:] if key != f"dialogue-{row.pk}" and row != also]
    return [row for row in dialogues if row not in omitted]


EXPORT_COLUMNS = (
    gettext_noop("Document"),
    gettext_noop("As of"),
    gettext_noop("Using only what was recorded by"),
    gettext_noop("Version"),
    gettext_noop("Status"),
    gettext_noop("Requested by"),
    gettext_noop("Requested"),
    gettext_noop("Cleared by"),
    gettext_noop("Cleared"),
    gettext_noop("Withdrawn"),
    gettext_noop("SHA-256"),
)


def _export_row(briefing: Briefing) -> tuple[object, ...]:
    return (
        briefing.title, briefing.as_of, briefing.known_by, briefing.version, briefing.state.label,
        briefing.prepared_by, briefing.requested_at, str(briefing.cleared_by or ""), briefing.cleared_at,
        briefing.withdrawn_at, briefing.sha256,
    )  # fmt: skip


@form_page
def briefing_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a briefing with its progress, its failure or its file. POST renders a failed briefing again."""
    briefing = _get_briefing(request, pk)
    if request.method == "POST":
        retry_briefing(briefing=briefing, by=request.user)
        return redirect("briefing_detail", pk=briefing.pk)
    return _render_detail(request, briefing)


@read_page
@rate_limited("exports")
@never_cache
def briefing_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Download the PDF and record the download.

    A briefing that is not ready redirects to its page; a withdrawn one answers 410.
    """
    return _file_response(request, pk)


@read_page
@rate_limited("exports")
@never_cache
def briefing_word(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Download the Word file, if there is one; otherwise as `briefing_file`."""
    return _file_response(request, pk, as_word=True)


def _file_response(request: SignedInRequest, pk: int, *, as_word: bool = False) -> HttpResponseBase:
    briefing = _find_downloadable(request.user, pk)
    if not briefing.get_file(as_word=as_word).path and not briefing.withdrawn_at:
        return redirect("briefing_detail", pk=briefing.pk)
    now = clock.now(briefing.edition.country.time_zone)
    try:
        file, content = hand_out_file(briefing=briefing, by=request.user, now=now, as_word=as_word)
    except Refused as refusal:
        briefing = _get_briefing(request, pk)
        if briefing.withdrawn_at:
            return _render_detail(request, briefing, status=410)
        return _render_detail(request, briefing, download_refusal=str(refusal), as_word=as_word, status=409)
    return stored_file_response(file.file, name=file.name, media_type=file.media_type, content=content)


def _find_downloadable(user: User, pk: int) -> Briefing:
    """Return a briefing that the user sees, without its content. Raises Http404."""
    if pk.bit_length() >= 64:  # no row has so long a key
        raise Http404
    found = _downloadable_query(Role(user.role)).rows(briefing=pk, **user.visibility_key())
    if not found:
        raise Http404
    return found[0]


@cache
def _downloadable_query(role: Role) -> PreparedRows[Briefing]:
    def build(briefing: int, **key: int) -> QuerySet[Briefing]:
        rows = Briefing.objects.visible_to(User(role=role, **key)).filter(pk=briefing).defer("content")
        return rows.select_related("edition__country", "ministry", "dialogue")

    key: dict[str, Any] = dict.fromkeys(User(role=role).visibility_key(), int)
    return PreparedRows(build, briefing=int, **key)


@form_page
def briefing_clear(request: SignedInRequest, pk: int) -> HttpResponse:
    """Clear the draft that the page showed. The worker then issues it without the draft marking, and locks it."""
    briefing = _get_briefing(request, pk)
    if request.method != "POST":  # the user had to sign in again because the session had ended
        return redirect("briefing_detail", pk=briefing.pk)
    now = clock.now(briefing.edition.country.time_zone)
    try:
        clear_briefing(briefing=briefing, sha256=request.POST.get("sha256", ""), by=request.user, now=now)
    except Refused as refusal:
        return _render_detail(request, _get_briefing(request, pk), clearance_refusal=str(refusal), status=422)
    return redirect("briefing_detail", pk=briefing.pk)


@form_page
def briefing_check(request: SignedInRequest) -> HttpResponse:
    """Compare a file, or its hash, with the briefings handed out: is it ours, unchanged and the newest version?"""
    form = FileCheckForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {}
    if form.is_valid():
        briefings = Briefing.objects.visible_to(request.user).with_hash(form.hash).order_by("-pk")
        context["hash"] = form.hash
        context["matches"] = [
            BriefingMatch(
                briefing,
                form.hash not in {briefing.sha256, briefing.word_sha256},
                *_find_later(request, briefing),
            )
            for briefing in briefings.select_related("edition__country", "ministry", "dialogue", "job", "cleared_by")
        ]
    return render_form(request, "reports/briefing_check.html", form, context)


class BriefingMatch(NamedTuple):
    """A briefing with a file that has the hash in question.

    `is_older_draft` is True if the file was a draft that has since been replaced. `later` is the newest version of the
    same document that was issued after it, and `later_draft` the newest draft after both.
    """

    briefing: Briefing
    is_older_draft: bool
    later: Briefing | None
    later_draft: Briefing | None


class LaterVersions(NamedTuple):
    """The newest issued version of a document after one version, and the newest draft after both."""

    issued: Briefing | None
    draft: Briefing | None


def _find_later(request: SignedInRequest, briefing: Briefing) -> LaterVersions:
    """Return the later versions of the same document that have a file."""
    versions = Briefing.objects.visible_to(request.user).of_the_same(briefing).exclude(file="").defer("content")
    later = list(versions.filter(version__gt=briefing.version, withdrawn_at__isnull=True))
    issued = next((row for row in reversed(later) if row.cleared_at), None)
    newest = later[-1] if later else None
    return LaterVersions(issued, newest if newest != issued else None)


def _get_briefing(request: SignedInRequest, pk: int) -> Briefing:
    rows = Briefing.objects.visible_to(request.user)
    people = ("requested_by", "cleared_by", "withdrawn_by")
    briefing = get_object_or_404(
        rows.select_related("edition__country", "ministry", "dialogue", "job", "run", *people), pk=pk
    )
    set_page_edition(request, briefing.edition)
    return briefing


def _render_detail(
    request: SignedInRequest,
    briefing: Briefing,
    *,
    download_refusal: str = "",
    as_word: bool = False,
    clearance_refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render the page of a briefing.

    `download_refusal` says why the file can't be downloaded now, `clearance_refusal` why clearance was refused.
    """
    user = request.user
    versions = Briefing.objects.visible_to(user).of_the_same(briefing).issued()
    later = _find_later(request, briefing)
    context = {
        "briefing": briefing,
        "takes_long": briefing.job is not None and briefing.job.takes_long(clock.to_machine_time(clock.now())),
        "may_request": can_request_briefing(user, briefing.edition),
        "may_clear": can_clear_briefing(user, briefing),
        "is_own": user.pk == briefing.requested_by_id,
        "corrects": versions.filter(version__lt=briefing.version).last(),
        "corrected_by": later.issued,
        "later_draft": later.draft,
        "download_refusal": download_refusal,
        "file_page": "briefing_word" if as_word else "briefing_file",
        "clearance_refusal": clearance_refusal,
        "redaction": Redaction.objects.visible_to(user).filter(pk=briefing.withdrawn_for_id).first()
        if briefing.withdrawn_for_id
        else None,
    }
    return render_page(request, "reports/briefing_detail.html", context, partial="progress", status=status)
