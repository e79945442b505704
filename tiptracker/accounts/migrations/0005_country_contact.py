import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_people"),
    ]

    operations = [
        migrations.AddField(
            model_name="country",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                help_text="Whom ministries turn to: the one person at the embassy whose name and address they are told.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="contact_of",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
