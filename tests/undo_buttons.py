"""The button "Undo" in the message of a page: what it sends, and pressing it."""

import re
from html import unescape

OFFER = re.compile(r'<form class="messages__undo" method="post" action="([^"]+)">(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def offers(page):
    """What each button sends: the address, and its fields."""
    return [
        (
            unescape(url),
            {name: unescape(value) for name, value in FIELD.findall(form) if name != "csrfmiddlewaretoken"},
        )
        for url, form in OFFER.findall(page.text)
    ]


def press_undo(client, page):
    """Press the one button of this page, and return the page that follows."""
    [(url, fields)] = offers(page)
    return client.post(url, fields, follow=True)
