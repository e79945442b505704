from django.db import migrations

from tiptracker.audit.append_only import HoldColumns


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0003_recommendation_terms")]

    operations = [
        migrations.RemoveField("recommendation", "pillar"),
        HoldColumns("indicator", ("better", "question", "pillar")),
    ]
