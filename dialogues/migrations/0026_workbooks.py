"""Workbooks of ministries: drafts of what was uploaded, and versions that an officer sent on behalf of a ministry."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0025_internal_notes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        LiftAppendOnly("updateversion", ("narrative",)),
        migrations.AddField(
            "updateversion",
            "received_on",
            models.DateField(blank=True, null=True, verbose_name="workbook received on"),
        ),
        AppendOnly("updateversion", ("narrative",)),
        migrations.CreateModel(
            name="WorkbookDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255)),
                ("sha256", models.CharField(max_length=64)),
                ("received_on", models.DateField(blank=True, null=True)),
                ("rows", models.JSONField(blank=True, default=list)),
                ("version", models.PositiveIntegerField(default=1)),
                ("uploaded_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField()),
                (
                    "files",
                    models.ManyToManyField(blank=True, related_name="workbook_drafts", to="dialogues.evidencefile"),
                ),
                (
                    "ministry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.ministry"
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"ordering": ("pk",)},
        ),
    ]
