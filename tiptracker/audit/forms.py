"""What narrows the log; its fields are the words of the address."""

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.forms.boundfield import BoundField
from django.utils import timezone

from tiptracker import clock
from tiptracker.accounts.models import AnyUser, Country
from tiptracker.audit.models import AuditDetail, AuditEntryQuerySet
from tiptracker.audit.subjects import SUBJECT_KINDS
from tiptracker.audit.verbs import LOADED_SUFFIX, VerbGroup, list_verbs
from tiptracker.web.frontend.forms import DayInput, TrackerForm

NOBODY = "nobody"
"""Stands for entries by nobody: the tracker itself, or somebody who had not signed in."""
EVERYTHING = "everything"
"""Stands for the whole log, the tracker's own steps among it."""
PEOPLE_ONLY = "people"
"""As the log tells of it that the tracker's own steps were left out: nobody had asked for anything in particular."""
MAIN_FIELDS = ("who", "what", "since", "until")
"""The fields that stand first; the others are folded away."""

DAY_VALIDATORS = (
    MinValueValidator(date(2000, 1, 1), "Nothing was written down then. Give a day of the year 2000 or later."),
    MaxValueValidator(date(2999, 12, 31), "Nothing is written down by then. Give a day before the year 3000."),
)
"""Days whose beginning and end are moments in every time zone."""


class LogFilter(TrackerForm):
    """Who, what sort of thing, on which record, when, from where, and which words stand before or after.

    What the tracker does by itself is left out unless what is asked for may be among it: else it would hide the rest.
    """

    who = forms.ChoiceField(required=False)
    what = forms.ChoiceField(
        required=False, choices=[("", "What people did"), (EVERYTHING, "Everything"), *VerbGroup.choices()]
    )
    country = forms.ChoiceField(required=False)
    record = forms.ChoiceField(
        label="Kind of record",
        required=False,
        choices=[
            ("", "Any"),
            *sorted(((table, kind.noun) for table, kind in SUBJECT_KINDS.items()), key=lambda pair: pair[1]),
        ],
    )
    row = forms.IntegerField(
        label="Number of the record",
        required=False,
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    since = forms.DateField(label="First day", required=False, widget=DayInput, validators=DAY_VALIDATORS)
    until = forms.DateField(label="Last day", required=False, widget=DayInput, validators=DAY_VALIDATORS)
    address = forms.GenericIPAddressField(
        label="Internet address", required=False, error_messages={"invalid": "Give an address such as 192.0.2.7."}
    )
    text = forms.CharField(label="Words in what was changed", required=False, max_length=200)

    def __init__(
        self, *args: Any, people: Sequence[tuple[int, str]], countries: Sequence[Country], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["who"]).choices = [
            ("", "Anybody"),
            *((str(pk), name) for pk, name in people),
            (NOBODY, "The tracker, or nobody signed in"),
        ]
        cast("forms.ChoiceField", self.fields["country"]).choices = [
            ("", "Any"),
            *((country.code, country.name) for country in countries),
        ]
        if len(countries) < 2:  # nothing to choose
            del self.fields["country"]

    def clean(self) -> dict[str, Any]:
        """No span that is turned round: nothing could be found in it."""
        said = super().clean() or self.cleaned_data
        since, until = said.get("since"), said.get("until")
        if since and until and since > until:
            self.add_error("until", "The last day lies before the first. Give the same day or a later one.")
        return said

    @property
    def first(self) -> list[BoundField]:
        """The fields that are always to be seen."""
        return [self[name] for name in MAIN_FIELDS]

    @property
    def more(self) -> list[BoundField]:
        """The fields that are folded away."""
        return [self[name] for name in self.fields if name not in MAIN_FIELDS]

    @property
    def more_is_used(self) -> bool:
        """Whether something stands in a field that is folded away."""
        return any(self.data.get(field.name) for field in self.more)

    @property
    def leaves_out_machine(self) -> bool:
        """Whether the tracker's own steps are left out: what was asked for can't be meant of them."""
        said = self.cleaned_data
        return said.get("who") != NOBODY and not any(
            said.get(name) for name in ("what", "record", "row", "address", "text")
        )

    def narrow(self, entries: AuditEntryQuerySet, user: AnyUser) -> AuditEntryQuerySet:
        """Those of `entries` that were asked for; words are looked for only where this person reads them."""
        said = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        asked = self._of_what()
        if who := said.get("who"):
            asked &= Q(by=None) if who == NOBODY else Q(by=who)
        if country := said.get("country"):
            asked &= Q(country__code=country)
        if record := said.get("record"):
            asked &= Q(table=record)
        if row := said.get("row"):
            asked &= Q(row=str(row))
        if since := said.get("since"):
            asked &= Q(at__gte=clock.to_machine_time(timezone.make_aware(datetime.combine(since, time.min))))
        if until := said.get("until"):
            asked &= Q(at__lte=clock.to_machine_time(timezone.make_aware(datetime.combine(until, time.max))))
        if address := said.get("address"):
            asked &= Q(address=address)
        if text := said.get("text"):
            as_kept = json.dumps(text, ensure_ascii=False)[1:-1]
            either = Q(before__icontains=as_kept) | Q(after__icontains=as_kept)
            asked &= Q(pk__in=AuditDetail.objects.visible_to(user).filter(either).values("entry"))
        return entries.filter(asked)

    def _of_what(self) -> Q:
        what = self.cleaned_data.get("what")
        if self.leaves_out_machine:
            return ~Q(verb__in=list_verbs(VerbGroup.MACHINE))
        return _group_query(VerbGroup(what)) if what and what != EVERYTHING else Q()

    def chosen(self) -> dict[str, str]:
        """What was asked for, as typed, for the log."""
        typed = {name: self.data[name] for name in self.fields if self.data.get(name)}
        return {**typed, "what": PEOPLE_ONLY} if self.leaves_out_machine else typed

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked for."""
        return any(self.data.get(name) for name in self.fields)


def _group_query(group: VerbGroup) -> Q:
    loaded = Q(verb__endswith=LOADED_SUFFIX) & ~Q(verb__in=list_verbs(VerbGroup.ACCOUNTS))
    return Q(verb__in=list_verbs(group)) | loaded if group is VerbGroup.RECORD else Q(verb__in=list_verbs(group))
