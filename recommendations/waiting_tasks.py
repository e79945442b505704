"""Count the tasks that wait for a person. One answer of the database serves everybody of the same role.

Most tasks wait for whoever did not write the thing to decide on. So each is stored with the people who may not do it,
and counting for one person needs no query. The models are looked up by name, because this app comes before theirs.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import F, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Cast
from django.http import HttpRequest

from recommendations.choices import Rule
from recommendations.models import BenchmarkTerms, Edition
from tiptracker import clock
from tiptracker.accounts.models import Country, User
from tiptracker.choices import Role
from tiptracker.infrastructure.lookups import has_row
from tiptracker.infrastructure.prepared_query import PreparedQuery
from tiptracker.infrastructure.prepared_rows import is_one_of
from tiptracker.web.kept_pages import keep_value

type Excluded = Counter[frozenset[int]]
"""How many tasks there are, by the people (ids) who may not do them."""


class WaitingTasks(NamedTuple):
    """The tasks of a role in one edition: reviews of updates and evidence, notes by whom they name, and others."""

    reviews: Excluded
    notes: Counter[int]
    others: Excluded

    def count_reviews(self, person: int) -> int:
        """Return how many updates and pieces of evidence this person (id) may review."""
        return _count_for(self.reviews, person)

    def count(self, person: int) -> int:
        """Return how many tasks “My tasks” lists for this person (id)."""
        return self.count_reviews(person) + self.notes[person] + _count_for(self.others, person)


def keep_waiting_tasks(request: HttpRequest, user: User, edition: Edition) -> WaitingTasks:
    """Return the tasks of the user's role, from the cache if the record has not changed."""
    key = ("waiting tasks", user.role, edition.pk, clock.today(edition.country.time_zone))
    return keep_value(request, key, [edition.country_id], lambda: find_waiting_tasks(user, edition))


def count_waiting_tasks(user: User, edition: Edition) -> int:
    """Return how many tasks the page “My tasks” lists for this user now."""
    return find_waiting_tasks(user, edition).count(user.pk)


def find_waiting_tasks(user: User, edition: Edition) -> WaitingTasks:
    """Return the tasks of the user's role in an edition, for the user and all who read the same and have this role.

    This takes five queries, six if there are answers that somebody decided on, and none for a role without tasks.
    """
    if user.role not in _QUERIES_BY_ROLE:
        return WaitingTasks(Counter(), Counter(), Counter())
    today = clock.today(edition.country.time_zone)
    dialogues: Any = apps.get_model("dialogues", "Dialogue")._default_manager
    values: dict[str, int | date] = {
        "user": user.pk,
        "country": edition.country_id,
        "edition": edition.pk,
        "today": today,
        "choosing_until": dialogues.choosing_until(today),
        "starts_on": edition.starts_on,
        "ends_on": edition.ends_on,
    }
    return _QUERIES_BY_ROLE[Role(user.role)].find(values)


_REVIEW, _NOTE, _OTHER = "review", "note", "other"
_NOBODY = 0


