"""Base class of the enumerations of the domain, and those that all apps share.

Rules, models, forms and the API use the same members, so a word has one spelling and one meaning. No Django here: the
modules without Django use them too.
"""

from enum import StrEnum
from typing import Self


class ChoiceEnum(StrEnum):
    """A stored value with the label people read: `OPEN = "open"` or `US = "us", "United States"`."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label or value.replace("_", " ").capitalize()
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Return pairs of stored value and label, for `choices` of a model or form field."""
        return [(member.value, member.label) for member in cls]


class Role(ChoiceEnum):
    """The role of a user; each user has exactly one (see docs/access.md)."""

    OFFICER = "officer"
    AMBASSADOR = "ambassador"
    FOCAL_POINT = "focal_point"
    OBSERVER = "observer"
    ADMINISTRATOR = "administrator"


EMBASSY_ROLES = frozenset({Role.OFFICER, Role.AMBASSADOR, Role.OBSERVER})
"""Roles that read everything the embassy holds on their countries."""
MINISTRY_ROLES = frozenset({Role.FOCAL_POINT})
"""Roles that read and send only what concerns their own ministry."""


class TokenScope(ChoiceEnum):
    """What a program may do with an API token, within the rights of the token's owner."""

    READ = "read", "Read only"
    SUBMIT = "submit", "Read and submit"


class AccountRequestKind(ChoiceEnum):
    """Changes to an account that a person cannot make alone."""

    ADDRESS = "address", "Another e-mail address"
    SECOND_STEP = "second_step", "Removal of the second step"


class AccountRequestStepKind(ChoiceEnum):
    """What happened to a request about an account."""

    CONSENTED = "consented"
    STOPPED = "stopped"
    DONE = "done"
    REVERTED = "reverted"


class Marking(ChoiceEnum):
    """The marking of a page or document. TIP Tracker never holds classified information."""

    UNCLASSIFIED = "unclassified", "UNCLASSIFIED"
    SBU = "sbu", "SENSITIVE BUT UNCLASSIFIED"


class Paper(ChoiceEnum):
    """Paper sizes of a post."""

    A4 = "a4", "A4"
    LETTER = "letter", "US Letter"
