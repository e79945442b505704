"""Requests for information: the figures and documents that the embassy asks of a ministry, and what was answered."""

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q

from dialogues.choices import LineAnswerKind, RequestEventKind, RequestLineKind
from dialogues.models.dialogues import Dialogue
from dialogues.request_status import RequestStanding, end_of_knowledge, request_standing_on
from recommendations.models import Edition, Indicator, Question
from tiptracker.accounts.models import AnyUser, Country, Ministry, in_visible_countries
from tiptracker.localization import format_date, gettext, gettext_lazy

if TYPE_CHECKING:
    from dialogues.models.updates import UpdateVersion


class InformationRequestQuerySet(models.QuerySet["InformationRequest"]):
    def visible_to(self, user: AnyUser, country: Country | None = None) -> Self:
        """Filter to what the user may see.

        Embassy: all of its countries. Focal point: what its own ministry is asked. Other users: none.

        `country`: only requests of that country.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_ministry:
            rows = self if country is None else self.filter(country=country)
            return rows.filter(ministry=user.ministry_id)
        if not user.is_embassy:
            return self.none()
        return self.filter(in_visible_countries(user, country))

    def with_history(self) -> Self:
        """Fetch all that `request_standing_on` reads, with country and ministry. Three queries more than the rows."""
        answers = LineAnswer.objects.select_related("update_version__decision")
        events = RequestEvent.objects.select_related("recorded_by")
        lines = RequestLine.objects.select_related("indicator", "added_in", "removed_in")
        lines = lines.prefetch_related(Prefetch("answers", answers))
        return self.select_related("country", "ministry").prefetch_related(
            Prefetch("events", events), Prefetch("lines", lines)
        )


class InformationRequest(models.Model):
    """Figures and documents that the embassy asks of a ministry by a day, with the reason.

    It has no status column: the status follows from dated events and from the answers to its lines. `reason` is the one
    in force. It changes only together with a correction, which keeps the earlier one.
    """

    country = models.ForeignKey(Country, models.PROTECT, related_name="information_requests")
    ministry = models.ForeignKey(Ministry, models.PROTECT, related_name="information_requests")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="information_requests")
    dialogue = models.ForeignKey(Dialogue, models.PROTECT, null=True, blank=True, related_name="information_requests")
    reason = models.TextField(gettext_lazy("reason for asking"))
    newest_correction = models.ForeignKey(
        "dialogues.RequestEvent", models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = InformationRequestQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_request_for_information_has_its_reason",
                condition=~Q(reason=""),
                violation_error_message=gettext_lazy("Write why the embassy needs this."),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """What pages and lists call it: "Request for information of 14 January 2022"."""
        asked_on = self.recorded_at.astimezone(ZoneInfo(self.country.time_zone)).date()
        return gettext("Request for information of %(date)s") % {"date": format_date(asked_on)}

    @property
    def maker(self) -> str:
        """The name of the ministry that is asked, which makes the updates that answer."""
        return self.ministry.name

    def standing_on(self, day: date, *, known_by: datetime | None = None) -> RequestStanding | None:
        """Return the standing at the end of `day` in the country, from the rows recorded by `known_by` (None: all).

        Use `with_history` to avoid queries.
        """
        zone = ZoneInfo(self.country.time_zone)
        until = end_of_knowledge(day, zone, known_by)
        lines = {
            line.pk: [(answer.answer, answer.update_version) for answer in line.answers.all()]
            for line in self.lines.all()
            if line.is_asked_at(until)
        }
        return request_standing_on(self.events.all(), lines, day, zone=zone, known_by=known_by)

    def list_lines(self, standing: RequestStanding) -> list["RequestLine"]:
        """Return the lines that were asked for on the day of `standing`, in their order."""
        return [line for line in self.lines.all() if line.pk in standing.lines]

    def list_expected_lines(self, standing: RequestStanding) -> list["RequestLine"]:
        """Return the lines that the ministry has to answer: no answer to them was accepted, and none waits."""
        return [line for line in self.list_lines(standing) if standing.lines[line.pk].is_expected]

    def list_expected_versions(self, standing: RequestStanding) -> list["UpdateVersion"]:
        """Return the versions that said something to the lines that are still expected."""
        answers = (answer for line in self.list_expected_lines(standing) for answer in line.answers.all())
        return list({answer.update_version_id: answer.update_version for answer in answers}.values())

    def list_versions_to_resend(self, standing: RequestStanding) -> list["UpdateVersion"]:
        """Return the returned and withdrawn versions, oldest first, that answered a line last that is still expected.

        What they say is offered again.
        """
        newest = (line.newest_answer for line in self.list_expected_lines(standing))
        versions = {answer.update_version_id: answer.update_version for answer in newest if answer}
        return sorted(versions.values(), key=lambda version: (version.recorded_at, version.pk))


class RequestLine(models.Model):
    """One thing that a request asks for: a figure of an indicator for a period or, without an indicator, a document.

    Its content never changes. A correction of the request removes the line (`removed_in`) and adds another one of the
    same number in its place (`added_in`). Read the lines of a day with `InformationRequest.list_lines`.
    """

    information_request = models.ForeignKey(InformationRequest, models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    wording = models.TextField(gettext_lazy("what is asked for"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True, related_name="request_lines")
    starts_on = models.DateField(gettext_lazy("start date"), null=True, blank=True)
    through_on = models.DateField(gettext_lazy("end date"), null=True, blank=True)
    question = models.ForeignKey(Question, models.PROTECT, null=True, blank=True, related_name="request_lines")
    """The yearly question for whose answer the embassy asks. The ministry does not see it."""
    added_in = models.ForeignKey(
        "dialogues.RequestEvent", models.PROTECT, null=True, blank=True, related_name="added_lines"
    )
    removed_in = models.ForeignKey(
        "dialogues.RequestEvent", models.PROTECT, null=True, blank=True, related_name="removed_lines"
    )

    class Meta:
        ordering = ("information_request", "number", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                "information_request",
                "number",
                condition=Q(removed_in__isnull=True),
                name="lines_numbered_once_in_a_request",
            ),
            models.CheckConstraint(name="a_line_says_what_is_asked_for", condition=~Q(wording="")),
            models.CheckConstraint(
                name="exactly_a_figure_has_an_indicator_and_a_period",
                condition=Q(indicator__isnull=False, starts_on__isnull=False, through_on__gte=F("starts_on"))
                | Q(indicator__isnull=True, starts_on__isnull=True, through_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.wording

    @property
    def newest_answer(self) -> "LineAnswer | None":
        """What was said to it last, whatever became of that. Prefetch `answers`."""
        return max(
            self.answers.all(),
            key=lambda answer: (answer.update_version.recorded_at, answer.update_version_id),
            default=None,
        )

    @property
    def kind(self) -> RequestLineKind:
        return RequestLineKind.FIGURE if self.indicator_id else RequestLineKind.DOCUMENT

    @property
    def description(self) -> str:
        """The line as text: "Prosecutions, 1 April 2021 to 31 March 2022"."""
        if self.starts_on is None or self.through_on is None:
            return self.wording
        wording = self.wording.rstrip(".")
        values = {"wording": wording, "first": format_date(self.starts_on), "last": format_date(self.through_on)}
        return gettext("%(wording)s, %(first)s to %(last)s") % values

    def asked_on(self, standing: RequestStanding) -> date:
        """Return the day on which it was asked for: that of the request, or of the correction that added it."""
        return self.added_in.happened_on if self.added_in else standing.asked_on

    def is_asked_at(self, moment: datetime) -> bool:
        """Whether the line was a part of the request at a moment, after the corrections of that time."""
        is_added = self.added_in is None or self.added_in.recorded_at <= moment
        return is_added and (self.removed_in is None or self.removed_in.recorded_at > moment)


class RequestEvent(models.Model):
    """One dated event of a request: asked by a day, moved, corrected, withdrawn. Rows are added, never changed.

    A correction holds the reason for asking that it replaced (`replaced_reason`), or nothing if it changed only lines.
    Its own `reason` says what was wrong.
    """

    information_request = models.ForeignKey(InformationRequest, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=RequestEventKind.choices())
    happened_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True)
    replaced_reason = models.TextField(gettext_lazy("earlier reason for asking"), blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("happened_on", "recorded_at", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                "information_request", condition=Q(kind=RequestEventKind.ASKED), name="a_request_is_asked_once"
            ),
            models.CheckConstraint(
                name="exactly_asking_and_moving_set_the_due_date_of_a_request",
                condition=Q(kind__in=[RequestEventKind.ASKED, RequestEventKind.MOVED], due_on__isnull=False)
                | Q(kind__in=[RequestEventKind.CORRECTED, RequestEventKind.WITHDRAWN], due_on__isnull=True),
            ),
            models.CheckConstraint(
                name="only_a_correction_replaces_the_reason_for_asking",
                condition=Q(kind=RequestEventKind.CORRECTED) | Q(replaced_reason=""),
            ),
            models.CheckConstraint(
                name="changes_of_a_request_have_their_reason",
                condition=Q(kind=RequestEventKind.ASKED) | ~Q(reason=""),
                violation_error_message=gettext_lazy("Write the reason. The ministry reads it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_on}"


class LineAnswer(models.Model):
    """What an update version says to one line of a request: an answer, or that the ministry has none. Never changed.

    The figure is a reading of the version, and a document is evidence of it. It is a fact once the version was
    accepted.
    """

    line = models.ForeignKey(RequestLine, models.PROTECT, related_name="answers")
    update_version = models.ForeignKey("dialogues.UpdateVersion", models.PROTECT, related_name="line_answers")
    answer = models.CharField(gettext_lazy("answer"), max_length=10, choices=LineAnswerKind.choices())
    text = models.TextField(gettext_lazy("explanation"), blank=True)

    class Meta:
        ordering = ("line", "update_version")
        constraints: ClassVar = [
            models.UniqueConstraint("line", "update_version", name="a_version_answers_a_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_answer_display()} {self.text}".strip()

    @property
    def sent_for(self) -> Ministry | None:
        """The ministry that answered."""
        return self.line.information_request.ministry
