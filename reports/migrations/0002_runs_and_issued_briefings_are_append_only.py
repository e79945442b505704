from django.db import migrations

from tiptracker.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [
        AppendOnly("readinessrun"),
        AppendOnly("briefing", when="OLD.cleared_at IS NOT NULL"),
        AppendOnly("briefingdownload"),
    ]
