"""The response during an outage: 503, when to try again, and the user's input in a form to send again.

The page needs no database, session, template, static file or script. It gives back only input that our own page sent
with our own CSRF token. Another site's form is not shown, so a user cannot be tricked into sending it. Passwords,
codes and the content of files are never given back.
"""

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tiptracker.accounts.middleware import is_account_page, is_signed_out_page
from tiptracker.choices import Marking
from tiptracker.infrastructure.outages import Outage
from tiptracker.localization import gettext
from tiptracker.web import error_pages
from tiptracker.web.posted_fields import FieldDescription, describe_posted_fields
from tiptracker.web.preserved_input import TypedInput, is_secret_field, is_typed_field, wants_json

STYLE = f"""{error_pages.STYLE.rstrip()}
    .marking--sensitive {{ background: #1b1b1b }}
    * {{ box-sizing: border-box }}
    label {{ display: block; margin-top: 1rem; font-weight: 700 }}
    input, textarea {{ width: 100%; margin-top: .25rem; padding: .5rem; border: 1px solid #565c65; font: inherit }}
    input, textarea {{ color: inherit; background: inherit }}
    button {{
      margin: 1.5rem 0 0; padding: .75rem 1.25rem; border: 1px solid transparent; border-radius: .25rem; color: #fff;
      background: #005ea2; font: inherit; font-weight: 700
    }}
  """
POLICY = error_pages.content_security_policy(STYLE, form_action="'self'")
_CHOICE_VALUE = re.compile("(?![0-9]+$)[a-z0-9]+(_[a-z0-9]+)*")
"""The stored value of a choice, such as "under_way". It is shown but cannot be edited."""
WRITE_METHODS = ("POST", "PUT", "PATCH")


def unavailable_response(request: HttpRequest, outage: Outage) -> HttpResponse:
    """Return 503 with Retry-After: a page for people, JSON for programs and for the scripts of our pages."""
    if hasattr(request, "session"):
        request.session.modified = False  # otherwise the session would be saved, which needs the database
    saved = _saved_sentence(request, outage)
    title, sentence = gettext(outage.title), gettext(_outage_sentence(request, outage))
    text = " ".join(filter(None, (f"{title}.", saved, sentence)))
    answer: HttpResponse
    if request.path.startswith("/api/"):
        answer = JsonResponse({"detail": text})
    elif wants_json(request):
        answer = JsonResponse({"state": "unavailable", "sentence": text})
    else:
        number = error_pages.request_sentence()
        numbered = format_html("<p>{}</p>", number) if number else ""
        form = _resend_form(request)
        paragraphs = format_html(
            "    <p>{}</p>{}{}{}",
            sentence,
            format_html("<p>{}</p>", saved) if saved else "",
            form or _link(request),
            numbered,
        )
        # Whose form it is cannot be read now, so a page with typed texts has the more careful marking.
        marking = Marking.SBU if form else Marking.UNCLASSIFIED
        page = error_pages.fill_template(title, paragraphs, style=STYLE, marking=marking)
        answer = HttpResponse(page, headers={"Content-Security-Policy": POLICY})
    answer.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    answer.headers["Retry-After"] = str(outage.retry_after)
    return answer


def _saved_sentence(request: HttpRequest, outage: Outage) -> str:
    if request.method not in WRITE_METHODS or is_signed_out_page(request):
        return ""
    if outage.may_be_saved:
        return gettext("Your entry was probably not saved. If you find it on its page later, do not send it again.")
    return gettext("Nothing was saved.")


def _outage_sentence(request: HttpRequest, outage: Outage) -> str:
    if is_signed_out_page(request):
        return outage.sign_in_sentence or outage.sentence
    if request.method not in WRITE_METHODS:
        return outage.page_sentence or outage.sentence
    return outage.sentence


