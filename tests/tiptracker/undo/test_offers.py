"""The message of an action that can be undone has a button; other messages have none."""

import pytest
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.urls import reverse

from tests.factories import OfficerFactory
from tests.undo_buttons import undo_forms
from tiptracker.undo.offers import UndoOffer, read_offer


def test_an_undo_offer_is_read_as_it_was_written():
    tags = '["/filters/", {"name": "A “b” & <c>"}]'

    assert read_offer(tags) == UndoOffer("/filters/", {"name": "A “b” & <c>"})
    assert read_offer("") is None
    assert read_offer("safe extra") is None


@pytest.mark.django_db
def test_the_button_is_a_form_that_needs_no_script_and_is_named_with_its_message(client):
    client.force_login(OfficerFactory())
    at = reverse("saved_filter_add")
    here = reverse("log_list") + "?what=everything"

    page = client.post(at, {"address": here, "name": '"><b>Bold'}, follow=True)

    assert len(undo_forms(page)) == 1
    assert 'aria-describedby="message-1"' in page.text
    assert 'id="message-1"' in page.text
    assert "<b>Bold" not in page.text
    assert "csrfmiddlewaretoken" in page.text[page.text.index("messages__undo") :][:400]
    assert undo_forms(client.get(here)) == []  # shown once


def test_a_message_without_an_offer_has_no_button():
    assert read_offer(str(Message(messages.SUCCESS, "Saved.").extra_tags or "")) is None
