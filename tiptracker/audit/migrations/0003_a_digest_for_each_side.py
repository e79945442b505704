"""Seal what was before and what was after apart, so that one redacted doesn't leave the other unchecked.

A log written before this holds no longer: nothing but a demonstration has written one. Adding comes before removing,
since SQLite rebuilds the table to add and so drops the triggers that name the column to go.
"""

from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_entries_are_append_only")]

    operations = [
        migrations.AddField(
            "auditentry",
            "before_digest",
            models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            "auditentry",
            "after_digest",
            models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        ),
        migrations.RemoveField("auditentry", "detail_digest"),
        AppendOnly("auditentry"),
    ]
