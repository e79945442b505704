"""Durations and sizes as the status page writes them."""

from datetime import timedelta

from django.template.defaultfilters import filesizeformat

from tiptracker.localization import ngettext


def describe_duration(duration: timedelta) -> str:
    """Return a duration in its largest unit, rounded down: "40 seconds", "5 minutes", "3 hours", "2 days".

    A duration below zero, as after a clock was put back, is 0 seconds.
    """
    seconds = max(int(duration.total_seconds()), 0)
    if seconds < 120:
        return ngettext("%(number)d second", "%(number)d seconds", seconds) % {"number": seconds}
    if seconds < 2 * 3600:
        return ngettext("%(number)d minute", "%(number)d minutes", seconds // 60) % {"number": seconds // 60}
    if seconds < 48 * 3600:
        return ngettext("%(number)d hour", "%(number)d hours", seconds // 3600) % {"number": seconds // 3600}
    return ngettext("%(number)d day", "%(number)d days", seconds // 86400) % {"number": seconds // 86400}


def describe_bytes(size: int) -> str:
    """Return a size such as "1.2 GB"."""
    return str(filesizeformat(size))


def describe_share(share: float) -> str:
    """Return a share as per cent, such as "12 %"."""
    return f"{share * 100:.0f}\N{NO-BREAK SPACE}%"
