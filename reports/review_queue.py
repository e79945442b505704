"""What waits for the embassy's review, and which part of it is a person's own task. All pages count with this rule.

The number beside “My tasks” in the navigation and the page itself count the same rows
(`recommendations.waiting_tasks`).
"""

from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, Min
from django.utils.timezone import localtime

from dialogues.models import Evidence, UpdateVersion
from recommendations.waiting_tasks import WaitingTasks
from reports import sentences
from tiptracker.accounts.models import Country, User
from tiptracker.localization import gettext, ngettext


class ReviewQueue(NamedTuple):
    """How many updates from ministries, and pieces of evidence that the embassy logged, nobody has reviewed.

    What was returned or withdrawn does not wait. Evidence that came with an update is reviewed with it. `waits_since`
    is the day in the country on which the oldest was recorded; None if nothing waits.
    """

    updates: int
    pieces: int
    waits_since: date | None = None

    @property
    def total(self) -> int:
        return self.updates + self.pieces

    @property
    def sentence(self) -> str:
        """What waits, in words: "3 updates and 11 logged pieces of evidence wait for …"; empty if nothing does."""
        return sentences.describe_review_queue(self.updates, self.pieces)

    @property
    def age(self) -> str:
        """Since when the oldest waits, in a sentence; empty if nothing does."""
        return sentences.describe_longest_wait(self.total, self.waits_since) if self.waits_since else ""


def count_review_queue(reader: User, country: Country) -> ReviewQueue:
    """Return how much of a country waits for the embassy's review, whoever may review it. This takes two queries."""
    queues = (
        UpdateVersion.objects.visible_to(reader, country).undecided(),
        Evidence.objects.visible_to(reader, country).unreviewed(),
    )
    updates, pieces = (rows.order_by().aggregate(number=Count("pk"), oldest=Min("recorded_at")) for rows in queues)
    oldest: list[datetime] = [queue["oldest"] for queue in (updates, pieces) if queue["oldest"]]
    since = localtime(min(oldest), ZoneInfo(country.time_zone)).date() if oldest else None
    return ReviewQueue(updates["number"], pieces["number"], since)


def describe_own_tasks(user: User, tasks: WaitingTasks | None, queue: ReviewQueue) -> tuple[str, str]:
    """Say which part of the queue the user may review, and how many tasks wait for the user.

    The first is empty if the user may review all of it. Both are empty for those who review nothing (`tasks` is None).
    """
    if tasks is None:
        return "", ""
    own = tasks.count_reviews(user.pk)
    return _describe_share(own, queue.total - own), _describe_tasks(tasks.count(user.pk), own)


def _describe_share(own: int, others: int) -> str:
    if not others:
        return ""
    if not own:
        return gettext("A colleague has to review all of it.")
    return ngettext(
        "You may review %(own)d of them. A colleague has to review the other one.",
        "You may review %(own)d of them. A colleague has to review the others.",
        others,
    ) % {"own": own}


def _describe_tasks(tasks: int, reviews: int) -> str:
    """Say how many tasks wait: "14 tasks wait for you: 13 reviews and 1 other task."."""
    if not tasks:
        return gettext("No task waits for you.")
    counted = ngettext("%(number)d review", "%(number)d reviews", reviews) % {"number": reviews}
    others = tasks - reviews
    if not reviews or not others:
        sentence = ngettext("%(number)d task waits for you.", "%(number)d tasks wait for you.", tasks)
        return sentence % {"number": tasks}
    sentence = ngettext(
        "%(tasks)d tasks wait for you: %(reviews)s and %(others)d other task.",
        "%(tasks)d tasks wait for you: %(reviews)s and %(others)d other tasks.",
        others,
    )
    return sentence % {"tasks": tasks, "reviews": counted, "others": others}
