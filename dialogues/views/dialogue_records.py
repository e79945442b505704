"""Record a dialogue on one page, attach its files, and mark its next steps as done."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from dialogues import permissions
from dialogues.actions.dialogue_records import (
    CommitmentInput,
    NextStepInput,
    attach_files,
    mark_step_done,
    record_dialogue,
)
from dialogues.actions.dialogues import ParticipantInput
from dialogues.actions.drafts import save_draft
from dialogues.actions.duplicates import DuplicateRecord
from dialogues.choices import Presence
from dialogues.forms.dialogue_records import (
    OWNER_OFFICE,
    AttendanceForm,
    CommitmentRows,
    DialogueFileForm,
    DialogueVersionForm,
    NextStepDoneForm,
    NextStepFormRows,
    PrefilledForm,
    RecordTextForm,
    initial_with_checksum,
)
from dialogues.forms.dialogues import OtherParticipantRows
from dialogues.forms.fields import benchmark_choices
from dialogues.models import Commitment, Dialogue, Draft, NextStep, Participant
from dialogues.views.drafts import (
    DraftNote,
    describe_draft,
    display_draft,
    draft_post_data,
    find_visible_draft,
    read_draft_page,
    read_posted_content,
)
from dialogues.views.follow_up import AgendaItemSummary, find_previous_dialogue, list_agenda_items
from dialogues.views.page_context import get_managed_dialogue
from dialogues.views.uploads import store_uploads
from recommendations.edition_context import set_page_country
from recommendations.models import Benchmark
from tiptracker import clock
from tiptracker.accounts.models import Ministry
from tiptracker.errors import Refused
from tiptracker.validation import EditConflict, format_date
from tiptracker.web.form_pages import render_form, save_form, sent_data
from tiptracker.web.frontend.form_rows import (
    add_empty_row,
    add_field_error,
    add_row_error,
    invalid_forms,
    mark_as_seen,
    raw_values,
)
from tiptracker.web.pages import SignedInRequest, render_page
from tiptracker.web.preserved_input import TypedInput

RECORD_HINT = "Internal to the embassy. A ministry sees the date, the place and its own commitments."


@login_required
def dialogue_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record a dialogue while sitting in the room: everything on one page, saved together."""
    user, dialogue = request.user, get_managed_dialogue(request, pk)
    now = clock.now(dialogue.country.time_zone)
    draft = find_visible_draft(user, dialogue)
    page = _RecordPage(request, dialogue, now.date(), draft)
    context: dict[str, Any] = {"dialogue": dialogue}
    if page.is_sent and page.is_valid():
        try:
            record_dialogue(dialogue=dialogue, page=read_draft_page(request), by=user, now=now, **page.said())
        except EditConflict as refusal:
            context["meanwhile"] = page.take_over(str(refusal))
        except Refused as refusal:
            page.refuse(refusal)
            context["recorded_before"] = _duplicate_link(refusal)
        else:
            messages.success(request, f"Saved. {page.tally()}")
            return redirect(f"{reverse('dialogue_detail', args=[dialogue.pk])}?saved=record")
    note = describe_draft(draft, dialogue, user)
    if page.is_sent:
        note, context["drafted"] = _save_as_draft(request, dialogue, now)
    elif request.method == "POST":  # the draft that the form was filled from, not a newer one
        note = note._replace(seen=read_draft_page(request).seen)
    context |= page.context() | {
        "draft": note,
        "last": find_previous_dialogue(user, dialogue, now.date()),
        "is_to_come": dialogue.held_on > now.date(),
    }
    return render_page(request, "dialogues/dialogue_record.html", context, status=422 if page.is_sent else 200)


def _save_as_draft(request: SignedInRequest, dialogue: Dialogue, now: datetime) -> tuple[DraftNote, list[TypedInput]]:
    """Save input that was refused as the draft.

    Return the note on the draft. If a colleague saved a draft that the user has not seen, return its content as well
    and leave it unchanged.
    """
    theirs: list[TypedInput] = []
    draft = None
    try:
        draft = save_draft(
            of=dialogue,
            content=read_posted_content(request),
            files=[],
            page=read_draft_page(request),
            by=request.user,
            now=now,
        )
    except EditConflict:
        draft = find_visible_draft(request.user, dialogue)
        theirs = display_draft(draft)
    except Refused:
        draft = find_visible_draft(request.user, dialogue)
    return describe_draft(draft, dialogue, request.user), theirs


