"""The form that filters the activity log; its field names are the query parameters of the page."""

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
from tiptracker.audit.models import AuditDetail, AuditEntryQuerySet, ImportedEntryQuerySet, ImportedLog
from tiptracker.audit.subjects import SUBJECT_KINDS, find_kind
from tiptracker.audit.verbs import VerbGroup, list_verbs
from tiptracker.former_names import all_labels
from tiptracker.localization import format_date, gettext, gettext_lazy, pgettext_lazy
from tiptracker.web.frontend.forms import DayInput, TrackerForm

NOBODY = "nobody"
"""Selects entries without a person: by the tracker itself, or by a user who was not signed in."""
EVERYTHING = "everything"
"""Selects the whole log, including what the tracker did itself."""
PEOPLE_ONLY = "people"
"""How the log records an export without any filter that could include the tracker's own entries: they were left out."""
MAIN_FIELDS = ("log", "who", "what", "since", "until")
"""The fields shown first; the others are folded away."""

DAY_VALIDATORS = (
    MinValueValidator(date(2000, 1, 1), gettext_lazy("The log has no entries before 2000. Enter a later date.")),
    MaxValueValidator(date(2999, 12, 31), gettext_lazy("Enter a date before the year 3000.")),
)
"""Limits within which the start and end of a day are valid times in every time zone."""


