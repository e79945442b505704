"""What the worker does for accounts: mails, so that no answer takes longer for an account; requests that are due."""

from celery import shared_task

from tiptracker import clock
from tiptracker.accounts import account_requests, mails
from tiptracker.accounts.backend import Backend
from tiptracker.accounts.models import User
from tiptracker.jobs.actions import claimed


@shared_task(name="password_reset")
def password_reset(job_id: int) -> None:
    """Send a link for a new password to the person whose id is the job's key; to strangers and the closed, nothing."""
    with claimed(job_id) as progress:
        if progress:
            key = progress.job.key
            person = User.objects.get_queryset().filter(pk=key).first() if key.isdigit() else None
            may_set = person and not account_requests.is_reset_held_back(person, clock.now())
            if person and may_set and Backend().user_can_authenticate(person):
                mails.send_reset_link(person)


@shared_task(name="carry_out_account_requests")
def carry_out_account_requests() -> None:
    """Carry out what was consented to a day after it was asked for."""
    account_requests.carry_out_due(now=clock.now())
