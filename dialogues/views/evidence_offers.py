"""What the form of evidence offers: all rows to choose from or, to read what was sent, only the chosen ones."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Model, Q, QuerySet
from django.http import QueryDict

from dialogues.choices import CommitmentStatus, MadeBy
from dialogues.forms.evidence import LINKS_PREFIX, READING_PREFIX, CommitmentChoice
from dialogues.models import Commitment, CommitmentBenchmark, Evidence, Partner
from dialogues.models.commitments import CommitmentQuerySet
from dialogues.views.figure_totals import describe_totals
from recommendations.models import Benchmark, Edition, Indicator, Question
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.audit.append_only import MARKS
from tiptracker.localization import join_with_colon
from tiptracker.numbers import parse_whole_number

OPEN_STATUSES = (CommitmentStatus.OPEN, CommitmentStatus.OVERDUE, CommitmentStatus.WITH_EMBASSY)
MAX_SUGGESTIONS = 30
"""How many earlier names the field "Stated by" suggests."""


@dataclass(frozen=True, kw_only=True)
class EvidenceOffers:
    """What the form of a piece of evidence offers.

    `chosen_commitment` is the commitment that was sent, if it is on offer. `totals` is what is said of the last total
    of each indicator, by the indicator's key.
    """

    commitments: Sequence[CommitmentChoice]
    chosen_commitment: Commitment | None
    benchmarks: Sequence[Benchmark]
    partners: Sequence[Partner]
    questions: Sequence[Question]
    indicators: Sequence[Indicator]
    totals: Mapping[int, str]
    districts: Sequence[str]
    earlier_stated_by: Sequence[str] = ()


class OfferedRows:
    """The rows that the form of evidence may offer to a user.

    A page that shows the form needs all of them, which may be a thousand commitments. What was sent needs only those
    that it names.
    """

    def __init__(
        self, user: User, edition: Edition, today: date, *, supported: Collection[int], answered: Collection[int]
    ) -> None:
        """Set up the queries.

        Args:
            user: the reader.
            edition: the edition whose benchmarks and questions are offered.
            today: the present day in the country.
            supported: keys of further benchmarks that are offered.
            answered: keys of further yearly questions that are offered.
        """
        self._user, self._edition, self._today = user, edition, today
        self._supported, self._answered = supported, answered

    def _commitments(self) -> CommitmentQuerySet:
        return Commitment.objects.visible_to(self._user, self._edition.country)

    def _benchmarks(self) -> QuerySet[Benchmark]:
        is_asked = Q(recommendation__edition=self._edition, recommendation__is_retired=False)
        rows = Benchmark.objects.visible_to(self._user).filter(is_asked | Q(pk__in=self._supported))
        return rows.select_related("recommendation").with_terms()

    def _partners(self) -> QuerySet[Partner]:
        return Partner.objects.visible_to(self._user, self._edition.country)

    def _questions(self) -> QuerySet[Question]:
        is_asked = Q(edition=self._edition, is_retired=False)
        return Question.objects.visible_to(self._user).filter(is_asked | Q(pk__in=self._answered))

    def _indicators(self) -> QuerySet[Indicator]:
        return Indicator.objects.visible_to(self._user).filter(country=self._edition.country)

    def read_all(self, chosen_commitment: Commitment | None = None) -> EvidenceOffers:
        """Return all that the form shows. `chosen_commitment`: the one that a sent form names."""
        indicators = list(self._indicators())
        return EvidenceOffers(
            commitments=self._commitment_choices(),
            chosen_commitment=chosen_commitment,
            benchmarks=self.read_benchmarks(),
            partners=list(self._partners()),
            questions=list(self._questions()),
            indicators=indicators,
            totals=describe_totals(self._user, self._edition, indicators),
            districts=self._district_names(indicators),
            earlier_stated_by=_list_earlier_stated_by(self._user, self._edition.country),
        )

    def read_chosen(self, data: QueryDict) -> EvidenceOffers:
        """Return what is needed to read a form that was sent, which is the same as if it offered everything.

        If an optional field names a row that is not on offer, all rows of the field are returned, because it is dropped
        if there are none. All indicators are returned if districts are ticked, because one that counts none is refused
        only where another one does.
        """
        chosen_commitment = next(iter(_find(self._commitments, [data.get("commitment", "")])), None)
        benchmarks = [
            value
            for name in data
            if name.startswith(f"{LINKS_PREFIX}-") and name.endswith("-benchmark")
            for value in data.getlist(name)
        ]
        ticks_districts = f"{READING_PREFIX}-districts" in data
        indicators = (
            list(self._indicators())
            if ticks_districts
            else _find(self._indicators, [data.get(f"{READING_PREFIX}-indicator", "")])
        )
        return EvidenceOffers(
            commitments=[CommitmentChoice(chosen_commitment.pk, chosen_commitment.text)] if chosen_commitment else [],
            chosen_commitment=chosen_commitment,
            benchmarks=_find(self._benchmarks, benchmarks),
            partners=_find_or_all(self._partners, [key for key in [data.get("partner")] if key]),
            questions=_find_or_all(self._questions, data.getlist("questions")),
            indicators=indicators,
            totals=defaultdict(str),
            districts=self._district_names(indicators) if ticks_districts else [],
        )

    def read_benchmarks(self) -> list[Benchmark]:
        """Return all benchmarks on offer, with their recommendations and terms."""
        return list(self._benchmarks())

    def _commitment_choices(self) -> list[CommitmentChoice]:
        links = CommitmentBenchmark.objects.current().filter(commitment__in=self._commitments())
        benchmarks: dict[int, list[int]] = defaultdict(list)
        for commitment, benchmark in links.values_list("commitment", "benchmark"):
            benchmarks[commitment].append(benchmark)
        columns = ("pk", "text", "ministry__short_name", "status")
        rows = self._commitments().with_status(self._today).values_list(*columns)
        united_states = str(MadeBy.UNITED_STATES.label)
        return [
            CommitmentChoice(
                key,
                join_with_colon(ministry or united_states, text)[:140],
                tuple(benchmarks[key]),
                status in OPEN_STATUSES,
            )
            for key, text, ministry, status in rows
        ]

    def _district_names(self, indicators: Iterable[Indicator]) -> list[str]:
        if not any(indicator.counts_districts for indicator in indicators):
            return []
        return [row.name for row in self._edition.country.districts.all()]


def _find[Row: Model](rows: Callable[[], QuerySet[Row]], sent: Iterable[str]) -> list[Row]:
    """Return those of the rows whose keys were sent."""
    keys = {key for text in sent if (key := parse_whole_number(text)) is not None}
    return list(rows().filter(pk__in=keys)) if keys else []


def _find_or_all[Row: Model](rows: Callable[[], QuerySet[Row]], sent: Collection[str]) -> list[Row]:
    """Return the rows whose keys were sent. If one of them is not found, return all rows."""
    found = _find(rows, sent)
    return found if len(found) == len(set(sent)) else list(rows())


def _list_earlier_stated_by(user: User, country: Country) -> list[str]:
    """Return who stated the evidence of a country that the user can see, the most recent first, then its ministries."""
    rows = Evidence.objects.visible_to(user, country).exclude(stated_by__in=MARKS).order_by()
    newest = rows.values("stated_by").annotate(newest=Max("recorded_at")).order_by("-newest", "stated_by")
    earlier = newest.values_list("stated_by", flat=True)[:MAX_SUGGESTIONS]
    ministries = Ministry.objects.visible_to(user).filter(country=country).order_by("name")
    return list(dict.fromkeys([*earlier, *ministries.values_list("name", flat=True)]))[:MAX_SUGGESTIONS]
