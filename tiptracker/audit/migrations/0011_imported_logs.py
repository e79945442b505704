"""Logs that came along with imported countries. Their texts can be redacted, as those of the own log."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_last_day"),
        ("audit", "0010_versions_of_parts_of_the_record"),
        ("dialogues", "0044_decisions_by_moment"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportedLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "version",
                    models.CharField(
                        help_text="The version of the application that exported the country.", max_length=40
                    ),
                ),
                ("made_at", models.DateTimeField(help_text="When the country was exported (machine time).")),
                ("imported_at", models.DateTimeField(help_text="Machine time.")),
                ("entries", models.PositiveBigIntegerField()),
                ("head", models.CharField(blank=True, help_text="The seal of its last entry.", max_length=64)),
                ("keys", models.JSONField(default=dict)),
                (
                    "country",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.country"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="ImportedEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField()),
                ("at", models.DateTimeField()),
                ("by_key", models.PositiveBigIntegerField(null=True)),
                ("country_key", models.PositiveBigIntegerField(null=True)),
                ("verb", models.CharField(max_length=60)),
                ("table", models.CharField(blank=True, max_length=60)),
                ("row", models.CharField(blank=True, max_length=40)),
                ("row_here", models.CharField(blank=True, max_length=40)),
                ("address", models.GenericIPAddressField(null=True)),
                ("before_digest", models.CharField(blank=True, max_length=64)),
                ("after_digest", models.CharField(blank=True, max_length=64)),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "detail_key",
                    models.PositiveBigIntegerField(help_text="The key that its values had in that log.", null=True),
                ),
                ("salt", models.CharField(blank=True, max_length=32)),
                ("before", models.TextField(blank=True)),
                ("after", models.TextField(blank=True)),
                ("seal", models.CharField(max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "log",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.importedlog"
                    ),
                ),
            ],
            options={
                "ordering": ("log", "number"),
                "indexes": [models.Index(fields=["table", "row_here"], name="imported_entries_by_record")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("log"), models.F("number"), name="an_imported_entry_has_its_number_once"
                    )
                ],
            },
        ),
        AppendOnly("importedlog"),
        AppendOnly("importedentry", redactable=("before", "after")),
    ]
