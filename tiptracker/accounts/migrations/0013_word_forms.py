"""Index the word forms of people, ministries and districts for the search."""

from django.db import migrations

from tiptracker.web.search import IndexWordForms, UnindexWords

INDEXED = (
    ("User", "name", "email"),
    ("Ministry", "name", "short_name"),
    ("District", "name", "capital"),
)
"""Models, and those of their fields that are searched."""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_plain_labels")]

    operations = [operation(*searched) for searched in INDEXED for operation in (UnindexWords, IndexWordForms)]
