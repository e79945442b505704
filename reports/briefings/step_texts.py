"""Look up the names and texts that the sentences of next steps need, for one reader."""

from typing import Any

from django.db.models import Q
from django.utils.timezone import localtime

from dialogues.models import Commitment, Evidence, InformationRequest, UpdateVersion
from recommendations.models import Benchmark
from reports.briefings.asked_figures import find_asked_figures
from reports.readiness.explanation.step_sentences import StepTexts
from reports.readiness.forecast.next_steps import NextSteps
from reports.readiness.readiness import Readiness
from tiptracker.accounts.models import Ministry, User


def step_texts(result: Readiness, steps: NextSteps, *, reader: User | None) -> StepTexts:
    """Return the current texts for these steps, in at most five queries.

    Steps that ask for a figure take one more or, if the embassy has asked a ministry for it, five more.

    Args:
        reader: limits the rows to those this user may see; None, as for a management command, means all rows.
    """

    def rows_of(model: Any) -> Any:
        return model.objects.visible_to(reader) if reader else model.objects.all()

    zone = result.known_facts.zone
    rows = {row for step in steps.all_steps for row in step.rows}
    ids = {name: [row.id for row in rows if row.type == name] for name in ("update_version", "evidence", "commitment")}
    benchmarks = {key for step in steps.all_steps for key in step.benchmarks}
    ministries = {step.ministry_id for step in steps.all_steps if step.ministry_id is not None}
    promised = Q(pk__in=ids["commitment"]) | Q(updates__versions__in=ids["update_version"])
    commitments = dict(rows_of(Commitment).filter(promised).with_wording(result.known_by).values_list("pk", "wording"))
    waiting = list(rows_of(UpdateVersion).filter(pk__in=ids["update_version"]).with_subject())
    evidence = list(rows_of(Evidence).filter(pk__in=ids["evidence"]).values_list("pk", "title", "recorded_by_id"))
    return StepTexts(
        ministries=dict(rows_of(Ministry).filter(pk__in=ministries).values_list("pk", "name")),
        benchmarks={
            row.pk: row.wording for row in rows_of(Benchmark).filter(pk__in=benchmarks).with_terms(result.known_by)
        },
        commitments=commitments,
        evidence={key: title for key, title, _ in evidence},
        asked=find_asked_figures(result, steps, rows_of(InformationRequest)),
        own_evidence=frozenset(key for key, _, by in evidence if reader and by == reader.pk),
        updates={
            row.pk: (
                row.update.subject.maker,
                localtime(row.recorded_at, zone).date(),
                commitments.get(row.update.commitment_id, row.update.subject.text),
            )
            for row in waiting
        },
        answers=frozenset(row.pk for row in waiting if row.update.information_request_id),
    )
