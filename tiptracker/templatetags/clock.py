"""Moments as pages tell them."""

from datetime import datetime

from django import template

from tiptracker import clock

register = template.Library()


@register.filter(expects_localtime=False)
def as_shown(moment: datetime | None) -> datetime | None:
    """Tell a moment that is kept in the machine's time in the domain's; nothing where there is none."""
    return clock.to_domain_time(moment) if moment else None
