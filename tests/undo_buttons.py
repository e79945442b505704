"""Find and press the button "Undo" in the messages of a page."""

import re
from html import unescape

UNDO_FORM = re.compile(r'<form class="messages__undo" method="post" action="([^"]+)">(.*?)</form>', re.DOTALL)
HIDDEN_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def undo_forms(page):
    """Return the URL and the fields of each "Undo" form of a page."""
    return [
        (
            unescape(url),
            {name: unescape(value) for name, value in HIDDEN_FIELD.findall(form) if name != "csrfmiddlewaretoken"},
        )
        for url, form in UNDO_FORM.findall(page.text)
    ]


def press_undo(client, page):
    """Press the only "Undo" button of a page, and return the page that follows."""
    [(url, fields)] = undo_forms(page)
    return client.post(url, fields, follow=True)
