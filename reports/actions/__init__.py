"""What is concluded and handed over: runs of the readiness rules, briefings and their downloads."""

from reports.actions.briefings import (
    clear_briefing,
    queue_briefing,
    record_download,
    request_briefing,
    try_briefing_again,
)
from reports.actions.current import keep_current
from reports.actions.file_checks import check_kept_briefings, refuse_unless_as_kept
from reports.actions.rendering import render_briefing
from reports.actions.runs import compute_readiness
from reports.actions.withdrawals import withdraw, withdraw_redacted

__all__ = [
    "check_kept_briefings",
    "clear_briefing",
    "compute_readiness",
    "keep_current",
    "queue_briefing",
    "record_download",
    "refuse_unless_as_kept",
    "render_briefing",
    "request_briefing",
    "try_briefing_again",
    "withdraw",
    "withdraw_redacted",
]
