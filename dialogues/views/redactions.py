"""Redaction: one person proposes to remove words, and another checks every place and confirms or declines."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from dialogues import permissions
from dialogues.actions.redactions import (
    MANY_PLACES,
    FoundPlace,
    confirm_redaction,
    decline_redaction,
    find_pending_redactions,
    find_places,
    propose_redaction,
    refuse_invalid_redaction,
)
from dialogues.choices import RedactionAnswer
from dialogues.forms.redactions import RedactionDecisionForm, RedactionForm
from dialogues.models import (
    Evidence,
    EvidenceFile,
    Redaction,
    RedactionDecision,
    RedactionPlace,
    UpdateVersion,
)
from dialogues.models.disposals import list_disposals_of
from dialogues.text_search import excerpt
from dialogues.views.page_context import duplicate_link
from dialogues.views.redaction_places import MODELS_BY_TABLE, PlaceLabel, label_places
from recommendations.edition_context import set_page_country
from tiptracker import clock
from tiptracker.accounts.models import Country, User
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.models import AuditEntry, ImportedEntry
from tiptracker.choices import Role
from tiptracker.former_names import current_field, current_label
from tiptracker.localization import gettext, gettext_noop
from tiptracker.numbers import parse_whole_number
from tiptracker.web import exports
from tiptracker.web.form_pages import render_form, save_form, sent_data
from tiptracker.web.pages import SignedInRequest, render_page

PAGE_SIZE = 25


class FileChoice(NamedTuple):
    """A file that can be removed as a whole."""

    file: EvidenceFile
    is_chosen: bool


@login_required
@require_safe
@never_cache
def redaction_list(request: SignedInRequest) -> HttpResponse:
    """List the redactions, proposed and decided, newest first."""
    user = request.user
    if user.role not in (Role.OFFICER, Role.AMBASSADOR):
        raise PermissionDenied
    rows = Redaction.objects.visible_to(user).select_related("recorded_by", "decision__recorded_by").order_by("-pk")
    if exports.is_export_requested(request):
        heads = [gettext(head) for head in EXPORT_HEADERS]
        return exports.export_rows(request, "redactions", heads, [_export_row(row) for row in rows])
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render_page(request, "dialogues/redaction_list.html", {"page": page})


EXPORT_HEADERS = (
    gettext_noop("Reason"),
    gettext_noop("Proposed"),
    gettext_noop("Proposed by"),
    gettext_noop("Decision"),
    gettext_noop("Decided"),
    gettext_noop("Decided by"),
)


def _export_row(row: Redaction) -> tuple[object, ...]:
    """Return the cells of the export, without the words to remove and their places."""
    proposed = (row.reason, row.recorded_at, row.recorded_by.name)
    if (decision := redaction_decision(row)) is None:
        return (*proposed, gettext("Waiting for a decision"), None, "")
    return (*proposed, RedactionAnswer(decision.decision).label, decision.recorded_at, decision.recorded_by.name)


def redaction_decision(row: Redaction) -> RedactionDecision | None:
    """Return the second person's decision; None while the proposal waits."""
    return getattr(row, "decision", None)


@login_required
@never_cache
@sensitive_post_parameters("words", "looked_for")
def redaction_add(request: SignedInRequest) -> HttpResponse:
    """Find every place that contains the words, and propose to remove them. Nothing changes yet.

    `?file=` names a file.
    """
    user = request.user
    countries = [each for each in Country.objects.visible_to(user) if permissions.can_redact(user, each)]
    if not countries:
        raise PermissionDenied
    is_sent = request.method == "POST"
    form = RedactionForm(request.POST if is_sent else None, countries=countries)
    typed = request.POST if is_sent else request.GET
    # If the user began from a file, the file is to be removed, and no words.
    context: dict[str, Any] = {"form": form, "is_of_file": "of_file" in request.POST or "file" in request.GET}
    if not form.is_valid():
        named, offered = _parse_keys(typed.getlist("file")), _parse_keys(request.POST.getlist("offered"))
        context["files"] = _file_choices(user, countries, (), named, offered=offered)
    else:
        page = _RedactionSearch(request, form)
        if page.is_proposed and (redaction := page.propose()):
            message = gettext("You proposed a removal. It takes effect when a second person at the post confirms it.")
            messages.success(request, message)
            return redirect("redaction_detail", redaction.pk)
        context |= page.context()
    return render_page(request, "dialogues/redaction_add.html", context, status=422 if form.errors else 200)


