"""Places in the record where a text stands: each with its label and the address of its page."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db.models import Model
from django.urls import reverse

from dialogues.views.redaction_fields import FIELD_LABELS
from dialogues.views.redaction_labels import MODEL_LABELS
from tiptracker.accounts.models import User
from tiptracker.audit.models import AuditDetail, ImportedEntry
from tiptracker.audit.verbs import describe_verb
from tiptracker.choices import Role
from tiptracker.localization import gettext, join_with_colon


class PlaceLabel(NamedTuple):
    """A place in the record: its label, the URL of its page, and the words with the text around them."""

    key: str
    label: str
    url: str
    excerpt: str = ""
    is_chosen: bool = True


OFFICER_PAGES = ("edition_terms",)
"""Pages that an ambassador can't open."""
MODELS_BY_TABLE: Mapping[str, type[Model]] = {
    AuditDetail._meta.label_lower: AuditDetail,
    ImportedEntry._meta.label_lower: ImportedEntry,
    **{model._meta.label_lower: model for model in MODEL_LABELS},
}


def label_places(user: User, places: Sequence[tuple[type[Model], int, str]]) -> list[PlaceLabel]:
    """Return a label for each place, with the URL of a page where the user can read it, if there is one."""
    keys: dict[type[Model], set[int]] = defaultdict(set)
    for model, row, _ in places:
        keys[model].add(row)
    names: dict[tuple[type[Model], int], str] = {
        (model, row): gettext("Entry of the activity log that you cannot open")
        for model in (AuditDetail, ImportedEntry)
        for row in keys[model]
    }
    urls: dict[tuple[type[Model], int], str] = {}
    for kept in AuditDetail.objects.visible_to(user).filter(pk__in=keys.pop(AuditDetail)).select_related("entry"):
        values = {"number": kept.entry.number, "action": describe_verb(kept.entry.verb)}
        names[AuditDetail, kept.pk] = gettext("Entry %(number)s of the activity log (%(action)s)") % values
        urls[AuditDetail, kept.pk] = reverse("log_detail", args=[kept.entry.number])
    for row, number in ImportedEntry.objects.visible_to(user).numbers_of(keys.pop(ImportedEntry)):
        names[ImportedEntry, row] = gettext("Entry %(number)s of the imported log") % {"number": number}
    for model, pks in keys.items():
        named = MODEL_LABELS[model]
        opens = named.page and (user.role == Role.OFFICER or named.page not in OFFICER_PAGES)
        for each in model._default_manager.filter(pk__in=pks).prefetch_related(*named.fetched):
            names[model, each.pk] = named.name(each)
            if opens and (target := named.target(each)):
                urls[model, each.pk] = reverse(named.page, args=[target])
            elif named.otherwise and (target := named.otherwise[1](each)):
                urls[model, each.pk] = reverse(named.otherwise[0], args=[target])
    return [
        PlaceLabel(
            key=f"{model._meta.label_lower}:{row}:{field}",
            label=join_with_colon(names[model, row], FIELD_LABELS[field]),
            url=urls.get((model, row), ""),
        )
        for model, row, field in places
    ]
