"""Internal notes: what an officer writes for colleagues about a recommendation, a commitment or a ministry."""

from datetime import date
from typing import ClassVar, Self, cast

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q

from dialogues.models.commitments import Commitment
from recommendations.models import Recommendation
from tiptracker.accounts.models import AnyUser, Country, Ministry, User, UserQuerySet, in_visible_countries
from tiptracker.choices import Role
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.notifications.people import find_open_accounts

NAMED_ROLES = (Role.OFFICER, Role.AMBASSADOR)
"""The roles of people who may be named in a note. Observers and ministries have no tasks."""

type NoteSubject = Recommendation | Commitment | Ministry
"""What a note may be about."""


class InternalNoteQuerySet(models.QuerySet["InternalNote"]):
    def visible_to(self, user: AnyUser, country: Country | None = None) -> Self:
        """Filter to notes of the user's countries, for the embassy only. `country`: only those of that country."""
        if not user.is_authenticated or not user.is_embassy:
            return self.none()
        return self.filter(in_visible_countries(user, country))

    def about(self, subject: NoteSubject) -> Self:
        """Filter to notes about one recommendation, commitment or ministry."""
        return self.filter(Q((subject_field(subject), subject)))

    def open(self) -> Self:
        """Filter to notes that nobody has marked as dealt with."""
        return self.filter(~Exists(InternalNoteDone.objects.filter(note=OuterRef("pk"), undone_at=None)))

    def waiting_for(self, user: User, today: date) -> Self:
        """Filter to open notes that are this person's task on `today`.

        A note waits for the person whom it names. If that person can no longer deal with it, because the account ended
        or is now for another country or role, it waits for the officers.
        """
        if user.role not in NAMED_ROLES:
            return self.none()
        named = Q(named=user)
        if user.role == Role.OFFICER:
            still_there = find_people_to_name(today).filter(pk=OuterRef("named"), countries=OuterRef("country"))
            named |= Q(~Exists(still_there), named__isnull=False)
        return self.open().filter(named)

    def with_marks(self) -> Self:
        """Load what the pages of notes show, in two queries: people, what the note is about, and the marks."""
        marks = InternalNoteDone.objects.select_related("recorded_by", "undone_by").order_by("pk")
        related = ("recorded_by", "named", "recommendation__edition", "commitment__ministry", "ministry")
        return self.select_related(*related).prefetch_related(Prefetch("marks", marks))


class InternalNote(models.Model):
    """A dated note of an officer, for the embassy and its observers. It is no fact and changes no readiness.

    If it names a person, it is that person's task until somebody marks it as dealt with.
    """

    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    recommendation = models.ForeignKey(Recommendation, models.PROTECT, null=True, blank=True, related_name="+")
    commitment = models.ForeignKey(Commitment, models.PROTECT, null=True, blank=True, related_name="+")
    ministry = models.ForeignKey(Ministry, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(gettext_lazy("note"))
    named = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = InternalNoteQuerySet.as_manager()

    class Meta:
        ordering = ("-recorded_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="an_internal_note_is_about_one_thing",
                condition=Q(recommendation__isnull=False, commitment__isnull=True, ministry__isnull=True)
                | Q(recommendation__isnull=True, commitment__isnull=False, ministry__isnull=True)
                | Q(recommendation__isnull=True, commitment__isnull=True, ministry__isnull=False),
            ),
            models.CheckConstraint(
                name="an_internal_note_has_a_text",
                condition=~Q(text=""),
                violation_error_message=gettext_lazy("Write the note."),
            ),
            models.CheckConstraint(
                name="an_internal_note_names_a_colleague",
                condition=Q(named__isnull=True) | ~Q(named=models.F("recorded_by")),
                violation_error_message=gettext_lazy("Choose a colleague, or nobody."),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def subject(self) -> NoteSubject:
        """What the note is about."""
        return cast("NoteSubject", self.recommendation or self.commitment or self.ministry)

    @property
    def subject_label(self) -> str:
        """What the note is about, in a few words: "Recommendation 4 of 2021", "Commitment of Police"."""
        if self.recommendation:
            values = {"number": self.recommendation.number, "year": self.recommendation.edition.year}
            return gettext("Recommendation %(number)d of %(year)d") % values
        if self.commitment:
            return gettext("Commitment of %(maker)s") % {"maker": self.commitment.maker}
        return str(self.subject)

    @property
    def done(self) -> "InternalNoteDone | None":
        """The mark that the note is dealt with, or None. Load many notes `with_marks`."""
        return next((mark for mark in self.marks.all() if mark.undone_at is None), None)


class InternalNoteDone(models.Model):
    """The mark that a note was dealt with.

    A mark made by mistake is taken back once: `undone_at` and `undone_by` say when and by whom. Nothing else changes.
    """

    note = models.ForeignKey(InternalNote, models.PROTECT, related_name="marks")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "internal notes done"
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint("note", condition=Q(undone_at__isnull=True), name="an_internal_note_is_done_once"),
            models.CheckConstraint(
                name="a_mark_of_a_note_is_taken_back_by_somebody",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.note_id}: dealt with {self.recorded_at:%Y-%m-%d}"


SUBJECT_FIELDS = ("recommendation", "commitment", "ministry")
"""The fields of a note that hold what it is about. One is set."""


def subject_field(subject: NoteSubject) -> str:
    """Return the name of the field of a note that holds this subject."""
    match subject:
        case Recommendation():
            return "recommendation"
        case Commitment():
            return "commitment"
    return "ministry"


def subject_country(subject: NoteSubject) -> Country:
    """Return the country that a recommendation, a commitment or a ministry belongs to."""
    return subject.edition.country if isinstance(subject, Recommendation) else subject.country


def find_people_to_name(today: date) -> UserQuerySet:
    """Return the people whom a note may name, of all countries: officers and ambassadors with an open account."""
    return find_open_accounts(today).filter(role__in=NAMED_ROLES)
