"""The free-text fields of the record in words, by their name."""

from collections.abc import Mapping
from typing import Any

from tiptracker.localization import gettext_lazy

FIELD_LABELS: Mapping[str, Any] = {
    "after": gettext_lazy("values after the change"),
    "agreed": gettext_lazy("what was agreed"),
    "baseline_source": gettext_lazy("source of the baseline"),
    "before": gettext_lazy("values before the change"),
    "called_off_reason": gettext_lazy("why it was called off"),
    "citation": gettext_lazy("law and section"),
    "change_reason": gettext_lazy("reason for the change"),
    "criterion": gettext_lazy("criterion"),
    "includes": gettext_lazy("what a figure includes"),
    "law": gettext_lazy("law"),
    "from_whom": gettext_lazy("from whom"),
    "letter": gettext_lazy("letter"),
    "link": gettext_lazy("link"),
    "name": gettext_lazy("name"),
    "narrative": gettext_lazy("text"),
    "no_baseline_reason": gettext_lazy("why there is no baseline"),
    "note": gettext_lazy("note"),
    "organization": gettext_lazy("partner organization"),  # of a contribution, in redactions before it was a partner
    "payer": gettext_lazy("who pays"),
    "proof": gettext_lazy("what proves it"),
    "what": gettext_lazy("what is contributed"),
    "office": gettext_lazy("office"),
    "place": gettext_lazy("place"),
    "purpose": gettext_lazy("purpose"),
    "rationale": gettext_lazy("reasons"),
    "own_title": gettext_lazy("title"),
    "reason": gettext_lazy("reason"),
    "record": gettext_lazy("what was said"),
    "replaced_reason": gettext_lazy("earlier reason"),
    "replaced_text": gettext_lazy("earlier wording"),
    "result": gettext_lazy("result"),
    "revision_reason": gettext_lazy("reason for the correction"),
    "said": gettext_lazy("what was said"),
    "source": gettext_lazy("source"),
    "stated_by": gettext_lazy("who stated it"),
    "text": gettext_lazy("text"),
    "title": gettext_lazy("what happened"),
    "topic": gettext_lazy("topic"),
    "readiness_target_reason": gettext_lazy("reason for the target"),
    "wording": gettext_lazy("what is asked for"),
    "years_unmet_source": gettext_lazy("source of the years unmet"),
}
