"""Compute the dates of the Department's year for an edition, from the law and the Department's notices. No Django here.

Some days are fixed by law or notice. The Department announces the others each year, so they are estimates.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from recommendations.choices import MilestoneKind, Tier
from recommendations.watch_list import years_on_watch_list
from tiptracker.localization import gettext_noop

WATCH_LIST_LAW = "22 U.S.C. 7107(b)"
ACTION_PLAN_LAW = "22 U.S.C. 7107(b)(4)"
INSTRUCTION = gettext_noop("The Department’s yearly instruction to posts. Usual time; the day is announced each year.")
USUAL_NOTICE = gettext_noop("The Department’s yearly notice in the Federal Register. Usual day.")
USUAL_REPORT = gettext_noop("The TIP Report appears each year in June or July.")
SUBMISSION_NOTICES = {2022: (date(2022, 2, 1), "86 FR 70562")}
"""By the year of the report that they are for: the last day for submissions by the public, and the notice."""
ACTION_PLAN_DAYS = timedelta(days=180)
"""After the report, the time in which the Department presents an action plan."""
YEARS_TO_LIMIT = 2
"""So many years in a row on the Watch List lead to Tier 3 in the next report, unless this is waived."""


class ProposedMilestone(NamedTuple):
    """A date of the Department's year. `source` is the law or notice; `gettext` translates it.

    `is_estimated`: nothing fixes the day, so it is the usual one.
    """

    kind: MilestoneKind
    due_on: date
    source: str
    is_estimated: bool = False


class EditionOfYear(NamedTuple):
    """What the dates of an edition's year depend on.

    `tiers` are the country's tiers by edition. `next_published_on` is the day of the next report, if it is known.
    """

    year: int
    published_on: date | None
    ends_on: date
    source: str
    tiers: Mapping[int, Tier]
    next_published_on: date | None = None


def compute_department_year(edition: EditionOfYear) -> list[ProposedMilestone]:
    """Return the dates of the Department's year for an edition, by day."""
    next_year = edition.year + 1
    submissions = SUBMISSION_NOTICES.get(next_year)
    rows = [
        ProposedMilestone(MilestoneKind.DATA_CALL, date(edition.year, 11, 1), INSTRUCTION, is_estimated=True),
        ProposedMilestone(MilestoneKind.PUBLIC_SUBMISSIONS, *submissions)
        if submissions
        else ProposedMilestone(
            MilestoneKind.PUBLIC_SUBMISSIONS, date(next_year, 2, 1), USUAL_NOTICE, is_estimated=True
        ),
        ProposedMilestone(MilestoneKind.POST_ANSWERS, date(next_year, 2, 15), INSTRUCTION, is_estimated=True),
        ProposedMilestone(MilestoneKind.PERIOD_END, edition.ends_on, edition.source),
        _next_report(edition, MilestoneKind.NEXT_REPORT, USUAL_REPORT),
    ]
    if edition.tiers.get(edition.year) == Tier.WATCH_LIST:
        rows.append(ProposedMilestone(MilestoneKind.INTERIM, date(next_year, 2, 1), WATCH_LIST_LAW))
        if edition.published_on and edition.tiers.get(edition.year - 1) == Tier.TIER_3:
            day = edition.published_on + ACTION_PLAN_DAYS
            rows.append(ProposedMilestone(MilestoneKind.ACTION_PLAN, day, ACTION_PLAN_LAW))
        if years_on_watch_list(edition.tiers, edition.year) >= YEARS_TO_LIMIT:
            rows.append(_next_report(edition, MilestoneKind.WATCH_LIST_LIMIT, WATCH_LIST_LAW))
    kinds = list(MilestoneKind)
    return sorted(rows, key=lambda row: (row.due_on, kinds.index(row.kind)))


def _next_report(edition: EditionOfYear, kind: MilestoneKind, source: str) -> ProposedMilestone:
    """Return a milestone on the day of the next report, which nobody knows in advance."""
    if edition.next_published_on:
        return ProposedMilestone(kind, edition.next_published_on, source)
    return ProposedMilestone(kind, date(edition.year + 1, 6, 30), source, is_estimated=True)
