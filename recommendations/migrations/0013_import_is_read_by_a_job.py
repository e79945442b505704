from django.db import migrations, models

import recommendations.models.imports
from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("recommendations", "0012_tracking_periods_do_not_overlap"),
    ]

    operations = [
        # SQLite rebuilds the table to add a column, and loses its triggers.
        LiftAppendOnly("editionimport", redactable=("name",), when="OLD.loaded_at IS NOT NULL"),
        migrations.AddField(
            model_name="editionimport",
            name="charset",
            field=models.CharField(blank=True, help_text="What a CSV file is written in, where said.", max_length=20),
        ),
        migrations.AddField(
            model_name="editionimport",
            name="content",
            field=models.FileField(blank=True, max_length=200, upload_to=recommendations.models.imports._random_name),
        ),
        migrations.AddField(
            model_name="editionimport",
            name="is_pasted",
            field=models.BooleanField(default=False, help_text="It was a text, not a file."),
        ),
        AppendOnly("editionimport", redactable=("name",), when="OLD.loaded_at IS NOT NULL"),
    ]
