"""Forms of the pages of this app."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings

from dialogues.answer_text import UnknownCitation, parse_answer
from dialogues.choices import FINDING_MEANINGS, AnswerFinding
from dialogues.forms.fields import LastSeenField, ListFilterForm
from recommendations.choices import Pillar
from recommendations.models import Edition
from reports.briefings.content.sections import SECTIONS, pick_sections
from reports.calendar.year import DayKind
from reports.choices import BriefingKind
from reports.models import Briefing, Document
from tiptracker import text_rules
from tiptracker.accounts.models import Ministry
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import current_language, format_date, gettext, gettext_lazy, gettext_noop
from tiptracker.web.frontend.forms import DayInput, LongTextField, TrackerForm


class DocumentField(forms.ChoiceField):
    """Choice of a document. An empty value means the field's initial choice.

    A page with a single button and no choice, such as the dashboard, sends no value.
    """

    def clean(self, value: Any) -> Any:
        return super().clean(value or self.initial)


class BriefingRequestForm(TrackerForm):
    """Request for a document: which one, as of which day, and using only what was recorded by when.

    The form suggests today. Without a date for `known_by`, everything known now is used.
    """

    what = DocumentField(
        label=gettext_lazy("Document"),
        initial=BriefingKind.AMBASSADOR.value,
        help_text=gettext_lazy(
            "You may give a ministry’s page to the ministry: it contains no score. A dialogue pack is for the embassy "
            "only."
        ),
        error_messages={"invalid_choice": gettext_lazy("This document is not offered. Choose one from the list.")},
    )

    as_of = forms.DateField(
        label=gettext_lazy("As of"),
        help_text=gettext_lazy("The day that the document describes."),
        error_messages={
            "required": gettext_lazy("Give the day, for example 28/01/2022."),
            "invalid": gettext_lazy("This is not a date. Write it like 28/01/2022 or 2022-01-28."),
        },
    )
    known_by = forms.DateField(
        label=gettext_lazy("Using only what was recorded by"),
        help_text=gettext_lazy("The end of a day. Leave it empty to use everything recorded until now."),
        required=False,
        error_messages={
            "invalid": gettext_lazy("This is not a date. Write it like 28/01/2022 or 2022-01-28, or leave it empty.")
        },
    )

    language = forms.ChoiceField(
        label=gettext_lazy("Language of the document"),
        required=False,
        help_text=gettext_lazy(
            "Official texts of the TIP Report and what people typed stay as they are. Documents for Washington are in "
            "English."
        ),
        error_messages={"invalid_choice": gettext_lazy("This language is not offered. Choose one from the list.")},
    )

    def __init__(
        self,
        *args: Any,
        documents: Mapping[str, Document],
        languages: Sequence[tuple[str, str]],
        first: date,
        today: date,
        **kwargs: Any,
    ) -> None:
        """Offer the documents, and the languages if there are several. The reader's own language is suggested."""
        super().__init__(*args, **kwargs)
        self.documents = documents
        self.default_language = current_language() if current_language() in dict(languages) else settings.LANGUAGE_CODE
        if len(languages) > 1:
            cast("forms.ChoiceField", self.fields["language"]).choices = languages
            self.fields["language"].initial = self.default_language
        else:
            del self.fields["language"]
        cast("forms.ChoiceField", self.fields["what"]).choices = self._choices()
        self.fields["as_of"].initial = today
        self.fields["as_of"].widget = DayInput(attrs={"min": first.isoformat(), "max": today.isoformat()})
        self.fields["known_by"].widget = DayInput(attrs={"max": today.isoformat()})

    def _choices(self) -> list[tuple[str, str]]:
        """Return the key and label of each document; the label adds the place if two dialogues share a day."""
        dialogues = [document.dialogue for document in self.documents.values() if document.dialogue]
        days = Counter(dialogue.held_on for dialogue in dialogues)
        places = {dialogue.pk: f", {dialogue.place}" for dialogue in dialogues if days[dialogue.held_on] > 1}
        return [
            (key, document.label + (places.get(document.dialogue.pk, "") if document.dialogue else ""))
            for key, document in self.documents.items()
        ]

    @property
    def document(self) -> Document:
        """The requested document in the chosen language; for Washington, in English."""
        document = self.documents[self.cleaned_data["what"]]
        if document.kind.is_for_washington:
            return document
        return replace(document, language=self.cleaned_data.get("language") or self.default_language)


