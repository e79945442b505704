"""Dialogues with a government: participants, agenda, record, next steps and files."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Value, When

from dialogues.choices import DialogueFileKind, DialogueStage, Presence
from dialogues.dialogue_stage import stage_on
from dialogues.indicator_proposals import CHOOSING_DAYS
from recommendations.models import Edition, Recommendation
from tiptracker.accounts.models import AnyUser, Country, Ministry, in_visible_countries
from tiptracker.audit.append_only import MARKS
from tiptracker.localization import format_date, gettext, gettext_lazy


class DialogueQuerySet(models.QuerySet["Dialogue"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Filter to what the user may see. Embassy: all of its countries. Ministry: where it promised or takes part.

        The page decides which fields of the dialogue a ministry sees.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_ministry:
            # Not one condition with OR, for which PostgreSQL would read all dialogues of all countries.
            commitments: Any = apps.get_model("dialogues", "Commitment")._default_manager
            promised = commitments.filter(ministry=user.ministry_id, dialogue__isnull=False).order_by()
            takes_part = Participant.objects.at_the_table().filter(ministry=user.ministry_id).order_by()
            return self.filter(pk__in=promised.values("dialogue").union(takes_part.values("dialogue"), all=True))
        if not user.is_embassy:
            return self.none()
        return self.filter(country__in=Country.objects.visible_to(user))

    def held(self) -> Self:
        """Filter to dialogues with a record."""
        return self.filter(recorded_at__isnull=False)

    def ahead(self, day: date) -> Self:
        """Filter to dialogues that are still to be held on `day` or later."""
        return self.filter(held_on__gte=day, called_off_at__isnull=True, recorded_at__isnull=True)

    def choosing_until(self, day: date) -> date:
        """Return the last day of dialogues whose indicators are to be chosen on `day`."""
        return day + timedelta(days=CHOOSING_DAYS)

    def lacking_indicators(self, day: date, *, until: date | None = None) -> Self:
        """Filter to dialogues in the next 45 days whose indicators are not chosen, or not all agreed on.

        `is_chosen` says which. A dialogue outside every tracking period has none. `until` is
        `choosing_until(day)`, if the caller has it.
        """
        chosen: Any = apps.get_model("dialogues", "ChosenIndicator").objects
        active = chosen.filter(dialogue=OuterRef("pk")).active().order_by()
        editions = Edition.objects.filter(
            country=OuterRef("country"), starts_on__lte=OuterRef("held_on"), ends_on__gte=OuterRef("held_on")
        )
        soon = self.ahead(day).filter(Exists(editions), held_on__lte=until or self.choosing_until(day))
        return soon.annotate(is_chosen=Exists(active)).filter(Q(is_chosen=False) | Exists(active.unagreed()))

    def begun_by(self, day: date) -> Self:
        """Filter to dialogues whose day has come and that were not called off: commitments may have been made there."""
        return self.filter(held_on__lte=day, called_off_at__isnull=True)

    def with_ministry(self, ministry: Ministry) -> Self:
        """Filter to dialogues in which this ministry takes part, or no ministry in particular."""
        participants = Participant.objects.at_the_table().filter(dialogue=OuterRef("pk"))
        return self.filter(Exists(participants.filter(ministry=ministry)) | ~Exists(participants))

    def held_before(self, dialogue: "Dialogue") -> Self:
        """Filter to earlier held dialogues of the same country that share a ministry with this one, newest first.

        A ministry of this dialogue is shared if it took part in the earlier one, or owes a commitment or next step
        from it. A dialogue that concerns no ministry in particular shares with every other.
        """
        earlier = Q(held_on__lt=dialogue.held_on) | Q(held_on=dialogue.held_on, pk__lt=dialogue.pk)
        ministries = Participant.objects.at_the_table().filter(dialogue=dialogue).values("ministry")
        earlier_participants = Participant.objects.at_the_table().filter(dialogue=OuterRef("pk"))
        owed_by_them = Q(commitments__ministry__in=ministries) | Q(next_steps__ministry__in=ministries)
        owed_by_any = Q(commitments__ministry__isnull=False) | Q(next_steps__ministry__isnull=False)
        is_shared = (
            ~Exists(ministries)
            | Exists(earlier_participants.filter(ministry__in=ministries))
            | Q(pk__in=Dialogue.objects.filter(owed_by_them).values("pk"))
            | ~Exists(earlier_participants) & ~Q(pk__in=Dialogue.objects.filter(owed_by_any).values("pk"))
        )
        return self.held().filter(earlier, is_shared, country=dialogue.country_id).order_by("-held_on", "-pk")

    def known_by(self, moment: datetime | None) -> Self:
        """Filter to dialogues that had been entered or recorded by `moment` (None: now)."""
        return self if moment is None else self.filter(Q(entered_at__lte=moment) | Q(recorded_at__lte=moment))

    def nearest_first(self, day: date, *, known_by: datetime | None = None) -> Self:
        """Order by what is near on `day`: future dialogues, soonest first; then held ones, newest first.

        Past dialogues without a record come last. Those called off are left out.
        """
        is_recorded = Q(recorded_at__isnull=False) if known_by is None else Q(recorded_at__lte=known_by)
        is_to_come = Q(held_on__gt=day) | Q(held_on=day) & ~is_recorded
        group = Case(When(is_to_come, then=Value(0)), When(is_recorded, then=Value(1)), default=Value(2))
        coming_on = Case(When(is_to_come, then=F("held_on")))
        dialogues = self.known_by(known_by).filter(called_off_at__isnull=True)
        return dialogues.alias(group=group).order_by("group", coming_on.asc(nulls_last=True), "-held_on", "-pk")

    def ahead_first(self) -> Self:
        """Order by what is planned or to be recorded, soonest first; then held or called off, newest first."""
        is_over = Case(When(Q(recorded_at__isnull=False) | Q(called_off_at__isnull=False), then=Value(1)), default=0)
        ahead_on = Case(When(is_over=0, then=F("held_on")))
        return self.alias(is_over=is_over).order_by("is_over", ahead_on.asc(nulls_last=True), "-held_on", "-pk")


class Dialogue(models.Model):
    """One meeting with a government, planned or held. A ministry sees only its date and place; the rest is internal.

    `entered_at` is None if it was first entered as held. `recorded_at` is None until something is recorded of it.
    `changed_at` is when its date, place, purpose or participants last changed.
    """

    country = models.ForeignKey(Country, models.PROTECT, related_name="dialogues")
    held_on = models.DateField(gettext_lazy("date"))
    place = models.CharField(gettext_lazy("place"), max_length=200)
    purpose = models.CharField(gettext_lazy("purpose"), max_length=300)
    record = models.TextField(gettext_lazy("what was said"), blank=True)
    agreed = models.TextField(gettext_lazy("what was agreed"), blank=True)
    source = models.CharField(max_length=300, blank=True)
    entered_at = models.DateTimeField(null=True, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    called_off_at = models.DateTimeField(null=True, blank=True)
    called_off_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    called_off_reason = models.TextField(gettext_lazy("why it was called off"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = DialogueQuerySet.as_manager()

    class Meta:
        ordering = ("-held_on", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                "country",
                "held_on",
                "place",
                condition=~Q(place__in=MARKS) & Q(called_off_at__isnull=True),
                name="one_dialogue_a_day_and_place",
            ),
            models.CheckConstraint(
                name="a_dialogue_is_entered_or_recorded_by_somebody",
                condition=Q(entered_at__isnull=False, entered_by__isnull=False)
                | Q(recorded_at__isnull=False, recorded_by__isnull=False),
            ),
            models.CheckConstraint(
                name="what_is_called_off_has_its_reason_and_no_record",
                condition=Q(called_off_at__isnull=True, called_off_by__isnull=True, called_off_reason="")
                | Q(called_off_at__isnull=False, called_off_by__isnull=False, recorded_at__isnull=True)
                & ~Q(called_off_reason=""),
            ),
        ]

    def __str__(self) -> str:
        values = {"date": format_date(self.held_on), "place": self.place}
        return gettext("Dialogue of %(date)s, %(place)s") % values

    def stage_on(self, day: date) -> DialogueStage:
        """Return the stage of the dialogue on `day`."""
        return stage_on(
            self.held_on,
            day,
            is_recorded=self.recorded_at is not None,
            is_called_off=self.called_off_at is not None,
        )

    def ministries_at_the_table(self) -> frozenset[int]:
        """Return the ids of the ministries that take part. Empty if the dialogue is with the government as a whole."""
        return frozenset(self.participants.at_the_table().values_list("ministry_id", flat=True))


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def at_the_table(self) -> Self:
        """Filter to participants of a ministry who are expected or came."""
        return self.filter(ministry__isnull=False).exclude(came=False)


class Participant(models.Model):
    """A participant expected at a dialogue for an office. `came` is None until it is recorded."""

    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="participants")
    name = models.CharField(max_length=200, blank=True)
    office = models.CharField(max_length=200)
    ministry = models.ForeignKey(Ministry, models.PROTECT, null=True, blank=True, related_name="+")
    presence = models.CharField(max_length=10, choices=Presence.choices(), default=Presence.IN_PERSON)
    came = models.BooleanField(null=True, blank=True)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.name}, {self.office}" if self.name else self.office


class AgendaItem(models.Model):
    """An agenda item of a dialogue: a recommendation, a commitment, or a topic in the embassy's own words."""

    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="agenda")
    recommendation = models.ForeignKey(Recommendation, models.PROTECT, null=True, blank=True, related_name="+")
    commitment = models.ForeignKey("dialogues.Commitment", models.PROTECT, null=True, blank=True, related_name="+")
    topic = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField()
    note = models.TextField(gettext_lazy("what to ask"), blank=True)
    said = models.TextField(gettext_lazy("what was said"), blank=True)

    class Meta:
        ordering = ("position", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint("dialogue", "recommendation", name="recommendation_once_on_an_agenda"),
            models.UniqueConstraint("dialogue", "commitment", name="commitment_once_on_an_agenda"),
            models.CheckConstraint(name="agenda_positions_begin_at_one", condition=Q(position__gte=1)),
            models.CheckConstraint(
                name="an_item_is_a_recommendation_a_commitment_or_a_topic",
                condition=Q(recommendation__isnull=False, commitment__isnull=True, topic="")
                | Q(recommendation__isnull=True, commitment__isnull=False, topic="")
                | Q(recommendation__isnull=True, commitment__isnull=True) & ~Q(topic=""),
            ),
        ]

    def __str__(self) -> str:
        if self.recommendation:
            values = {"number": self.recommendation.number, "text": self.recommendation.text}
            return gettext("Recommendation %(number)s: %(text)s") % values
        return str(self.commitment) if self.commitment else self.topic


