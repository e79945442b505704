"""Page to request a document with chosen sections, their order and a covering note."""

from dataclasses import replace

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from recommendations.edition_context import EditionRequest, edition_url
from recommendations.models import Edition
from reports.choices import BriefingKind
from reports.forms import BriefingSectionsForm
from reports.models import Briefing, Document
from reports.permissions import can_request_briefing
from reports.views.briefings import offered_documents, request_from_form
from tiptracker import clock
from tiptracker.choices import Role
from tiptracker.languages.enabled import list_languages
from tiptracker.numbers import parse_whole_number
from tiptracker.web.form_pages import form_page, render_form, sent_data
from tiptracker.web.pages import SignedInRequest


@form_page
def briefing_request(request: EditionRequest) -> HttpResponse:
    """Show or process the request form; `?again=` is the id of a briefing to request again.

    `what` names the document, with the key that the form of the briefing list uses. If no document with that key is
    offered, the page redirects to the list.
    """
    edition = request.edition
    if not can_request_briefing(request.user, edition):
        raise PermissionDenied
    again = _repeated_briefing(request)
    now = clock.now(edition.country.time_zone)
    documents = offered_documents(request, edition, now.date(), also=again.dialogue if again else None)
    data = sent_data(request)
    what = (
        _document_key(documents, again.document) if again else (request.GET if data is None else data).get("what", "")
    )
    if what not in documents:
        return redirect(edition_url(edition, "briefing_list"))
    last = again or _last_requested(request, edition, documents[what].kind)
    form = BriefingSectionsForm(
        data,
        what=what,
        places=last.sections if last else None,
        covering_note=again.covering_note if again else "",
        initial={name: request.GET[name] for name in ("as_of", "known_by", "language") if request.GET.get(name)},
        documents=documents,
        languages=list_languages(Role(request.user.role)),
        first=edition.starts_on,
        today=now.date(),
    )
    if briefing := request_from_form(request, form, now):
        return redirect("briefing_detail", pk=briefing.pk)
    context = {"edition": edition, "document": documents[what], "again": again}
    return render_form(request, "reports/briefing_request.html", form, context)


def _repeated_briefing(request: EditionRequest) -> Briefing | None:
    """Return the briefing of the edition to request again, or None. Raises Http404 if the user can't see it."""
    if not (key := request.GET.get("again", "")):
        return None
    rows = Briefing.objects.visible_to(request.user).select_related("edition__country", "ministry", "dialogue")
    return get_object_or_404(rows.filter(edition=request.edition), pk=parse_whole_number(key))


def _document_key(documents: dict[str, Document], document: Document) -> str:
    """Return the key under which a document is offered, whatever sections were chosen; empty if it is not offered."""
    plain = replace(document, sections=None, covering_note="", language=settings.LANGUAGE_CODE)
    return next((key for key, document in documents.items() if document == plain), "")


def _last_requested(request: SignedInRequest, edition: Edition, kind: BriefingKind) -> Briefing | None:
    """Return the last briefing of a kind that this post requested. Its sections are offered again."""
    rows = Briefing.objects.visible_to(request.user).filter(edition__country=edition.country_id, kind=kind)
    return rows.filter(requested_by__isnull=False).order_by("-pk").first()