class BriefingSectionsForm(BriefingRequestForm):
    """Request for a document with chosen sections, their order and a covering note.

    `what` is the document's key among those offered. `places` are the names of its sections, as last chosen.
    """

    def __init__(
        self, *args: Any, what: str, places: Sequence[str] | None = None, covering_note: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = self.documents[what].kind
        self.fields["what"].initial, self.fields["what"].widget = what, forms.HiddenInput()
        if self.kind.is_for_washington:
            self.fields.pop("language", None)
        self.sections = SECTIONS[self.kind]
        last = [section.name for section in pick_sections(self.kind, places)]
        choices = [("", gettext("Left out")), *((str(place), str(place)) for place in range(1, len(self.sections) + 1))]
        for section in self.sections:
            self.fields[f"place_{section.name}"] = forms.ChoiceField(
                label=section.title,
                required=False,
                choices=choices,
                initial=str(last.index(section.name) + 1) if section.name in last else "",
                error_messages={"invalid_choice": gettext("This place is not offered. Choose one from the list.")},
            )
        self.fields["covering_note"] = forms.CharField(
            label=gettext("Covering note"),
            required=False,
            max_length=text_rules.COVERING_NOTE_MAX_LENGTH,
            widget=forms.Textarea(attrs={"rows": 4}),
            initial=covering_note,
            help_text=(
                gettext("Printed at the top of the document. At most %(number)d characters. The ministry reads it.")
                if self.kind == BriefingKind.MINISTRY
                else gettext("Printed at the top of the document. At most %(number)d characters.")
            )
            % {"number": text_rules.COVERING_NOTE_MAX_LENGTH},
        )

    @property
    def places(self) -> list[forms.BoundField]:
        """The fields for the position of each section."""
        return [self[f"place_{section.name}"] for section in self.sections]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        taken: dict[str, str] = {}
        for section in self.sections:
            name = f"place_{section.name}"
            if place := data.get(name):
                if place in taken:
                    message = gettext("“%(section)s” has place %(place)s too. Choose another place.")
                    self.add_error(name, message % {"section": taken[place], "place": place})
                taken[place] = section.title
        if not taken and not self.errors and self.kind != BriefingKind.AMBASSADOR:
            message = gettext("Every section is left out. Give at least one section a place.")
            self.add_error(f"place_{self.sections[0].name}", message)
        return data

    @property
    def document(self) -> Document:
        """The requested document, with its chosen sections and covering note."""
        places = {section.name: self.cleaned_data[f"place_{section.name}"] for section in self.sections}
        names = tuple(sorted((name for name in places if places[name]), key=lambda name: int(places[name])))
        default = tuple(section.name for section in self.sections)
        return replace(
            super().document,
            sections=None if names == default else names,
            covering_note=self.cleaned_data["covering_note"],
        )


class HashInput(forms.TextInput):
    """Input for a hash. It is not free text, so the check for personal data skips its digits."""


class HashField(forms.RegexField):
    """SHA-256 in hexadecimal. Capitals, blanks and line breaks are accepted."""

    widget = HashInput
    default_error_messages = {  # noqa: RUF012 -- as Django's
        "invalid": gettext_lazy(
            "This is not a SHA-256 checksum. It has 64 characters: digits and the letters a to f. Copy all of it."
        ),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"^[0-9a-f]{64}$", max_length=200, **kwargs)

    def to_python(self, value: Any) -> Any:
        return "".join(str(value or "").split()).lower()


class FileCheckForm(TrackerForm):
    """A file, or its hash, to compare with the briefings handed out. The file is read and not stored."""

    one_of_two = ("file", "sha256")

    file = forms.FileField(
        label=gettext_lazy("Your file"),
        required=False,
        help_text=gettext_lazy("We compute its checksum and do not keep the file."),
        error_messages={"empty": gettext_lazy("This file is empty. Choose another file.")},
    )
    sha256 = HashField(
        label=gettext_lazy("SHA-256 checksum of the file"),
        required=False,
        help_text=gettext_lazy("64 characters, as shown by a program such as sha256sum."),
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not (data.get("file") or data.get("sha256") or self.errors):
            self.add_error("file", gettext("Choose a file, or enter its SHA-256 checksum."))
        return data

    @property
    def hash(self) -> str:
        """The SHA-256 in hexadecimal: of the uploaded file or, without a file, the hash that the user typed."""
        if not (file := self.cleaned_data.get("file")):
            return str(self.cleaned_data["sha256"])
        digest = hashlib.sha256()
        for chunk in file.chunks():
            digest.update(chunk)
        return digest.hexdigest()


class BriefingCompareForm(TrackerForm):
    """Choice of another briefing for a comparison."""

    def __init__(self, *args: Any, others: Sequence[Briefing], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = {str(other.pk): other for other in others}
        self.fields["with"] = forms.ChoiceField(
            label=gettext("Compare with"),
            choices=[(key, _describe_version(other)) for key, other in self.others.items()],
            error_messages={"invalid_choice": gettext("This briefing is not offered. Choose one from the list.")},
        )

    @property
    def other(self) -> Briefing:
        """The chosen briefing."""
        return self.others[self.cleaned_data["with"]]


def _describe_version(briefing: Briefing) -> str:
    """Return the day, the version and the status of a briefing, for a choice."""
    return gettext("%(date)s, version %(number)d (%(status)s)") % {
        "date": format_date(briefing.as_of),
        "number": briefing.version,
        "status": briefing.state.label,
    }


class RecordMomentsForm(TrackerForm):
    """Days of the record, and what was known by when. Any text is valid; `request_params` parses it.

    The record begins with the tracking period, so fields named `as_of` are limited to it.
    """

    def __init__(self, *args: Any, edition: Edition, today: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = {"min": edition.starts_on.isoformat()}
        limits |= {"max": today.isoformat()} if today else {}
        for name, field in self.fields.items():
            field.widget = DayInput(attrs=limits if name.startswith("as_of") else None)


class _DayText(forms.CharField):
    """A day as text. A page without one takes today or everything that is known."""

    def __init__(self, **texts: Any) -> None:
        super().__init__(max_length=text_rules.DAY_MAX_LENGTH, required=False, **texts)


class RecordMomentForm(RecordMomentsForm):
    """The moment of the record that a page shows: the day, and what was known by when."""

    as_of = _DayText(label=gettext_lazy("As of"), help_text=gettext_lazy("The record at the end of this day."))
    known_on = _DayText(
        label=gettext_lazy("Using only what was recorded by"),
        help_text=gettext_lazy("Leave it empty to use everything known now."),
    )


class ChangesForm(RecordMomentsForm):
    """Two moments of the record to compare."""

    as_of_from = _DayText(label=gettext_lazy("Earlier day"), help_text=gettext_lazy("Compare the record of this day."))
    known_on_from = _DayText(
        label=gettext_lazy("Earlier day, as it was known on"),
        help_text=gettext_lazy(
            "Enter the same day to see it as it was known then. Leave it empty to include what was recorded later."
        ),
    )
    as_of_to = _DayText(
        label=gettext_lazy("Later day"), help_text=gettext_lazy("Compare it with the record of this day.")
    )
    known_on_to = _DayText(
        label=gettext_lazy("Later day, as it is known on"),
        help_text=gettext_lazy("Leave it empty to use everything known now."),
    )


class DayStatus(ChoiceEnum):
    """Status of a day in the timeline, as of today."""

    OVERDUE = "overdue", gettext_noop("Overdue")
    AHEAD = "ahead", gettext_noop("Still ahead")
    OVER = "over", gettext_noop("Settled, or past")


class TimelineFilter(ListFilterForm):
    """Filter for the table of days in the timeline."""

    few = frozenset({"kind", "stands"})

    kind = forms.ChoiceField(
        label=gettext_lazy("Type of date"), required=False, choices=[("", gettext_lazy("All")), *DayKind.choices()]
    )
    stands = forms.ChoiceField(
        label=gettext_lazy("Status"), required=False, choices=[("", gettext_lazy("Any")), *DayStatus.choices()]
    )


COMPARED_COUNTRIES = 4
"""The most countries to compare with."""


class ComparisonForm(ListFilterForm):
    """The countries to compare with: those that the user follows, and those with published country-years."""

    few = frozenset(f"with{number}" for number in range(1, COMPARED_COUNTRIES + 1))

    def __init__(
        self, *args: Any, followed: Sequence[tuple[str, str]], published: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        groups = [
            (gettext("Countries that you follow"), list(followed)),
            (gettext("Only published figures"), list(published)),
        ]
        for number in range(1, COMPARED_COUNTRIES + 1):
            self.fields[f"with{number}"] = forms.ChoiceField(
                label=gettext("Country %(number)d") % {"number": number},
                required=False,
                choices=[("", gettext("None")), *((title, rows) for title, rows in groups if rows)],
                error_messages={
                    "invalid_choice": gettext("This choice does not exist and was ignored. Choose from the list.")
                },
            )

    def chosen(self) -> list[str]:
        """Return the codes of the chosen countries, each once."""
        return list(dict.fromkeys(filter(None, self.cleaned_data.values())))


class RecommendationFilterForm(ListFilterForm):
    """Filter for the list of recommendations. Only the embassy can filter by lead ministry."""

    few = frozenset({"pillar", "ministry"})

    pillar = forms.ChoiceField(
        label=gettext_lazy("Pillar"), required=False, choices=[("", gettext_lazy("All three")), *Pillar.choices()]
    )
    ministry = forms.ChoiceField(label=gettext_lazy("Lead ministry"), required=False)

    def __init__(self, *args: Any, ministries: Sequence[Ministry] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if ministries is None:
            del self.fields["ministry"]
            return
        cast("forms.ChoiceField", self.fields["ministry"]).choices = [
            ("", gettext("Any")),
            *((str(ministry.pk), ministry.name) for ministry in ministries),
        ]


class AnswerTextField(forms.CharField):
    """The text of an answer with its sources in brackets. Its value is the sentences."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return parse_answer(text)
        except UnknownCitation as error:
            raise forms.ValidationError(str(error)) from error


class AnswerTextForm(TrackerForm):
    """Form for the answer to a yearly question."""

    finding = forms.ChoiceField(label=gettext_lazy("Kind of answer"), widget=forms.RadioSelect)
    text = AnswerTextField(
        label=gettext_lazy("Answer"),
        required=False,
        max_length=text_rules.NARRATIVE_MAX_LENGTH * 2,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=gettext_lazy(
            "Put the sources of each sentence behind it in brackets, such as [E12, F3]. The list of facts names them. "
            "An empty line begins a new paragraph."
        ),
    )
    seen = LastSeenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["finding"])
        field.choices = [(kind.value, _describe_finding(kind)) for kind in AnswerFinding]


def _describe_finding(kind: AnswerFinding) -> str:
    return gettext("%(name)s. %(meaning)s") % {"name": kind.label, "meaning": gettext(FINDING_MEANINGS[kind])}


class ReopenAnswerForm(TrackerForm):
    """Form to open a complete or cleared answer again, with a reason."""

    reason = LongTextField(label=gettext_lazy("Reason for opening it again"))
    seen = LastSeenField()
