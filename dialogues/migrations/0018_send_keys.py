"""Record a form of an update once, even if it arrives several times."""

import django.db.models.deletion
from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0017_original_size"),
    ]

    operations = [
        migrations.CreateModel(
            name="SendKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(unique=True)),
                ("content_digest", models.BinaryField(max_length=32)),
                (
                    "update_version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="send_key",
                        to="dialogues.updateversion",
                    ),
                ),
            ],
        ),
        AppendOnly("sendkey"),
    ]
