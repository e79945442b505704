"""What a person typed into a form that could not be taken: given back, since no browser keeps it for them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url

_SECRET_WORDS = ("csrf", "password", "credential", "code", "token", "secret")
_AUTOMATIC_FIELDS = re.compile(
    r"(.*-)?(TOTAL_FORMS|INITIAL_FORMS|MIN_NUM_FORMS|MAX_NUM_FORMS|confirmed|seen|kept_files|draft_seen|draft_page|next|more)"
)
"""What a form sends of its own accord, and nobody would type again."""


SIGNED_OUT_STATE = "signed_out"
"""How a script is told that nobody is signed in any more."""


class TypedInput(NamedTuple):
    """A text, and what its field is called."""

    label: str
    text: str

    @property
    def is_long(self) -> bool:
        """Whether it wants more than a line."""
        return len(self.text) > 60 or "\n" in self.text


def preserved_input_context(request: HttpRequest) -> dict[str, Any]:
    """For the page that gives back what was typed: the texts, whether files came along, the ways back to the form."""
    back = _form_page(request)
    return {
        "typed": list_request_inputs(request),
        "had_files": is_same_origin(request) and bool(request.FILES or request.POST.getlist("kept_files")),
        "back": back,
        "sign_in": f"{resolve_url(settings.LOGIN_URL)}?next={quote(back)}",
    }


def list_request_inputs(request: HttpRequest) -> list[TypedInput]:
    """The texts of a form that our own page sent; of another site's none, lest it has us show a text of its own."""
    if not is_same_origin(request):
        return []
    return format_inputs(request.POST.lists())


class FieldDescription(NamedTuple):
    """A field as its page has it: its label and, where it is a choice, how each stored word is read."""

    label: str
    words: Mapping[str, str]


def format_inputs(
    typed: Iterable[tuple[str, Sequence[str]]], fields: Mapping[str, FieldDescription] | None = None
) -> list[TypedInput]:
    """What somebody typed, by field name, as it is read; what a form sends of its own accord is left out.

    `fields` are those of the page, by the same names; one that isn't among them is called as it is named.
    """
    known = fields or {}
    said = []
    for name, texts in typed:
        label, words = known.get(name) or FieldDescription(field_label(name), {})
        text = ", ".join(words.get(text, text) for text in texts if text.strip())
        if text and is_typed_field(name):
            said.append(TypedInput(label, text))
    return said


def wants_json(request: HttpRequest) -> bool:
    """Whether a script of our pages asks, which is told by a `state` what became of it; no page is drawn for it."""
    return request.headers.get("Accept") == "application/json"


def is_same_origin(request: HttpRequest) -> bool:
    """Whether a browser says that one of our own pages sent this."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    return origin == _origin(request)


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _form_page(request: HttpRequest) -> str:
    """The address of the page on which the form stood: not always the one it was sent to."""
    came_from = request.headers.get("Referer", "")
    if came_from.startswith(f"{_origin(request)}/"):
        return came_from.removeprefix(_origin(request))
    return request.get_full_path()


def is_typed_field(name: str) -> bool:
    """Whether a field of this name holds what somebody typed, and no secret."""
    return not (_AUTOMATIC_FIELDS.fullmatch(name) or is_secret_field(name))


def is_secret_field(name: str) -> bool:
    """Whether a field of this name may hold a secret, which is never shown again."""
    return any(word in name.lower() for word in _SECRET_WORDS)


def field_label(name: str) -> str:
    """The name of a field, to be read: "happened_from" is "Happened from"."""
    return name.replace("_", " ").replace("-", " ").strip().capitalize()
