"""Keys of rows: read as they were signed, and not at all if anything in them was changed."""

import base64
import json

from django.core import signing

from dialogues.workbook.keys import read_key, sign_key
from dialogues.workbook.rows import RowKey, RowState

KEY = RowKey(1, 10, 0, "2022-01-03", "0123456789abcdef", RowState(7, "returned", "2022-01-31", "fedcba"))


def test_a_key_is_read_as_it_was_signed():
    assert read_key(sign_key(KEY)) == KEY


def test_a_changed_key_is_not_read():
    signed = sign_key(KEY)
    content, _, signature = signed.partition(":")
    changed = json.loads(base64.urlsafe_b64decode(content + "=="))
    changed[1] = 11
    forged = base64.urlsafe_b64encode(json.dumps(changed).encode()).decode().rstrip("=")

    for text in (f"{forged}:{signature}", signed[:-1], signed.upper(), content, "", "\0", "1:2:3"):
        assert read_key(text) is None


def test_something_else_that_we_signed_is_no_key():
    assert read_key(signing.Signer(salt="another").sign_object([1, 2, 3])) is None
    assert read_key(signing.Signer(salt="tiptracker.workbook").sign_object(["too", "few"])) is None


def test_a_key_of_before_the_change_of_secret_key_is_read_while_the_old_one_is_kept(settings):
    signed = sign_key(KEY)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key for this test alone"
    assert read_key(signed) == KEY

    settings.SECRET_KEY_FALLBACKS = []

    assert read_key(signed) is None
