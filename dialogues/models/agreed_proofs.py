"""Agreed proof: what will show that a commitment is kept, until when it was agreed, and which evidence is it."""

from datetime import date, datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from dialogues.choices import EvidenceKind
from dialogues.models.commitments import Commitment
from dialogues.models.evidence import Evidence
from tiptracker.accounts.models import AnyUser, Country
from tiptracker.localization import gettext, gettext_lazy


class AgreedProofQuerySet(models.QuerySet["AgreedProof"]):
    def visible_to(self, user: AnyUser, country: Country | None = None) -> Self:
        """Filter to the agreed proof of commitments that the user may see. `country`: only those of that country."""
        return self.filter(commitment__in=Commitment.objects.visible_to(user, country))

    def in_force(self, day: date, known_by: datetime | None = None) -> Self:
        """Filter to what was agreed by the end of `day` and not ended by then, as known at `known_by` (None: now)."""
        still_agreed = Q(end__isnull=True) | Q(end__ended_on__gt=day)
        if known_by is None:
            return self.filter(still_agreed, agreed_on__lte=day)
        still_agreed |= Q(end__recorded_at__gt=known_by)
        return self.filter(still_agreed, agreed_on__lte=day, recorded_at__lte=known_by)


class AgreedProof(models.Model):
    """What will show that a commitment is kept: a kind of evidence, what it is, and from whom. Never changed.

    It decides nothing: whether a commitment is done, and what counts, depends on verified evidence. What was agreed by
    mistake, or is no longer asked, is ended (`AgreedProofEnd`).
    """

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="agreed_proofs")
    kind = models.CharField(gettext_lazy("type of evidence"), max_length=12, choices=EvidenceKind.choices())
    text = models.CharField(gettext_lazy("what will show it"), max_length=300)
    """As the words of a sentence go on: "a copy of the Act"."""
    from_whom = models.CharField(gettext_lazy("from whom"), max_length=200)
    """The ministry or institution in words: "the Ministry of Justice"."""
    agreed_on = models.DateField(gettext_lazy("agreed on"))
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = AgreedProofQuerySet.as_manager()

    class Meta:
        ordering = ("agreed_on", "recorded_at", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="agreed_proof_says_what_and_from_whom", condition=~Q(text="") & ~Q(from_whom="")
            ),
        ]

    def __str__(self) -> str:
        values = {"proof": self.text.rstrip(". "), "source": self.from_whom.rstrip(". ")}
        return gettext("%(proof)s, from %(source)s") % values


class AgreedProofEnd(models.Model):
    """That an agreed proof is no longer asked: from which day, and why. Never changed."""

    proof = models.OneToOneField(AgreedProof, models.PROTECT, related_name="end")
    ended_on = models.DateField(gettext_lazy("ended on"))
    reason = models.TextField(gettext_lazy("reason"))
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="the_end_of_an_agreed_proof_has_its_reason",
                condition=~Q(reason=""),
                violation_error_message=gettext_lazy("Write why this proof is no longer needed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proof_id}, {self.ended_on}"


class AgreedProofMatchQuerySet(models.QuerySet["AgreedProofMatch"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Filter to matches of agreed proof with evidence, both of which the user may see."""
        return self.filter(
            proof__in=AgreedProof.objects.visible_to(user), evidence__in=Evidence.objects.visible_to(user)
        )


class AgreedProofMatch(models.Model):
    """That a piece of evidence is an agreed proof or, with `is_match` False, that it is not. The newest row holds.

    The ministry says so when it sends an update, or an officer. It verifies nothing.
    """

    proof = models.ForeignKey(AgreedProof, models.PROTECT, related_name="matches")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="proof_matches")
    is_match = models.BooleanField(default=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = AgreedProofMatchQuerySet.as_manager()

    class Meta:
        ordering = ("recorded_at", "pk")

    def __str__(self) -> str:
        return f"{self.proof_id}, {self.evidence_id}"
