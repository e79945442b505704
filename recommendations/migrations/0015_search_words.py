"""Index recommendations, the criteria of benchmarks and indicators for the search."""

from django.db import migrations

from tiptracker.web.search import IndexWords


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0014_readiness_target")]

    operations = [
        IndexWords("Recommendation", "text"),
        IndexWords("BenchmarkTerms", "criterion"),
        IndexWords("Indicator", "name", "unit"),
    ]
