"""A language for ministries translates every message that ministries read: see `ministry_messages.py`.

With UPDATE_CATALOGUES=1 in the environment, messages that are missing are added to its catalogue, untranslated.
"""

import os

import pytest
from django.db import transaction

from tests.security.ministry_messages import find_ministry_messages, record_ministries
from tests.security.test_markers import marked_rows, world  # noqa: F401 -- fixtures
from tests.test_catalogues import languages, needs_xgettext
from tests.transactions import outer_transaction
from tiptracker.languages.catalogues import (
    catalogue_file,
    is_translated,
    list_messages,
    read_catalogue,
    write_catalogue,
)
from tiptracker.languages.enabled import MINISTRY_LANGUAGES
from tiptracker.languages.faults import message_key
from tiptracker.languages.library_messages import LIBRARY_MESSAGES, list_library_messages
from tiptracker.management.commands.makemessages import extract_messages

UNREAD = {
    " ",
    ":",
    "%(date)s, %(time)s",
    "A page number within the paginated result set.",
    "A {value_type} identifying this {name}.",
    "No %(verbose_name)s found matching the query",
    "No %s matches the given query.",
    "Not found.",
    "exact",
    "gte",
    "iexact",
    "is greater than or equal to",
    "is less than or equal to",
    "lte",
    "unique integer value",
    "String to return when truncating text\x04%(truncated_text)s…",
}
"""Messages of libraries that are looked up and not shown: parts of the API's description, and of errors."""


@pytest.fixture(scope="module")
def ministry_messages(world, marked_rows):  # noqa: F811
    """The messages of the application that ministries read, and the ones of libraries."""
    with outer_transaction():
        theirs, others = record_ministries(world, marked_rows)
        transaction.set_rollback(True)
    code = list_messages(extract_messages(with_locations=True))
    keys = {"\x04".join(filter(None, message_key(message))) for message in code}
    return find_ministry_messages(code, theirs, others), theirs.messages - keys


@needs_xgettext
def test_what_ministries_read_is_found(ministry_messages):
    read = {message_key(message)[1] for message in ministry_messages[0]}

    assert len(read) > 1500
    assert {"Send to the embassy", "Fill this in.", "Commitment overdue"} <= read
    assert not {"Sign the language off", "Status: all parts work", "Notice of a fault in the activity log"} & read


@needs_xgettext
def test_what_libraries_say_to_ministries_is_known(ministry_messages):
    known = {message if isinstance(message, str) else message[0] for message in LIBRARY_MESSAGES}

    assert {message for message in ministry_messages[1] - known - UNREAD if len(message) > 1} == set()


@needs_xgettext
@pytest.mark.parametrize("language", languages(sorted(MINISTRY_LANGUAGES)))
def test_a_language_for_ministries_translates_what_they_read(ministry_messages, language):
    file = catalogue_file(language)
    catalogue = read_catalogue(file)
    translated = {message_key(message) for message in list_messages(catalogue) if is_translated(message)}
    needed = [*ministry_messages[0], *list_library_messages()]
    missing = [message for message in needed if message_key(message) not in translated]
    if missing and os.environ.get("UPDATE_CATALOGUES"):
        for message in missing:
            if message_key(message) not in {message_key(known) for known in list_messages(catalogue)}:
                catalogue.add(message.id, context=message.context)
        write_catalogue(file, catalogue)

    assert [message_key(message)[1] for message in missing] == []