class NextStepQuerySet(models.QuerySet["NextStep"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Filter to next steps of dialogues that the user may see: embassy only.

        Ministries see only their commitments.
        """
        if not user.is_authenticated or not user.is_embassy:
            return self.none()
        return self.filter(in_visible_countries(user, path="dialogue__country"))

    def unsettled(self) -> Self:
        """Filter to next steps that are not marked as done."""
        return self.filter(~Exists(NextStepDone.objects.filter(step=OuterRef("pk"), undone_at=None)))

    def with_marks(self) -> Self:
        """Prefetch what `done` and `marks` read, in one query."""
        marks = NextStepDone.objects.select_related("recorded_by", "undone_by").order_by("pk")
        return self.prefetch_related(Prefetch("marks", marks))

    def due_for_embassy(self, until: date) -> Self:
        """Filter to the embassy's own next steps that are not done and due by `until`. No update can wait on them."""
        return self.unsettled().filter(ministry__isnull=True, office="", due_on__lte=until)

    def due_later_for_embassy(self, after: date) -> Self:
        """Filter to the embassy's own next steps that are not done and due after `after`."""
        return self.unsettled().filter(ministry__isnull=True, office="", due_on__gt=after).order_by("due_on", "pk")

    def concerning(self, ministries: Collection[int]) -> Self:
        """Filter to next steps of these ministries, and of no ministry: the embassy's and other offices'.

        Without ministries, all are returned.
        """
        return self.filter(Q(ministry__in=ministries) | Q(ministry__isnull=True)) if ministries else self


class NextStep(models.Model):
    """A next step agreed at a dialogue, less than a commitment: for the embassy, a ministry or another office."""

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="next_steps")
    text = models.TextField(gettext_lazy("what is to be done"))
    ministry = models.ForeignKey(Ministry, models.PROTECT, null=True, blank=True, related_name="+")
    office = models.CharField(gettext_lazy("which office"), max_length=200, blank=True)
    due_on = models.DateField(gettext_lazy("due date"), null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = NextStepQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.CheckConstraint(name="a_next_step_says_something", condition=~Q(text="")),
            models.CheckConstraint(name="a_next_step_has_one_owner", condition=Q(ministry__isnull=True) | Q(office="")),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def owner(self) -> str:
        """The name of the owner: the ministry, the named office, or else the embassy."""
        return self.ministry.short_name if self.ministry else self.office or gettext("The embassy")

    @property
    def done(self) -> "NextStepDone | None":
        """The mark that the step is done, or None. Load many steps `with_marks`."""
        return self.done_as_known(None)

    @property
    def undone(self) -> "NextStepDone | None":
        """The newest mark if it was taken back, so that the step is open again; None otherwise."""
        newest = max(self.marks.all(), key=lambda mark: mark.pk, default=None)
        return newest if newest and newest.undone_at else None

    def done_as_known(self, moment: datetime | None) -> "NextStepDone | None":
        """Return the mark that the step is done as it was known at `moment` (None: now)."""
        known = (mark for mark in self.marks.all() if mark.is_known_at(moment))
        return max(known, key=lambda mark: mark.pk, default=None)


class NextStepDone(models.Model):
    """The mark that a next step was done: on which day, and with what result.

    A mark made by mistake is taken back once: `undone_at` and `undone_by` say when and by whom. Nothing else changes.
    """

    step = models.ForeignKey(NextStep, models.PROTECT, related_name="marks")
    done_on = models.DateField(gettext_lazy("done on"))
    result = models.TextField(gettext_lazy("result"), blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "next steps done"
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint("step", condition=Q(undone_at__isnull=True), name="a_next_step_is_done_once"),
            models.CheckConstraint(
                name="a_mark_is_taken_back_by_somebody",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step}: done {self.done_on}"

    def is_known_at(self, moment: datetime | None) -> bool:
        """Return whether the mark was made and not taken back at `moment` (None: now)."""
        if moment is None:
            return self.undone_at is None
        return self.recorded_at <= moment and (self.undone_at is None or self.undone_at > moment)


class DialogueFileQuerySet(models.QuerySet["DialogueFile"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Filter to files of dialogues that the user may see: embassy only."""
        if not user.is_authenticated or not user.is_embassy:
            return self.none()
        return self.filter(in_visible_countries(user, path="dialogue__country"))


class DialogueFile(models.Model):
    """A file attached to a dialogue: a statement given there, a communiqué, a photograph. Never changed."""

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="files")
    file = models.ForeignKey("dialogues.EvidenceFile", models.PROTECT, related_name="dialogues")
    what = models.CharField(gettext_lazy("type of file"), max_length=12, choices=DialogueFileKind.choices())
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = DialogueFileQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint("dialogue", "file", name="a_file_once_at_a_dialogue"),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.file}"