def _duplicate_link(refusal: Refused) -> tuple[str, str] | None:
    """Return the URL and label of the existing record, if the input was refused as a duplicate."""
    if not isinstance(refusal, DuplicateRecord):
        return None
    row = refusal.row
    if isinstance(row, NextStep):
        return reverse("dialogue_detail", args=[row.dialogue_id]), str(row)
    return reverse("commitment_detail", args=[row.pk]), str(row)


class _RecordPage:
    """The forms of the record page, filled from the request, the draft or the record."""

    def __init__(self, request: SignedInRequest, dialogue: Dialogue, day: date, draft: Draft | None) -> None:
        user = request.user
        self.dialogue = dialogue
        self.items: list[AgendaItemSummary] = list_agenda_items(user, dialogue, day)
        self.people = list(Participant.objects.filter(dialogue=dialogue).select_related("ministry"))
        self.struck = list(Commitment.objects.visible_to(user).filter(dialogue=dialogue).select_related("ministry"))
        self.agreed_steps = list(NextStep.objects.visible_to(user).filter(dialogue=dialogue).select_related("ministry"))
        ministries = list(Ministry.objects.visible_to(user).filter(country=dialogue.country))
        benchmarks = list(
            Benchmark.objects.visible_to(user)
            .filter(recommendation__edition__country=dialogue.country)
            .asked()
            .select_related("recommendation__edition")
            .with_terms()
        )
        of_rows: dict[str, dict[str, Any]] = {
            "others": {"prefix": "others", "form_kwargs": {"ministries": ministries}},
            "commitments": {
                "prefix": "commitments",
                "form_kwargs": {
                    "ministries": ministries,
                    "benchmarks": benchmarks,
                    "choices": benchmark_choices(benchmarks),
                },
            },
            "steps": {"prefix": "steps", "form_kwargs": {"ministries": ministries}},
        }
        kinds: dict[str, Any] = {
            "others": OtherParticipantRows,
            "commitments": CommitmentRows,
            "steps": NextStepFormRows,
        }
        data = request.POST if request.method == "POST" else draft_post_data(draft) if draft else None
        more = request.POST.get("more")
        self.is_sent = request.method == "POST" and more is None
        self.rows: dict[str, Any] = {
            name: kinds[name](data if data and f"{name}-TOTAL_FORMS" in data else None, **kwargs)
            for name, kwargs in of_rows.items()
        }
        self._fill(data)
        if data is not None and not self.is_sent:  # a draft or a new row: keep the input, validate nothing
            for name, kwargs in of_rows.items():
                if not self.rows[name].is_bound:  # the draft was begun without these rows
                    continue
                kept = [raw_values(form) for form in self.rows[name].forms]
                again = kinds[name](initial=kept, **kwargs)
                again.extra = 0
                self.rows[name] = add_empty_row(self.rows[name], **kwargs) if name == more else again
            self._fill(None, said=[raw_values(form) for form in self._single()])

    def _fill(self, data: Any, said: list[dict[str, Any]] | None = None) -> None:
        """Build the forms that appear once: version, attendance, agenda items, and the general texts.

        `said` is earlier input to keep, in the order of `_single`.
        """
        begun = iter(said) if said else None

        def of(now: dict[str, Any]) -> dict[str, Any]:
            typed_so_far = next(begun) if begun else {}
            return typed_so_far if any(typed_so_far.values()) else initial_with_checksum(now)

        version = next(begun).get("version") if begun else None
        self.seen = DialogueVersionForm(data, initial={"version": version or self.dialogue.version})
        self.came = {
            one.pk: AttendanceForm(
                data, prefix=f"came-{one.pk}", label=_participant_label(one), initial=of(_attendance_initial(one))
            )
            for one in self.people
        }
        self.said_of = {
            item.key: RecordTextForm(
                data,
                prefix=f"said-{item.key}",
                label=f"What was said on {item.position}",
                lines=2,
                initial=of({"text": item.said}),
            )
            for item in self.items
        }
        self.record = RecordTextForm(
            data,
            prefix="record",
            label="What was said besides" if self.items else "What was said",
            hint=RECORD_HINT,
            lines=5,
            initial=of({"text": self.dialogue.record}),
        )
        self.agreed = RecordTextForm(
            data, prefix="agreed", label="What was agreed, in words", initial=of({"text": self.dialogue.agreed})
        )

    def _single(self) -> list[Form]:
        return [self.seen, *self.came.values(), *self.said_of.values(), self.record, self.agreed]

    def _all(self) -> list[Form]:
        return [*self._single(), *(form for rows in self.rows.values() for form in rows)]

    def is_valid(self) -> bool:
        """Return whether all forms are valid. Validate each, so that the page shows all errors at once."""
        return all([*(form.is_valid() for form in self._single()), *(rows.is_valid() for rows in self.rows.values())])

    def _filled(self, name: str) -> list[Any]:
        return [form for form in self.rows[name] if form.is_filled]

    def said(self) -> dict[str, Any]:
        """Return the input as arguments of the action."""
        return {
            "version": self.seen.cleaned_data["version"] or 0,
            "participants": [*self._expected(), *self._others()],
            "said": {key: form.cleaned_data["text"] for key, form in self.said_of.items()},
            "record": self.record.cleaned_data["text"],
            "agreed": self.agreed.cleaned_data["text"],
            "commitments": [
                CommitmentInput(
                    form.ministries.get(form.cleaned_data["who"]),
                    form.cleaned_data["text"],
                    form.cleaned_data["due_on"],
                    form.cleaned_data["horizon"],
                    form.links,
                )
                for form in self._filled("commitments")
            ],
            "next_steps": [
                NextStepInput(
                    form.cleaned_data["text"],
                    form.ministries.get(form.cleaned_data["owner"]),
                    form.cleaned_data["office"] if form.cleaned_data["owner"] == OWNER_OFFICE else "",
                    form.cleaned_data["due_on"],
                )
                for form in self._filled("steps")
            ],
        }

    def _expected(self) -> list[ParticipantInput]:
        return [
            ParticipantInput(
                said["name"], one.office, Presence(one.presence), one.ministry, came=said["came"], key=one.pk
            )
            for one in self.people
            for said in [self.came[one.pk].cleaned_data]
        ]

    def _others(self) -> list[ParticipantInput]:
        rows = (row.cleaned_data for row in self.rows["others"] if row.cleaned_data.get("office"))
        return [
            ParticipantInput(
                row["name"],
                row["office"],
                Presence(row["presence"] or Presence.IN_PERSON),
                row["ministry"],
                came=True,
            )
            for row in rows
        ]

    def refuse(self, refusal: Refused) -> None:
        """Show the message next to the row that it concerns.

        A field such as "commitments-0-due_on" numbers only the rows that are filled in.
        """
        if add_row_error({name: self._filled(name) for name in ("commitments", "steps")}, str(refusal), refusal.field):
            return
        if refusal.field == "participants":
            add_field_error(self.rows["others"].forms[0], str(refusal), "office")
        else:
            add_field_error(self.seen, str(refusal), None)

    def take_over(self, sentence: str) -> dict[str, Any]:
        """Handle a conflict: another user saved the record first.

        Fields that the user left untouched take the saved values. Return what was saved, to display beside the form.
        """
        dialogue = self.dialogue
        dialogue.refresh_from_db()
        items = {item.pk: item for item in dialogue.agenda.select_related("recommendation", "commitment")}
        people = {one.pk: one for one in Participant.objects.filter(dialogue=dialogue).select_related("ministry")}
        now: list[tuple[PrefilledForm, dict[str, Any]]] = [
            (self.record, {"text": dialogue.record}),
            (self.agreed, {"text": dialogue.agreed}),
            *((form, {"text": items[key].said}) for key, form in self.said_of.items() if key in items),
            *((form, _attendance_initial(people[key])) for key, form in self.came.items() if key in people),
        ]
        for form, said in now:
            if form.is_untouched:
                form.shows_now(said)
                form.full_clean()
        self._keep_words_without_item()
        mark_as_seen(self.seen, "version", dialogue.version)
        self.seen.add_error(None, sentence)
        return {
            "came": [one for one in people.values() if one.came],
            "items": [item for item in items.values() if item.said],
            "commitments": list(dialogue.commitments.select_related("ministry")),
            "steps": list(dialogue.next_steps.select_related("ministry")),
        }

    def _keep_words_without_item(self) -> None:
        """Move text about an item that a colleague removed from the agenda to the general record."""
        data: Any = self.record.data
        keys = (f"said-{key}-text" for key in self.said_of)
        lost = [
            text
            for key in sorted(set(data) - set(keys))
            if key.startswith("said-") and key.endswith("-text") and (text := data[key].strip())
        ]
        if lost:
            self.record.data = data = data.copy()
            data["record-text"] = "\n".join([data.get("record-text", ""), *lost]).strip()

    def tally(self) -> str:
        """Return a sentence that counts what was added; empty if nothing was."""
        promised, steps = len(self._filled("commitments")), len(self._filled("steps"))
        said = [
            f"{promised} commitment{'' if promised == 1 else 's'}" if promised else "",
            f"{steps} next step{'' if steps == 1 else 's'}" if steps else "",
        ]
        return f"Recorded with it: {' and '.join(filter(None, said))}." if promised or steps else ""

    def context(self) -> dict[str, Any]:
        """Return the context of the template."""
        return {
            "seen": self.seen,
            "came": list(self.came.values()),
            "items": [(item, self.said_of[item.key]) for item in self.items],
            "record": self.record,
            "agreed": self.agreed,
            "others": self.rows["others"],
            "commitments": self.rows["commitments"],
            "steps": self.rows["steps"],
            "struck": self.struck,
            "agreed_steps": self.agreed_steps,
            "wrong_forms": invalid_forms(*self._all()),
        }


