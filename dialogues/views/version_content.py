"""What pages say of the content of an update version: its name, its dates, who did it, its figures and files."""

from collections.abc import Sequence
from typing import NamedTuple

from dialogues.choices import DoneBy, EvidenceKind
from dialogues.models import Evidence, EvidenceFile, Reading, UpdateVersion
from dialogues.views.timeline_entries import summarize_update
from tiptracker.accounts.models import User
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import format_date, gettext


class VersionContent(NamedTuple):
    """What a ministry sent with a version. Its names are those of `TimelineEntry`."""

    status: ChoiceEnum | None
    line: str
    text: str
    facts: Sequence[str]
    readings: Sequence[Reading]
    files: Sequence[EvidenceFile]


def find_version_content(user: User, version: UpdateVersion) -> VersionContent:
    """Return what the user may see of a version. For an answer to a request, its figures stand in its answers."""
    rows = Evidence.objects.visible_to(user).filter(update_version=version).select_related("file")
    evidence = list(rows.order_by("pk"))
    files = list({row.file.pk: row.file for row in evidence if row.file}.values())
    if version.update.information_request_id:
        return VersionContent(None, "", version.narrative, [], [], files)
    readings = list(Reading.objects.visible_to(user).filter(update_version=version).select_related("indicator"))
    return VersionContent(
        version.progress,
        summarize_update(evidence, readings),
        version.narrative,
        describe_sent_facts(version, evidence),
        readings,
        files,
    )


def describe_sent_facts(version: UpdateVersion, evidence: Sequence[Evidence]) -> list[str]:
    """Return when something was done and who did it, as the ministry sent it with an update.

    Figures have the days that they cover and no doer, so an update of figures alone has only its last day.
    """
    row = next((row for row in evidence if row.kind != EvidenceKind.STATISTIC), None)
    if row is None:
        return [gettext("Date: %(date)s.") % {"date": format_date(version.happened_on)}]
    return [
        _describe_period(row, version),
        gettext("Who did it: %(who)s.") % {"who": DoneBy(row.done_by).label},
    ]


def _describe_period(row: Evidence, version: UpdateVersion) -> str:
    """Return the start date and the end date. The form leaves the end date of an event of one day empty."""
    if row.happened_from is None:
        return gettext("End date: %(end)s. No start date was given.") % {"end": format_date(version.happened_on)}
    if row.happened_from == version.happened_on:
        return gettext("Start date: %(start)s.") % {"start": format_date(row.happened_from)}
    values = {"start": format_date(row.happened_from), "end": format_date(version.happened_on)}
    return gettext("Start date: %(start)s. End date: %(end)s.") % values


def version_title(version: UpdateVersion) -> str:
    """Return the name of a version: "Update 1, version 2" or, if it answers a request, "Answer 1, version 2"."""
    values = {"update": version.update.number, "version": version.number}
    if version.update.information_request_id:
        sentence = gettext("Answer %(update)d, version %(version)d")
        return (gettext("Answer %(update)d") if version.number == 1 else sentence) % values
    if version.number == 1:
        return gettext("Update %(update)d") % values
    return gettext("Update %(update)d, version %(version)d") % values
