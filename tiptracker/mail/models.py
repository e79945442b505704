"""The table of mails."""

import uuid
from email.utils import make_msgid
from typing import ClassVar, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q

from tiptracker.accounts.administrator_scope import is_for_installation
from tiptracker.accounts.models import AnyUser, User
from tiptracker.choices import ChoiceEnum, Role
from tiptracker.localization import gettext_noop


class MailKind(ChoiceEnum):
    """The kind of a mail, which also names its template."""

    INVITATION = "invitation", gettext_noop("Invitation")
    PASSWORD_RESET = "password_reset", gettext_noop("Link to set a new password")
    SIGN_IN_CHANGED = "sign_in_changed", gettext_noop("Notice of a changed sign-in")
    ACCOUNT_CHANGED = "account_changed", gettext_noop("Notice of a changed account")
    REQUEST_MADE = "request_made", gettext_noop("Notice of a requested change")
    ADDRESS_CONFIRM = "address_confirm", gettext_noop("Link to confirm a new address")
    CONSENT_ASKED = "consent_asked", gettext_noop("Request for approval")
    REQUEST_DONE = "request_done", gettext_noop("Notice of a completed change")
    ADMINISTRATOR_ADDED = "administrator_added", gettext_noop("Notice of a new administrator")
    LOG_FAULT = "log_fault", gettext_noop("Notice of a fault in the activity log")
    STATUS_FAILED = "status_failed", gettext_noop("Notice that a part of the installation has failed")
    NOTICES = "notices", gettext_noop("Notices")
    DIALOGUE = "dialogue", gettext_noop("Calendar entry")
    HANDOVER = "handover", gettext_noop("Notice of a handover")
    HANDOVER_CALLED_OFF = "handover_called_off", gettext_noop("Notice of a cancelled handover")
    HANDOVER_DONE = "handover_done", gettext_noop("Notice that a successor has taken over")


class MailState(ChoiceEnum):
    """The state of a mail."""

    QUEUED = "queued", gettext_noop("Waiting to be sent")
    SENT = "sent", gettext_noop("Sent")
    REFUSED = "refused", gettext_noop("Refused by the mail server")
    GIVEN_UP = "given_up", gettext_noop("Not sent: too many tries")
    NOT_NEEDED = "not_needed", gettext_noop("Not sent: no longer needed")


def new_key() -> str:
    """Return a unique key, for a notice that is sent even if a similar one is waiting."""
    return str(uuid.uuid4())


def new_message_id() -> str:
    """Return a new Message-ID. It is stored, so that mail programs show a mail once even if a crash sends it twice."""
    return make_msgid(domain=urlsplit(settings.PUBLIC_URL).hostname)


class MailQuerySet(models.QuerySet["Mail"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Return the mails for administrators, who look after accounts; none for others.

        Administrator of the installation: all. Administrator of posts: those to people whose accounts they look after.
        """
        if not user.is_authenticated or not user.is_active or user.role != Role.ADMINISTRATOR:
            return self.none()
        administered = User.objects.get_queryset().administered_by(user)
        return self.filter(is_for_installation(user) | Q(person__in=administered))

    def queued(self) -> Self:
        """Return the mails that are not sent yet."""
        return self.filter(state=MailState.QUEUED)


class Mail(models.Model):
    """One mail. Its text and link are made when it is sent, so the row holds no secret. Machine time."""

    kind = models.CharField(max_length=40, choices=MailKind.choices(), help_text="The name of its template.")
    key = models.CharField(max_length=100, default=new_key, help_text="At most one mail of a kind and key waits.")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="Who receives it. Empty if nobody has an account with the address; then nothing is sent.",
    )
    address = models.EmailField(
        max_length=254, blank=True, help_text="Where it goes, or went; empty: to where the person's mails go by then."
    )
    template_values = models.JSONField(default=dict, help_text="Further values for its template, by name.")
    state = models.CharField(max_length=10, choices=MailState.choices(), default=MailState.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    answer = models.TextField(blank=True, help_text="Why it was not taken when it was last tried.")
    message_id = models.CharField(max_length=200, unique=True, default=new_message_id)
    queued_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                "kind", "key", condition=Q(state=MailState.QUEUED), name="one_waiting_mail_a_kind_and_key"
            ),
            models.CheckConstraint(
                name="mails_that_wait_are_not_finished",
                condition=Q(state=MailState.QUEUED, finished_at=None)
                | ~Q(state=MailState.QUEUED) & Q(finished_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index("person", "kind", name="mails_by_person_and_kind"),
            models.Index("finished_at", name="mails_by_end"),
            models.Index("state", name="mails_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.state}"
