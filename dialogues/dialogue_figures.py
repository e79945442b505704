"""Gather a dialogue by numbers: its indicators, what both sides contributed, and what will sustain the work."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import OuterRef, Q, Subquery

from dialogues.choices import ChosenIndicatorEventKind, CommitmentEventKind, CommitmentStatus, ContributedBy, MadeBy
from dialogues.indicator_proposals import IndicatorOutlook, last_day_to_agree
from dialogues.models import ChosenIndicator, Commitment, Contribution, Dialogue, Sustainment
from dialogues.models.dialogue_numbers import newest_by_work, work_title
from dialogues.oversight_points import ChosenFacts, DialogueFacts, WorkFacts
from dialogues.target_standings import TargetStanding, list_standings
from recommendations.models import BenchmarkTerms, Edition, Indicator, Recommendation
from tiptracker.accounts.models import User
from tiptracker.localization import format_date, gettext


@dataclass(frozen=True)
class ChosenLine:
    """An indicator of a dialogue with how it stands against its annual target."""

    chosen: ChosenIndicator
    standing: TargetStanding
    held_on: date

    @property
    def is_dropped(self) -> bool:
        """Whether the indicator was dropped from the dialogue."""
        return self.chosen.dropped is not None

    @property
    def first_agreed_on(self) -> date | None:
        """The first day on which it was agreed with a ministry."""
        return find_first_agreement(self.chosen)

    @property
    def is_discussed(self) -> bool:
        """Whether its figure was discussed at the dialogue."""
        discussion = self.chosen.discussion
        return discussion is not None and discussion.kind == ChosenIndicatorEventKind.DISCUSSED

    @property
    def status_text(self) -> str:
        """What became of it: "agreed with Police on 20 January 2022"."""
        return describe_choice(self.chosen, self.held_on)


def find_first_agreement(chosen: ChosenIndicator) -> date | None:
    """Return the first day on which an indicator was agreed with a ministry. Load it `with_history`."""
    events = chosen.events.all()
    return min((event.happened_on for event in events if event.kind == ChosenIndicatorEventKind.AGREED), default=None)


def describe_choice(chosen: ChosenIndicator, held_on: date) -> str:
    """Say what became of an indicator of a dialogue: "agreed with Police on 20 January 2022"."""
    if dropped := chosen.dropped:
        return gettext("dropped on %(date)s") % {"date": format_date(dropped.happened_on)}
    if (agreed := chosen.agreed) and agreed.ministry:
        values = {"ministry": agreed.ministry.short_name, "date": format_date(agreed.happened_on)}
        first = find_first_agreement(chosen)
        if first is not None and first > last_day_to_agree(held_on):
            return gettext("agreed with %(ministry)s on %(date)s, late") % values
        return gettext("agreed with %(ministry)s on %(date)s") % values
    if chosen.ministry:
        return gettext("proposed to %(ministry)s") % {"ministry": chosen.ministry.short_name}
    return gettext("not agreed yet")


class Work(NamedTuple):
    """A piece of work that a contribution names, and what will sustain it, if that is recorded."""

    commitment: Commitment | None
    recommendation: Recommendation | None
    sustainment: Sustainment | None

    @property
    def title(self) -> str:
        """The title of the commitment or the recommendation."""
        return work_title(self.commitment or self.recommendation)


@dataclass(frozen=True)
class DialogueNumbers:
    """All numbers of a dialogue. `since` is the day of the last dialogue with these ministries; None for the first."""

    dialogue: Dialogue
    lines: Sequence[ChosenLine]
    since: date | None
    contributions: Sequence[Contribution]
    kept: Sequence[Commitment]
    works: Sequence[Work]

    @property
    def active(self) -> list[ChosenLine]:
        """The indicators that were not dropped."""
        return [line for line in self.lines if not line.is_dropped]

    @property
    def facts(self) -> DialogueFacts:
        """The same as plain values, for the check against GAO-23-105390."""
        chosen = [
            ChosenFacts(
                f"{line.chosen.indicator.name} ({line.status_text})",
                line.first_agreed_on,
                line.is_discussed,
                line.standing.has_target,
            )
            for line in self.active
        ]
        works = [WorkFacts(work.title, work.sustainment is not None) for work in self.works]
        return DialogueFacts(
            self.dialogue.held_on,
            chosen,
            self._given_by(ContributedBy.MINISTRY, MadeBy.MINISTRY),
            self._given_by(ContributedBy.UNITED_STATES, MadeBy.UNITED_STATES),
            works,
        )

    def _given_by(self, giver: ContributedBy, maker: MadeBy) -> list[str]:
        given = [str(row) for row in self.contributions if row.given_by == giver]
        kept = [
            gettext("%(maker)s kept its commitment: %(text)s") % {"maker": row.maker, "text": row.text}
            for row in self.kept
            if row.made_by == maker
        ]
        return [*given, *kept]


def find_edition_of(user: User, dialogue: Dialogue) -> Edition | None:
    """Return the edition in whose tracking period a dialogue lies, or None."""
    rows = Edition.objects.visible_to(user).select_related("country").filter(country=dialogue.country_id)
    return rows.filter(starts_on__lte=dialogue.held_on, ends_on__gte=dialogue.held_on).first()


def gather_numbers(
    user: User, dialogue: Dialogue, edition: Edition, *, today: date, known_by: datetime | None = None
) -> DialogueNumbers:
    """Return the numbers of a dialogue for an embassy user.

    Args:
        user: the reader.
        dialogue: a dialogue that the user may see.
        edition: the edition whose annual targets are meant.
        today: the day in the country.
        known_by: only what was recorded by this moment; None for all.
    """
    earlier = Dialogue.objects.visible_to(user).held_before(dialogue).known_by(known_by)
    last = earlier.first()
    since = last.held_on if last else None
    until = min(today, dialogue.held_on)
    contributions = _contributions_between(user, dialogue, since, until, known_by)
    return DialogueNumbers(
        dialogue=dialogue,
        lines=list_chosen(user, dialogue, edition, today=today, known_by=known_by),
        since=since,
        contributions=contributions,
        kept=_commitments_kept(user, dialogue, since, until, known_by),
        works=_list_works(user, dialogue, contributions, known_by),
    )


def list_chosen(
    user: User, dialogue: Dialogue, edition: Edition, *, today: date, known_by: datetime | None = None
) -> list[ChosenLine]:
    """Return the indicators of a dialogue in the order in which they were chosen, the dropped ones last."""
    rows = ChosenIndicator.objects.visible_to(user).filter(dialogue=dialogue).known_by(known_by)
    chosen = list(rows.with_history(known_by).order_by("recorded_at", "pk"))
    indicators = {row.indicator_id: row.indicator for row in chosen}
    standings = {
        each.indicator.pk: each
        for each in list_standings(user, edition, indicators.values(), today=today, known_by=known_by)
    }
    lines = [ChosenLine(row, standings[row.indicator_id], dialogue.held_on) for row in chosen]
    return sorted(lines, key=lambda line: line.is_dropped)


def list_outlooks(user: User, edition: Edition, standings: Iterable[TargetStanding]) -> list[IndicatorOutlook]:
    """Return what decides whether each indicator is proposed, with the benchmarks of the edition that use it."""
    newest = BenchmarkTerms.objects.filter(benchmark=OuterRef("benchmark")).order_by("-recorded_at", "-pk")
    terms = (
        BenchmarkTerms.objects.visible_to(user)
        .filter(
            pk=Subquery(newest.values("pk")[:1]),
            indicator__isnull=False,
            benchmark__recommendation__edition=edition,
            benchmark__recommendation__is_retired=False,
        )
        .select_related("benchmark__recommendation")
        .order_by("benchmark__recommendation__number", "benchmark__letter")
    )
    keys: dict[int, list[str]] = {}
    for row in terms:
        keys.setdefault(row.indicator_id or 0, []).append(row.benchmark.key)
    return [
        IndicatorOutlook(
            each.indicator.pk,
            each.progress,
            each.verified is not None and each.verified.figure is not None,
            keys.get(each.indicator.pk, ()),
        )
        for each in standings
    ]


def list_indicators(user: User, edition: Edition) -> list[Indicator]:
    """Return the indicators of the edition's country by name."""
    rows = Indicator.objects.visible_to(user).filter(country=edition.country_id).select_related("ministry")
    return list(rows.order_by("name"))


