"""Commitments, and the dated events that are their whole history."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan

from dialogues.choices import CommitmentEventKind, CommitmentReach, CommitmentStatus, Horizon, MadeBy, UpdateDecision
from dialogues.commitment_status import (
    DATE_SETTING_EVENTS,
    STATUS_AFTER_EVENT,
    CommitmentStanding,
    standing_on,
)
from dialogues.models.dialogues import Dialogue, Participant
from recommendations.models import Benchmark
from tiptracker.accounts.models import AnyUser, Country, Ministry, User, in_visible_countries
from tiptracker.choices import Role
from tiptracker.infrastructure.lookups import has_row
from tiptracker.localization import gettext_lazy


def _status_annotations(day: date) -> dict[str, Any]:
    """Return the annotations of `.status` and `.due_on`, by name."""
    happened = CommitmentEvent.objects.as_of(day)
    newest_first = ("-happened_on", "-recorded_at", "-pk")
    dated = happened.filter(due_on__isnull=False).order_by(*newest_first).values("due_on")
    sent = apps.get_model("dialogues", "UpdateVersion").objects.sent_by(day)
    waiting = sent.filter(Q(decided_on__isnull=True)).order_by()
    # PostgreSQL repeats a subquery wherever it is named. So the whole status is one subquery, and looks up the due
    # date only where it matters.
    final_statuses = [When(kind=kind, then=Value(status)) for kind, status in STATUS_AFTER_EVENT.items()]
    status = Case(
        *[when for when in final_statuses if when.result.value is not CommitmentStatus.REPORTED],
        When(
            has_row(waiting.filter(update__commitment=OuterRef("commitment"))),
            then=Value(CommitmentStatus.WITH_EMBASSY),
        ),
        When(kind=CommitmentEventKind.REPORTED_DONE, then=Value(CommitmentStatus.REPORTED)),
        When(
            LessThan(Subquery(dated.filter(commitment=OuterRef("commitment"))[:1]), Value(day)),
            then=Value(CommitmentStatus.OVERDUE),
        ),
        default=Value(CommitmentStatus.OPEN),
        output_field=models.CharField(),
    )
    own = happened.filter(commitment=OuterRef("pk"))
    return {
        "due_on": Subquery(dated.filter(commitment=OuterRef("pk"))[:1]),
        "status": Subquery(own.order_by(*newest_first).annotate(status=status).values("status")[:1]),
    }


def _standing_annotations(day: date) -> dict[str, Any]:
    """Return the annotations of `with_status`, by name."""
    happened = CommitmentEvent.objects.as_of(day)
    own = happened.filter(commitment=OuterRef("pk"))
    sent = apps.get_model("dialogues", "UpdateVersion").objects.sent_by(day)
    # What its ministry withdrew counts as never sent.
    not_withdrawn = Q(decided_on__isnull=True) | ~Q(decision__decision=UpdateDecision.WITHDRAWN)
    every_sent = sent.filter(update__commitment=OuterRef("pk"))
    own_sent = every_sent.filter(not_withdrawn)
    newest_sent, newest_of_all = (rows.order_by("-recorded_at", "-pk") for rows in (own_sent, every_sent))
    slips = own.filter(kind=CommitmentEventKind.RESCHEDULED).order_by().values("commitment").annotate(n=Count("pk"))
    asked_again = happened.filter(commitment=OuterRef("update__commitment"), kind__in=DATE_SETTING_EVENTS).filter(
        Q(happened_on__gt=OuterRef("sent_on"))
        | Q(happened_on=OuterRef("sent_on"), recorded_at__gte=OuterRef("recorded_at"))
    )
    accepted_since = sent.filter(
        Q(decided_on__isnull=False),
        update__commitment=OuterRef("update__commitment"),
        decision__decision=UpdateDecision.ACCEPTED,
        decision__recorded_at__gte=OuterRef("recorded_at"),
    )
    newest_returned_on = Case(
        When(decision__decision=UpdateDecision.RETURNED, then=F("decided_on")), output_field=models.DateField()
    )
    withdrawn_on = Case(
        When(decision__decision=UpdateDecision.WITHDRAWN, then=F("decided_on")), output_field=models.DateField()
    )
    return _status_annotations(day) | {
        "first_due_on": Subquery(own.filter(kind=CommitmentEventKind.MADE).values("due_on")[:1]),
        "slips": Coalesce(Subquery(slips.values("n"), output_field=IntegerField()), 0),
        "sent_on": Subquery(newest_sent.annotate(on=F("sent_on")).values("on")[:1]),
        "newest_returned_on": Subquery(newest_sent.annotate(on=newest_returned_on).values("on")[:1]),
        "newest_withdrawn_on": Subquery(newest_of_all.annotate(on=withdrawn_on).values("on")[:1]),
        "has_update": ExpressionWrapper(
            has_row(own_sent.filter(~Exists(asked_again), ~Exists(accepted_since))), BooleanField()
        ),
    }


def _group_by_day(days: Mapping[Any, date]) -> list[tuple[date, list[Any]]]:
    """Return the days, of which there is at least one, each with the countries where it is."""
    countries: dict[date, list[Any]] = defaultdict(list)
    for country, day in days.items():
        countries[day].append(country)
    return list(countries.items()) or [(date.min, [])]


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def visible_to(self, user: AnyUser, country: Country | None = None) -> Self:
        """Filter to what the user may see.

        Embassy: all of its countries. Focal point: its own ministry. Other users: none.

        `country`: only commitments of that country.
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
        """Fetch all that `standing_on` reads: country, events, and update versions with their decisions."""
        versions: Any = apps.get_model("dialogues", "UpdateVersion").objects.select_related("decision")
        updates = apps.get_model("dialogues", "Update").objects.prefetch_related(Prefetch("versions", versions))
        return self.select_related("country").prefetch_related("events", Prefetch("updates", updates))

    def with_links(self, *related: str, known_by: datetime | None = None) -> Self:
        """Fetch `.links`: those that held at the moment `known_by` (None: now), with what is `related` to them."""
        links = CommitmentBenchmark.objects.known_by(known_by)
        return self.prefetch_related(Prefetch("links", links.select_related(*related) if related else links))

    def with_status(self, day: date) -> Self:
        """Annotate with `standing_on` and `original_due_date` in SQL, at the end of `day`.

        Adds `.status` (None before the commitment was made), `.due_on`, `.first_due_on` and `.slips`. Also adds
        `.sent_on`, `.newest_returned_on`, `.newest_withdrawn_on` and `.has_update`, for `standing_from_row`.
        """
        return self.annotate(**_standing_annotations(day))

    def with_date_made(self) -> Self:
        """Annotate with `.made_on`, the day on which it was made."""
        made = CommitmentEvent.objects.filter(commitment=OuterRef("pk"), kind=CommitmentEventKind.MADE)
        return self.annotate(made_on=Subquery(made.values("happened_on")[:1]))

    def with_status_today(self, days: Mapping[Any, date]) -> Self:
        """Annotate as `with_status` does, for the present day in each country.

        `days`: that day by the id of the country.

        At any moment there are only a few different days.
        """
        (first, _), *others = _group_by_day(days)
        return self.annotate(
            **{
                name: Case(
                    *[When(country__in=own, then=_standing_annotations(day)[name]) for day, own in others],
                    default=standing,
                )
                if others
                else standing
                for name, standing in _standing_annotations(first).items()
            }
        )

    def made_by_today(self, days: Mapping[Any, date]) -> Self:
        """Filter to those made by the present day in their country. `days`: as of `with_status_today`."""
        of_commitment = CommitmentEvent.objects.filter(commitment=OuterRef("pk"))
        begun = (Q(Exists(of_commitment.as_of(day)), country__in=own) for day, own in _group_by_day(days))
        return self.filter(reduce(or_, begun))

    def concerning(self, ministries: Collection[int], known_by: datetime | None = None) -> Self:
        """Filter to what to discuss with these ministries: their commitments, and those of the United States for them.

        A commitment of the United States is for them if it is linked to a benchmark on which they lead or have made a
        commitment. Without a link it is for them if it was made at a dialogue with them. Without ministries, all are
        returned. The links are those that held at the moment `known_by` (None: now).
        """
        if not ministries:
            return self
        links = CommitmentBenchmark.objects.known_by(known_by)
        theirs = links.filter(commitment__ministry__in=ministries).values("benchmark")
        shared = links.filter(Q(benchmark__recommendation__lead__in=ministries) | Q(benchmark__in=theirs))
        at_the_table = Participant.objects.at_the_table().filter(ministry__in=ministries).values("dialogue")
        with_them = ~Exists(links.filter(commitment=OuterRef("pk"))) & Q(dialogue__in=at_the_table)
        ours = Commitment.objects.filter(
            Q(pk__in=shared.values("commitment")) | with_them, made_by=MadeBy.UNITED_STATES
        )
        return self.filter(Q(ministry__in=ministries) | Q(pk__in=ours.values("pk")))

    def for_verification_by(self, user: User) -> Self:
        """Filter to commitments of the United States that were reported done, by another person than `user`.

        This is the rule of `permissions.can_verify_done`, for lists. A ministry reports done by sending an update. Adds
        `.reported_at` and `.reported_by_name`.
        """
        if user.role not in (Role.OFFICER, Role.AMBASSADOR):
            return self.none()
        events = CommitmentEvent.objects.filter(commitment=OuterRef("pk")).order_by(
            "-happened_on", "-recorded_at", "-pk"
        )
        return self.annotate(
            reported_at=Subquery(events.values("recorded_at")[:1]),
            reported_by_name=Subquery(events.values("recorded_by__name")[:1]),
            newest_event=Subquery(events.values("kind")[:1]),
            newest_event_by=Subquery(events.values("recorded_by")[:1]),
        ).filter(
            Q(newest_event=CommitmentEventKind.REPORTED_DONE),
            ~Q(newest_event_by=user.pk),
            made_by=MadeBy.UNITED_STATES,
        )

    def with_wording(self, known_by: datetime | None) -> Self:
        """Annotate with `.wording`: what was promised, as it was worded at the moment `known_by` (None: now)."""
        if known_by is None:
            return self.annotate(wording=F("text"))
        later = CommitmentCorrection.objects.filter(commitment=OuterRef("pk"), recorded_at__gt=known_by)
        replaced = later.exclude(replaced_text="").order_by("recorded_at", "pk").values("replaced_text")
        return self.annotate(wording=Coalesce(Subquery(replaced[:1]), F("text")))

    def asking_for_another_look(self) -> Self:
        """Filter to commitments with evidence recorded or revised after they were last verified done.

        Such evidence reopens the question.
        """
        verified = CommitmentEvent.objects.filter(commitment=OuterRef("pk"), kind=CommitmentEventKind.VERIFIED_DONE)
        verified_at = verified.order_by("-happened_on", "-recorded_at", "-pk").values("recorded_at")[:1]
        recorded_later = Q(evidence__recorded_at__gt=OuterRef("verified_at"))
        revised_later = Q(evidence__revised_by__recorded_at__gt=OuterRef("verified_at"))
        reopened = Commitment.objects.filter(recorded_later | revised_later, pk=OuterRef("pk"))
        return self.annotate(verified_at=Subquery(verified_at)).filter(Exists(reopened))


