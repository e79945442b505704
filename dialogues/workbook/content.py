"""Find what a ministry's workbook asks: its open commitments, the figures that they count, and where each stands.

An officer gets the workbook as the ministry would get it: nothing in it is internal to the embassy.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Prefetch
from django.utils import timezone

from dialogues.choices import DECISIONS_ENDING_CLAIMS, CommitmentStatus, UpdateDecision
from dialogues.commitment_phrases import format_status_detail
from dialogues.commitment_status import CommitmentStanding
from dialogues.models import Commitment, CommitmentBenchmark, Reading, UpdateVersion
from dialogues.views.timeline import decision_on
from dialogues.views.update_submission import initial_figure_values, initial_update_values
from dialogues.workbook.columns import Column, name_figure_field
from dialogues.workbook.keys import sign_key
from dialogues.workbook.rows import RowKey, RowState, StateNow, digest_text, digest_values
from recommendations.models import BenchmarkTerms, Edition, Indicator
from tiptracker.accounts.models import Ministry, User
from tiptracker.audit.append_only import DISPOSED
from tiptracker.localization import format_date, gettext


class AskedFigure(NamedTuple):
    """An indicator that a commitment counts, with the ministry's last figure and that of the period before."""

    indicator: Indicator
    last: Reading | None
    earlier: Reading | None


@dataclass(frozen=True)
class AskedCommitment:
    """A commitment of a ministry, with the figures that it asks for since the start of the tracking period (`since`).

    `version` is the newest version of its updates.
    """

    commitment: Commitment
    standing: CommitmentStanding
    version: UpdateVersion | None
    figures: Sequence[AskedFigure]
    since: date | None

    @property
    def is_open(self) -> bool:
        """Whether an update can be sent now: the commitment is not settled, and no update waits for the embassy."""
        return not self.standing.is_settled and self.standing.status is not CommitmentStatus.WITH_EMBASSY

    @property
    def version_to_resend(self) -> UpdateVersion | None:
        """The version that was returned or withdrawn and not sent again."""
        decision = decision_on(self.version) if self.version else None
        return self.version if decision and decision.decision in DECISIONS_ENDING_CLAIMS else None

    @property
    def state(self) -> StateNow:
        """The state that its rows are written for, or compared with."""
        version, due_on = self.version, self.standing.due_on
        decision = decision_on(version) if version else None
        return StateNow(
            RowState(
                version=version.pk if version else 0,
                outcome=decision.decision if decision else "",
                due_on=due_on.isoformat() if due_on else "",
                wording=digest_text(self.commitment.text),
            ),
            sent_on=timezone.localtime(version.recorded_at).date() if version else None,
            sender=version.sender if version else "",
            decided_on=timezone.localtime(decision.recorded_at).date() if decision else None,
            due_on=due_on,
        )


@dataclass(frozen=True)
class WorkbookLine:
    """A line of the workbook. `values` are what it contains already, by column.

    `is_figure`: it asks for a figure, below the line of its commitment. `asks_figures`: such lines follow.
    """

    key: str
    number: int
    about: str
    situation: str
    values: Mapping[Column, str]
    is_figure: bool = False
    asks_figures: bool = False


def gather_commitments(user: User, ministry: Ministry, edition: Edition | None, today: date) -> list[AskedCommitment]:
    """Return the commitments that a ministry made by `today`, in the order of their numbers.

    `edition` is the one whose tracking period the figures cover; without one, no figures are asked for.
    """
    versions = UpdateVersion.objects.visible_to(user).select_related(
        "decision", "recorded_by", "update__commitment__ministry"
    )
    rows = Commitment.objects.visible_to(user).filter(ministry=ministry).exclude(text=DISPOSED)
    rows = rows.select_related("country", "ministry")
    commitments = list(rows.prefetch_related("events", Prefetch("updates__versions", versions)).order_by("pk"))
    figures = _gather_figures(user, ministry, edition, commitments) if edition else {}
    return [
        AskedCommitment(
            commitment,
            standing,
            _newest_version(commitment),
            figures.get(commitment.pk, ()),
            edition.starts_on if edition else None,
        )
        for commitment in commitments
        if (standing := commitment.standing_on(today))
    ]


def _newest_version(commitment: Commitment) -> UpdateVersion | None:
    versions = [
        (update.number, version.number, version)
        for update in commitment.updates.all()
        for version in update.versions.all()
    ]
    return max(versions, default=(0, 0, None), key=lambda each: each[:2])[2]


