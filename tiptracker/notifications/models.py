"""The tables of notices: what each person is told, how often they want mails, and at which hour."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from tiptracker.accounts.models import Country, Ministry, OwnRowsQuerySet
from tiptracker.localization import gettext_lazy
from tiptracker.mail.models import Mail, MailState
from tiptracker.notifications.choices import CALENDAR_KINDS, KIND_RULES, Frequency, NoticeKind
from tiptracker.notifications.digest_times import (
    DEFAULT_HOUR,
    DEFAULT_WEEKDAY,
    DEFAULT_WORKING_DAYS,
    DigestTimes,
)


class NoticeQuerySet(OwnRowsQuerySet["Notice"]):
    def unsettled(self) -> Self:
        """Filter to notices whose matter is not settled."""
        return self.filter(settled_at__isnull=True)

    def unread(self) -> Self:
        """Filter to notices that their person has neither opened nor been spared, because the matter is settled."""
        return self.unsettled().filter(read_at__isnull=True)

    def undelivered(self, *, before: datetime) -> Self:
        """Filter to notices of events up to `before` that were not put into a mail, and need one.

        What was read needs no mail, unless the mail changes the person's calendar.
        """
        needs_mail = Q(read_at__isnull=True) | Q(kind__in=CALENDAR_KINDS)
        return self.unsettled().filter(needs_mail, delivered_at__isnull=True, occurred_at__lte=before)

    def listed(self) -> Self:
        """Filter to what the list shows: all but invitations that were undone before anybody was told."""
        return self.exclude(kind__in=CALENDAR_KINDS, settled_at__isnull=False, delivered_at__isnull=True)

    def outdated_in_calendars(self) -> Self:
        """Filter to notices that a person's calendar does not reflect.

        They were not told, their mail was not sent because they were settled by then, or another one was told since.
        """
        later = Notice.objects.filter(
            person=OuterRef("person"),
            table=OuterRef("table"),
            row=OuterRef("row"),
            kind__in=CALENDAR_KINDS,
            delivered_at__gt=OuterRef("delivered_at"),
        )
        is_untold = Q(delivered_at__isnull=True) | Q(mail__state=MailState.NOT_NEEDED)
        return self.filter(is_untold | Exists(later), kind__in=CALENDAR_KINDS)

    def over(self, *, before: datetime) -> Self:
        """Filter to notices whose matter was settled before a moment, and to those of single events before it."""
        events = [kind for kind, rule in KIND_RULES.items() if not rule.is_lasting]
        return self.filter(Q(settled_at__lt=before) | Q(kind__in=events, occurred_at__lt=before))


class Notice(models.Model):
    """One person is told of one event, once: a row for each kind, record, day, stage and person.

    It holds no text of the record, only the record's table and key. Times are domain time.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices())
    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    ministry = models.ForeignKey(Ministry, models.PROTECT, null=True, related_name="+")
    table = models.CharField(max_length=60, help_text="The record that it is about, such as dialogues.commitment.")
    row = models.CharField(max_length=40, help_text="The key of that record.")
    day = models.DateField(help_text="The due date, or the day on which it happened.")
    stage = models.PositiveIntegerField(
        default=0, help_text="The number of days before or after the due date. Of a dialogue: a checksum of its place."
    )
    sequence = models.PositiveIntegerField(
        default=0, help_text="How often the record had changed by then. Calendar programs keep the entry with the most."
    )
    occurred_at = models.DateTimeField(help_text="When it happened, or when the day of the stage began.")
    recorded_at = models.DateTimeField()
    delivered_at = models.DateTimeField(
        null=True, help_text="When it was put into a mail, or left out because its person wants no mail of this kind."
    )
    mail = models.ForeignKey(Mail, models.SET_NULL, null=True, related_name="notices")
    read_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True, help_text="When the record no longer gave a reason for it.")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ("-occurred_at", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint("person", "kind", "table", "row", "day", "stage", name="everybody_is_told_once"),
            models.CheckConstraint(
                name="notice_kind_is_known", condition=Q(kind__in=[kind.value for kind in NoticeKind])
            ),
        ]
        indexes: ClassVar = [
            models.Index("person", condition=Q(read_at=None, settled_at=None), name="unread_notices"),
            models.Index(
                "occurred_at",
                condition=Q(delivered_at=None, settled_at=None),
                name="undelivered_notices",
            ),
            models.Index("country", condition=Q(settled_at=None), name="unsettled_notices"),
            models.Index("table", "row", name="notices_of_a_record"),
            # Housekeeping finds by these what is over.
            models.Index("settled_at", condition=Q(settled_at__isnull=False), name="settled_notices"),
            models.Index("kind", "occurred_at", name="notices_by_kind_and_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.table} {self.row}"


class NoticeFrequencyQuerySet(OwnRowsQuerySet["NoticeFrequency"]):
    pass


class NoticeFrequency(models.Model):
    """How often a person wants mails about a kind of notice, if not as often as the kind's rule says."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_frequencies")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices())
    frequency = models.CharField(max_length=10, choices=Frequency.choices())

    objects = NoticeFrequencyQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("person", "kind", name="one_frequency_a_person_and_kind"),
            models.CheckConstraint(
                name="notice_frequency_is_known",
                condition=Q(frequency__in=[frequency.value for frequency in Frequency]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.frequency}"


class DigestScheduleQuerySet(OwnRowsQuerySet["DigestSchedule"]):
    pass


class DigestSchedule(models.Model):
    """When a person wants digests, if not at the usual time."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digest_schedule")
    hour = models.PositiveSmallIntegerField(gettext_lazy("hour"), default=DEFAULT_HOUR)
    working_days = models.CharField(
        gettext_lazy("working days"), max_length=7, default=DEFAULT_WORKING_DAYS, help_text="0 is Monday."
    )
    weekly_on = models.PositiveSmallIntegerField(gettext_lazy("day of the weekly mail"), default=DEFAULT_WEEKDAY)
    on_holidays = models.BooleanField(gettext_lazy("also on public holidays"), default=False)

    objects = DigestScheduleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="digest_hour_is_of_a_day", condition=Q(hour__lte=23)),
            models.CheckConstraint(name="digest_day_is_of_a_week", condition=Q(weekly_on__lte=6)),
            models.CheckConstraint(
                name="digest_has_a_working_day",
                condition=Q(working_days__regex=r"^[0-6]{1,7}$"),
                violation_error_message=gettext_lazy("Choose at least one working day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hour}:00"

    @property
    def times(self) -> DigestTimes:
        """The schedule as values."""
        return DigestTimes(self.hour, self.working_days, self.weekly_on, self.on_holidays)


class CalendarFeedQuerySet(OwnRowsQuerySet["CalendarFeed"]):
    pass


class CalendarFeed(models.Model):
    """A person's private address for calendar programs. `number` is in the signed address: a new one ends the last."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    number = models.PositiveIntegerField()
    is_open = models.BooleanField(default=True)

    objects = CalendarFeedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.person}: {self.number}"