class Commitment(models.Model):
    """Something that a ministry or the United States undertook to do. It never counts; what is done about it may.

    It has no status column: the status follows from dated events (docs/decisions/0001-keep-facts-as-dated-rows.md).
    """

    country = models.ForeignKey(Country, models.PROTECT, related_name="commitments")
    made_by = models.CharField(max_length=15, choices=MadeBy.choices(), default=MadeBy.MINISTRY)
    ministry = models.ForeignKey(Ministry, models.PROTECT, null=True, blank=True, related_name="commitments")
    text = models.TextField(gettext_lazy("what was promised"))
    """The wording in force. It changes only together with a correction, which keeps the wording before."""
    newest_correction = models.ForeignKey(
        "dialogues.CommitmentCorrection", models.PROTECT, null=True, blank=True, related_name="+"
    )
    dialogue = models.ForeignKey(Dialogue, models.PROTECT, null=True, blank=True, related_name="commitments")
    letter = models.CharField(gettext_lazy("letter or other source"), max_length=300, blank=True)
    horizon = models.CharField(max_length=12, choices=Horizon.choices(), default=Horizon.SHORT_TERM)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="ministry_set_exactly_for_a_ministrys_commitments",
                condition=Q(made_by=MadeBy.MINISTRY, ministry__isnull=False)
                | Q(made_by=MadeBy.UNITED_STATES, ministry__isnull=True),
                violation_error_message=gettext_lazy(
                    "Choose the ministry, or say that the United States made the commitment."
                ),
            ),
            models.CheckConstraint(
                name="commitment_made_at_a_dialogue_or_by_letter",
                condition=Q(dialogue__isnull=False) | ~Q(letter=""),
                violation_error_message=gettext_lazy(
                    "Choose the dialogue at which the commitment was made, or name the letter."
                ),
            ),
            models.CheckConstraint(name="commitment_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text

    def standing_on(self, day: date) -> CommitmentStanding | None:
        """Return the standing at the end of `day` in the country, from the rows.

        Use `with_history` to avoid queries.
        """
        sent = [version for update in self.updates.all() for version in update.versions.all()]
        return standing_on(self.events.all(), sent, day, zone=ZoneInfo(self.country.time_zone))

    @property
    def benchmarks(self) -> QuerySet[Benchmark]:
        """The benchmarks that it supports, of all editions."""
        return Benchmark.objects.filter(
            commitment_links__commitment=self, commitment_links__removed_in__isnull=True
        ).order_by("recommendation__number", "letter")

    @property
    def maker(self) -> str:
        """The name of the maker: the ministry, or the United States."""
        return self.ministry.name if self.ministry else MadeBy.UNITED_STATES.label


class CommitmentCorrectionQuerySet(models.QuerySet["CommitmentCorrection"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Filter to corrections of the commitments that the user may see.

        A ministry does not see how far a commitment would meet a benchmark, so it sees no correction of that alone.
        """
        rows = self.filter(commitment__in=Commitment.objects.visible_to(user))
        if user.is_authenticated and user.is_embassy:
            return rows
        again = CommitmentBenchmark.objects.filter(
            commitment=OuterRef("commitment"), benchmark=OuterRef("benchmark"), removed_in=OuterRef("added_in")
        )
        before = CommitmentBenchmark.objects.filter(
            commitment=OuterRef("commitment"), benchmark=OuterRef("benchmark"), added_in=OuterRef("removed_in")
        )
        added = CommitmentBenchmark.objects.filter(~Exists(again), added_in=OuterRef("pk"))
        removed = CommitmentBenchmark.objects.filter(~Exists(before), removed_in=OuterRef("pk"))
        return rows.filter(~Q(replaced_text="") | Exists(added) | Exists(removed))


class CommitmentCorrection(models.Model):
    """What was wrong in the record of a commitment, and why: its wording, its benchmarks, or both. Never changed.

    The commitment itself holds the wording in force, so each wording is stored once. The links to benchmarks name the
    correction that added or removed them.
    """

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="corrections")
    replaced_text = models.TextField(gettext_lazy("earlier wording"), blank=True)
    """The wording that this correction replaced. Empty if it changed only benchmarks."""
    reason = models.TextField(gettext_lazy("reason for the correction"))
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = CommitmentCorrectionQuerySet.as_manager()

    class Meta:
        ordering = ("recorded_at", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(name="a_correction_of_a_commitment_has_its_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"Correction of {self.recorded_at:%Y-%m-%d}"


class CommitmentBenchmarkQuerySet(models.QuerySet["CommitmentBenchmark"]):
    def current(self) -> Self:
        """Filter to links that no correction has removed."""
        return self.filter(removed_in__isnull=True)

    def known_by(self, moment: datetime | None) -> Self:
        """Filter to the links that held at `moment` (None: now)."""
        if moment is None:
            return self.current()
        is_recorded = Q(recorded_at__isnull=True) | Q(recorded_at__lte=moment)
        return self.filter(is_recorded, Q(removed_in__isnull=True) | Q(removed_in__recorded_at__gt=moment))


class CommitmentBenchmark(models.Model):
    """The link from a commitment to a benchmark that it supports.

    `reach` says whether keeping the commitment meets the benchmark or contributes to it. The link is recorded with the
    commitment or, in a rollover to another edition or a correction (`added_in`), later (`recorded_at`, `recorded_by`).
    A link that a correction removed stays, with that correction in `removed_in`: read links through `current()` or
    `known_by()`.
    """

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="links")
    benchmark = models.ForeignKey(Benchmark, models.PROTECT, related_name="commitment_links")
    reach = models.CharField(max_length=12, choices=CommitmentReach.choices())
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    added_in = models.ForeignKey(CommitmentCorrection, models.PROTECT, null=True, blank=True, related_name="added")
    removed_in = models.ForeignKey(CommitmentCorrection, models.PROTECT, null=True, blank=True, related_name="removed")

    objects = CommitmentBenchmarkQuerySet.as_manager()

    class Meta:
        ordering = ("benchmark__recommendation__number", "benchmark__letter")
        constraints: ClassVar = [
            models.UniqueConstraint(
                "commitment",
                "benchmark",
                condition=Q(removed_in__isnull=True),
                name="commitment_linked_once_to_a_benchmark",
            ),
            models.CheckConstraint(
                name="link_is_recorded_by_somebody_at_some_moment",
                condition=Q(recorded_at__isnull=True, recorded_by__isnull=True)
                | Q(recorded_at__isnull=False, recorded_by__isnull=False),
            ),
        ]


class CommitmentEventQuerySet(models.QuerySet["CommitmentEvent"]):
    def as_of(self, day: date) -> Self:
        """Filter to events that had happened by `day`."""
        return self.filter(happened_on__lte=day)


class CommitmentEvent(models.Model):
    """One dated event of a commitment. Rows are added, never changed."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=CommitmentEventKind.choices())
    happened_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True)
    update_version = models.ForeignKey(
        "dialogues.UpdateVersion", models.PROTECT, null=True, blank=True, related_name="events"
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = CommitmentEventQuerySet.as_manager()

    class Meta:
        ordering = ("happened_on", "recorded_at", "pk")
        indexes: ClassVar = [
            models.Index(
                fields=["commitment", "-happened_on", "-recorded_at", "-id"], name="newest_event_of_a_commitment"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "commitment", condition=Q(kind=CommitmentEventKind.MADE), name="a_commitment_is_made_once"
            ),
            models.CheckConstraint(
                name="only_making_and_rescheduling_set_a_due_date",
                condition=Q(due_on__isnull=True)
                | Q(kind__in=[CommitmentEventKind.MADE, CommitmentEventKind.RESCHEDULED]),
            ),
            models.CheckConstraint(
                name="rescheduling_sets_a_due_date",
                condition=~Q(kind=CommitmentEventKind.RESCHEDULED) | Q(due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="due_date_does_not_precede_the_promise",
                condition=~Q(kind=CommitmentEventKind.MADE) | Q(due_on__isnull=True) | Q(due_on__gte=F("happened_on")),
            ),
            models.CheckConstraint(
                name="events_that_need_a_reason_have_one",
                condition=Q(
                    kind__in=[
                        CommitmentEventKind.MADE,
                        CommitmentEventKind.REPORTED_DONE,
                        CommitmentEventKind.REPORT_WITHDRAWN,
                    ]
                )
                | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_on}"

    @property
    def sent_for(self) -> Ministry | None:
        """The ministry that reported the commitment done with an update, or withdrew that update.

        None for events that the embassy recorded.
        """
        by_ministry = (CommitmentEventKind.REPORTED_DONE, CommitmentEventKind.REPORT_WITHDRAWN)
        return self.commitment.ministry if self.update_version_id and self.kind in by_ministry else None

    @property
    def sender(self) -> str:
        """Who recorded it, in words. A report with an update names the sender of the update."""
        is_report = self.kind == CommitmentEventKind.REPORTED_DONE
        return self.update_version.sender if is_report and self.update_version else self.recorded_by.name
