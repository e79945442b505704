"""A dialogue says when it was last changed, so that an invitation waits until the change is final."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0027_breakdown_dimensions")]

    operations = [
        migrations.AddField("dialogue", "changed_at", models.DateTimeField(blank=True, null=True)),
    ]
