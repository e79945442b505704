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
from tiptracker.numbers import parse_whole_number
from tiptracker.web.pages import SignedInRequest


class LastDecision(NamedTuple):
    """The embassy's decision, what it was about, and the link back.

    `then` is the label of the link. `more` is what else the user needs to know.
    """

    word: ChoiceEnum
    what: str
    url: str
    then: str
    more: str = ""


def redirect_to_next(request: SignedInRequest, row: UpdateVersion | Evidence) -> HttpResponse:
    """Redirect from the item just decided on to the next one that waits."""
    kind = "version" if isinstance(row, UpdateVersion) else "evidence"
    return redirect(page_url(request, "inbox_next", query={"after": f"{kind}-{row.pk}"}))


def find_last_decision(request: SignedInRequest) -> LastDecision | None:
    """Return the last decision that the URL names ("?after=version-12"); None if it is not made or not visible."""
    kind, _, named = request.GET.get("after", "").partition("-")
    key = parse_whole_number(named)
    if not request.user.is_embassy or key is None:
        return None
    teller = {"version": _of_version, "evidence": _evidence_decision}.get(kind)
    return teller(request.user, key) if teller else None


def _of_version(user: User, key: int) -> LastDecision | None:
    row = UpdateVersion.objects.visible_to(user).select_related("decision", "update__commitment").filter(pk=key).first()
    if row is None or (decision := decision_on(row)) is None:
        return None
    word = UpdateDecision(decision.decision)
    url = reverse("version_detail", args=[row.pk])
    assesses = word is UpdateDecision.ACCEPTED and permissions.can_give_verdicts(user)
    text = row.update.commitment.text
    if not assesses:
        return LastDecision(word, text, url, "Back to it")
    if needs_verdict(user, row):
        return LastDecision(word, text, f"{url}#assess", "Say what it means for its benchmarks")
    return LastDecision(word, text, url, "Back to it", "No benchmark of it waits for a verdict.")


def _evidence_decision(user: User, key: int) -> LastDecision | None:
    row = Evidence.objects.visible_to(user).filter(pk=key).first()
    said = newest_review(EvidenceReview.objects.visible_to(user).filter(evidence=key)) if row else None
    if row is None or said is None:
        return None
    return LastDecision(
        EvidenceDecision(said.decision), row.title, reverse("evidence_detail", args=[key]), "Back to it"
    )
