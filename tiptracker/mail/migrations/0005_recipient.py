"""Say that `person` is the recipient of the mail; nothing changes in the database."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("mail", "0004_template_values"),
    ]

    operations = [
        migrations.AlterField(
            "mail",
            "person",
            models.ForeignKey(
                help_text="Who receives it. Empty if nobody has an account with the address; then nothing is sent.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
