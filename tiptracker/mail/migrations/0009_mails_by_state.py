from django.conf import settings
from django.db import migrations, models

from tiptracker.infrastructure.large_tables import AddIndexWhilePeopleWrite


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("mail", "0008_calendar_entry"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexWhilePeopleWrite(
            model_name="mail",
            index=models.Index(models.F("state"), name="mails_by_state"),
        ),
    ]
