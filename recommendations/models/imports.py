"""What somebody brought to be loaded as an edition's list: a draft while they look it over, then a record of it."""

from datetime import timedelta
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Case, Func, Q, When
from django.db.models.sql.compiler import SQLCompiler

from recommendations.choices import TextStatus
from recommendations.models.editions import Edition
from tiptracker.accounts.models import AnyUser
from tiptracker.choices import Role

READ_LIST_JOB = "read_list"
"""The kind of job that reads what was brought."""
DRAFT_RETENTION = timedelta(days=90)
"""How long after it was brought a list is kept that nobody loads."""


def _random_name(_: "EditionImport", __: str) -> str:
    """Where a file waits to be read: a name that tells nothing and can't be guessed."""
    return f"imports/{uuid4().hex}"


class _JsonArrayLength(Func):
    """How long a list in JSON is; null where there is none."""

    function = "JSON_ARRAY_LENGTH"
    output_field = models.IntegerField()

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        """As PostgreSQL calls it."""
        return self.as_sql(compiler, connection, function="JSONB_ARRAY_LENGTH", **context)


class EditionImportQuerySet(models.QuerySet["EditionImport"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Administrators, who load lists; the embassy what was loaded for its countries; a ministry nothing."""
        if not user.is_authenticated or not user.is_active or user.role == Role.FOCAL_POINT:
            return self.none()
        seen = self.filter(edition__in=Edition.objects.visible_to(user))
        return seen if user.role == Role.ADMINISTRATOR else seen.filter(loaded_at__isnull=False)

    def with_size(self) -> Self:
        """With how much was brought, of what isn't loaded: `.items` of a narrative, `.lines` of a table below its
        headings; the other is None. The database counts, since what was brought may be long.
        """
        heading = Case(When(brought__has_headings=True, then=1), default=0)
        return self.annotate(
            items=_JsonArrayLength("brought__rows"), lines=_JsonArrayLength("brought__lines") - heading
        )


class EditionImport(models.Model):
    """A list as it was brought for an edition. Once it is loaded it says what it did, and is never changed.

    `brought` is what was read of it while it is looked over; once it is loaded the record itself says that. Until a job
    has read it, `content` is the file as it was sent.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="imports")
    name = models.CharField("file", max_length=255)
    sha256 = models.CharField("SHA-256 of what was brought", max_length=64)
    text_status = models.CharField("wording", max_length=15, choices=TextStatus.choices())
    brought = models.JSONField(default=dict, blank=True)
    content = models.FileField(upload_to=_random_name, max_length=200, blank=True)
    is_pasted = models.BooleanField(default=False, help_text="It was a text, not a file.")
    charset = models.CharField(max_length=20, blank=True, help_text="What a CSV file is written in, where said.")
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    did = models.JSONField(default=dict, blank=True)
    loaded_at = models.DateTimeField(null=True, blank=True)
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = EditionImportQuerySet.as_manager()

    class Meta:
        ordering = ("-begun_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="import_is_loaded_by_somebody_at_some_moment",
                condition=Q(loaded_at__isnull=True, loaded_by__isnull=True)
                | Q(loaded_at__isnull=False, loaded_by__isnull=False),
            ),
            models.CheckConstraint(name="import_has_its_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.edition}"

    @property
    def is_unread(self) -> bool:
        """Whether a job has still to read it, or could not."""
        return not self.brought and self.loaded_at is None
