"""The history of a request for information, and what is known of its lines, as one user may see them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Model, Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone

from dialogues.choices import (
    LineAnswerKind,
    LineStatus,
    RequestEventKind,
    RequestLineKind,
    UpdateDecision,
)
from dialogues.models import InformationRequest, LineAnswer, Reading, RequestEvent, RequestLine, UpdateVersion
from dialogues.request_phrases import describe_line_standing
from dialogues.request_status import RequestStanding
from dialogues.views.evidence_query import list_subject_evidence
from dialogues.views.timeline import decision_on, visible_versions
from dialogues.views.timeline_entries import EMBASSY_NAME, TimelineEntry
from dialogues.views.version_content import version_title
from tiptracker.accounts.models import Ministry, User
from tiptracker.accounts.permissions import can_read_name
from tiptracker.localization import format_date, gettext


class RequestLineDisplay(NamedTuple):
    """A line of a request with what is known of it, as plain values: a ministry's page reaches no row through it.

    `answer` and `figure` are those of the version that was accepted or waits for the embassy. `evidence_url` is the
    page of the evidence on which the figure rests.
    """

    pk: int
    number: int
    description: str
    kind: RequestLineKind
    status: LineStatus
    status_text: str
    answer: str = ""
    figure: str = ""
    evidence_url: str = ""


class AnswerDisplay(NamedTuple):
    """What one version says to one line: the choice and the text (`row`), and the figure."""

    row: LineAnswer
    figure: str

    @property
    def line(self) -> RequestLine:
        return self.row.line

    @property
    def kind(self) -> LineAnswerKind:
        return LineAnswerKind(self.row.answer)

    @property
    def text(self) -> str:
        return self.row.text


class RequestTimeline:
    """A request with everything that a user may see of it. Load the request `with_history`."""

    def __init__(self, user: User, information_request: InformationRequest, standing: RequestStanding) -> None:
        self.user, self.request, self.standing = user, information_request, standing
        self.versions = visible_versions(user, information_request)
        self.evidence = list_subject_evidence(user, information_request)
        self.lines = information_request.list_lines(standing)
        self._answers = {
            (answer.update_version_id, line.pk): answer for line in self.lines for answer in line.answers.all()
        }

    @property
    def last_version(self) -> UpdateVersion | None:
        return self.versions[-1] if self.versions else None

    @property
    def versions_to_resend(self) -> list[UpdateVersion]:
        """Return the returned and withdrawn versions whose answers are offered again, oldest first."""
        keys = {version.pk for version in self.request.list_versions_to_resend(self.standing)}
        return [version for version in self.versions if version.pk in keys]

    @property
    def expected_lines(self) -> list[RequestLine]:
        """Return the lines that the ministry can answer now."""
        return self.request.list_expected_lines(self.standing) if self.standing.is_expected else []

    def find_version(self, key: int | None) -> UpdateVersion | None:
        """Return one of the versions by its id."""
        return next((version for version in self.versions if version.pk == key), None)

    def list_lines(self, lines: Iterable[RequestLine] | None = None) -> list[RequestLineDisplay]:
        """Return all lines, or these, each with the answer that was accepted or waits."""
        displays = []
        for line in self.lines if lines is None else lines:
            known = self.standing.lines[line.pk]
            text = describe_line_standing(known, line.asked_on(self.standing))
            display = RequestLineDisplay(line.pk, line.number, line.description, line.kind, known.status, text)
            answer = None if known.is_expected else line.newest_answer
            version = self.find_version(answer.update_version_id) if answer else None
            if answer and version:
                reading = find_reading(version, line)
                display = display._replace(
                    answer=answer.text,
                    figure=reading.description if reading else "",
                    evidence_url=self._evidence_url(reading),
                )
            displays.append(display)
        return displays

    def rows(self) -> list[Model | None]:
        """Return the rows that the page shows, to find out what was redacted in them."""
        proof = (row for each in self.evidence for row in (each, each.file, *each.reviews.all()))
        decisions = (decision_on(version) for version in self.versions)
        events = self.request.events.all()
        return [
            self.request,
            *self.request.lines.all(),
            *events,
            *self._answers.values(),
            *self.versions,
            *decisions,
            *proof,
        ]

    def list_entries(self) -> list[TimelineEntry]:
        """Return what happened, newest first."""
        entries = [*self._of_events(), *self._of_versions()]
        return sorted(entries, key=lambda entry: (entry.day, entry.recorded_at))[::-1]

    def _evidence_url(self, reading: Reading | None) -> str:
        return reverse("evidence_detail", args=[reading.evidence_id]) if reading and reading.evidence_id else ""

    def _of_events(self) -> Iterator[TimelineEntry]:
        due_before: date | None = None
        for event in self.request.events.all():
            facts = list(self._describe_correction(event)) if event.kind == RequestEventKind.CORRECTED else []
            if event.kind == RequestEventKind.MOVED and due_before:
                facts = [gettext("Earlier due date: %(date)s") % {"date": format_date(due_before)}]
            yield TimelineEntry(
                day=event.happened_on,
                recorded_at=event.recorded_at,
                speaker="embassy",
                title=_event_title(event),
                source=gettext(EMBASSY_NAME),
                verb="recorded",
                text=event.reason,
                by=self._name(event.recorded_by),
                facts=facts,
                event_day=event.happened_on,
            )
            due_before = event.due_on or due_before

    def _describe_correction(self, correction: RequestEvent) -> Iterator[str]:
        """Yield what a correction changed: the reason for asking, and each line."""
        if correction.replaced_reason:
            later = (row.replaced_reason for row in self.request.events.all() if row.pk > correction.pk)
            reason = next(filter(None, later), self.request.reason)
            yield gettext("Earlier reason: “%(text)s”") % {"text": correction.replaced_reason}
            yield gettext("Corrected reason: “%(text)s”") % {"text": reason}
        removed = {row.number: row for row in self.request.lines.all() if row.removed_in_id == correction.pk}
        added = {row.number: row for row in self.request.lines.all() if row.added_in_id == correction.pk}
        for number in sorted(removed.keys() | added.keys()):
            before, after = removed.get(number), added.get(number)
            values = {
                "number": number,
                "before": before.description if before else "",
                "after": after.description if after else "",
            }
            if before and after:
                yield gettext("Line %(number)d: “%(after)s” instead of “%(before)s”") % values
            elif after:
                yield gettext("Line %(number)d added: “%(after)s”") % values
            else:
                yield gettext("Line %(number)d removed: “%(before)s”") % values

    def _of_versions(self) -> Iterator[TimelineEntry]:
        for version in self.versions:
            evidence = [row for row in self.evidence if row.update_version_id == version.pk]
            yield TimelineEntry(
                day=timezone.localtime(version.recorded_at).date(),
                recorded_at=version.recorded_at,
                speaker="ministry",
                title=version_title(version),
                source=self.request.maker,
                verb="claimed" if self.user.is_embassy else "sent",
                text=version.narrative,
                by=version.sender if self._name(version.recorded_by, self.request.ministry) else "",
                url=reverse("version_detail", args=[version.pk]) if self.user.is_embassy else "",
                files=[row.file for row in evidence if row.file],
                facts=[describe_answer(each) for each in list_answers(version, self._answers_of(version))],
                withdrawn_on=timezone.localtime(version.withdrawn_at).date() if version.withdrawn_at else None,
            )
            if decision := decision_on(version):
                status = UpdateDecision(decision.decision)
                is_ministrys = status is UpdateDecision.WITHDRAWN
                yield TimelineEntry(
                    day=timezone.localtime(decision.recorded_at).date(),
                    recorded_at=decision.recorded_at,
                    speaker="ministry" if is_ministrys else "embassy",
                    title="",
                    source=self.request.maker if is_ministrys else gettext(EMBASSY_NAME),
                    verb=status.value,
                    status=status,
                    text=decision.reason,
                    by=self._name(decision.recorded_by, self.request.ministry if is_ministrys else None),
                )

    def _answers_of(self, version: UpdateVersion) -> list[LineAnswer]:
        own = (self._answers.get((version.pk, line.pk)) for line in self.lines)
        return [answer for answer in own if answer]

    def _name(self, person: User, sent_for: Ministry | None = None) -> str:
        may_read = can_read_name(self.user, sent_for=sent_for.pk if sent_for else None)
        return person.name if may_read else ""


def find_reading(version: UpdateVersion, line: RequestLine) -> Reading | None:
    """Return the figure that a version sends for a line, from its prefetched readings."""
    key = (line.indicator_id, line.starts_on)
    return next((row for row in version.readings.all() if (row.indicator_id, row.starts_on) == key), None)


def list_answers(version: UpdateVersion, answers: Sequence[LineAnswer]) -> list[AnswerDisplay]:
    """Return what a version says to each line, in the order of the lines. Load `readings` and the lines before."""
    displays = []
    for answer in sorted(answers, key=lambda answer: answer.line.number):
        reading = find_reading(version, answer.line) if answer.line.indicator_id else None
        displays.append(AnswerDisplay(answer, reading.description if reading else ""))
    return displays


def list_request_answers(user: User, version: UpdateVersion) -> list[AnswerDisplay]:
    """Return what a version says to each line that the user may see; empty for a version on a commitment."""
    if version.update.information_request_id is None:
        return []
    readings = Reading.objects.visible_to(user).select_related("indicator")
    prefetch_related_objects([version], Prefetch("readings", readings))
    return list_answers(version, list(version.line_answers.select_related("line")))


def describe_answer(answer: AnswerDisplay) -> str:
    """Return what is said to a line, in one text: "Line 1: Prosecutions: 16, from … to …"."""
    said = answer.figure or (answer.kind.label if answer.kind is LineAnswerKind.NONE else answer.line.wording)
    values = {"number": answer.line.number, "answer": said, "text": answer.text}
    if answer.text:
        return gettext("Line %(number)d: %(answer)s. %(text)s") % values
    return gettext("Line %(number)d: %(answer)s") % values


def _event_title(event: RequestEvent) -> str:
    match RequestEventKind(event.kind):
        case RequestEventKind.ASKED if event.due_on:
            return gettext("Asked, due on %(date)s") % {"date": format_date(event.due_on)}
        case RequestEventKind.MOVED if event.due_on:
            return gettext("Due date moved to %(date)s") % {"date": format_date(event.due_on)}
    return RequestEventKind(event.kind).label
