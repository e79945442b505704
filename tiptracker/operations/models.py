"""When services that nothing can ask were last at work. No page of the record shows these rows."""

from django.db import models


class ServiceHeartbeat(models.Model):
    """The last sign of life of a service, such as the schedule. Machine time."""

    service = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.service}, {self.at:%Y-%m-%d %H:%M}"
