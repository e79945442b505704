"""Pages to save the filters of a list under a name, and to rename or delete them; and the links above a list."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template import Context, Engine
from django.urls import reverse

from tiptracker import clock
from tiptracker.accounts.visible_rows import VisibleRows
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.numbers import parse_whole_number
from tiptracker.saved_filters import actions
from tiptracker.saved_filters.forms import RenameFilterForm, SaveFilterForm
from tiptracker.saved_filters.models import SavedFilter
from tiptracker.saved_filters.pages import PAGES, ListAddress, filters_of, narrows, read_address
from tiptracker.undo.offers import offer_undo
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.pages import SignedInRequest


class SavedFilterLink(NamedTuple):
    """Saved filters above their list: the list with these filters, and the page to change them."""

    name: str
    url: str
    edit_url: str
    is_current: bool


class SavedFiltersBar(NamedTuple):
    """What stands above a list: one's saved filters, where to save the current ones, and the address of the list.

    `save_url` is empty if no filter is set, or if these filters are saved. `address` is empty if no filter is set.
    """

    links: list[SavedFilterLink]
    save_url: str
    address: str


def render_saved_filters(request: HttpRequest) -> str:
    """Return what stands above the list that is being shown as HTML; empty if there is nothing to say. One query."""
    bar = _saved_filters_bar(request)
    if not bar.links and not bar.address:
        return ""
    html: str = Engine.get_default().get_template("includes/saved_filters.html").render(Context({"saved_filters": bar}))
    return html


def _saved_filters_bar(request: HttpRequest) -> SavedFiltersBar:
    page = (request.resolver_match and request.resolver_match.url_name) or ""
    here = ListAddress(page, request.path, filters_of(page, request.GET))
    links = [_filter_link(saved, here) for saved in _OWN_FILTERS.find(request.user) if saved.page == page]
    is_set = narrows(here.query)
    is_saved = any(link.is_current for link in links)
    return SavedFiltersBar(
        links,
        save_url=reverse("saved_filter_add", query={"address": here.url}) if is_set and not is_saved else "",
        address=request.build_absolute_uri(here.url) if is_set else "",
    )


_OWN_FILTERS = VisibleRows(SavedFilter.objects.visible_to)


def _filter_link(saved: SavedFilter, here: ListAddress) -> SavedFilterLink:
    query = filters_of(saved.page, QueryDict(saved.query))  # without parameters that the list no longer knows
    return SavedFilterLink(
        saved.name,
        here._replace(query=query).url,
        reverse("saved_filter_edit", args=[saved.pk], query={"address": here.url}),
        is_current=query == here.query,
    )


@form_page
def saved_filter_add(request: SignedInRequest) -> HttpResponse:
    """Save the filters in `address` under a name; or bring back (`restore`) those that were just deleted."""
    here = read_address(request.POST.get("address") or request.GET.get("address", ""))
    if here is None:
        raise Http404
    if "restore" in request.POST:
        return _restore(request, here)
    form = SaveFilterForm(sent_data(request))
    outcome = save_form(
        form,
        lambda: actions.save_filter(
            page=here.page,
            query=here.query,
            name=form.cleaned_data["name"],
            replaces=form.cleaned_data["replace"],
            by=request.user,
            now=clock.now(),
        ),
    )
    if outcome:
        _confirm_saving(request, here, *outcome)
        return redirect(here.url)
    if form.refusal and form.refusal.code == "name_taken":
        form.ask_to_replace()
    context = {"here": here, "title": gettext(PAGES[here.page].title)}
    return render_form(request, "saved_filters/saved_filter_add.html", form, context)


def _confirm_saving(request: SignedInRequest, here: ListAddress, saved: SavedFilter, replaced: str) -> None:
    if replaced:
        offer_undo(
            request,
            gettext("“%(name)s” now has these filters.") % {"name": saved.name},
            reverse("saved_filter_add"),
            address=here._replace(query=replaced).url,
            name=saved.name,
            replace="on",
        )
    else:
        offer_undo(
            request,
            gettext("You saved these filters as “%(name)s”. You find them above the list.") % {"name": saved.name},
            reverse("saved_filter_edit", args=[saved.pk]),
            address=here.url,
            do="delete",
        )


def _restore(request: SignedInRequest, here: ListAddress) -> HttpResponse:
    key = parse_whole_number(request.POST["restore"]) or 0
    try:
        saved = actions.restore_filter(removed=key, by=request.user, now=clock.now())
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, gettext("The filters “%(name)s” are saved again.") % {"name": saved.name})
    return redirect(here.url)


@form_page
def saved_filter_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Rename one's own saved filters, or delete them (`do=delete`). `address` is the list to go back to."""
    saved = get_object_or_404(SavedFilter.objects.visible_to(request.user), pk=pk)
    here = read_address(request.POST.get("address") or request.GET.get("address", ""))
    if here is None or here.page != saved.page:
        here = ListAddress(saved.page, reverse(saved.page), "")
    if request.POST.get("do") == "delete":
        return _delete(request, saved, here)
    form = RenameFilterForm(sent_data(request), initial={"name": saved.name})
    if renamed := save_form(
        form, lambda: actions.rename_filter(saved=saved, name=form.cleaned_data["name"], by=request.user)
    ):
        offer_undo(
            request,
            gettext("The filters are called “%(name)s” now.") % {"name": renamed.name},
            reverse("saved_filter_edit", args=[saved.pk]),
            name=saved.name,
            address=here.url,
        )
        return redirect(here.url)
    context: dict[str, Any] = {"saved": saved, "here": here, "title": gettext(PAGES[saved.page].title)}
    return render_form(request, "saved_filters/saved_filter_edit.html", form, context)


def _delete(request: SignedInRequest, saved: SavedFilter, here: ListAddress) -> HttpResponse:
    try:
        kept = actions.delete_filter(saved=saved, by=request.user, now=clock.now())
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        offer_undo(
            request,
            gettext("You deleted the saved filters “%(name)s”.") % {"name": saved.name},
            reverse("saved_filter_add"),
            restore=kept.pk,
            address=here.url,
        )
    return redirect(here.url)
