"""Template filters for briefings."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from reports import sentences

register = template.Library()


@register.filter
def facts_on(newest: datetime | None, as_of: date) -> str:
    """Describe how recent a briefing's newest fact is: `facts up to 26 January 2022, 2 days old`."""
    return sentences.describe_newest_fact(newest and timezone.localtime(newest), as_of)
