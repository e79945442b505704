"""Page that explains how readiness is counted: each rule, its section of the law, and its result here."""

from collections.abc import Mapping
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.http import HttpResponse

from recommendations.choices import Rule
from recommendations.edition_context import EditionRequest
from recommendations.kept_pages import keep_page
from reports.briefings.step_texts import step_texts
from reports.readiness import backtest
from reports.readiness.backtest.report import CONCLUSION
from reports.readiness.explanation import context_display, headline, method_example, score_display
from reports.readiness.explanation.step_display import StepDisplay
from reports.readiness.explanation.step_sentences import display_steps
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import METHOD_VERSION, Readiness, evaluate_readiness
from reports.readiness.scoring import PART_LAW
from reports.views.access import readiness_page
from reports.views.record_moment import read_record_moment
from tiptracker.accounts.models import User
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.localization import gettext
from tiptracker.web.form_pages import render_form


@readiness_page
@keep_page(is_personal=False)
def methodology(request: EditionRequest) -> HttpResponse:
    """Explain the current method by the example of the edition, and show how it performs on past country-years."""
    record_moment, form = read_record_moment(request)
    context: dict[str, Any] = {
        "record_moment": record_moment,
        "method": METHOD_VERSION,
        "disclaimer": gettext(headline.DISCLAIMER),
        "law": PART_LAW,
        "watch_list_law": context_display.WATCH_LIST_LAW,
        "test": backtest.packaged_backtest(),
        "conclusion": gettext(CONCLUSION),
    }
    result: Readiness | None = None
    examples: Mapping[Rule, str] = {}
    if record_moment is not None:
        with snapshot():
            facts = gather_facts(record_moment.edition)
        result = evaluate_readiness(facts, as_of=record_moment.as_of, known_by=record_moment.known_by)
        examples = method_example.examples_by_rule(facts, result)
        context |= {
            "result": result,
            "headline": headline.headline(result),
            "bar": score_display.readiness_bar_figures(result),
            "aside": method_example.count_exclusion_reasons(facts, result),
            "possible": context_display.describe_possible(result),
            "projected": context_display.describe_projected(result),
            "smallest_set": context_display.describe_smallest_set(result, result.smallest_set()),
            "watch_list": context_display.describe_watch_list(result),
            "first_step": _first_step(request.user, result),
        }
    context["near_target"] = _pick_threshold(result.readiness_target if result else None)
    context["parts"] = method_example.method_parts(result)
    context["rules"] = [(rule, examples.get(rule, "")) for rule in Rule]
    return render_form(request, "reports/methodology.html", form, context)


def _pick_threshold(target: Decimal | None) -> backtest.ThresholdOutcome:
    """Return the outcome of the test at the highest threshold up to the target; without one, at the lowest."""
    thresholds = backtest.packaged_backtest().thresholds
    return max(
        (one for one in thresholds if one.threshold <= (target or 0)),
        key=attrgetter("threshold"),
        default=thresholds[0],
    )


def _first_step(user: User, result: Readiness) -> StepDisplay | None:
    steps = result.next_steps()
    return next(iter(display_steps(result, steps, step_texts(result, steps, reader=user)).steps), None)
