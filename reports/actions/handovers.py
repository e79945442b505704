"""Carry out handovers of accounts once their last day is over, with the numbers of what each person had in hand."""

import logging
from datetime import datetime

from reports.work_in_hand import find_work_in_hand
from tiptracker.handovers.models import Handover
from tiptracker.onboarding.actions.handovers import carry_out, find_due_handovers

logger = logging.getLogger(__name__)


def carry_out_due_handovers(*, now: datetime) -> int:
    """Carry out every handover that is due, one transaction each. Return how many.

    One that fails does not keep the others from being carried out. The next run tries it again.
    """
    done = 0
    for handover in find_due_handovers(now=now):
        try:
            done += carry_out_handover(handover=handover, now=now)
        except Exception:
            logger.exception("Handover %s could not be carried out.", handover.pk)
    return done


def carry_out_handover(*, handover: Handover, now: datetime) -> bool:
    """Carry out a handover if it is due. Return whether that happened now."""
    successor = handover.successor
    work = find_work_in_hand(handover.person, reader=successor)
    return carry_out(handover=handover, counted=work.counts(), now=now)
