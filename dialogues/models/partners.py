"""Partners: organizations outside government that work against trafficking in a country."""

from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Lower

from dialogues.choices import PartnerKind
from tiptracker.accounts.models import AnyUser, Country, in_visible_countries
from tiptracker.localization import gettext_lazy


class PartnerQuerySet(models.QuerySet["Partner"]):
    def visible_to(self, user: AnyUser, country: Country | None = None) -> Self:
        """Filter to partners of the user's countries, for the embassy only. `country`: only those of that country."""
        if not user.is_authenticated or not user.is_embassy:
            return self.none()
        return self.filter(in_visible_countries(user, country))


class Partner(models.Model):
    """An organization outside government, such as the one that runs a shelter. It is a name and no fact."""

    country = models.ForeignKey(Country, models.PROTECT, related_name="+", verbose_name=gettext_lazy("country"))
    name = models.CharField(gettext_lazy("name"), max_length=200)
    kind = models.CharField(gettext_lazy("kind"), max_length=30, choices=PartnerKind.choices())
    note = models.TextField(gettext_lazy("note"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = (Lower("name"), "pk")
        constraints: ClassVar = [
            models.UniqueConstraint("country", Lower("name"), name="partner_named_once_in_its_country"),
        ]

    def __str__(self) -> str:
        return self.name
