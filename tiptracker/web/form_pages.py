"""What pages with forms share: who may open them, what was sent, and saving it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_http_methods

from tiptracker.errors import Refused
from tiptracker.validation import EditConflict
from tiptracker.web.frontend.form_rows import add_refusal
from tiptracker.web.frontend.forms import ChangeForm, TrackerForm
from tiptracker.web.pages import render_page


def form_page[View: Callable[..., HttpResponse]](view: View) -> View:
    """Let signed-in users open a page and send its form."""
    return login_required(require_http_methods(["GET", "HEAD", "POST"])(view))


def sent_data(request: HttpRequest) -> QueryDict | None:
    """Return what was sent to a page; None if it is only opened."""
    return request.POST if request.method == "POST" else None


def save_form[Row](
    form: TrackerForm,
    save: Callable[[], Row],
    *,
    also: Sequence["forms.Form | BaseFormSet[Any]"] = (),
    current: Callable[[], ChangeForm] | None = None,
) -> Row | None:
    """Call `save` if the form and those in `also` are valid, and return its result.

    None if one is invalid or the action refuses; the forms then show the errors, and `form.refusal` is the refusal. If
    another user changed the row first, the form also shows the values of `current`: the same form, unbound, filled from
    the row as it is now.
    """
    if not all([form.is_valid(), *(each.is_valid() for each in also)]):
        return None
    try:
        return save()
    except Refused as refusal:
        show_refusal(form, refusal, also=also)
        if isinstance(refusal, EditConflict) and isinstance(form, ChangeForm) and current:
            form.show_current(current())
    return None


def show_refusal(form: TrackerForm, refusal: Refused, *, also: Sequence["forms.Form | BaseFormSet[Any]"] = ()) -> None:
    """Show a refusal in the form or in one of those in `also`, whichever has the field that it names."""
    form.refusal = refusal
    named = (each for each in also if isinstance(each, forms.Form) and refusal.field in each.fields)
    add_refusal(next(named, form), refusal)


def render_form(request: HttpRequest, template: str, form: forms.Form, context: Mapping[str, Any]) -> HttpResponse:
    """Render a page with its form. The status of a refused form is 422, so that scripts and htmx can detect it."""
    return render_page(request, template, {**context, "form": form}, status=422 if form.errors else 200)
