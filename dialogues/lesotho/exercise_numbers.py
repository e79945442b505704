"""What happens in a step of the exercise about a dialogue by numbers; see `exercise_actions`."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dialogues.actions.contributions import record_contribution, record_sustainment
from dialogues.actions.dialogue_numbers import (
    ChoiceInput,
    agree_on_indicators,
    choose_indicators,
)
from dialogues.actions.targets import AgreementInput, BaselineInput, set_annual_target
from dialogues.choices import ContributedBy, ContributionKind, TargetOrigin
from dialogues.lesotho.entries import IndicatorName, MinistryName
from dialogues.lesotho.exercise_actions import AccountKey, CommitmentText, DialogueDay, Scene
from dialogues.models import ChosenIndicator
from recommendations.models import Indicator
from tiptracker.accounts.models import Ministry


def _indicator(scene: Scene, name: str) -> Indicator:
    return Indicator.objects.get(country=scene.country, name=name)


def _ministry(scene: Scene, short_name: str) -> Ministry:
    return Ministry.objects.get(country=scene.country, short_name=short_name)


def _chosen(scene: Scene, held_on: date, indicator: str) -> ChosenIndicator:
    rows = ChosenIndicator.objects.with_history().select_related("dialogue__country")
    return rows.get(dialogue=scene.dialogue(held_on), indicator__name=indicator)


@dataclass(frozen=True, slots=True)
class ChosenEntry:
    """An indicator to choose, the ministry to which it is proposed, and why."""

    indicator: IndicatorName
    ministry: MinistryName
    reason: str


@dataclass(frozen=True, slots=True)
class ChooseIndicators:
    """An officer chooses the indicators of a planned dialogue."""

    by: AccountKey
    held_on: DialogueDay
    indicators: tuple[ChosenEntry, ...]

    def play(self, scene: Scene) -> None:
        choices = [
            ChoiceInput(_indicator(scene, row.indicator), _ministry(scene, row.ministry), row.reason)
            for row in self.indicators
        ]
        choose_indicators(dialogue=scene.dialogue(self.held_on), choices=choices, **scene.signed(self.by))


@dataclass(frozen=True, slots=True)
class AgreeOnIndicator:
    """An officer records that an indicator was agreed with a ministry on the day of the step."""

    by: AccountKey
    held_on: DialogueDay
    indicator: IndicatorName
    ministry: MinistryName

    def play(self, scene: Scene) -> None:
        agree_on_indicators(
            dialogue=scene.dialogue(self.held_on),
            chosen=[_chosen(scene, self.held_on, self.indicator)],
            ministry=_ministry(scene, self.ministry),
            agreed_on=scene.now.date(),
            **scene.signed(self.by),
        )


@dataclass(frozen=True, slots=True)
class SetAnnualTarget:
    """An officer sets the annual target that was agreed with a ministry by letter.

    The baseline is that of the year before the edition, with its source; or the reason why there is none.
    """

    by: AccountKey
    indicator: IndicatorName
    ministry: MinistryName
    figure: Decimal
    reason: str
    baseline: Decimal | None = None
    source: str = ""
    missing_reason: str = ""

    def play(self, scene: Scene) -> None:
        indicator, edition = _indicator(scene, self.indicator), scene.edition
        first, last = edition.year_before if self.baseline is not None else (None, None)
        set_annual_target(
            indicator=indicator,
            edition=edition,
            figure=self.figure,
            baseline=BaselineInput(self.baseline, first, last, self.source, self.missing_reason),
            agreement=AgreementInput(TargetOrigin.LETTER, _ministry(scene, self.ministry)),
            reason=self.reason,
            unit=indicator.unit,
            **scene.signed(self.by),
        )


@dataclass(frozen=True, slots=True)
class RecordContribution:
    """An officer records what one side contributes to a commitment of the exercise; without a ministry, our side."""

    by: AccountKey
    kind: ContributionKind
    what: str
    starts_on: date
    source: str
    commitment: CommitmentText
    ministry: MinistryName = ""
    amount: Decimal | None = None
    currency: str = ""

    def play(self, scene: Scene) -> None:
        record_contribution(
            country=scene.country,
            given_by=ContributedBy.MINISTRY if self.ministry else ContributedBy.UNITED_STATES,
            ministry=scene.ministry(self.ministry),
            partner=None,
            kind=self.kind,
            what=self.what,
            amount=self.amount,
            currency=self.currency,
            starts_on=self.starts_on,
            through_on=None,
            source=self.source,
            commitment=scene.commitment(self.commitment),
            recommendation=None,
            **scene.signed(self.by),
        )


@dataclass(frozen=True, slots=True)
class RecordSustainment:
    """An officer records who pays for a commitment of the exercise after outside money ends."""

    by: AccountKey
    commitment: CommitmentText
    payer: str
    from_on: date
    proof: str

    def play(self, scene: Scene) -> None:
        record_sustainment(
            country=scene.country,
            commitment=scene.commitment(self.commitment),
            recommendation=None,
            payer=self.payer,
            from_on=self.from_on,
            proof=self.proof,
            **scene.signed(self.by),
        )


NUMBER_ACTIONS: dict[str, type] = {
    "choose_indicators": ChooseIndicators,
    "agree_on_indicator": AgreeOnIndicator,
    "set_annual_target": SetAnnualTarget,
    "record_contribution": RecordContribution,
    "record_sustainment": RecordSustainment,
}
"""The actions of these steps by their names in the files."""