def _participant_label(one: Participant) -> str:
    ministry = f" ({one.ministry.short_name})" if one.ministry else ""
    return f"{one.office}{ministry}, {Presence(one.presence).label.lower()}"


def _attendance_initial(one: Participant) -> dict[str, Any]:
    return {"came": bool(one.came), "name": one.name}


@login_required
def next_step_done(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark a next step as done, with the day and the result."""
    user = request.user
    step = get_object_or_404(
        NextStep.objects.visible_to(user).select_related("dialogue__country", "ministry", "done__recorded_by"), pk=pk
    )
    set_page_country(request, step.dialogue.country)
    if not permissions.can_manage_dialogues(user, step.dialogue.country):
        raise PermissionDenied
    now = clock.now(step.dialogue.country.time_zone)
    form = NextStepDoneForm(sent_data(request), today=now.date())
    if save_form(form, lambda: mark_step_done(step=step, by=user, now=now, **form.cleaned_data)):
        messages.success(request, f"Ticked off: {step.text}")
        return redirect("dialogue_detail", step.dialogue_id)
    context = {"step": step, "done": getattr(step, "done", None)}
    return render_form(request, "dialogues/next_step_done.html", form, context)


@login_required
def dialogue_attach(request: SignedInRequest, pk: int) -> HttpResponse:
    """Attach a statement, a communiqué or another file to a dialogue."""
    dialogue = get_managed_dialogue(request, pk)
    now = clock.now(dialogue.country.time_zone)
    uploads = store_uploads(request, now=now)
    form = DialogueFileForm(sent_data(request))
    uploads.show_refusals(form)
    if save_form(
        form,
        lambda: attach_files(
            dialogue=dialogue, files=uploads.files, what=form.cleaned_data["what"], by=request.user, now=now
        ),
    ):
        messages.success(request, f"Attached to the dialogue of {format_date(dialogue.held_on)}.")
        return redirect("dialogue_detail", dialogue.pk)
    context = {"dialogue": dialogue, "kept": uploads.files}
    return uploads.with_retry_after(render_form(request, "dialogues/dialogue_attach.html", form, context))
