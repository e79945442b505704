"""Forms for agreed proof: with a commitment, later, its end, and which evidence it is."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from dialogues.actions.proof_inputs import ProofInput
from dialogues.choices import EvidenceKind
from dialogues.forms.fields import DatedForm, PastDayField
from dialogues.models import Evidence
from tiptracker.accounts.models import Ministry
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.web.frontend.form_rows import Choices, RowsField, numbered, raw_values, set_row_choices
from tiptracker.web.frontend.forms import LongTextField, TrackerForm


class ProofKindField(forms.TypedChoiceField):
    """The type of evidence that an agreed proof is."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", gettext_lazy("Choose one")), *EvidenceKind.choices()]
        label = gettext_lazy("Type of evidence")
        super().__init__(coerce=EvidenceKind, empty_value="", choices=choices, label=label, **kwargs)


class ProofTextField(forms.CharField):
    """What the agreed proof is, as the words of a sentence go on."""

    def __init__(self, **kwargs: Any) -> None:
        label, hint = gettext_lazy("What will show it"), gettext_lazy("Example: “a copy of the Act”.")
        super().__init__(max_length=300, label=label, help_text=hint, **kwargs)


class ProofSourceField(forms.CharField):
    """The ministry or institution from which the agreed proof comes."""

    def __init__(self, **kwargs: Any) -> None:
        label, hint = gettext_lazy("From whom"), gettext_lazy("Example: “the Ministry of Justice”.")
        super().__init__(max_length=200, label=label, help_text=hint, **kwargs)


PROOF_FIELDS = ("proof_kind", "proof_text", "proof_from")


def add_proof_fields(form: forms.Form, suffix: str = "") -> None:
    """Add the fields of one agreed proof, which may stay empty, to a form."""
    form.fields[f"proof_kind{suffix}"] = ProofKindField(required=False)
    form.fields[f"proof_text{suffix}"] = ProofTextField(required=False)
    form.fields[f"proof_from{suffix}"] = ProofSourceField(required=False)


def read_proof(form: forms.Form, suffix: str = "") -> ProofInput | None:
    """Return the agreed proof that was entered into a valid form, or None."""
    kind, text, from_whom = (form.cleaned_data.get(f"{name}{suffix}") for name in PROOF_FIELDS)
    return ProofInput(EvidenceKind(kind), text, from_whom) if kind and text and from_whom else None


def check_proof_fields(form: forms.Form, suffix: str = "") -> None:
    """Refuse an agreed proof that is entered in part."""
    kind, text, from_whom = (f"{name}{suffix}" for name in PROOF_FIELDS)
    sentences = {
        kind: gettext("Choose the type of evidence, or leave all three fields of this proof empty."),
        text: gettext("Write what will show it, or leave all three fields of this proof empty."),
        from_whom: gettext("Write from whom it comes, or leave all three fields of this proof empty."),
    }
    typed = raw_values(form)
    if not any(typed[name] for name in sentences):
        return
    for name, sentence in sentences.items():
        if not form.cleaned_data.get(name) and name not in form.errors:
            form.add_error(name, sentence)


class AgreedProofRow(TrackerForm):
    """An agreed proof of a commitment that is being recorded. An empty row is ignored."""

    proof_kind = ProofKindField(required=False)
    proof_text = ProofTextField(required=False)
    proof_from = ProofSourceField(required=False)

    @property
    def row_name(self) -> str:
        """The name of the row in a list of errors: "Agreed proof 2"."""
        return numbered(gettext("Agreed proof"), self)

    def clean(self) -> dict[str, Any]:
        check_proof_fields(self)
        return self.cleaned_data


class AgreedProofFormSet(forms.BaseFormSet):  # type: ignore[type-arg]  # generic only in the stubs
    """The rows of agreed proof of a commitment that is being recorded."""

    def entered(self) -> list[ProofInput]:
        """Return what was entered in valid rows; nothing if the rows were not sent."""
        return [proof for row in self.forms if (proof := read_proof(row))] if self.is_bound else []


AgreedProofRows = cast(
    "type[AgreedProofFormSet]",
    forms.formset_factory(AgreedProofRow, formset=AgreedProofFormSet, extra=1, max_num=10, absolute_max=12),
)


class AgreedProofForm(DatedForm):
    """Form for a proof that was agreed after the commitment was recorded."""

    kind = ProofKindField()
    text = ProofTextField()
    from_whom = ProofSourceField()
    agreed_on = PastDayField(label=gettext_lazy("Date of the agreement"))

    @property
    def proof(self) -> ProofInput:
        """The agreed proof that was entered into the valid form."""
        data = self.cleaned_data
        return ProofInput(data["kind"], data["text"], data["from_whom"])


class AgreedProofEndForm(DatedForm):
    """Form to end an agreed proof, with the reason."""

    reason = LongTextField(label=gettext_lazy("Reason"), rows=3)
    ended_on = PastDayField(label=gettext_lazy("No longer needed from"))

    def __init__(self, *args: Any, ministry: Ministry | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = gettext("Write why this proof is no longer needed. No ministry reads this reason.")
        if ministry:
            hint = gettext("Write why this proof is no longer needed. The %(ministry)s reads this reason.")
        self.fields["reason"].help_text = hint % {"ministry": ministry}


class AgreedProofEvidenceForm(TrackerForm):
    """Form to say which evidence of the commitment is the agreed proof."""

    evidence = RowsField(
        label=gettext_lazy("Evidence that is this proof"),
        required=False,
        help_text=gettext_lazy("Tick each piece of evidence that is what was agreed."),
    )

    def __init__(self, *args: Any, evidence: Sequence[Evidence], choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "evidence", evidence, choices=choices)
