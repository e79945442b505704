from django.db import migrations, models

from tiptracker.infrastructure.large_tables import AddIndexWhilePeopleWrite


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("jobs", "0003_jobs_by_moment"),
    ]

    operations = [
        AddIndexWhilePeopleWrite(
            model_name="job",
            index=models.Index(models.F("kind"), models.F("key"), name="jobs_by_kind_and_key"),
        ),
    ]
