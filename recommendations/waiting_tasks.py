"""Count the tasks that wait for a person. One answer of the database serves everybody of the same role.

Most tasks wait for whoever did not write the thing to decide on. So each is stored with the people who may not do it,
and counting for one person needs no query. The models are looked up by name, because this app comes before theirs.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import F, IntegerField, Value
from django.db.models.functions import Cast
from django.http import HttpRequest

from recommendations.models import Edition
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.choices import Role
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

    This takes five queries, and none for a role without tasks.
    """
    if user.role not in (Role.OFFICER, Role.AMBASSADOR):
        return WaitingTasks(Counter(), Counter(), Counter())
    return _TasksOfRole(user, edition).find()


_REVIEW, _NOTE, _OTHER = "review", "note", "other"
_NOBODY = 0


class _TasksOfRole:
    """What waits for somebody of the user's role who wrote nothing, each with the people who may not do it."""

    def __init__(self, user: User, edition: Edition) -> None:
        self.user = user
        self.edition = edition
        self.colleague = User(pk=_NOBODY, role=user.role)
        self.today: date = clock.today(edition.country.time_zone)

    def find(self) -> WaitingTasks:
        first, *further = self._with_one_person()
        found = Counter(first.union(*further, all=True).order_by())
        reviews, notes, others = (
            Counter({person: number for (kind, person), number in found.items() if kind == wanted})
            for wanted in (_REVIEW, _NOTE, _OTHER)
        )
        return WaitingTasks(_each_alone(reviews) + self._evidence(), notes, _each_alone(others) + self._answers())

    def _with_one_person(self) -> Iterator[Any]:
        """Yield queries of a row for each task: its kind, and the one person that may not do it.

        It is _NOBODY if everybody may, and for a note the person that it names.
        """
        notes = self._rows("dialogues", "InternalNote")
        to_leavers = notes.waiting_for(self.colleague, self.today)
        yield _tasks(_OTHER, to_leavers)
        yield _tasks(_NOTE, notes.open().filter(named__isnull=False).exclude(pk__in=to_leavers.values("pk")), "named")
        yield _tasks(_OTHER, self._rows("dialogues", "Redaction").for_decision_by(self.colleague), "recorded_by")
        yield _tasks(
            _OTHER, self._rows("dialogues", "Commitment").for_verification_by(self.colleague), "newest_event_by"
        )
        briefings = self._visible("reports", "Briefing").filter(edition=self.edition)
        yield _tasks(_OTHER, briefings.for_clearing_by(self.colleague), "requested_by")
        if self.user.role == Role.OFFICER:
            country = self.edition.country_id
            updates = self._visible("dialogues", "UpdateVersion").of_country(country)
            yield _tasks(_REVIEW, updates.for_decision_by(self.colleague), "recorded_by")
            steps = self._visible("dialogues", "NextStep").filter(dialogue__country=country)
            yield _tasks(_OTHER, steps.due_for_embassy(self.today))
            proposals = self._visible("dialogues", "DueDateProposal").filter(commitment__country=country)
            yield _tasks(_OTHER, proposals.for_answer_by(self.colleague))
            yield _tasks(_OTHER, self._rows("dialogues", "Dialogue").lacking_indicators(self.today))
            links = self._visible("dialogues", "EvidenceLink").awaiting_assessment(self.edition)
            benchmarks = self._visible("recommendations", "Benchmark")
            yield _tasks(_OTHER, benchmarks.filter(pk__in=links.order_by().values("benchmark")))

    def _evidence(self) -> Excluded:
        """Return the evidence to review. Nobody reviews it who recorded it, or alone recorded its unreviewed parts."""
        waiting = self._rows("dialogues", "Evidence").for_review_by(self.colleague).order_by()
        writers_of_parts = defaultdict(set)
        for evidence, writer in waiting.writers_of_unreviewed_parts():
            writers_of_parts[evidence].add(writer)
        excluded: Excluded = Counter()
        for evidence, writer in waiting.values_list("pk", "recorded_by"):
            parts = writers_of_parts[evidence]
            excluded[frozenset({writer} | (parts if len(parts) == 1 else set()))] += 1
        return excluded

    def _answers(self) -> Excluded:
        """Return the answers to check again or to clear. Nobody clears an answer of which they wrote a version."""
        versions = self._visible("dialogues", "AnswerVersion").filter(question__edition=self.edition).order_by()
        to_clear = versions.for_clearing_by(self.colleague).values("question")
        writers = defaultdict(set)
        for question, writer in versions.filter(question__in=to_clear).values_list("question", "recorded_by"):
            writers[question].add(writer)
        questions = versions.for_action_by(self.colleague).values_list("question", flat=True)
        return Counter(frozenset(writers[question]) for question in questions)

    def _visible(self, app: str, model: str) -> Any:
        return apps.get_model(app, model).objects.visible_to(self.user)

    def _rows(self, app: str, model: str) -> Any:
        return self._visible(app, model).filter(country=self.edition.country_id)


def _tasks(kind: str, rows: Any, person: str = "") -> Any:
    who = F(person) if person else Value(_NOBODY)
    return rows.order_by().values_list(Value(kind), Cast(who, IntegerField()))


def _each_alone(people: Counter[int]) -> Excluded:
    return Counter({frozenset({person}): number for person, number in people.items()})


def _count_for(tasks: Excluded, person: int) -> int:
    return sum(number for excluded, number in tasks.items() if person not in excluded)
