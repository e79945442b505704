"""The message that says what one press did, with a button that undoes it.

The button sends `fields` to `url`, a page that does the opposite and asks the same permissions. Every page shows the
messages (templates/base.html).
"""

import json
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest


class UndoOffer(NamedTuple):
    """Where the button sends what."""

    url: str
    fields: dict[str, str]


def offer_undo(request: HttpRequest, sentence: str, url: str, **fields: object) -> None:
    """Show `sentence` on the next page, with a button “Undo” that sends `fields` to `url`."""
    offer = UndoOffer(url, {name: str(value) for name, value in fields.items()})
    messages.success(request, sentence, extra_tags=json.dumps(offer))


def read_offer(extra_tags: str) -> UndoOffer | None:
    """Return the offer of a message, by its extra tags; None if it has none."""
    if not extra_tags.startswith("["):
        return None
    return UndoOffer(*json.loads(extra_tags))
