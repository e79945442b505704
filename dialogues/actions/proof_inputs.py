"""What an officer or a ministry enters about agreed proof, and the rows that it becomes."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from dialogues.choices import EvidenceKind
from dialogues.models import AgreedProof, AgreedProofMatch, Commitment, Evidence, UpdateVersion
from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext, ngettext, record_language
from tiptracker.validation import insert_row, require_text


class ProofInput(NamedTuple):
    """An agreed proof: the type of evidence, what it is ("a copy of the Act"), and from whom."""

    kind: EvidenceKind
    text: str
    from_whom: str


class MissingProof(NamedTuple):
    """Which agreed proof a returned update lacks, and by which day the ministry has to send it."""

    proofs: Sequence[AgreedProof]
    send_by: date


def insert_proof(
    commitment: Commitment, proof: ProofInput, agreed_on: date, *, by: User, now: datetime, field: str = ""
) -> AgreedProof:
    """Add an agreed proof to a commitment. The caller has checked that it is allowed.

    Args:
        field: the field of a refusal, where the form has one field for all. Empty: the field that is missing.
    """
    text = require_text(_one_line(proof.text), gettext("Write what will show it."), field=field or "text")
    from_whom = require_text(
        _one_line(proof.from_whom), gettext("Write from whom the proof comes."), field=field or "from_whom"
    )
    return insert_row(
        AgreedProof(
            commitment=commitment,
            kind=proof.kind,
            text=text,
            from_whom=from_whom,
            agreed_on=agreed_on,
            recorded_at=now,
            recorded_by=by,
        )
    )


def proof_audit_values(proof: AgreedProof) -> dict[str, object]:
    """Return what the activity log keeps of an agreed proof."""
    return {
        "proof": proof.pk,
        "kind": proof.kind,
        "text": proof.text,
        "from_whom": proof.from_whom,
        "agreed_on": proof.agreed_on,
    }


def missing_audit_values(missing: MissingProof | None) -> dict[str, object]:
    """Return what the activity log keeps of the agreed proof that a returned update lacks."""
    if missing is None:
        return {}
    return {"missing_proofs": [proof.pk for proof in missing.proofs], "send_by": missing.send_by}


def match_sent_evidence(
    sent: UpdateVersion, commitment: Commitment, evidence: Sequence[Evidence], proofs: Iterable[AgreedProof] | None
) -> list[AgreedProof]:
    """Record which agreed proof a ministry sends with a version of an update. Return it.

    It is in the files or, if there are none, in the figures and the text. If a ministry does not say which
    (`proofs` None) and one proof is agreed, its files are that proof.

    Raises:
        Refused: if something else than an agreed proof of the commitment is named.
    """
    agreed = list(commitment.agreed_proofs.in_force(sent.recorded_at.date()))
    files = [piece for piece in evidence if piece.file_id]
    if proofs is None:
        chosen = agreed if len(agreed) == 1 and files else []
    else:
        chosen = list(proofs)
        refuse_unagreed(chosen, agreed, field="proofs")
    for proof in chosen:
        for piece in files or evidence:
            insert_row(
                AgreedProofMatch(
                    proof=proof, evidence=piece, recorded_at=sent.recorded_at, recorded_by=sent.recorded_by
                )
            )
    return chosen


def describe_missing_proof(commitment: Commitment, missing: MissingProof, now: datetime) -> str:
    """Return the sentences with which an update is returned: what is missing, and by when to send it.

    Raises:
        Refused: if the day has passed, or something else than an agreed proof of the commitment is named.
    """
    refuse_unagreed(missing.proofs, commitment.agreed_proofs.in_force(now.date()), field="missing")
    if missing.send_by < now.date():
        raise Refused("due_too_early", gettext("This date has passed. Enter a date from today on."), field="send_by")
    with record_language():
        sentence = ngettext(
            "This agreed proof is missing: %(proofs)s. Please send it by %(date)s.",
            "These agreed proofs are missing: %(proofs)s. Please send them by %(date)s.",
            len(missing.proofs),
        )
        named = "; ".join(str(proof) for proof in missing.proofs)
        return sentence % {"proofs": named, "date": format_date(missing.send_by)}


def refuse_unagreed(proofs: Iterable[AgreedProof], agreed: Iterable[AgreedProof], *, field: str) -> None:
    """Refuse, on `field`, what is not or no longer an agreed proof of the commitment."""
    if {proof.pk for proof in proofs} - {proof.pk for proof in agreed}:
        raise Refused(
            "not_agreed",
            gettext("One of these proofs is no longer agreed. Open the page again, and choose from the list."),
            field=field,
        )


def _one_line(text: str) -> str:
    return " ".join(text.split())