def _link(request: HttpRequest) -> SafeString:
    url = request.get_full_path() if request.method in {"GET", "HEAD"} or is_account_page(request) else "/"
    label = gettext("Go to the start page") if url == "/" else gettext("Open the page again")
    return format_html('<p><a href="{}">{}</a></p>', url, label)


def _resend_form(request: HttpRequest) -> SafeString | None:
    """Return a form with the user's input, or None.

    None if the request is not a POST, belongs to an account page, has no CSRF token of ours, or has no input.
    """
    if request.method != "POST" or is_account_page(request) or not _has_valid_csrf_token(request):
        return None
    fields = [(name, texts) for name, texts in request.POST.lists() if not is_secret_field(name)]
    if not fields:
        return None
    described, files = describe_posted_fields(request), sorted(set(request.FILES))
    return format_html(
        '<form method="post" action="{action}" enctype="multipart/form-data">'
        "<p>{sentence}{files_too}</p>"
        '<input type="hidden" name="csrfmiddlewaretoken" value="{token}">{fields}{files}'
        '<p><button type="submit">{button}</button></p></form>',
        sentence=gettext("Your entry is below. Press “Send again” to send it."),
        button=gettext("Send again"),
        action=request.get_full_path(),
        token=get_token(request),
        files_too=f" {gettext('Your files were not kept. Choose them again.')}" if files else "",
        fields=format_html_join(
            "",
            "{}",
            ((_resend_field(n, name, texts, described[name]),) for n, (name, texts) in enumerate(fields)),
        ),
        files=format_html_join(
            "",
            '<label for="files-{0}">{1}</label><input type="file" id="files-{0}" name="{2}" multiple>',
            ((number, described[name].label, name) for number, name in enumerate(files)),
        ),
    )


def _resend_field(number: int, name: str, texts: Sequence[str], described: FieldDescription) -> SafeString:
    """Return all values of a field: choices by their labels, other texts to be edited, the rest hidden."""
    typed = [text for text in texts if text.strip()] if is_typed_field(name) and not described.is_hidden else []
    is_choice = all(map(_CHOICE_VALUE.fullmatch, typed)) if described.is_choice is None else described.is_choice
    if typed and is_choice:
        chosen = _choice_sentence(typed, described)
        return format_html("<p><strong>{}:</strong> {}{}</p>", described.label, chosen, _hidden_fields(name, texts))
    if not typed:
        return _hidden_fields(name, texts)
    return format_html_join(
        "",
        "{}",
        ((_text_field(f"field-{number}-{at}", name, text, described.label),) for at, text in enumerate(texts)),
    )


def _choice_sentence(values: Sequence[str], described: FieldDescription) -> str:
    if any(map(described.is_row_key, values)):
        return gettext("Your choice is kept.")
    return ", ".join(described.choice_labels.get(value) or value.replace("_", " ") for value in values)


def _hidden_fields(name: str, texts: Iterable[str]) -> SafeString:
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', ((name, text) for text in texts))


def _text_field(identifier: str, name: str, text: str, label: str) -> SafeString:
    labelled = format_html('<label for="{}">{}</label>', identifier, label)
    if TypedInput(name, text).is_long:
        return format_html('{}<textarea id="{}" name="{}" rows="8">\n{}</textarea>', labelled, identifier, name, text)
    return format_html('{}<input id="{}" name="{}" value="{}">', labelled, identifier, name, text)


def _has_valid_csrf_token(request: HttpRequest) -> bool:
    """Return whether the request has our CSRF token. A request that cannot be read counts as not ours."""
    try:
        return _csrf_middleware.process_view(request, _placeholder_view, (), {}) is None
    except Exception:  # noqa: BLE001 -- whatever failed may fail here again
        return False


def _placeholder_view(request: HttpRequest) -> HttpResponse:
    """Stand in for the requested view. None of our views accepts a form without a token."""
    raise NotImplementedError


_csrf_middleware = CsrfViewMiddleware(_placeholder_view)
