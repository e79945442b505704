"""Base class of the enumerations of the domain, and those that all apps share.

Rules, models, forms and the API use the same members, so a word has one spelling and one meaning. No Django here: the
modules without Django use them too.
"""

from enum import StrEnum
from typing import Any, Self

from tiptracker.localization import gettext, gettext_lazy, gettext_noop


class ChoiceEnum(StrEnum):
    """A stored value with the label people read: `US = "us", gettext_noop("United States")`.

    A member without a label (`OPEN = "open"`) is never shown by its label.
    """

    _label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member._label = label or value.replace("_", " ").capitalize()
        return member

    @property
    def label(self) -> str:
        """The label in the reader's language."""
        return gettext(self._label)

    @classmethod
    def choices(cls) -> list[tuple[str, Any]]:
        """Return pairs of stored value and translatable label, for `choices` of a model or form field."""
        return [(member.value, gettext_lazy(member._label)) for member in cls]


class Role(ChoiceEnum):
    """The role of a user; each user has exactly one (see docs/access.md)."""

    OFFICER = "officer", gettext_noop("Officer")
    AMBASSADOR = "ambassador", gettext_noop("Ambassador")
    FOCAL_POINT = "focal_point", gettext_noop("Focal point")
    OBSERVER = "observer", gettext_noop("Observer")
    ADMINISTRATOR = "administrator", gettext_noop("Administrator")


EMBASSY_ROLES = frozenset({Role.OFFICER, Role.AMBASSADOR, Role.OBSERVER})
"""Roles that read everything the embassy holds on their countries."""
MINISTRY_ROLES = frozenset({Role.FOCAL_POINT})
"""Roles that read and send only what concerns their own ministry."""


class TokenScope(ChoiceEnum):
    """What a program may do with an API token, within the rights of the token's owner."""

    READ = "read", gettext_noop("Read only")
    SUBMIT = "submit", gettext_noop("Read and submit")


class AccountRequestKind(ChoiceEnum):
    """Changes to an account that a person cannot make alone."""

    ADDRESS = "address", gettext_noop("New e-mail address")
    SECOND_STEP = "second_step", gettext_noop("Removal of the second step")


class AccountRequestStepKind(ChoiceEnum):
    """What happened to a request about an account."""

    CONSENTED = "consented", gettext_noop("Approved")
    STOPPED = "stopped", gettext_noop("Cancelled")
    DONE = "done", gettext_noop("Completed")
    REVERTED = "reverted", gettext_noop("Undone")


class Marking(ChoiceEnum):
    """The marking of a page or document. TIP Tracker never holds classified information."""

    UNCLASSIFIED = "unclassified", gettext_noop("UNCLASSIFIED")
    SBU = "sbu", gettext_noop("SENSITIVE BUT UNCLASSIFIED")


class Paper(ChoiceEnum):
    """Paper sizes of a post."""

    A4 = "a4", gettext_noop("A4")
    LETTER = "letter", gettext_noop("US Letter")
