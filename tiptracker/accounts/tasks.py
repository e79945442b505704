"""Mails that nobody waits for. The worker sends them, so that no answer of the page takes longer for an account."""

from celery import shared_task

from tiptracker.accounts import mails
from tiptracker.accounts.backend import Backend
from tiptracker.accounts.models import User
from tiptracker.jobs.actions import claimed
from tiptracker.numbers import whole_number


@shared_task(name="password_reset")
def password_reset(job_id: int) -> None:
    """Send a link for a new password to the person whose id is the job's key; to strangers and the closed, nothing."""
    with claimed(job_id) as progress:
        if progress:
            key = whole_number(progress.job.key)
            person = User.objects.get_queryset().filter(pk=key).first() if key is not None else None
            if person and Backend().user_can_authenticate(person):
                mails.send_reset_link(person)
