"""The task that sends mails, in its own queue ("mail"), so that no mail waits for the rendering of a document."""

from celery import shared_task

from tiptracker.jobs.actions import claim_job
from tiptracker.mail import actions
from tiptracker.mail.models import Mail


@shared_task(name="send_mail")
def send_mail(job_id: int) -> None:
    """Send the mail whose id is the job's key, or try to."""
    with claim_job(job_id) as progress:
        if progress:
            actions.deliver_mail(Mail.objects.select_related("person").get(pk=progress.job.key))


@shared_task(name="requeue_lost_mails")
def requeue_lost_mails() -> None:
    """Queue the waiting mails again that no job would send. Runs every ten minutes."""
    actions.requeue_lost_mails()
