from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0003_jobs_by_moment"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="job",
            index=models.Index(models.F("kind"), models.F("key"), name="jobs_by_kind_and_key"),
        ),
    ]
