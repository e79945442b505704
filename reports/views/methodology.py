"""How readiness is counted, for a diplomat: each rule, its section of the law, and what it gave here."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from recommendations.words import Rule
from reports import backtest, beside, content, document, glance, method
from reports.backtest.document import CONCLUSION
from reports.facts import gather_facts
from reports.readiness import METHOD, Readiness, readiness
from reports.step_sentences import told_steps
from reports.step_texts import step_texts
from reports.tallying import LAW
from reports.views.standpoint import look
from tiptracker.accounts.models import User
from tiptracker.pages import SignedIn, render_page
from tiptracker.snapshot import snapshot


@login_required
@require_safe
def methodology(request: SignedIn) -> HttpResponse:
    """The method in force, by the example of the edition at hand; and how it fared on what really happened."""
    asked, form, status = look(request)
    context: dict[str, Any] = {
        "asked": asked,
        "form": form,
        "method": METHOD,
        "disclaimer": document.DISCLAIMER,
        "law": LAW,
        "watch_list_law": beside.WATCH_LIST_LAW,
        "test": backtest.result(),
        "conclusion": CONCLUSION,
    }
    result: Readiness | None = None
    examples: Mapping[Rule, str] = {}
    if asked is not None:
        with snapshot():
            facts = gather_facts(asked.edition)
        result = readiness(facts, as_of=asked.as_of, known_by=asked.known_by)
        examples = method.by_rule(facts, result)
        context |= {
            "result": result,
            "headline": document.headline(result),
            "bar": glance.bar(result),
            "aside": method.set_aside(facts, result),
            "possible": beside.possible(result),
            "ceiling": beside.ceiling(result),
            "smallest_set": beside.smallest_set(result, result.smallest_set()),
            "watch_list": beside.watch_list(result),
            "first_step": _first_step(request.user, result),
        }
    context["parts"] = method.parts(result)
    context["rules"] = [(rule, examples.get(rule, "")) for rule in Rule]
    return render_page(request, "reports/methodology.html", context, status=status)


def _first_step(user: User, result: Readiness) -> content.NextStep | None:
    steps = result.next_steps()
    return next(iter(told_steps(result, steps, step_texts(result, steps, reader=user)).steps), None)
