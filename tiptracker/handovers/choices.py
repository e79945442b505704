"""The steps of a handover, and what is handed over. No Django here."""

from tiptracker.choices import ChoiceEnum, Role
from tiptracker.localization import gettext_noop

HANDED_OVER_ROLES = frozenset({Role.OFFICER, Role.AMBASSADOR, Role.FOCAL_POINT, Role.OBSERVER})
"""The roles whose work another person takes over. An administrator has no work on a record."""


class HandoverStepKind(ChoiceEnum):
    """What happened to a handover."""

    CARRIED_OUT = "carried_out", gettext_noop("Carried out")
    CALLED_OFF = "called_off", gettext_noop("Cancelled")
    LAPSED = "lapsed", gettext_noop("The account was closed, but the successor could not take over")
    SEEN = "seen", gettext_noop("Seen by the successor")


ENDING_STEPS = (HandoverStepKind.CARRIED_OUT, HandoverStepKind.CALLED_OFF, HandoverStepKind.LAPSED)
"""The steps after which a handover is no longer planned. Each handover has at most one of them."""


class HandoverItemKind(ChoiceEnum):
    """What a successor takes over, or what ended with the account, as it is counted."""

    DRAFTS = "drafts", gettext_noop("Drafts")
    BRIEFINGS = "briefings", gettext_noop("Briefings requested and not cleared")
    EVIDENCE = "evidence", gettext_noop("Evidence logged and not verified")
    SAVED_FILTERS = "saved_filters", gettext_noop("Saved filters copied")
    CONTACT = "contact", gettext_noop("Countries whose contact person changed")
    CALENDAR = "calendar", gettext_noop("Calendar addresses ended")
    TOKENS = "tokens", gettext_noop("API tokens revoked")
