"""Background tasks for accounts."""

from celery import shared_task

from tiptracker import clock
from tiptracker.accounts import account_requests


@shared_task(name="carry_out_account_requests")
def carry_out_account_requests() -> None:
    """Carry out approved requests a day after they were made."""
    account_requests.carry_out_due_requests(now=clock.now())
