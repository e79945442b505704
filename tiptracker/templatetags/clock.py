"""Template filter for moments."""

from datetime import datetime

from django import template

from tiptracker import clock

register = template.Library()


@register.filter(expects_localtime=False)
def as_shown(moment: datetime | None) -> datetime | None:
    """Convert a moment from machine time to domain time. None stays None."""
    return clock.to_domain_time(moment) if moment else None
