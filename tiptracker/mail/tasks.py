"""Mails are sent by a worker of their own (the queue "mail"), so that none waits behind the rendering of a document."""

from celery import shared_task

from tiptracker.jobs.actions import claimed
from tiptracker.mail import actions
from tiptracker.mail.models import Mail


@shared_task(name="send_mail")
def send_mail(job_id: int) -> None:
    """Send a mail (the job's key is its id), or try to."""
    with claimed(job_id) as progress:
        if progress:
            actions.send(Mail.objects.select_related("person").get(pk=progress.job.key))
