"""Updates: what a ministry sent on a commitment or a request, version by version, and the decision on each version."""

from datetime import date, datetime
from typing import Any, ClassVar, Self, cast

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from dialogues.choices import ClaimedProgress, ReceivedAs, UpdateDecision
from dialogues.models.commitments import Commitment
from dialogues.models.disposals import is_named_row
from dialogues.models.information_requests import InformationRequest
from dialogues.models.local_date import LocalDate
from tiptracker.accounts.models import AnyUser, Country, Ministry, User
from tiptracker.choices import Role
from tiptracker.localization import format_date, gettext, gettext_lazy

type UpdateSubject = Commitment | InformationRequest
"""What an update is about."""


SUBJECT_FIELDS = ("commitment", "information_request")
"""The fields by which an update, a draft or evidence names its subject."""


def subject_field(subject: UpdateSubject) -> str:
    """Return the one of `SUBJECT_FIELDS` that names this subject."""
    return SUBJECT_FIELDS[0 if isinstance(subject, Commitment) else 1]


def update_lookup(subject: UpdateSubject, path: str = "") -> dict[str, Any]:
    """Return the filter for the updates on a subject. `path` leads to the update, such as "update__"."""
    return {f"{path}{subject_field(subject)}": subject}


def has_subject(path: str = "", **lookups: Any) -> Q:
    """Return the condition that an update's commitment or request has these values, such as `ministry=4`.

    `path` leads to the update, such as "update__".
    """
    return Q(**{f"{path}commitment__{name}": value for name, value in lookups.items()}) | Q(
        **{f"{path}information_request__{name}": value for name, value in lookups.items()}
    )


def subject_value(name: str, path: str = "update__") -> Coalesce:
    """Return a value of an update's commitment or request in SQL, such as "ministry". `path` leads to the update."""
    return Coalesce(f"{path}commitment__{name}", f"{path}information_request__{name}")


