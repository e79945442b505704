"""Find what would answer the yearly questions and nobody has given: whom to ask for it, and who was asked already."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from dialogues.answer_text import CitedFact
from dialogues.choices import CitedKind
from dialogues.models import InformationRequest, RequestLine
from recommendations.choices import Origin
from recommendations.models import BenchmarkTerms
from reports.questions import sentences
from reports.questions.record import FactStatus, MappedQuestion, MissingItem, QuestionFact
from reports.reader_view import ReaderView
from reports.readiness.facts import Facts, IndicatorFact, ReadingFact
from tiptracker.accounts.models import Ministry
from tiptracker.localization import gettext


class OpenLine(NamedTuple):
    """A line of a request that has no accepted answer: the request, the day on which it was asked for, and the line."""

    request: InformationRequest
    asked_on: date
    line: RequestLine


class MissingFinder:
    """Finds what is missing for each question, from rows that it reads once."""

    def __init__(self, view: ReaderView, facts: Facts, readings: Mapping[int, list[ReadingFact]]) -> None:
        self.view, self.facts, self.readings = view, facts, readings
        self.indicators = {row.id: row for row in facts.indicators}
        ministries = Ministry.objects.visible_to(view.reader).filter(country=view.edition.country)
        self.ministries = {row.pk: row.name for row in ministries}
        self.recommendations = sorted(
            facts.recommendations, key=lambda row: (row.origin is not Origin.REPORT, row.number, row.id)
        )
        self.leads = {row.id: row.lead_id for row in facts.recommendations}
        self.recommendation_of = {row.id: row.recommendation_id for row in facts.benchmarks}
        terms = BenchmarkTerms.objects.visible_to(view.reader).known_by(view.known_by)
        wordings = terms.filter(benchmark__in=self.recommendation_of).values_list("benchmark", "criterion")
        self.criteria = dict(reversed(list(wordings)))
        numbers = {row.id: row.number for row in facts.recommendations}
        self.keys = {row.id: f"{numbers.get(row.recommendation_id, '')}{row.letter}" for row in facts.benchmarks}
        self.by_indicator: dict[int, list[OpenLine]] = defaultdict(list)
        self.by_question: dict[int, list[OpenLine]] = defaultdict(list)
        for line in self._open_lines():
            if line.line.question_id:
                self.by_question[line.line.question_id].append(line)
            if line.line.indicator_id:
                self.by_indicator[line.line.indicator_id].append(line)

    def _open_lines(self) -> Iterator[OpenLine]:
        view = self.view
        rows = InformationRequest.objects.visible_to(view.reader, view.edition.country).filter(edition=view.edition)
        for request in rows.with_history():
            standing = request.standing_on(view.as_of, known_by=view.known_by)
            if standing is None or standing.is_settled:
                continue
            for line in request.list_lines(standing):
                if standing.lines[line.pk].is_open:
                    yield OpenLine(request, line.asked_on(standing), line)

    def find(self, question: MappedQuestion, with_evidence: Collection[int], *, has_facts: bool) -> list[MissingItem]:
        """Return what is missing for a question: figures, proof for its benchmarks, or any information at all."""
        found = [
            self._missing_figure(indicator)
            for key in question.indicators
            if (indicator := self.indicators.get(key)) and not self._has_figure(key)
        ]
        found += [
            self._missing_proof(key)
            for key in sorted(question.benchmarks & self.recommendation_of.keys())
            if key not in with_evidence
        ]
        if not found and not has_facts:
            found = [self._missing_information(question)]
        return found

    def request_facts(self, question: MappedQuestion) -> Iterator[QuestionFact]:
        """Yield a sentence for each request made for a question, or for a figure that it lacks, without an answer."""
        asked = list(self.by_question[question.id])
        for indicator in question.indicators:
            if not self._has_figure(indicator):
                asked += self.by_indicator[indicator]
        lines: dict[int, dict[int, OpenLine]] = defaultdict(dict)
        for line in asked:
            lines[line.request.pk][line.line.pk] = line
        for key, group in lines.items():
            request, asked_on, _ = next(iter(group.values()))
            wordings = [each.line.description for each in group.values()]
            yield QuestionFact(
                (CitedFact(CitedKind.REQUEST, key),),
                sentences.describe_request(request.ministry.name, asked_on, wordings, self.view.as_of),
                FactStatus.RECORDED,
                asked_on,
                request.recorded_at,
            )

    def _has_figure(self, indicator: int) -> bool:
        return any(row.figure is not None for row in self.readings.get(indicator, ()))

    def _missing_figure(self, indicator: IndicatorFact) -> MissingItem:
        ministry = indicator.ministry_id or self._lead_of_subject(indicator)
        text = gettext("Figure for the period: %(indicator)s") % {"indicator": indicator.name}
        return self._item(text, ministry, self.by_indicator[indicator.id], indicator=indicator.id)

    def _missing_proof(self, benchmark: int) -> MissingItem:
        ministry = self.leads.get(self.recommendation_of[benchmark])
        text = gettext("Evidence on benchmark %(key)s: %(criterion)s") % {
            "key": self.keys[benchmark],
            "criterion": self.criteria.get(benchmark, ""),
        }
        return self._item(text, ministry, (), benchmark=benchmark)

    def _missing_information(self, question: MappedQuestion) -> MissingItem:
        """Return the item of a question on which the record holds nothing. The lead of a like subject is asked."""
        leads = [row.lead_id for row in self.recommendations if row.lead_id]
        alike = [row.lead_id for row in self.recommendations if row.lead_id and question.indicia & {*row.indicia}]
        ministry = next(iter(alike or leads), None)
        text = gettext("Any information on this question")
        return self._item(text, ministry, self.by_question[question.id], question=question.id)

    def _item(
        self,
        text: str,
        ministry: int | None,
        asked: Collection[OpenLine],
        *,
        indicator: int | None = None,
        benchmark: int | None = None,
        question: int | None = None,
    ) -> MissingItem:
        newest = max(asked, key=lambda line: (line.asked_on, line.line.pk), default=None)
        if newest:
            ministry = newest.request.ministry_id
        return MissingItem(
            text,
            indicator=indicator,
            benchmark=benchmark,
            question=question,
            ministry=ministry,
            ministry_name=self.ministries.get(ministry or 0, ""),
            request=newest.request.pk if newest else None,
            asked_on=newest.asked_on if newest else None,
        )

    def _lead_of_subject(self, indicator: IndicatorFact) -> int | None:
        """Return the lead of the first recommendation with the pillar and the indicium of an indicator."""
        for row in self.recommendations:
            newest = max(row.terms, key=lambda terms: (terms.recorded_at, terms.id), default=None)
            if newest and newest.pillar is indicator.pillar and indicator.indicium in row.indicia:
                return row.lead_id
        return None