def _gather_figures(
    user: User, ministry: Ministry, edition: Edition, commitments: Iterable[Commitment]
) -> dict[int, list[AskedFigure]]:
    """Return the figures that each commitment asks for, by its id."""
    links = CommitmentBenchmark.objects.current().filter(commitment__in=[row.pk for row in commitments])
    supported = list(links.values_list("commitment", "benchmark").distinct())
    counted: dict[int, set[int]] = defaultdict(set)
    # Only which benchmark counts which indicator: a ministry reads no weights and rules.
    terms = BenchmarkTerms.objects.filter(benchmark__in={benchmark for _, benchmark in supported})
    for benchmark, indicator in terms.filter(indicator__isnull=False).values_list("benchmark", "indicator"):
        counted[benchmark].add(indicator)
    asked: dict[int, set[int]] = defaultdict(set)
    for commitment, benchmark in supported:
        asked[commitment] |= counted[benchmark]
    indicators = list(Indicator.objects.visible_to(user).filter(pk__in=set().union(*asked.values())).distinct())
    own = Reading.objects.visible_to(user).filter(
        update_version__update__commitment__ministry=ministry, indicator__in=indicators
    )
    before = own.filter(starts_on__lt=edition.starts_on).order_by("through_on", "pk")
    now = own.filter(starts_on=edition.starts_on).exclude(update_version__decision__decision=UpdateDecision.WITHDRAWN)
    earlier = {reading.indicator_id: reading for reading in before}
    last = {reading.indicator_id: reading for reading in now.order_by("recorded_at", "pk")}
    return {
        commitment: [
            AskedFigure(indicator, last.get(indicator.pk), earlier.get(indicator.pk))
            for indicator in indicators
            if indicator.pk in keys
        ]
        for commitment, keys in asked.items()
    }


def build_lines(asked: Iterable[AskedCommitment], ministry: Ministry, made_on: date) -> list[WorkbookLine]:
    """Return the lines for the commitments on which an update can be sent, the most urgent first."""
    open_commitments = sorted(
        (each for each in asked if each.is_open),
        key=lambda each: (
            each.standing.returned_on is None,
            each.standing.due_on or date.max,
            each.commitment.pk,
        ),
    )
    return [line for each in open_commitments for line in _build_commitment_lines(each, ministry, made_on)]


def _build_commitment_lines(asked: AskedCommitment, ministry: Ministry, made_on: date) -> Iterable[WorkbookLine]:
    values = initial_row_values(asked)
    key = RowKey(ministry.pk, asked.commitment.pk, 0, made_on.isoformat(), digest_values(values), asked.state.state)
    number = asked.commitment.pk
    own = {Column(name): text for name, text in values.items() if name in set(Column)}
    yield WorkbookLine(
        sign_key(key), number, asked.commitment.text, _describe_situation(asked), own, asks_figures=bool(asked.figures)
    )
    for figure in asked.figures:
        names = {column: name_figure_field(figure.indicator.pk, column) for column in (Column.FIGURE, Column.DIRECTION)}
        yield WorkbookLine(
            sign_key(key._replace(indicator=figure.indicator.pk)),
            number,
            _describe_figure(figure, asked.since or made_on),
            _describe_last_figure(figure),
            {column: values[name] for column, name in names.items() if values.get(name)},
            is_figure=True,
        )


def initial_row_values(asked: AskedCommitment) -> dict[str, str]:
    """Return what the row of a commitment contains at the download, by the name of the form's field.

    That is what was sent with a version that was returned or withdrawn, so that the ministry corrects it.
    """
    values: dict[str, str] = {}
    if (version := asked.version_to_resend) is None:
        return values
    for name, value in initial_update_values(version).items():
        values[name] = value.isoformat() if isinstance(value, date) else str(value or "")
    sent = {reading.indicator_id: reading for reading in version.readings.all()}
    for figure in asked.figures:
        initial = initial_figure_values(sent.get(figure.indicator.pk))
        for column in (Column.FIGURE, Column.DIRECTION):
            values[name_figure_field(figure.indicator.pk, column)] = initial.get(column.value, "")
    return values


def _describe_situation(asked: AskedCommitment) -> str:
    """Return where a commitment stands, when it is due and what the embassy asks to change."""
    standing = asked.standing
    detail = format_status_detail(standing)
    due = (
        gettext("Due on %(date)s.") % {"date": format_date(standing.due_on)}
        if standing.due_on
        else gettext("No due date agreed.")
    )
    sentences = [f"{standing.status.label}{f' ({detail})' if detail else ''}.", due]
    version = asked.version_to_resend
    if version and (decision := decision_on(version)) and decision.decision == UpdateDecision.RETURNED:
        sentences.append(gettext("We returned your update. Please change: %(reason)s") % {"reason": decision.reason})
    elif version:
        sentences.append(gettext("You withdrew your last update. Its text is filled in."))
    return "\n".join(sentences)


def _describe_figure(figure: AskedFigure, since: date) -> str:
    sentence = gettext(
        "Figure: %(indicator)s since %(date)s. Unit: %(unit)s. Enter the total since %(date)s, not only what is new."
    )
    indicator = figure.indicator
    return sentence % {"indicator": indicator.name, "unit": indicator.unit, "date": format_date(since)}


def _describe_last_figure(figure: AskedFigure) -> str:
    sentences = []
    if figure.last:
        values = {"figure": figure.last.display_value, "date": format_date(figure.last.through_on)}
        sentences.append(gettext("Your last figure: %(figure)s, up to %(date)s.") % values)
    if figure.earlier:
        values = {"figure": figure.earlier.display_value, "date": format_date(figure.earlier.through_on)}
        sentences.append(gettext("Figure of the period before: %(figure)s, up to %(date)s.") % values)
    return " ".join(sentences)