class _RedactionSearch:
    """The places that contain the words of a valid form, with what the user ticked.

    A place that the page has not shown before is ticked.
    """

    def __init__(self, request: SignedInRequest, form: RedactionForm) -> None:
        self.user, self.form, self.country = request.user, form, form.chosen_country
        self.words, self.reason = form.cleaned_data["words"], form.cleaned_data["reason"]
        shown, chosen = request.POST.getlist("shown"), request.POST.getlist("place")
        self.left = set(shown) - set(chosen)
        self.are_many_meant = "many" in request.POST
        # The page shows the places of the last search. Other words need a new search first.
        is_looked_for = request.POST.get("looked_for") == self.words
        self.is_proposed = "propose" in request.POST and is_looked_for
        self.places = find_places(self.country, self.words)
        ticked = _parse_keys(request.POST.getlist("file"))
        named = ticked if is_looked_for else ticked | {p.row for p in self.places if p.model is EvidenceFile}
        self.files = _file_choices(
            self.user, [self.country], self.places, named, offered=_parse_keys(request.POST.getlist("offered"))
        )

    def propose(self) -> Redaction | None:
        """Propose the redaction. Return None if it was refused; the form shows why."""
        return save_form(
            self.form,
            lambda: propose_redaction(
                country=self.country,
                words=self.words,
                reason=self.reason,
                left=self.left,
                files=self.chosen_files,
                are_many_meant=self.are_many_meant,
                by=self.user,
                now=clock.now(self.country.time_zone),
            ),
        )

    @property
    def chosen_files(self) -> list[EvidenceFile]:
        """Return the files that are to be removed."""
        return [choice.file for choice in self.files if choice.is_chosen]

    def context(self) -> dict[str, Any]:
        """Return what was found, for the template. Refuse words that can't be searched for."""
        save_form(
            self.form,
            lambda: refuse_invalid_redaction(words=self.words, reason=self.reason, files=self.chosen_files),
        )
        if self.form.errors and not self.is_proposed:
            return {"files": self.files}
        places = _label_found_places(self.user, self.places, self.words, self.left)
        return {
            "is_looked_for": True,
            "looked_for": self.words,
            "places": places,
            "are_many": sum(label.is_chosen for label in places) > MANY_PLACES,
            "are_many_meant": self.are_many_meant,
            "files": self.files,
            "recorded_before": duplicate_link(self.form.refusal, "redaction_detail"),
        }


