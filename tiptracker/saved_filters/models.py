"""Filters of a list, saved under a name by the person who uses them."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from tiptracker.accounts.models import OwnRowsQuerySet
from tiptracker.localization import gettext_lazy

NAME_LENGTH = 60


class SavedFilterQuerySet(OwnRowsQuerySet["SavedFilter"]):
    pass


class SavedFilter(models.Model):
    """Filters of one list (`page`, the name of its view) as a query string. Nobody but their person sees them."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=50)
    name = models.CharField(gettext_lazy("name"), max_length=NAME_LENGTH)
    query = models.CharField(max_length=2000)
    saved_at = models.DateTimeField()

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint("person", "page", "name", name="saved_filter_once_by_its_name"),
        ]

    def __str__(self) -> str:
        return self.name
