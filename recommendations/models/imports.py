"""Imports of an edition's list: a draft while the user reviews it, then a permanent record."""

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
from tiptracker.localization import gettext, gettext_lazy

READ_LIST_JOB = "read_list"
"""The kind of job that reads the file or text of an import."""
DRAFT_RETENTION = timedelta(days=90)
"""How long a draft import is kept if nobody loads it."""


def _random_name(_: "EditionImport", __: str) -> str:
    """Return a random file name that reveals nothing and can't be guessed."""
    return f"imports/{uuid4().hex}"


class _JsonArrayLength(Func):
    """The length of a JSON array; null if there is none."""

    function = "JSON_ARRAY_LENGTH"
    output_field = models.IntegerField()

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        """Use PostgreSQL's name of the function."""
        return self.as_sql(compiler, connection, function="JSONB_ARRAY_LENGTH", **context)


class EditionImportQuerySet(models.QuerySet["EditionImport"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Limit to what the user may see.

        Administrators see every import. Embassy roles see what was loaded for their countries. A ministry sees none.
        """
        if not user.is_authenticated or not user.is_active or user.is_ministry:
            return self.none()
        visible = self.filter(edition__in=Edition.objects.visible_to(user))
        return visible if user.role == Role.ADMINISTRATOR else visible.filter(loaded_at__isnull=False)

    def with_size(self) -> Self:
        """Add the size of each draft: `.items` of a narrative, or `.lines` of a table without its headings.

        The other one is None. The database counts, because a draft may be long.
        """
        heading = Case(When(draft__has_headings=True, then=1), default=0)
        return self.annotate(items=_JsonArrayLength("draft__rows"), lines=_JsonArrayLength("draft__lines") - heading)


class EditionImport(models.Model):
    """A list imported for an edition. Once loaded, it records what the import did and never changes.

    `draft` is the content read from the file, kept while the user reviews the draft. Once loaded, the record itself
    holds that content. `content` is the file as sent, kept until a job has read it.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="imports")
    name = models.CharField(gettext_lazy("file"), max_length=255)
    sha256 = models.CharField(gettext_lazy("SHA-256 of the file"), max_length=64)
    text_status = models.CharField(gettext_lazy("wording"), max_length=15, choices=TextStatus.choices())
    draft = models.JSONField(default=dict, blank=True)
    content = models.FileField(upload_to=_random_name, max_length=200, blank=True)
    is_pasted = models.BooleanField(default=False, help_text=gettext_lazy("Pasted as text, not sent as a file."))
    charset = models.CharField(
        max_length=20, blank=True, help_text=gettext_lazy("Character set of a CSV file, if it was named.")
    )
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    did = models.JSONField(default=dict, blank=True)
    loaded_at = models.DateTimeField(null=True, blank=True)
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = EditionImportQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("import")
        verbose_name_plural = gettext_lazy("imports")
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
    def title(self) -> str:
        """The name of the file, or in the reader's language that the text was pasted."""
        return gettext("Pasted text") if self.is_pasted else self.name

    @property
    def is_unread(self) -> bool:
        """Return whether a job has not read the file yet, or could not read it."""
        return not self.draft and self.loaded_at is None
