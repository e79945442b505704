"""The law itself: what a country's laws say on the first three minimum standards, and how they were used."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dialogues.choices import EvidenceDecision, LawEntryKind, ProofState
from dialogues.models.evidence import Evidence
from recommendations.choices import LAW_STANDARDS
from tiptracker.accounts.models import AnyUser, Country, in_visible_countries
from tiptracker.localization import gettext_lazy


class LawEntryQuerySet(models.QuerySet["LawEntry"]):
    def visible_to(self, user: AnyUser, country: Country | None = None) -> Self:
        """Filter to entries of the user's countries, for the embassy only. `country`: only those of that country."""
        if not user.is_authenticated or not user.is_embassy:
            return self.none()
        return self.filter(in_visible_countries(user, country))

    def known_by(self, moment: datetime | None) -> Self:
        """Filter to entries recorded by `moment` that no entry recorded by then replaced. None: as known now."""
        if moment is None:
            return self.filter(replaced_by__isnull=True)
        is_replaced = Q(replaced_by__isnull=False, replaced_by__recorded_at__lte=moment)
        return self.filter(recorded_at__lte=moment).exclude(is_replaced)

    def begun_by(self, day: date) -> Self:
        """Filter to entries that began by `day`. An entry without a start date had begun before it was recorded."""
        return self.filter(Q(from_on__isnull=True) | Q(from_on__lte=day))

    def with_evidence(self) -> Self:
        """Load the evidence of each entry with its reviews, and who recorded the entry."""
        related = ("recorded_by", "evidence__revised_by", "replaces")
        return self.select_related(*related).prefetch_related("evidence__reviews")


class LawEntry(models.Model):
    """An offence, a penalty, a gap or a case of use under one of the minimum standards, 22 U.S.C. 7106(a)(1)–(3).

    It is shown and never scored. Never changed: a correction or an end is another row that replaces it.
    """

    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    standard = models.PositiveSmallIntegerField(gettext_lazy("minimum standard"))
    kind = models.CharField(gettext_lazy("kind"), max_length=10, choices=LawEntryKind.choices())
    citation = models.CharField(gettext_lazy("law and section"), max_length=300)
    text = models.TextField(gettext_lazy("what it says, or what happened"))
    from_on = models.DateField(gettext_lazy("in force from"), null=True, blank=True)
    until_on = models.DateField(gettext_lazy("in force until"), null=True, blank=True)
    source = models.CharField(gettext_lazy("source"), max_length=400)
    evidence = models.ForeignKey(
        Evidence,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="law_entries",
        verbose_name=gettext_lazy("evidence"),
    )
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=gettext_lazy("earlier entry"),
    )
    reason = models.TextField(gettext_lazy("reason for the change"), blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = LawEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "law entries"
        ordering = ("standard", "kind", "citation", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="law_entry_is_under_one_of_the_first_three_standards",
                condition=Q(standard__range=(min(LAW_STANDARDS), max(LAW_STANDARDS))),
            ),
            models.CheckConstraint(
                name="law_entry_ends_after_it_begins",
                condition=Q(from_on__isnull=True) | Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                violation_error_message=gettext_lazy("The end date is before the start date. Correct one of them."),
            ),
            models.CheckConstraint(
                name="law_entry_has_its_citation_text_and_source",
                condition=~Q(citation="") & ~Q(text="") & ~Q(source=""),
            ),
            models.CheckConstraint(
                name="law_entry_that_replaces_another_says_why",
                condition=Q(replaces__isnull=True, reason="") | (Q(replaces__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.citation

    @property
    def proof_state(self) -> ProofState:
        """Whether the evidence is verified. Evidence that was corrected since has to be looked at again."""
        if self.evidence is None:
            return ProofState.MISSING
        # The reviews come in the order of their moments.
        newest = {review.evidence_link_id: review for review in self.evidence.reviews.all()}
        is_verified = any(review.decision == EvidenceDecision.VERIFIED for review in newest.values())
        return ProofState.VERIFIED if is_verified and not self.has_corrected_evidence else ProofState.RECEIVED

    @property
    def has_corrected_evidence(self) -> bool:
        """Whether a later version has replaced the evidence."""
        return self.evidence is not None and hasattr(self.evidence, "revised_by")

    def is_over(self, day: date) -> bool:
        """Return whether it was no longer in force on `day`."""
        return self.until_on is not None and self.until_on < day


def group_by_standard(entries: Sequence[LawEntry]) -> dict[int, list[LawEntry]]:
    """Return the entries by minimum standard, each of the three, in the order of kinds and citations."""
    kinds = [kind.value for kind in LawEntryKind]
    ordered = sorted(entries, key=lambda entry: (kinds.index(entry.kind), entry.citation, entry.pk))
    return {number: [entry for entry in ordered if entry.standard == number] for number in LAW_STANDARDS}