def _contributions_between(
    user: User, dialogue: Dialogue, since: date | None, until: date, known_by: datetime | None
) -> list[Contribution]:
    """Return the contributions that went on at some day after the last dialogue and up to a day."""
    rows = Contribution.objects.visible_to(user).filter(country=dialogue.country_id, starts_on__lte=until)
    if since is not None:
        rows = rows.filter(Q(through_on__isnull=True) | Q(through_on__gt=since))
    return list(rows.current(known_by).with_giver_and_work().order_by("starts_on", "pk"))


def _commitments_kept(
    user: User, dialogue: Dialogue, since: date | None, until: date, known_by: datetime | None
) -> list[Commitment]:
    """Return the commitments of either side that were verified as done after the last dialogue and up to a day."""
    done = Q(events__kind=CommitmentEventKind.VERIFIED_DONE, events__happened_on__lte=until)
    if since is not None:
        done &= Q(events__happened_on__gt=since)
    if known_by is not None:
        done &= Q(events__recorded_at__lte=known_by)
    rows = Commitment.objects.visible_to(user).filter(done, country=dialogue.country_id).distinct()
    rows = rows.concerning(dialogue.ministries_at_the_table(), known_by).select_related("ministry").with_history()
    return [row for row in rows.order_by("pk") if _is_kept(row, until)]


def _is_kept(commitment: Commitment, day: date) -> bool:
    standing = commitment.standing_on(day)
    return standing is not None and standing.status is CommitmentStatus.VERIFIED


def _list_works(
    user: User, dialogue: Dialogue, contributions: Collection[Contribution], known_by: datetime | None
) -> list[Work]:
    """Return the pieces of work that these contributions name, each once."""
    rows = Sustainment.objects.visible_to(user).filter(country=dialogue.country_id).known_by(known_by)
    recorded = newest_by_work(rows.select_related("recorded_by"))
    named = {
        (row.commitment_id, row.recommendation_id): (row.commitment, row.recommendation)
        for row in contributions
        if row.commitment_id or row.recommendation_id
    }
    return [Work(*work, recorded.get(key)) for key, work in named.items()]