class UpdateQuerySet(models.QuerySet["Update"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Filter to updates whose commitment or request the user may see."""
        return self.filter(pk__in=_visible_updates(user))


class Update(models.Model):
    """A ministry's update on a commitment or on a request: sent, perhaps returned and sent again, finally accepted."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, null=True, blank=True, related_name="updates")
    information_request = models.ForeignKey(
        InformationRequest, models.PROTECT, null=True, blank=True, related_name="updates"
    )
    number = models.PositiveSmallIntegerField()

    objects = UpdateQuerySet.as_manager()

    class Meta:
        ordering = ("commitment", "information_request", "number")
        constraints: ClassVar = [
            models.UniqueConstraint("commitment", "number", name="updates_numbered_once_on_a_commitment"),
            models.UniqueConstraint("information_request", "number", name="updates_numbered_once_on_a_request"),
            models.CheckConstraint(
                name="an_update_is_on_one_commitment_or_on_one_request",
                condition=Q(commitment__isnull=False, information_request__isnull=True)
                | Q(commitment__isnull=True, information_request__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        named = gettext("Answer %(number)d") if self.information_request_id else gettext("Update %(number)d")
        return named % {"number": self.number}

    @property
    def subject(self) -> UpdateSubject:
        """The commitment or the request that it is about. Load versions `with_subject` to avoid queries."""
        return cast("UpdateSubject", self.commitment or self.information_request)


def _visible_updates(user: AnyUser, country: Country | None = None) -> QuerySet[Any]:
    """Return the keys of the updates that the user may see, because of their commitment or their request."""
    return _keys_of_updates(
        Q(commitment__in=Commitment.objects.visible_to(user, country)),
        Q(information_request__in=InformationRequest.objects.visible_to(user, country)),
    )


def _keys_of_updates(of_commitments: Q, of_requests: Q) -> QuerySet[Any]:
    """Return the keys of updates on commitments and on requests.

    They are two queries, not one condition with OR, for which PostgreSQL would read all updates of all countries.
    """
    first, second = (Update.objects.filter(each).order_by().values("pk") for each in (of_commitments, of_requests))
    return first.union(second, all=True).order_by()


class UpdateVersionQuerySet(models.QuerySet["UpdateVersion"]):
    def visible_to(self, user: AnyUser, country: Country | None = None) -> Self:
        """Filter to versions whose commitment or request the user may see. `country`: only those of that country."""
        return self.filter(update__in=_visible_updates(user, country))

    def of_country(self, country: int) -> Self:
        """Filter to versions of a country (id)."""
        of_it = _keys_of_updates(Q(commitment__country=country), Q(information_request__country=country))
        return self.filter(update__in=of_it)

    def with_subject(self, *related: str) -> Self:
        """Fetch the commitment or the request with its country and ministry, and what else is `related`."""
        subjects = ("update__commitment", "update__information_request")
        parts = [f"{subject}__{part}" for subject in subjects for part in ("country", "ministry")]
        return self.select_related(*parts, *related)

    def undecided(self) -> Self:
        """Filter to versions without a decision, oldest first."""
        # Not by a join: PostgreSQL would expect that to leave one row.
        decisions = UpdateVersionDecision.objects.filter(update_version=OuterRef("pk"))
        return (
            self.exclude(is_named_row("dialogues.updateversion"))
            .filter(~Exists(decisions))
            .order_by("recorded_at", "pk")
        )

    def for_decision_by(self, user: User) -> Self:
        """Filter to undecided versions that this user may decide on: officers, but never on what they sent themselves.

        This is the rule of `permissions.can_decide_on_update`, for lists.
        """
        rows = self.undecided().exclude(recorded_by=user)
        return rows if user.role == Role.OFFICER else rows.none()

    def sent_by(self, day: date) -> Self:
        """Filter to versions sent by the end of `day` in the country, annotated with `sent_on` and `decided_on`.

        Only versions on commitments have these. `decided_on` is the day, in the country, of a decision made by then, or
        None.
        """
        zone = "update__commitment__country__time_zone"
        decided_on = LocalDate("decision__recorded_at", zone)
        return (
            self.annotate(sent_on=LocalDate("recorded_at", zone), _answered_on=decided_on)
            .filter(Q(sent_on__lte=day))
            .annotate(
                decided_on=models.Case(
                    models.When(Q(_answered_on__lte=day), then=models.F("_answered_on")),
                    output_field=models.DateField(),
                )
            )
        )


class UpdateVersion(models.Model):
    """A version of an update: narrative and claimed progress. Figures and evidence refer to it. Never changed.

    Progress is claimed on a commitment only. An answer to a request has its `line_answers` in its place.
    """

    update = models.ForeignKey(Update, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    narrative = models.TextField()
    claimed = models.CharField(gettext_lazy("progress"), max_length=12, choices=ClaimedProgress.choices(), blank=True)
    happened_on = models.DateField(gettext_lazy("end date"))
    recorded_at = models.DateTimeField(gettext_lazy("sent"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    received_on = models.DateField(gettext_lazy("received on"), null=True, blank=True)
    """The day on which the embassy received what an officer (`recorded_by`) sent on behalf of the ministry.

    None if the ministry sent the version itself.
    """
    received_as = models.CharField(gettext_lazy("received as"), max_length=10, choices=ReceivedAs.choices(), blank=True)
    """How the embassy received it. Empty if the ministry sent the version itself."""

    objects = UpdateVersionQuerySet.as_manager()

    class Meta:
        ordering = ("update", "number")
        constraints: ClassVar = [
            models.UniqueConstraint("update", "number", name="versions_numbered_once_in_an_update"),
            models.CheckConstraint(name="version_says_something", condition=~Q(narrative="")),
            models.CheckConstraint(
                name="what_was_received_has_its_day_and_its_form",
                condition=Q(received_on__isnull=True, received_as="")
                | Q(received_on__isnull=False) & ~Q(received_as=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}, {self.recorded_at:%Y-%m-%d}"

    @property
    def sent_for(self) -> Ministry | None:
        """The ministry for which it was sent, wherever its sender works today."""
        return self.update.subject.ministry

    @property
    def progress(self) -> ClaimedProgress | None:
        """The progress that it claims. None for an answer to a request."""
        return ClaimedProgress(self.claimed) if self.claimed else None

    @property
    def sender(self) -> str:
        """Who sent it, in words: the person of the ministry, or the officer who sent it on its behalf."""
        if self.received_on is None:
            return self.recorded_by.name
        sentence = {
            ReceivedAs.LETTER: gettext(
                "%(person)s of the embassy on behalf of the %(ministry)s, from its letter received on %(date)s"
            ),
            ReceivedAs.MEETING: gettext(
                "%(person)s of the embassy on behalf of the %(ministry)s, from what it gave at a meeting on %(date)s"
            ),
            ReceivedAs.MESSAGE: gettext(
                "%(person)s of the embassy on behalf of the %(ministry)s, from its message received on %(date)s"
            ),
            ReceivedAs.WORKBOOK: gettext(
                "%(person)s of the embassy on behalf of the %(ministry)s, from its workbook received on %(date)s"
            ),
        }[ReceivedAs(self.received_as)]
        values = {"person": self.recorded_by.name, "date": format_date(self.received_on)}
        return sentence % {**values, "ministry": self.update.subject.maker}

    @property
    def decided_at(self) -> datetime | None:
        """When the embassy decided on it, or its ministry withdrew it. None while it waits. Prefetch `decision`."""
        decision: UpdateVersionDecision | None = getattr(self, "decision", None)
        return decision.recorded_at if decision else None

    @property
    def returned_at(self) -> datetime | None:
        """When the embassy returned it. None if it did not."""
        return self._decided_at(UpdateDecision.RETURNED)

    @property
    def withdrawn_at(self) -> datetime | None:
        """When its ministry withdrew it. None if it did not."""
        return self._decided_at(UpdateDecision.WITHDRAWN)

    def _decided_at(self, outcome: UpdateDecision) -> datetime | None:
        decision: UpdateVersionDecision | None = getattr(self, "decision", None)
        return decision.recorded_at if decision and decision.decision == outcome else None


class UpdateVersionDecision(models.Model):
    """What ended the wait of an update version. Never changed.

    The embassy returned it with a reason or accepted it, or its ministry withdrew it.
    """

    update_version = models.OneToOneField(UpdateVersion, models.PROTECT, related_name="decision")
    decision = models.CharField(max_length=10, choices=UpdateDecision.choices())
    reason = models.TextField(blank=True)
    parts = models.JSONField(
        null=True,
        blank=True,
        help_text=gettext_lazy(
            "For a returned version: the numbers of the paragraphs of the reason, by the part of the form."
        ),
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [  # each minute, the notices ask for the newest ones
            models.Index("recorded_at", name="version_decisions_by_moment"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_return_has_its_reason",
                condition=~Q(decision=UpdateDecision.RETURNED) | ~Q(reason=""),
                violation_error_message=gettext_lazy("Write what the ministry has to change."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} {self.recorded_at:%Y-%m-%d}"

    @property
    def sent_for(self) -> Ministry | None:
        """The ministry that withdrew the version. None for a decision of the embassy."""
        return self.update_version.sent_for if self.decision == UpdateDecision.WITHDRAWN else None


class SendKey(models.Model):
    """The key of the form that a person sent an update version with, so that the same form is sent once.

    `content_digest` is the SHA-256 of what the form held: with other content, it is another update.
    """

    key = models.UUIDField(unique=True)
    content_digest = models.BinaryField(max_length=32)
    update_version = models.OneToOneField(UpdateVersion, models.PROTECT, related_name="send_key")

    def __str__(self) -> str:
        return str(self.key)
