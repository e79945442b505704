"""Give back what a user typed into a form that could not be accepted, because browsers do not keep it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url

from tiptracker.choices import Marking
from tiptracker.localization import gettext
from tiptracker.web.posted_fields import FieldDescription, describe_posted_fields, field_label

_SECRET_WORDS = ("csrf", "password", "credential", "code", "token", "secret")
_AUTOMATIC_FIELDS = re.compile(
    r"(.*-)?(TOTAL_FORMS|INITIAL_FORMS|MIN_NUM_FORMS|MAX_NUM_FORMS|confirmed|seen|kept_files|draft_seen|draft_page|"
    r"add_files|original_size|send_key|last_version|next|more)"
)
"""Fields that a form sends by itself. No user would have to type them again."""


SIGNED_OUT_STATE = "signed_out"
"""State that tells a script that the user is no longer signed in."""


class TypedInput(NamedTuple):
    """A text and the label of its field."""

    label: str
    text: str

    @property
    def is_long(self) -> bool:
        """Whether the text needs more than one line."""
        return len(self.text) > 60 or "\n" in self.text


def preserved_input_context(request: HttpRequest) -> dict[str, Any]:
    """Return context for a page that gives back input: texts, whether there were files, and links to the form.

    A page with texts has the more careful marking.
    """
    back = _form_page(request)
    typed = list_request_inputs(request)
    # The text may be of an officer's form, and who typed it may no longer be signed in.
    marking = {"marking": Marking.SBU.label, "is_sensitive": True} if typed else {}
    return marking | {
        "typed": typed,
        "had_files": is_same_origin(request) and bool(request.FILES or request.POST.getlist("kept_files")),
        "back": back,
        "sign_in": f"{resolve_url(settings.LOGIN_URL)}?next={quote(back)}",
    }


def list_request_inputs(request: HttpRequest) -> list[TypedInput]:
    """Return the texts of a form sent by one of our own pages.

    Empty for another site's form, so that it cannot make us show its own text.
    """
    if not is_same_origin(request):
        return []
    return format_inputs(request.POST.lists(), describe_posted_fields(request))


def format_inputs(
    typed: Iterable[tuple[str, Sequence[str]]], fields: Mapping[str, FieldDescription] | None = None
) -> list[TypedInput]:
    """Return typed texts by field name with readable labels, without the fields that a form sends by itself.

    `fields` describes the fields of the page by the same names. Other fields get a label made from their name.
    """
    descriptions = fields or {}
    inputs = []
    for name, texts in typed:
        described = descriptions.get(name) or FieldDescription(field_label(name), {})
        shown = [text for text in texts if text.strip()]
        if any(map(described.is_row_key, shown)):
            shown = [gettext("Choose it again.")]
        text = ", ".join(described.choice_labels.get(text, text) for text in shown)
        if text and is_typed_field(name) and not described.is_hidden:
            inputs.append(TypedInput(described.label, text))
    return inputs


def wants_json(request: HttpRequest) -> bool:
    """Return whether a script of our pages sent the request. It gets a `state` as JSON instead of a page."""
    return request.headers.get("Accept") == "application/json"


def is_same_origin(request: HttpRequest) -> bool:
    """Return whether the browser says that one of our own pages sent the request."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    return origin == _origin(request)


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _form_page(request: HttpRequest) -> str:
    """Return the address of the page that showed the form. It may differ from the address the form was sent to."""
    came_from = request.headers.get("Referer", "")
    if came_from.startswith(f"{_origin(request)}/"):
        return came_from.removeprefix(_origin(request))
    return request.get_full_path()


def is_typed_field(name: str) -> bool:
    """Return whether a field of this name holds text that a user typed and no secret."""
    return not (_AUTOMATIC_FIELDS.fullmatch(name) or is_secret_field(name))


def is_secret_field(name: str) -> bool:
    """Return whether a field of this name may hold a secret, which is never shown again."""
    return any(word in name.lower() for word in _SECRET_WORDS)