class LogFilter(TrackerForm):
    """Filter by person, group, record, time, address, and words in the values before or after.

    The tracker's own entries are left out unless the filter may be meant for them; otherwise they would hide the rest.
    A log that came along with a country is a log of its own, with its own numbers, so one log is read at a time.
    """

    log = forms.ChoiceField(label=gettext_lazy("Log"), required=False)
    who = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    what = forms.ChoiceField(
        label=gettext_lazy("What"),
        required=False,
        choices=[
            ("", gettext_lazy("Done by people")),
            (EVERYTHING, gettext_lazy("Everything")),
            *VerbGroup.choices(),
        ],
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    record = forms.ChoiceField(label=gettext_lazy("Type of record"), required=False)
    row = forms.IntegerField(
        label=gettext_lazy("Number of the record"),
        required=False,
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    since = forms.DateField(
        label=pgettext_lazy("period", "From"), required=False, widget=DayInput, validators=DAY_VALIDATORS
    )
    until = forms.DateField(label=gettext_lazy("Until"), required=False, widget=DayInput, validators=DAY_VALIDATORS)
    address = forms.GenericIPAddressField(
        label=gettext_lazy("Internet address"),
        required=False,
        error_messages={"invalid": gettext_lazy("Enter an internet address, such as 192.0.2.7.")},
    )
    text = forms.CharField(label=gettext_lazy("Text before or after the change"), required=False, max_length=200)

    def __init__(
        self,
        *args: Any,
        people: Sequence[tuple[int, str]],
        countries: Sequence[Country],
        imported_logs: Sequence[ImportedLog] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.countries = countries
        self.imported_logs = {str(log.pk): log for log in imported_logs}
        cast("forms.ChoiceField", self.fields["log"]).choices = [
            ("", gettext("This installation")),
            *((key, name_imported_log(log)) for key, log in self.imported_logs.items()),
        ]
        cast("forms.ChoiceField", self.fields["who"]).choices = [
            ("", gettext("Anybody")),
            *((str(pk), name) for pk, name in people),
            (NOBODY, gettext("TIP Tracker, or somebody not signed in")),
        ]
        cast("forms.ChoiceField", self.fields["country"]).choices = [
            ("", gettext("Any")),
            *((country.code, country.name) for country in countries),
        ]
        kinds = dict(SUBJECT_KINDS)
        asked = self.data.get("record", "")
        if kind := find_kind(asked):  # an entry's page links to the entries on its record, whatever kind that is
            kinds[asked] = kind
        cast("forms.ChoiceField", self.fields["record"]).choices = [
            ("", gettext("Any")),
            *sorted(((table, kind.label) for table, kind in kinds.items()), key=lambda pair: pair[1]),
        ]
        if len(countries) < 2:  # there is no choice to offer
            del self.fields["country"]
        if not imported_logs:
            del self.fields["log"]

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the start, because such a span finds nothing."""
        data = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", gettext("This date is before “From”. Enter the same date or a later one."))
        return data

    @property
    def main_fields(self) -> list[BoundField]:
        """The fields that are always visible."""
        return [self[name] for name in MAIN_FIELDS if name in self.fields]

    @property
    def extra_fields(self) -> list[BoundField]:
        """The fields that are folded away."""
        return [self[name] for name in self.fields if name not in MAIN_FIELDS]

    @property
    def has_extra_values(self) -> bool:
        """Whether a field that is folded away has a value."""
        return any(self.data.get(field.name) for field in self.extra_fields)

    @property
    def excludes_automatic(self) -> bool:
        """Whether the tracker's own entries are left out, because the filter cannot be meant for them."""
        data = self.cleaned_data
        return data.get("who") != NOBODY and not any(
            data.get(name) for name in ("what", "record", "row", "address", "text")
        )

    def narrow(self, entries: AuditEntryQuerySet, user: AnyUser) -> AuditEntryQuerySet:
        """Return the entries that match the filter. Words are searched only in values that this user may read."""
        query = self._query("country", "row")
        if text := self.cleaned_data.get("text"):
            readable = AuditDetail.objects.visible_to(user).filter(_has_text(text))
            query &= Q(pk__in=readable.values("entry"))
        return entries.filter(query)

    def narrow_imported(self, entries: ImportedEntryQuerySet, user: AnyUser) -> ImportedEntryQuerySet:
        """Return the entries of the chosen imported log that match the filter, as `narrow` does."""
        query = self._query("log__country", "row_here") & Q(log=self.imported_log)
        if text := self.cleaned_data.get("text"):
            query &= Q(pk__in=entries.with_readable_values(user).filter(_has_text(text)).values("pk"))
        return entries.filter(query)

    @property
    def imported_log(self) -> ImportedLog | None:
        """The imported log that is read; None for this installation's own."""
        return self.imported_logs.get(self.cleaned_data.get("log", ""))

    def _query(self, country_field: str, row_field: str) -> Q:
        """Return the condition of all fields but the text. Both logs have the same fields but for these two."""
        data = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        query = self._verb_query()
        if actor := data.get("who"):
            query &= Q(by=None) if actor == NOBODY else Q(by=actor)
        if country := data.get("country"):
            query &= Q((f"{country_field}__code", country))
        if record := data.get("record"):
            query &= Q(table__in=all_labels(record))
        if row := data.get("row"):
            query &= Q((row_field, str(row)))
        if since := data.get("since"):
            query &= Q(at__gte=clock.to_machine_time(timezone.make_aware(datetime.combine(since, time.min))))
        if until := data.get("until"):
            query &= Q(at__lte=clock.to_machine_time(timezone.make_aware(datetime.combine(until, time.max))))
        if address := data.get("address"):
            query &= Q(address=address)
        return query

    def _verb_query(self) -> Q:
        group = self.cleaned_data.get("what")
        if self.excludes_automatic:
            return ~Q(verb__in=list_verbs(VerbGroup.MACHINE))
        return Q(verb__in=list_verbs(VerbGroup(group))) if group and group != EVERYTHING else Q()

    def chosen(self) -> dict[str, str]:
        """Return the filter as typed, for the log."""
        typed = {name: self.data[name] for name in self.fields if name != "log" and self.data.get(name)}
        return {**typed, "what": PEOPLE_ONLY} if self.excludes_automatic else typed

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is set."""
        return any(self.data.get(name) for name in self.fields)


def name_imported_log(log: ImportedLog) -> str:
    """Return what an imported log is called where one chooses a log."""
    made_on = format_date(timezone.localdate(clock.to_domain_time(log.made_at)))
    return gettext("Imported with %(country)s, exported on %(date)s") % {"country": log.country.name, "date": made_on}


def _has_text(text: str) -> Q:
    """Return the condition that either side of an entry's values has a text."""
    as_kept = json.dumps(text, ensure_ascii=False)[1:-1]
    return Q(before__icontains=as_kept) | Q(after__icontains=as_kept)