class _TaskQueries:
    """The queries for what waits for somebody of a role who wrote nothing, each built once in a process."""

    def __init__(self, role: Role) -> None:
        is_officer = role is Role.OFFICER
        dates = ("today", "choosing_until", "starts_on", "ends_on") if is_officer else ()
        self._with_one_person = _prepare(role, _TaskRows.with_one_person, "user", "country", "edition", *dates)
        self._evidence = _prepare(role, _TaskRows.evidence, "user", "country")
        self._unreviewed_parts = _prepare(role, _TaskRows.unreviewed_parts, "user", "country", "evidence")
        self._decided_answers = _prepare(role, _TaskRows.decided_answers, "user", "edition")
        self._answers = _prepare(role, _TaskRows.answers, "user", "edition", "decided")
        self._writers_of_answers = _prepare(role, _TaskRows.writers_of_answers, "user", "edition", "questions")

    def find(self, values: Mapping[str, int | date]) -> WaitingTasks:
        found = Counter(self._with_one_person(values))
        reviews, notes, others = (
            Counter({person: number for (kind, person), number in found.items() if kind == wanted})
            for wanted in (_REVIEW, _NOTE, _OTHER)
        )
        evidence, answers = self._find_evidence(values), self._find_answers(values)
        return WaitingTasks(_each_alone(reviews) + evidence, notes, _each_alone(others) + answers)

    def _find_evidence(self, values: Mapping[str, int | date]) -> Excluded:
        """Return the evidence to review. Nobody reviews it who recorded it, or alone recorded its unreviewed parts."""
        excluded: Excluded = Counter()
        writers = dict(self._evidence(values))
        writers_of_parts = _group(self._unreviewed_parts({**values, "evidence": list(writers)}))
        for evidence, writer in writers.items():
            parts = writers_of_parts[evidence]
            excluded[frozenset({writer} | (parts if len(parts) == 1 else set()))] += 1
        return excluded

    def _find_answers(self, values: Mapping[str, int | date]) -> Excluded:
        """Return the answers to check again or to clear. Nobody clears an answer of which they wrote a version."""
        # PostgreSQL takes longer to plan the query for changes since a decision than to answer all others.
        decided = [version for (version,) in self._decided_answers(values)]
        is_to_clear = dict(self._answers({**values, "decided": decided})) if decided else {}
        to_clear = [question for question, is_so in is_to_clear.items() if is_so]
        writers = _group(self._writers_of_answers({**values, "questions": to_clear}))
        return Counter(frozenset(writers[question]) for question in is_to_clear)


