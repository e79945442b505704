"""Record a dialogue on one page, attach its files, and mark its next steps as done."""

from collections.abc import Mapping, Sequence
from datetime import date
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
    mark_step_not_done,
    record_dialogue,
)
from dialogues.actions.dialogues import ParticipantInput
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
    NextStepNotDoneForm,
    PrefilledForm,
    RecordTextForm,
    initial_with_checksum,
)
from dialogues.forms.dialogues import OtherParticipantRows
from dialogues.forms.fields import benchmark_choices
from dialogues.models import ChosenIndicator, Commitment, Dialogue, Draft, NextStep, Participant
from dialogues.views.drafts import (
    describe_draft,
    display_draft,
    draft_post_data,
    find_visible_draft,
    keep_as_draft,
    read_draft_page,
)
from dialogues.views.follow_up import AgendaItemSummary, find_previous_dialogue, list_agenda_items
from dialogues.views.page_context import get_managed_dialogue
from dialogues.views.uploads import store_uploads
from recommendations.edition_context import set_page_country
from recommendations.models import Benchmark
from tiptracker import clock
from tiptracker.accounts.models import Ministry
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext, gettext_lazy, ngettext
from tiptracker.undo.offers import offer_undo
from tiptracker.validation import EditConflict
from tiptracker.web.form_pages import render_form, save_form, sent_data
from tiptracker.web.frontend.form_rows import (
    add_empty_row,
    add_refusal_at,
    add_row_refusal,
    invalid_forms,
    mark_as_seen,
    raw_values,
)
from tiptracker.web.pages import SignedInRequest, render_page

