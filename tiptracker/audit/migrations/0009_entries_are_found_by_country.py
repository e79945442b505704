from django.conf import settings
from django.db import migrations, models

from tiptracker.infrastructure.large_tables import AddIndexWhilePeopleWrite


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0014_last_day"),
        ("audit", "0008_record_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexWhilePeopleWrite(
            model_name="auditentry",
            index=models.Index(fields=["country", "-number"], name="audit_entries_by_country"),
        ),
    ]
