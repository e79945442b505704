"""The users, the moment and the rows of a step of the exercise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from dialogues.actions.assessments import assess
from dialogues.actions.evidence import log_evidence, review_evidence
from dialogues.actions.files import store_upload
from dialogues.actions.readings import ReadingPartInput
from dialogues.actions.updates import (
    FigureInput,
    ReviewInput,
    accept_round,
    list_parts_to_review,
    return_round,
    send_round,
)
from dialogues.choices import (
    BreakdownDimension,
    ClaimedProgress,
    DoneBy,
    EvidenceDecision,
    EvidenceKind,
    Sensitivity,
    SupportKind,
    Verdict,
)
from dialogues.lesotho import reconstruction, seed_accounts
from dialogues.lesotho.exercise_pdf import render_exercise_pdf
from dialogues.models import Commitment, Evidence, EvidenceFile, UpdateRound
from recommendations.models import Benchmark, Edition, Indicator
from tiptracker.accounts.models import Country, Ministry, User

EDITION_YEAR = 2021


@dataclass(frozen=True, slots=True)
class ExerciseContext:
    """The users and rows of the exercise at one moment (`now`, in Maseru), and the actions that its steps repeat."""

    country: Country
    now: datetime

    def person(self, account: seed_accounts.SeedAccount) -> User:
        return seed_accounts.ensure_user(account, self.country)

    @property
    def officer(self) -> User:
        return self.person(seed_accounts.OFFICER)

    @property
    def second_officer(self) -> User:
        return self.person(seed_accounts.SECOND_OFFICER)

    def ministry(self, short_name: str) -> Ministry:
        return Ministry.objects.get(country=self.country, short_name=short_name)

    @property
    def edition(self) -> Edition:
        return Edition.objects.get(country=self.country, year=EDITION_YEAR)

    def benchmark(self, key: str) -> Benchmark:
        """Return a benchmark by its number and letter in the reconstruction, such as "6a"."""
        return reconstruction.find_benchmark(self.edition, key)

    def commitment(self, text: str) -> Commitment:
        return Commitment.objects.get(country=self.country, text=text)

    def evidence(self, title: str) -> Evidence:
        return Evidence.objects.get(country=self.country, title=title)

    def sends(
        self,
        account: seed_accounts.SeedAccount,
        promise: str,
        title: str,
        narrative: str,
        claimed: ClaimedProgress,
        *,
        first: date,
        last: date,
        paper: tuple[str, Sequence[str]] | None = None,
        figure: tuple[str, int, date] | None = None,
        districts: Sequence[str] = (),
    ) -> None:
        """Send an update as a focal point.

        Args:
            paper: the name and the lines of an attachment.
            figure: an indicator, a count, and the last day that it covers.
            districts: the districts that the figure counts, if it counts districts.
        """
        by = self.person(account)
        figures = []
        if figure:
            name, count, through = figure
            indicator = Indicator.objects.get(country=self.country, name=name)
            parts = [ReadingPartInput(BreakdownDimension.DISTRICT, name, Decimal(1)) for name in districts]
            figures.append(FigureInput(indicator, Decimal(count), "", through, parts))
        send_round(
            commitment=self.commitment(promise),
            title=title,
            narrative=narrative,
            claimed=claimed,
            happened_from=first,
            happened_to=last,
            done_by=DoneBy.GOVERNMENT,
            files=[self._keeps(by, title, *paper)] if paper else [],
            figures=figures,
            by=by,
            now=self.now,
        )

    def returns(self, by: User, promise: str, reason: str) -> None:
        return_round(round=self._waiting(promise), reason=reason, by=by, now=self.now)

    def accepts(self, by: User, promise: str, reason: str) -> None:
        """Accept the waiting update, and verify every part of it."""
        waiting = self._waiting(promise)
        judged = [
            ReviewInput(piece, bearing, EvidenceDecision.VERIFIED, reason)
            for piece, bearing in list_parts_to_review(waiting)
        ]
        accept_round(round=waiting, reviews=judged, reason=reason, by=by, now=self.now)

    def logs(
        self,
        by: User,
        title: str,
        first: date,
        last: date,
        *bearings: tuple[str, SupportKind],
        kind: EvidenceKind = EvidenceKind.REPORT,
        done_by: DoneBy = DoneBy.GOVERNMENT,
        shared_under: str = "",
    ) -> None:
        """Log evidence as an officer: internal, or shared with the ministry under one of its commitments."""
        log_evidence(
            country=self.country,
            title=title,
            kind=kind,
            happened_from=first,
            happened_to=last,
            done_by=done_by,
            stated_by="Exercise: told to the embassy",
            source="Exercise: note of the embassy",
            commitment=self.commitment(shared_under) if shared_under else None,
            sensitivity=Sensitivity.SHARED if shared_under else Sensitivity.INTERNAL,
            bearings=[(self.benchmark(key), shows) for key, shows in bearings],
            by=by,
            now=self.now,
        )

    def reviews(self, by: User, title: str, decision: EvidenceDecision, reason: str) -> None:
        """Verify or reject the only link of a piece of evidence."""
        evidence = self.evidence(title)
        review_evidence(
            evidence=evidence, bearing=evidence.bearings.get(), decision=decision, reason=reason, by=by, now=self.now
        )

    def assesses(self, key: str, verdict: Verdict, rationale: str, law: str, *titles: str, changed: str = "") -> None:
        assess(
            benchmark=self.benchmark(key),
            verdict=verdict,
            rationale=rationale,
            law=law,
            change_reason=changed,
            evidence=[self.evidence(title) for title in titles],
            by=self.officer,
            now=self.now,
        )

    def _waiting(self, promise: str) -> UpdateRound:
        return UpdateRound.objects.waiting().get(update__commitment=self.commitment(promise))

    def _keeps(self, by: User, title: str, name: str, lines: Sequence[str]) -> EvidenceFile:
        upload = SimpleUploadedFile(name, render_exercise_pdf(title, lines), "application/pdf")
        return store_upload(upload=upload, by=by, now=self.now)
