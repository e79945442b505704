"""A database function: the date of a timestamp in the time zone of the row's own country."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateField, Func
from django.db.models.sql.compiler import SQLCompiler


class LocalDate(Func):
    """`LocalDate(moment, zone)`: the date of `moment` in `zone`, a column of zone names.

    Django's own functions take one time zone for all rows.
    """

    arity = 2
    output_field = DateField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, Any]:
        template = "django_datetime_cast_date(%(expressions)s, 'UTC')"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, Any]:
        template = "((%(expressions)s)::date)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" AT TIME ZONE ", **extra)
