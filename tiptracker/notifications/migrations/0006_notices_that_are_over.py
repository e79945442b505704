from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_last_day"),
        ("mail", "0009_mails_by_state"),
        ("notifications", "0005_update_or_answer"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                models.F("settled_at"), condition=models.Q(("settled_at__isnull", False)), name="settled_notices"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(models.F("kind"), models.F("occurred_at"), name="notices_by_kind_and_moment"),
        ),
    ]
