"""The page of a post's Word template: what it gives to Word documents, and a form to replace or remove it."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from dialogues.files.inspection import describe_oversized_request
from reports.actions.word_templates import inspect_template, remove_word_template, set_word_template
from reports.models import WordTemplate
from tiptracker import clock
from tiptracker.accounts.models import Country
from tiptracker.errors import Refused
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.onboarding.permissions import require_administrator
from tiptracker.sandbox.sandbox import Sandbox
from tiptracker.web.form_pages import sent_data
from tiptracker.web.frontend.form_rows import add_refusal
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest, render_page


class WordTemplateForm(TrackerForm):
    """The file of a template."""

    file = forms.FileField(
        label=gettext_lazy("Word document"),
        help_text=gettext_lazy(
            "A Word document (.docx) of at most 2 MB, without macros. We take its look, not its text."
        ),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def word_template(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the Word template of a post, replace it, or remove it (`do=remove`)."""
    require_administrator(request.user)
    country = get_object_or_404(Country.objects.visible_to(request.user), pk=pk)
    if request.POST.get("do") == "remove":
        remove_word_template(country=country, by=request.user)
        messages.success(request, gettext("The Word template was removed. Word documents have our own look again."))
        return redirect("word_template", pk=country.pk)
    form = WordTemplateForm(sent_data(request), request.FILES or None)
    if too_large := describe_oversized_request(request):
        form.full_clean()
        form.errors.pop("file", None)
        form.add_error("file", too_large)
    elif form.is_valid():
        try:
            inspected = inspect_template(form.cleaned_data["file"], run=Sandbox(request.user.pk))
            set_word_template(country=country, template=inspected, by=request.user, now=clock.now(country.time_zone))
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(
                request,
                gettext("The Word template was saved. Word documents that are made from now on have its look."),
            )
            return redirect("word_template", pk=country.pk)
    templates = WordTemplate.objects.visible_to(request.user).defer("content").select_related("uploaded_by")
    context = {"country": country, "form": form, "template": templates.filter(country=country).first()}
    return render_page(request, "reports/word_template.html", context, status=422 if form.errors else 200)
