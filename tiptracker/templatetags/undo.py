"""Template filter for messages with a button to undo."""

from django import template
from django.contrib.messages.storage.base import Message

from tiptracker.undo.offers import UndoOffer, read_offer

register = template.Library()


@register.filter
def undo_offer(message: Message) -> UndoOffer | None:
    """Return what the button of a message does, or None if the message has no button."""
    return read_offer(str(message.extra_tags or ""))
