"""Sentences of Django and other libraries that ministries read, for languages that these do not speak.

They are no sentences of our code, so extraction does not find them. French is spoken by all these libraries.
"""

from babel.messages.catalog import Message

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
SHORT_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORT_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LIBRARY_MESSAGES: tuple[str | tuple[str, str], ...] = (
    *MONTHS,
    *SHORT_MONTHS,
    *DAYS,
    *SHORT_DAYS,
    "%(model_name)s with this %(field_label)s already exists.",
    'Method "{method}" not allowed.',
    "This field is required.",
    "You cannot generate recovery codes without having two-factor authentication enabled.",
    "You do not have permission to perform this action.",
    ("%(size)d byte", "%(size)d bytes"),
)
"""Each sentence, or its singular and plural."""


def list_library_messages() -> list[Message]:
    """Return these sentences as messages of a catalogue, untranslated."""
    return [Message(sentence) for sentence in LIBRARY_MESSAGES]
