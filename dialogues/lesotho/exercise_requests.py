"""What happens in a step of the exercise about requests for information; see `exercise_actions`.

A request is named by its reason, and a line by its number.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from dialogues.actions.information_requests import (
    CorrectedLine,
    LineInput,
    ask_for_information,
    correct_request,
    move_request,
    withdraw_request,
)
from dialogues.actions.request_answers import AnswerInput, Received, answer_request
from dialogues.actions.updates import accept_update, return_update
from dialogues.choices import LineAnswerKind, ReceivedAs
from dialogues.lesotho.entries import IndicatorName, MinistryName
from dialogues.lesotho.exercise_actions import AccountKey, Scene
from dialogues.models import InformationRequest, UpdateVersion
from recommendations.models import Indicator
from tiptracker.data_files import Names, RefersTo

RequestReason = Annotated[str, RefersTo("request of the exercise")]


def _find_request(scene: Scene, reason: str) -> InformationRequest:
    return InformationRequest.objects.with_history().get(country=scene.country, reason=reason)


def _find_waiting(scene: Scene, reason: str) -> UpdateVersion:
    waiting = UpdateVersion.objects.undecided().filter(update__information_request=_find_request(scene, reason))
    return waiting[:1].get()


@dataclass(frozen=True, slots=True)
class AskedLineEntry:
    """A line of a request: the figure of an indicator for the tracking period, or a document in words."""

    wording: str = ""
    indicator: IndicatorName = ""

    def line_input(self, scene: Scene) -> LineInput:
        """Return what the line asks for."""
        if not self.indicator:
            return LineInput(self.wording)
        indicator = Indicator.objects.get(country=scene.country, name=self.indicator)
        return LineInput(self.wording, indicator, scene.edition.starts_on, scene.edition.ends_on)


@dataclass(frozen=True, slots=True)
class AskForInformation:
    """An officer asks a ministry for information."""

    by: AccountKey
    ministry: MinistryName
    reason: Annotated[str, Names("request of the exercise")]
    due_on: date
    lines: tuple[AskedLineEntry, ...]

    def play(self, scene: Scene) -> None:
        ministry = scene.ministry(self.ministry)
        if ministry is None:
            raise ValueError("A request is addressed to a ministry.")
        ask_for_information(
            edition=scene.edition,
            ministry=ministry,
            lines=[line.line_input(scene) for line in self.lines],
            reason=self.reason,
            due_on=self.due_on,
            **scene.signed(self.by),
        )


@dataclass(frozen=True, slots=True)
class CorrectLine:
    """An officer corrects the wording of one line."""

    by: AccountKey
    request: RequestReason
    line: int
    wording: str
    reason: str

    def play(self, scene: Scene) -> None:
        request = _find_request(scene, self.request)
        standing = request.standing_on(scene.now.date())
        lines = request.list_expected_lines(standing) if standing else []
        correct_request(
            information_request=request,
            asked_reason=request.reason,
            lines=[
                CorrectedLine(
                    line,
                    LineInput(
                        self.wording if line.number == self.line else line.wording,
                        line.indicator,
                        line.starts_on,
                        line.through_on,
                    ),
                )
                for line in lines
            ],
            reason=self.reason,
            **scene.signed(self.by),
        )


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """An officer moves the due date of a request."""

    by: AccountKey
    request: RequestReason
    due_on: date
    reason: str

    def play(self, scene: Scene) -> None:
        request = _find_request(scene, self.request)
        move_request(information_request=request, due_on=self.due_on, reason=self.reason, **scene.signed(self.by))


@dataclass(frozen=True, slots=True)
class WithdrawRequest:
    """An officer withdraws a request."""

    by: AccountKey
    request: RequestReason
    reason: str

    def play(self, scene: Scene) -> None:
        request = _find_request(scene, self.request)
        withdraw_request(information_request=request, reason=self.reason, **scene.signed(self.by))


@dataclass(frozen=True, slots=True)
class AnswerEntry:
    """What is said to a line, by its number: a text, or that the ministry has none."""

    line: int
    text: str = ""
    answer: LineAnswerKind = LineAnswerKind.ANSWERED


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """A focal point answers a request or, with `received_on`, an officer records the ministry's letter."""

    by: AccountKey
    request: RequestReason
    answers: tuple[AnswerEntry, ...]
    narrative: str = ""
    received_on: date | None = None

    def play(self, scene: Scene) -> None:
        request = _find_request(scene, self.request)
        lines = {line.number: line for line in request.lines.all() if line.removed_in is None}
        answer_request(
            information_request=request,
            answers=[AnswerInput(lines[each.line], each.answer, each.text) for each in self.answers],
            narrative=self.narrative,
            received=Received(self.received_on, ReceivedAs.LETTER) if self.received_on else None,
            **scene.signed(self.by),
        )


@dataclass(frozen=True, slots=True)
class ReturnAnswer:
    """An officer returns the oldest answer that waits."""

    by: AccountKey
    request: RequestReason
    reason: str

    def play(self, scene: Scene) -> None:
        waiting = _find_waiting(scene, self.request)
        return_update(update_version=waiting, reason=self.reason, **scene.signed(self.by))


@dataclass(frozen=True, slots=True)
class AcceptAnswer:
    """An officer accepts the oldest answer that waits. It has no figure and no file to verify."""

    by: AccountKey
    request: RequestReason

    def play(self, scene: Scene) -> None:
        accept_update(update_version=_find_waiting(scene, self.request), reviews=[], **scene.signed(self.by))


REQUEST_ACTIONS = {
    "ask_for_information": AskForInformation,
    "correct_line": CorrectLine,
    "move_request": MoveRequest,
    "withdraw_request": WithdrawRequest,
    "answer_request": AnswerRequest,
    "return_answer": ReturnAnswer,
    "accept_answer": AcceptAnswer,
}
"""What may stand inside a step about requests, by the heading of its table."""
