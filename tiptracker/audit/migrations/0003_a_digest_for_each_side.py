"""Hash the values before and after a change separately, so that redacting one leaves the other verifiable.

Logs written before this migration fail verification; only demonstrations have any. Columns are added before the old one
is removed, because SQLite rebuilds the table to add them and so drops the triggers that name the old column.
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
