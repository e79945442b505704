from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0004_jobs_by_kind_and_key"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="missed_heartbeats",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="How often it was looked for while it ran, since its last heartbeat."
            ),
        ),
    ]