@login_required
@never_cache
def redaction_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a proposal with every place that contains the words now, to confirm or decline; or what was removed."""
    user = request.user
    rows = Redaction.objects.visible_to(user).select_related("country", "recorded_by", "decision__recorded_by")
    redaction = get_object_or_404(rows, pk=pk)
    set_page_country(request, redaction.country)
    may_decide = permissions.can_decide_on_redaction(user, redaction)
    form = RedactionDecisionForm(sent_data(request))
    if form.is_bound and not may_decide:
        raise PermissionDenied
    is_confirmed = request.POST.get("decision") == RedactionAnswer.CONFIRMED

    def decide() -> RedactionDecision:
        now = clock.now(redaction.country.time_zone)
        values = {"redaction": redaction, "reason": form.cleaned_data["reason"], "by": user, "now": now}
        if is_confirmed:
            return confirm_redaction(are_many_meant="many" in request.POST, **values)
        return decline_redaction(**values)

    if save_form(form, decide):
        done = gettext("The personal data is removed. This page says what to do now.")
        declined = gettext("You declined the proposal. The record stays as it is.")
        messages.success(request, done if is_confirmed else declined)
        return redirect("redaction_detail", redaction.pk)
    if form.refusal:
        redaction = rows.get(pk=pk)
    context = {"may_decide": may_decide, "redaction": redaction, **_detail_context(redaction, user)}
    return render_form(request, "dialogues/redaction_detail.html", form, context)


def _detail_context(redaction: Redaction, user: User) -> dict[str, Any]:
    """Return what is or was to be removed, what is kept, the files, and the decision."""
    decision = getattr(redaction, "decision", None)
    marked = {True: [], False: []}  # type: dict[bool, list[tuple[type[Model], int, str]]]
    for place in redaction.places.all():
        model = MODELS_BY_TABLE[current_label(place.table)]
        marked[place.is_left].append((model, place.row, current_field(place.field)))
    context: dict[str, Any] = {
        "decision": decision,
        "files": [each.file for each in redaction.files.select_related("file")],
        "left": label_places(user, marked[True]),
        "places": label_places(user, marked[False]),
    }
    if decision is None:
        left = {str(place) for place in redaction.places.all()}
        places = [each for each in find_places(redaction.country, redaction.words) if each.key not in left]
        context["places"] = _label_found_places(user, places, redaction.words)
        context["are_many"] = len(places) > MANY_PLACES
    elif decision.decision == RedactionAnswer.CONFIRMED:
        context |= _disclosure_context(redaction, context["files"], user)
    return context


def _disclosure_context(redaction: Redaction, files: Sequence[EvidenceFile], user: User) -> dict[str, Any]:
    """Return who holds a copy of the redacted files, or of a briefing that was withdrawn for the redaction.

    The `reports` app is above this one, so its model is looked up by name.
    """
    briefings = apps.get_model("reports", "Briefing").objects.visible_to(user).filter(withdrawn_for=redaction)
    downloads: list[AuditEntry | ImportedEntry] = []
    for entries in (ImportedEntry.objects.visible_to(user), AuditEntry.objects.visible_to(user)) if files else ():
        on_files = entries.for_rows(*files).filter(verb="file.taken")
        downloads += on_files.select_related("by").order_by("number")
    return {
        "is_searching": redaction.words != REDACTED,
        "withdrawn": list(briefings.order_by("pk").prefetch_related("downloads__by")),
        "taken": downloads,
    }


def _label_found_places(
    user: User, places: Sequence[FoundPlace], words: str, left: Collection[str] = ()
) -> list[PlaceLabel]:
    named = label_places(user, [(place.model, place.row, place.field) for place in places])
    return [
        label._replace(excerpt=excerpt(place.text, words), is_chosen=label.key not in left)
        for label, place in zip(named, places, strict=True)
    ]


def _file_choices(
    user: User,
    countries: Sequence[Country],
    places: Sequence[FoundPlace],
    named: Collection[int],
    *,
    offered: Collection[int] = (),
) -> list[FileChoice]:
    """Return the files attached to rows that contain the words, and the named files, which are ticked."""
    rows = defaultdict(set)
    for place in places:
        rows[place.model].add(place.row)
    attached = (
        Q(evidence__in=rows[Evidence])
        | Q(evidence__update_version__in=rows[UpdateVersion])
        | Q(pk__in=rows[EvidenceFile])
    )
    files = EvidenceFile.objects.visible_to(user).filter(
        attached | Q(pk__in={*named, *offered}), evidence__country__in=countries
    )
    remaining = files.exclude(pk__in=EvidenceFile.objects.visible_to(user).redacted().values("pk")).distinct()
    return [FileChoice(file, file.pk in named) for file in remaining.order_by("pk")]


def _parse_keys(typed: Iterable[str]) -> set[int]:
    return {key for text in typed if (key := parse_whole_number(text)) is not None}


def list_evidence_rows(evidence: Evidence) -> list[Model | None]:
    """Return a piece of evidence with its file and reviews, from prefetched rows."""
    return [evidence, evidence.file, *evidence.reviews.all()]


def pending_redaction_urls(user: User, country: Country, *rows: Model | None) -> list[str]:
    """Return the URLs of the pending redactions of these rows. Only the embassy gets any.

    An observer gets an empty text for each, because the proposal shows what is to be removed.
    """
    if not user.is_embassy:
        return []
    decides = user.role in (Role.OFFICER, Role.AMBASSADOR)
    proposals = find_pending_redactions(country, rows)
    return [reverse("redaction_detail", args=[each.pk]) if decides else "" for each in proposals]


class RemovalNote(NamedTuple):
    """A day on which something on a page was redacted, or disposed of under a certificate with this number."""

    day: date
    certificate: str = ""


def removal_notes(*rows: Model | None) -> list[RemovalNote]:
    """Return the days on which something in these rows was redacted or disposed of.

    The note on their page says neither what nor why.
    """
    present = [row for row in rows if row]
    places = RedactionPlace.objects.marked(present)
    days = {timezone.localtime(place.redaction.decision.recorded_at).date() for place in places}
    return [*map(RemovalNote, sorted(days)), *(RemovalNote(*each) for each in list_disposals_of(present))]
