import django.db.models.deletion
from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0003_files_are_known_as_received_and_as_stored")]

    operations = [
        migrations.CreateModel(
            name="FileScan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("found", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scans",
                        to="dialogues.evidencefile",
                    ),
                ),
            ],
            options={"ordering": ("at", "pk")},
        ),
        AppendOnly("filescan"),
    ]
