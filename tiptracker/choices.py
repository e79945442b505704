"""The words of the domain: an enumeration whose members know how a person reads them.

Rules, models, forms and the API share these, so a word has one spelling and one meaning. No Django
here: the pure modules use them too.
"""

from enum import StrEnum
from typing import Self


class ChoiceEnum(StrEnum):
    """A stored word and, beside it, the way it is read: `OPEN = "open"` or `US = "us", "United States"`."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label or value.replace("_", " ").capitalize()
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """What a model or form field takes as `choices`: pairs of the stored word and its reading."""
        return [(member.value, member.label) for member in cls]


class Role(ChoiceEnum):
    """What somebody is here for; exactly one a person (see docs/access.md)."""

    OFFICER = "officer"
    AMBASSADOR = "ambassador"
    FOCAL_POINT = "focal_point"
    OBSERVER = "observer"
    ADMINISTRATOR = "administrator"


EMBASSY_ROLES = frozenset({Role.OFFICER, Role.AMBASSADOR, Role.OBSERVER})
"""Those who read everything the embassy holds on their countries."""


class TokenScope(ChoiceEnum):
    """What a program may do with an API token, of what its person may."""

    READ = "read", "Read only"
    SUBMIT = "submit", "Read and submit"


class AccountRequestKind(ChoiceEnum):
    """What of an account nobody changes alone."""

    ADDRESS = "address", "Another e-mail address"
    SECOND_STEP = "second_step", "Removal of the second step"


class AccountRequestStepKind(ChoiceEnum):
    """What became of a request about an account."""

    CONSENTED = "consented"
    STOPPED = "stopped"
    DONE = "done"
    REVERTED = "reverted"


class Marking(ChoiceEnum):
    """What a page or document is marked with. Nothing classified is ever kept here."""

    UNCLASSIFIED = "unclassified", "UNCLASSIFIED"
    SBU = "sbu", "SENSITIVE BUT UNCLASSIFIED"


class Paper(ChoiceEnum):
    """What a post prints on."""

    A4 = "a4", "A4"
    LETTER = "letter", "US Letter"
