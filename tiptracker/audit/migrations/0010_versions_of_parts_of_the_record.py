"""The version of what a ministry may read, beside that of a whole country.

The rows are replaced with each change and hold nothing else, so the table is created anew.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0009_entries_are_found_by_country"),
    ]

    operations = [
        migrations.DeleteModel("RecordVersion"),
        migrations.CreateModel(
            name="RecordVersion",
            fields=[
                (
                    "part",
                    models.CharField(
                        help_text="A country, or what its ministries may read.",
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("token", models.CharField(max_length=24)),
            ],
        ),
    ]
