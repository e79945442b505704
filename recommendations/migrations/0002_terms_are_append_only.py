from django.db import migrations

from tiptracker.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0001_initial")]

    operations = [
        AppendOnly("editionterms", redactable=("reason", "working_mark_reason")),
        AppendOnly("recommendationweight"),
        AppendOnly("benchmarkterms", redactable=("criterion", "reason")),
    ]
