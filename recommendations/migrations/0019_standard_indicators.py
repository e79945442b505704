"""An indicator says which standard indicator it is, and what its figures include."""

from django.db import migrations, models
from django.db.models import Q

from tiptracker.audit.append_only import HoldColumns


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0018_word_forms")]

    operations = [
        migrations.AddField(
            "indicator",
            "catalogue_key",
            models.CharField(blank=True, max_length=40, verbose_name="standard indicator"),
        ),
        migrations.AddField(
            "indicator", "includes", models.TextField(blank=True, verbose_name="what a figure includes")
        ),
        migrations.AddConstraint(
            "indicator",
            models.UniqueConstraint(
                "country",
                "catalogue_key",
                condition=~Q(catalogue_key=""),
                name="a_standard_indicator_is_set_up_once_in_a_country",
            ),
        ),
        HoldColumns("indicator", ("better", "question", "pillar")),  # SQLite rebuilt the table without its trigger
    ]
