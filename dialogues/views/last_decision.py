"""Show the user's last decision on the page that follows, with a link back to it."""

from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from dialogues import permissions
from dialogues.choices import EvidenceDecision, UpdateDecision
from dialogues.models import Evidence, EvidenceReview, UpdateVersion
from dialogues.views.assessments import needs_verdict
from dialogues.views.timeline import decision_on, newest_review
from recommendations.edition_context import page_url
from tiptracker.accounts.models import User
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext
from tiptracker.numbers import parse_whole_number
from tiptracker.web.pages import SignedInRequest


class LastDecision(NamedTuple):
    """The embassy's decision, what it was about, and the link back.

    `link_label` is the label of the link. `note` is what else the user needs to know. `effect_url` is the page that
    says what the decision changed in readiness; empty if it cannot change anything.
    """

    decision: ChoiceEnum
    subject: str
    url: str
    link_label: str
    note: str = ""
    effect_url: str = ""


def redirect_to_next(request: SignedInRequest, row: UpdateVersion | Evidence) -> HttpResponse:
    """Redirect from the item just decided on to the next one that waits."""
    kind = "version" if isinstance(row, UpdateVersion) else "evidence"
    return redirect(page_url(request, "my_tasks_next", query={"after": f"{kind}-{row.pk}"}))


def find_last_decision(request: SignedInRequest) -> LastDecision | None:
    """Return the last decision that the URL names ("?after=version-12"); None if it is not made or not visible."""
    kind, _, named = request.GET.get("after", "").partition("-")
    key = parse_whole_number(named)
    if not request.user.is_embassy or key is None:
        return None
    find = {"version": _version_decision, "evidence": _evidence_decision}.get(kind)
    return find(request.user, key) if find else None


def _version_decision(user: User, key: int) -> LastDecision | None:
    row = UpdateVersion.objects.visible_to(user).with_subject("decision").filter(pk=key).first()
    if row is None or (decision := decision_on(row)) is None:
        return None
    outcome = UpdateDecision(decision.decision)
    if outcome is UpdateDecision.WITHDRAWN:  # the ministry's decision, not the user's
        return None
    url = reverse("version_detail", args=[row.pk])
    assesses = outcome is UpdateDecision.ACCEPTED and permissions.can_give_verdicts(user)
    text = row.update.subject.text
    is_answer = row.update.information_request_id is not None
    again = gettext("Open the answer again") if is_answer else gettext("Open the update again")
    effect_url = ""
    if outcome is UpdateDecision.ACCEPTED:
        effect_url = reverse("version_simulation", args=[row.pk], query={"changed": ""})
    if is_answer or not assesses:
        seen = _describe_ministry_view(outcome, is_answer=is_answer)
        return LastDecision(outcome, text, url, again, seen, effect_url)
    if needs_verdict(user, row):
        return LastDecision(
            outcome,
            text,
            f"{url}#assess",
            gettext("Assess its benchmarks"),
            _describe_ministry_view(outcome, is_answer=False),
            effect_url,
        )
    note = gettext("The ministry sees the decision on its page. No benchmark needs an assessment.")
    return LastDecision(outcome, text, url, again, note, effect_url)


def _describe_ministry_view(outcome: UpdateDecision, *, is_answer: bool) -> str:
    """Return what the ministry sees of a decision on an update, and what comes next."""
    if outcome is UpdateDecision.RETURNED and is_answer:
        return gettext("The ministry sees what to change on its page. It can correct the answer and send it again.")
    if outcome is UpdateDecision.RETURNED:
        return gettext("The ministry sees what to change on its page. It can correct the update and send it again.")
    return gettext("The ministry sees the decision on its page.")


def _evidence_decision(user: User, key: int) -> LastDecision | None:
    row = Evidence.objects.visible_to(user).filter(pk=key).first()
    review = newest_review(EvidenceReview.objects.visible_to(user).filter(evidence=key)) if row else None
    if row is None or review is None:
        return None
    return LastDecision(
        EvidenceDecision(review.decision),
        row.title,
        reverse("evidence_detail", args=[key]),
        gettext("Open the evidence again"),
        effect_url=reverse("evidence_simulation", args=[key], query={"changed": ""}),
    )