RECORD_HINT = gettext_lazy("Only the embassy sees this. A ministry sees the date, the place and its own commitments.")


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
            record_dialogue(dialogue=dialogue, page=read_draft_page(request), by=user, now=now, **page.values())
        except EditConflict as refusal:
            context["meanwhile"] = page.take_over(str(refusal))
        except Refused as refusal:
            page.refuse(refusal)
            context["recorded_before"] = _duplicate_link(refusal)
        else:
            messages.success(request, page.summary())
            return redirect(f"{reverse('dialogue_detail', args=[dialogue.pk])}?saved=record")
    note = describe_draft(draft, dialogue, user)
    if page.is_sent:
        draft, is_conflict = keep_as_draft(request, dialogue, now)
        note = describe_draft(draft, dialogue, user)
        context["drafted"] = display_draft(draft) if is_conflict else []
    elif request.method == "POST":  # the draft that the form was filled from, not a newer one
        note = note._replace(seen=read_draft_page(request).seen)
    context |= page.context() | {
        "draft": note,
        "last": find_previous_dialogue(user, dialogue, now.date()),
        "is_to_come": dialogue.held_on > now.date(),
        "has_figures": ChosenIndicator.objects.visible_to(user).filter(dialogue=dialogue).exists(),
    }
    return render_page(request, "dialogues/dialogue_record.html", context, status=422 if page.is_sent else 200)


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
            .active()
            .select_related("recommendation__edition")
            .with_terms()
        )
        row_kwargs: dict[str, Any] = {"ministries": ministries}
        commitment_kwargs = row_kwargs | {"benchmarks": benchmarks, "choices": benchmark_choices(benchmarks)}
        data = request.POST if request.method == "POST" else draft_post_data(draft) if draft else None
        more = request.POST.get("more")
        self.is_sent = request.method == "POST" and more is None
        self.rows: dict[str, Any] = {}
        for name, formset, form_kwargs in (
            ("others", OtherParticipantRows, row_kwargs),
            ("commitments", CommitmentRows, commitment_kwargs),
            ("steps", NextStepFormRows, row_kwargs),
        ):
            kwargs: dict[str, Any] = {"prefix": name, "form_kwargs": form_kwargs}
            # A draft may have been begun without these rows.
            rows = formset(data if data and f"{name}-TOTAL_FORMS" in data else None, **kwargs)
            if rows.is_bound and name == more:
                rows = add_empty_row(rows, **kwargs)
            elif rows.is_bound and not self.is_sent:
                rows = formset(initial=[raw_values(form) for form in rows], **kwargs)
                rows.extra = 0
            self.rows[name] = rows
        self._fill(data)
        if data is not None and not self.is_sent:  # a draft or a new row: keep the input, validate nothing
            self._fill(None, entered=[raw_values(form) for form in self._single()])

    def _fill(self, data: Any, entered: Sequence[Mapping[str, Any]] = ()) -> None:
        """Build the forms that appear once: version, attendance, agenda items, and the general texts.

        `entered` is earlier input to keep, in the order of `_single`.
        """
        earlier = iter(entered)

        def initial(recorded: Mapping[str, Any]) -> Mapping[str, Any]:
            values = next(earlier, {})
            return values if any(values.values()) else initial_with_checksum(recorded)

        version = next(earlier, {}).get("version") or self.dialogue.version
        self.seen = DialogueVersionForm(data, initial={"version": version})
        self.came = {
            person.pk: AttendanceForm(
                data,
                prefix=f"came-{person.pk}",
                label=_participant_label(person),
                initial=initial(_attendance_initial(person)),
            )
            for person in self.people
        }
        self.item_texts = {
            item.key: RecordTextForm(
                data,
                prefix=f"said-{item.key}",
                label=gettext("What was said on item %(number)d") % {"number": item.position},
                lines=2,
                initial=initial({"text": item.said}),
            )
            for item in self.items
        }
        self.record = RecordTextForm(
            data,
            prefix="record",
            label=gettext("Other points discussed") if self.items else gettext("What was said"),
            hint=str(RECORD_HINT),
            lines=5,
            initial=initial({"text": self.dialogue.record}),
        )
        self.agreed = RecordTextForm(
            data, prefix="agreed", label=gettext("What was agreed"), initial=initial({"text": self.dialogue.agreed})
        )

    def _single(self) -> list[Form]:
        return [self.seen, *self.came.values(), *self.item_texts.values(), self.record, self.agreed]

    def _all(self) -> list[Form]:
        return [*self._single(), *(form for rows in self.rows.values() for form in rows)]

    def is_valid(self) -> bool:
        """Return whether all forms are valid. Validate each, so that the page shows all errors at once."""
        return all([*(form.is_valid() for form in self._single()), *(rows.is_valid() for rows in self.rows.values())])

    def _filled(self, name: str) -> list[Any]:
        return [form for form in self.rows[name] if form.is_filled]

    def values(self) -> dict[str, Any]:
        """Return the input as arguments of the action."""
        return {
            "version": self.seen.cleaned_data["version"] or 0,
            "participants": [
                *(
                    ParticipantInput(
                        name=data["name"],
                        office=person.office,
                        presence=Presence(person.presence),
                        ministry=person.ministry,
                        came=data["came"],
                        key=person.pk,
                    )
                    for person in self.people
                    for data in [self.came[person.pk].cleaned_data]
                ),
                *(row.participant(came=True) for row in self._filled("others")),
            ],
            "said": {key: form.cleaned_data["text"] for key, form in self.item_texts.items()},
            "record": self.record.cleaned_data["text"],
            "agreed": self.agreed.cleaned_data["text"],
            "commitments": [
                CommitmentInput(
                    form.ministries.get(form.cleaned_data["who"]),
                    form.cleaned_data["text"],
                    form.cleaned_data["due_on"],
                    form.cleaned_data["horizon"],
                    form.links,
                    form.proofs,
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

    def refuse(self, refusal: Refused) -> None:
        """Show the message next to the row that it concerns.

        A field such as "commitments-0-due_on" numbers only the rows that are filled in.
        """
        if add_row_refusal({name: self._filled(name) for name in ("commitments", "steps")}, refusal):
            return
        if refusal.field == "participants":
            add_refusal_at(self.rows["others"].forms[0], refusal, "office")
        else:
            add_refusal_at(self.seen, refusal, None)

    def take_over(self, sentence: str) -> dict[str, Any]:
        """Handle a conflict: another user saved the record first.

        Fields that the user left untouched take the saved values. Return what was saved, to display beside the form.
        """
        dialogue = self.dialogue
        dialogue.refresh_from_db()
        items = dialogue.agenda.select_related("recommendation", "commitment").in_bulk()
        people = {
            person.pk: person for person in Participant.objects.filter(dialogue=dialogue).select_related("ministry")
        }
        current: list[tuple[PrefilledForm, dict[str, Any]]] = [
            (self.record, {"text": dialogue.record}),
            (self.agreed, {"text": dialogue.agreed}),
            *((form, {"text": items[key].said}) for key, form in self.item_texts.items() if key in items),
            *((form, _attendance_initial(people[key])) for key, form in self.came.items() if key in people),
        ]
        for form, recorded in current:
            if form.is_untouched:
                form.show_current(recorded)
                form.full_clean()
        self._keep_words_without_item()
        mark_as_seen(self.seen, "version", dialogue.version)
        self.seen.add_error(None, sentence)
        return {
            "came": [person for person in people.values() if person.came],
            "items": [item for item in items.values() if item.said],
            "commitments": list(dialogue.commitments.select_related("ministry")),
            "steps": list(dialogue.next_steps.select_related("ministry")),
        }

    def _keep_words_without_item(self) -> None:
        """Move text about an item that a colleague removed from the agenda to the general record."""
        data: Any = self.record.data
        keys = (f"said-{key}-text" for key in self.item_texts)
        lost = [
            text
            for key in sorted(set(data) - set(keys))
            if key.startswith("said-") and key.endswith("-text") and (text := data[key].strip())
        ]
        if lost:
            self.record.data = data = data.copy()
            data["record-text"] = "\n".join([data.get("record-text", ""), *lost]).strip()

    def summary(self) -> str:
        """Return what was saved, in sentences that count the added commitments and next steps."""
        commitments, steps = len(self._filled("commitments")), len(self._filled("steps"))
        sentences = [gettext("You saved the record of the dialogue.")]
        if commitments:
            sentence = ngettext("%(number)d commitment was added.", "%(number)d commitments were added.", commitments)
            sentences.append(sentence % {"number": commitments})
        if steps:
            sentence = ngettext("%(number)d next step was added.", "%(number)d next steps were added.", steps)
            sentences.append(sentence % {"number": steps})
        return " ".join(sentences)

    def context(self) -> dict[str, Any]:
        """Return the context of the template."""
        return {
            "seen": self.seen,
            "came": list(self.came.values()),
            "items": [(item, self.item_texts[item.key]) for item in self.items],
            "record": self.record,
            "agreed": self.agreed,
            "others": self.rows["others"],
            "commitments": self.rows["commitments"],
            "steps": self.rows["steps"],
            "struck": self.struck,
            "agreed_steps": self.agreed_steps,
            "refused_forms": invalid_forms(*self._all()),
        }


def _participant_label(person: Participant) -> str:
    ministry = f" ({person.ministry.short_name})" if person.ministry else ""
    return f"{person.office}{ministry} – {Presence(person.presence).label}"


def _attendance_initial(person: Participant) -> dict[str, Any]:
    return {"came": bool(person.came), "name": person.name}


@login_required
def next_step_done(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark a next step as done, with the day and the result, or as not done if that was a mistake."""
    user = request.user
    step = get_object_or_404(
        NextStep.objects.visible_to(user).select_related("dialogue__country", "ministry").with_marks(), pk=pk
    )
    set_page_country(request, step.dialogue.country)
    if not permissions.can_manage_dialogues(user, step.dialogue.country):
        raise PermissionDenied
    now = clock.now(step.dialogue.country.time_zone)
    if "mark" in request.POST:
        not_done = NextStepNotDoneForm(request.POST)
        if save_form(not_done, lambda: mark_step_not_done(step=step, by=user, now=now, **not_done.cleaned_data)):
            message = gettext("This next step is open again: %(step)s") % {"step": step.text}
            offer_undo(request, message, request.path, again=not_done.cleaned_data["mark"])
            return redirect("dialogue_detail", step.dialogue_id)
        return _render_step(request, step, not_done, NextStepDoneForm(today=now.date()))
    form = NextStepDoneForm(_sent_or_earlier_mark(request, step), today=now.date())
    if done := save_form(form, lambda: mark_step_done(step=step, by=user, now=now, **form.cleaned_data)):
        message = gettext("You marked this next step as done: %(step)s") % {"step": step.text}
        offer_undo(request, message, request.path, mark=done.pk)
        return redirect("dialogue_detail", step.dialogue_id)
    return _render_step(request, step, form, form)


def _sent_or_earlier_mark(request: SignedInRequest, step: NextStep) -> Mapping[str, Any] | None:
    """Return what was sent; or, to undo “not done” (`again`), the day and the result of that earlier mark."""
    data = sent_data(request)
    marks = {str(mark.pk): mark for mark in step.marks.all()}
    if data and (earlier := marks.get(data.get("again", ""))):
        return {"done_on": earlier.done_on.isoformat(), "result": earlier.result}
    return data


def _render_step(request: SignedInRequest, step: NextStep, form: Form, done_form: NextStepDoneForm) -> HttpResponse:
    """Render the page of a next step with its history. `form` is the one that was sent, `done_form` the one to fill."""
    marks = sorted(step.marks.all(), key=lambda mark: mark.pk, reverse=True)
    context = {
        "step": step,
        "marks": marks,
        "done": step.done,
        "done_form": done_form,
        "is_other": form is not done_form,
    }
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
        message = gettext("You attached the files to the dialogue of %(date)s.") % {
            "date": format_date(dialogue.held_on)
        }
        messages.success(request, message)
        return redirect("dialogue_detail", dialogue.pk)
    context = {"dialogue": dialogue, "attached": uploads.files}
    return uploads.with_retry_after(render_form(request, "dialogues/dialogue_attach.html", form, context))
