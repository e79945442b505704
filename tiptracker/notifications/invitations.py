"""Who was invited to a dialogue, and what they were told of the invitation since."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from tiptracker.accounts.models import AnyUser, User
from tiptracker.choices import ChoiceEnum
from tiptracker.mail.models import MailState
from tiptracker.notifications.choices import CALENDAR_KINDS, Frequency, NoticeKind
from tiptracker.notifications.models import Notice, NoticeFrequency


class InvitationStep(ChoiceEnum):
    """What a person was told of an invitation."""

    INVITED = "invited"
    CHANGED = "changed"
    CANCELLED = "cancelled"


class InvitedPerson(NamedTuple):
    """A person who was told something of an invitation, and when.

    `has_failed`: their mail did not arrive. `wants_no_mail`: they read it in the application only.
    """

    person: User
    step: InvitationStep
    at: datetime
    has_failed: bool
    wants_no_mail: bool


def find_told_people(table: str, row: int, reader: AnyUser) -> list[InvitedPerson]:
    """Return who was told of the invitation to a dialogue, in the order in which they were. Two queries.

    People whom the reader may not see are left out, and so is what the dialogue's next change made needless before it
    was sent. The caller has checked with `visible_to` that the reader may see the dialogue.
    """
    notices = Notice.objects.filter(
        ~Q(mail__state=MailState.NOT_NEEDED) | Q(mail=None),
        table=table,
        row=str(row),
        kind__in=CALENDAR_KINDS,
        delivered_at__isnull=False,
        person__in=User.objects.visible_to(reader),
    )
    by_person: dict[int, list[Notice]] = defaultdict(list)
    for notice in notices.select_related("person__ministry", "mail").order_by("delivered_at", "pk"):
        by_person[notice.person_id].append(notice)
    never = NoticeFrequency.objects.filter(person__in=by_person, kind__in=CALENDAR_KINDS, frequency=Frequency.NEVER)
    unwanted = set(never.values_list("person", "kind")) if by_person else set()
    told = [each for own in by_person.values() for each in _steps_of(own, unwanted)]
    return sorted(told, key=lambda each: each.at)


def _steps_of(notices: Iterable[Notice], unwanted: set[tuple[int, str]]) -> Iterator[InvitedPerson]:
    """Yield what one person was told, in order. After the end of an invitation, the next one invites again."""
    is_invited = False
    for notice in notices:
        if notice.delivered_at is None:
            continue
        step = InvitationStep.CHANGED if is_invited else InvitationStep.INVITED
        is_invited = notice.kind == NoticeKind.DIALOGUE_INVITED
        yield InvitedPerson(
            notice.person,
            step if is_invited else InvitationStep.CANCELLED,
            notice.delivered_at,
            has_failed=notice.mail is not None and notice.mail.state in (MailState.REFUSED, MailState.GIVEN_UP),
            wants_no_mail=notice.mail is None and (notice.person_id, notice.kind) in unwanted,
        )
