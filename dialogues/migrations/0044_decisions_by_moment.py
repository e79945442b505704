from django.conf import settings
from django.db import migrations, models

from tiptracker.infrastructure.large_tables import AddIndexWhilePeopleWrite


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("dialogues", "0043_search_answers_and_law"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexWhilePeopleWrite(
            model_name="updateversiondecision",
            index=models.Index(models.F("recorded_at"), name="version_decisions_by_moment"),
        ),
    ]
