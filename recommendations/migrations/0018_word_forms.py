"""Index the word forms of recommendations, criteria and indicators for the search."""

from django.db import migrations

from tiptracker.web.search import IndexWordForms, UnindexWords

INDEXED = (
    ("Recommendation", "text"),
    ("BenchmarkTerms", "criterion"),
    ("Indicator", "name", "unit"),
)
"""Models, and those of their fields that are searched."""


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0017_import_draft")]

    operations = [operation(*searched) for searched in INDEXED for operation in (UnindexWords, IndexWordForms)]
