"""The pages on which administrators of the installation sign languages off, and switch them off."""

from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from tiptracker import clock
from tiptracker.accounts.permissions import administers_installation
from tiptracker.errors import Refused
from tiptracker.languages.actions import describe_gaps, sign_off, switch_off
from tiptracker.languages.catalogues import CatalogueShare, measure_catalogue
from tiptracker.languages.enabled import MINISTRY_LANGUAGES
from tiptracker.languages.forms import SignOffForm, SwitchOffForm
from tiptracker.languages.models import LanguageReview
from tiptracker.localization import gettext
from tiptracker.web.frontend.form_rows import add_refusal
from tiptracker.web.pages import SignedInRequest, render_page


class _LanguageLine(NamedTuple):
    """A language of the application: its catalogue, and what this installation decided about it, newest first."""

    code: str
    name: str
    share: CatalogueShare
    reviews: list[LanguageReview]

    @property
    def newest(self) -> LanguageReview | None:
        return self.reviews[0] if self.reviews else None

    @property
    def is_signed_off(self) -> bool:
        return self.newest is not None and self.newest.is_signed_off

    @property
    def gaps(self) -> str:
        """What the catalogue lacks, so that the language cannot be signed off, or ""."""
        return "" if self.share.is_complete else describe_gaps(self.share)

    @property
    def is_for_ministries(self) -> bool:
        return self.code in MINISTRY_LANGUAGES


@login_required
@require_safe
def languages(request: SignedInRequest) -> HttpResponse:
    """List the languages of the application: what is translated, and whether people here may choose them."""
    _require_reader(request)
    return render_page(request, "languages/languages.html", {"languages": _list_languages(request)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def language_review(request: SignedInRequest, code: str) -> HttpResponse:
    """Show a language, with the form to sign it off, or to switch it off if it is signed off."""
    _require_reader(request)
    line = next((line for line in _list_languages(request) if line.code == code), None)
    if line is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form: Any = SwitchOffForm(data) if line.is_signed_off else SignOffForm(data)
    if form.is_bound and form.is_valid():
        decide = switch_off if line.is_signed_off else sign_off
        try:
            decide(language=code, by=request.user, now=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _confirmation(line))
            return redirect("language_review", code=code)
    context = {"line": line, "form": form}
    return render_page(request, "languages/language_review.html", context, status=422 if form.is_bound else 200)


def _confirmation(line: _LanguageLine) -> str:
    named = {"language": line.name}
    if line.is_signed_off:
        return gettext("%(language)s is switched off. Pages and e-mails are in English for whoever chose it.") % named
    return gettext("%(language)s is signed off.") % named


def _require_reader(request: SignedInRequest) -> None:
    if not administers_installation(request.user):
        raise PermissionDenied(gettext("Only administrators of the whole installation sign languages off."))


def _list_languages(request: SignedInRequest) -> list[_LanguageLine]:
    rows = list(LanguageReview.objects.visible_to(request.user).select_related("recorded_by"))
    return [
        _LanguageLine(code, name, measure_catalogue(code), [row for row in rows if row.language == code])
        for code, name in settings.LANGUAGES
        if code != settings.LANGUAGE_CODE
    ]
