"""When services that nothing can ask were last at work, and which parts have failed. They are no part of the record."""

from django.db import models


class ServiceHeartbeat(models.Model):
    """The last sign of life of a service, such as the schedule. Machine time."""

    service = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.service}, {self.at:%Y-%m-%d %H:%M}"


class PartFailure(models.Model):
    """A part of the installation that had failed when it was last looked at. Machine time."""

    part = models.CharField(max_length=40, primary_key=True, help_text="The name of its check.")
    since = models.DateTimeField()
    told_at = models.DateTimeField(null=True, help_text="When administrators were last told of it.")

    def __str__(self) -> str:
        return f"{self.part}, {self.since:%Y-%m-%d %H:%M}"
