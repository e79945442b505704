"""Content of a ministry's page."""

from dataclasses import dataclass
from typing import ClassVar

from reports.briefings.content.ambassador import PrintedCommitment
from reports.briefings.content.common import CommonContent
from reports.choices import BriefingKind


@dataclass(frozen=True)
class VerifiedItem:
    """Something that the embassy has verified, and in words when it happened and when it was verified.

    `since` says what has reversed it since; empty if nothing has.
    """

    what: str
    when: str
    since: str = ""


@dataclass(frozen=True)
class NeededItem:
    """An open commitment, what the embassy asks for next in one sentence, and the reason for its place in the list."""

    what: str
    sentence: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class MinistryPage(CommonContent):
    """Everything on a ministry's page: nothing that the ministry may not read, and no score.

    `agreed_order`, `verified_order` and `needed_order` each say in a sentence how that list is sorted. They are empty
    if there is nothing to explain.
    """

    kind: ClassVar[BriefingKind] = BriefingKind.MINISTRY

    minister: str
    sentence: str
    agreed: tuple[PrintedCommitment, ...]
    verified: tuple[VerifiedItem, ...]
    needed: tuple[NeededItem, ...]
    agreed_order: str
    verified_order: str
    needed_order: str
