"""Pages about the agreed proof of a commitment: agree on one, end one, and say which evidence it is."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from dialogues import permissions
from dialogues.actions.agreed_proofs import agree_on_proof, current_matches, end_proof, match_evidence
from dialogues.forms.agreed_proofs import AgreedProofEndForm, AgreedProofEvidenceForm, AgreedProofForm
from dialogues.models import AgreedProof, Commitment, Evidence
from dialogues.views.page_context import CommitmentHeading, set_page_edition_for_commitment
from tiptracker import clock
from tiptracker.localization import format_date, gettext
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.pages import SignedInRequest


@form_page
def agreed_proof_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record a proof that was agreed for a commitment."""
    commitment = get_object_or_404(Commitment.objects.visible_to(request.user).select_related("ministry"), pk=pk)
    _check_may_change(request, commitment)
    now = clock.now(commitment.country.time_zone)
    form = AgreedProofForm(sent_data(request), today=now.date())
    if save_form(
        form,
        lambda: agree_on_proof(
            commitment=commitment,
            proof=form.proof,
            agreed_on=form.cleaned_data["agreed_on"],
            by=request.user,
            now=now,
        ),
    ):
        messages.success(request, _describe_agreement(commitment))
        return redirect("commitment_detail", pk)
    return render_form(
        request, "dialogues/agreed_proof_add.html", form, {"commitment": CommitmentHeading.of(commitment)}
    )


def _describe_agreement(commitment: Commitment) -> str:
    """Return what the page says after a proof was agreed, and who sees it."""
    if commitment.ministry is None:
        return gettext("The agreed proof was recorded.")
    sentence = gettext("The agreed proof was recorded. The %(ministry)s sees it where it sends an update.")
    return sentence % {"ministry": commitment.ministry}


@form_page
def agreed_proof_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End an agreed proof, with the day and the reason."""
    proof = _get_proof(request, pk)
    commitment = proof.commitment
    now = clock.now(commitment.country.time_zone)
    form = AgreedProofEndForm(sent_data(request), today=now.date(), ministry=commitment.ministry)
    if save_form(form, lambda: end_proof(proof=proof, by=request.user, now=now, **form.cleaned_data)):
        messages.success(request, gettext("The agreed proof was ended. It stays in the history of the commitment."))
        return redirect("commitment_detail", commitment.pk)
    context = {"commitment": CommitmentHeading.of(commitment), "proof": proof}
    return render_form(request, "dialogues/agreed_proof_end.html", form, context)


@form_page
def agreed_proof_evidence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say which evidence of the commitment is the agreed proof."""
    proof = _get_proof(request, pk)
    commitment = proof.commitment
    now = clock.now(commitment.country.time_zone)
    evidence = list(Evidence.objects.visible_to(request.user).current().filter(commitment=commitment))
    form = AgreedProofEvidenceForm(
        sent_data(request),
        evidence=evidence,
        choices=[(str(piece.pk), f"{piece.title}, {format_date(piece.happened_to)}") for piece in evidence],
        initial={"evidence": [match.evidence_id for match in current_matches(proof)]},
    )
    if save_form(form, lambda: match_evidence(proof=proof, by=request.user, now=now, **form.cleaned_data)):
        messages.success(request, gettext("Saved. The page shows which evidence is the agreed proof."))
        return redirect("commitment_detail", commitment.pk)
    context = {"commitment": CommitmentHeading.of(commitment), "proof": proof, "has_evidence": bool(evidence)}
    return render_form(request, "dialogues/agreed_proof_evidence.html", form, context)


def _get_proof(request: SignedInRequest, pk: int) -> AgreedProof:
    """Return an agreed proof of a page for those who may change its commitment."""
    proofs = AgreedProof.objects.visible_to(request.user).select_related("commitment__ministry", "commitment__country")
    proof = get_object_or_404(proofs, pk=pk)
    _check_may_change(request, proof.commitment)
    return proof


def _check_may_change(request: SignedInRequest, commitment: Commitment) -> None:
    """Set the edition of the page. Raise PermissionDenied if the user may not change the commitment."""
    set_page_edition_for_commitment(request, commitment)
    if not permissions.can_change_commitment(request.user, commitment):
        raise PermissionDenied
