from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0043_search_answers_and_law"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="updateversiondecision",
            index=models.Index(models.F("recorded_at"), name="version_decisions_by_moment"),
        ),
    ]