class _TaskRows:
    """The rows of the tasks, as queries of the ORM.

    `user` is the reader's key, and the other arguments are those of the edition and of the days that matter.
    """

    def __init__(self, role: Role, **values: Any) -> None:
        self.values = values
        self.reader, self.colleague = User(pk=values["user"], role=role), User(pk=_NOBODY, role=role)

    def with_one_person(self) -> Any:
        """Return a row for each task: its kind, and the one person that may not do it.

        That is _NOBODY if everybody may, and for a note the person that it names.
        """
        first, *further = self._each_with_one_person()
        return first.union(*further, all=True).order_by()

    def _each_with_one_person(self) -> Iterator[Any]:
        notes, today = self._of_country("InternalNote"), self.values.get("today")
        to_leavers = notes.waiting_for(self.colleague, today)
        yield _tasks(_OTHER, to_leavers)
        yield _tasks(_NOTE, notes.open().filter(named__isnull=False).exclude(pk__in=to_leavers.values("pk")), "named")
        yield _tasks(_OTHER, self._of_country("Redaction").for_decision_by(self.colleague), "recorded_by")
        verifications = self._of_country("Commitment").for_verification_by(self.colleague)
        yield _tasks(_OTHER, verifications, "newest_event_by")
        briefings = self._visible("reports", "Briefing").filter(edition=self.values["edition"])
        yield _tasks(_OTHER, briefings.for_clearing_by(self.colleague), "requested_by")
        if self.reader.role == Role.OFFICER:
            updates: Any = apps.get_model("dialogues", "UpdateVersion")._default_manager
            updates = updates.visible_to(self.reader, Country(pk=self.values["country"]))
            yield _tasks(_REVIEW, updates.for_decision_by(self.colleague), "recorded_by")
            steps = self._visible("dialogues", "NextStep").filter(dialogue__country=self.values["country"])
            yield _tasks(_OTHER, steps.due_for_embassy(today))
            proposals: Any = apps.get_model("dialogues", "DueDateProposal")._default_manager
            proposals = proposals.visible_to(self.reader, Country(pk=self.values["country"]))
            yield _tasks(_OTHER, proposals.for_answer_by(self.colleague))
            dialogues = self._of_country("Dialogue")
            yield _tasks(_OTHER, dialogues.lacking_indicators(today, until=self.values["choosing_until"]))
            yield _tasks(_OTHER, self._benchmarks_to_assess())

    def _benchmarks_to_assess(self) -> Any:
        """Return the benchmarks with a link that waits for an assessment.

        For each benchmark, the database stops at its first such link. So it is asked for each one that the embassy
        assesses, and not for all links at once.
        """
        edition = Edition(pk=self.values["edition"], **{name: self.values[name] for name in ("starts_on", "ends_on")})
        links = self._visible("dialogues", "EvidenceLink").awaiting_assessment(edition)
        terms = BenchmarkTerms.objects.known_by(None).filter(benchmark=OuterRef("pk"))
        assessed = (
            self._visible("recommendations", "Benchmark")
            .active()
            .filter(recommendation__edition=edition)
            .alias(rule=Subquery(terms.values("rule")[:1]))
            .filter(rule=Rule.ASSESSED)
        )
        return assessed.filter(has_row(links.filter(benchmark=OuterRef("pk"))))

    def evidence(self) -> Any:
        """Return the ids of the evidence to review and of who recorded it."""
        return self._evidence_to_review().values_list("pk", "recorded_by")

    def unreviewed_parts(self) -> Any:
        """Return the ids of the evidence with these ids and of who recorded each of its unreviewed parts."""
        evidence = self._of_country("Evidence").filter(is_one_of("pk", self.values["evidence"])).order_by()
        return evidence.writers_of_unreviewed_parts()

    def decided_answers(self) -> Any:
        """Return the ids of the newest versions of answers that are no drafts."""
        return self._versions().current().beyond_draft().values_list("pk")

    def answers(self) -> Any:
        """Return the ids of the questions whose answer is to be checked again or cleared, and which of the two."""
        decided = self._versions().filter(is_one_of("pk", self.values["decided"]))
        return decided.questions_for_action_by(self.colleague)

    def writers_of_answers(self) -> Any:
        """Return the ids of these questions, and of who wrote a version of their answers."""
        of_questions = is_one_of("question", self.values["questions"])
        return self._versions().filter(of_questions).values_list("question", "recorded_by")

    def _evidence_to_review(self) -> Any:
        return self._of_country("Evidence").for_review_by(self.colleague).order_by()

    def _versions(self) -> Any:
        return self._visible("dialogues", "AnswerVersion").filter(question__edition=self.values["edition"]).order_by()

    def _visible(self, app: str, model: str) -> Any:
        return apps.get_model(app, model).objects.visible_to(self.reader)

    def _of_country(self, model: str) -> Any:
        return self._visible("dialogues", model).filter(country=self.values["country"])


_TYPES: Mapping[str, Any] = {
    "user": int,
    "country": int,
    "edition": int,
    "evidence": list,
    "questions": list,
    "decided": list,
}
"""The types of the values that are no days."""


def _prepare(role: Role, rows: Callable[[_TaskRows], Any], *names: str) -> Callable[[Mapping[str, Any]], Any]:
    """Return a function that runs a query with the values of these names."""
    types = {name: _TYPES.get(name, date) for name in names}
    query = PreparedQuery(lambda **values: rows(_TaskRows(role, **values)), **types)
    return lambda values: query.rows(**{name: values[name] for name in names})


_QUERIES_BY_ROLE = {role: _TaskQueries(role) for role in (Role.OFFICER, Role.AMBASSADOR)}


def _group(pairs: Iterable[tuple[int, int]]) -> defaultdict[int, set[int]]:
    groups: defaultdict[int, set[int]] = defaultdict(set)
    for key, value in pairs:
        groups[key].add(value)
    return groups


def _tasks(kind: str, rows: Any, person: str = "") -> Any:
    who = F(person) if person else Value(_NOBODY)
    return rows.order_by().values_list(Value(kind), Cast(who, IntegerField()))


def _each_alone(people: Counter[int]) -> Excluded:
    return Counter({frozenset({person}): number for person, number in people.items()})


def _count_for(tasks: Excluded, person: int) -> int:
    return sum(number for excluded, number in tasks.items() if person not in excluded)
