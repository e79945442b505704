"""Rename the further texts of a mail to values of its template."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0003_plain_labels")]

    operations = [
        migrations.RenameField("mail", "words", "template_values"),
        migrations.AlterField(
            "mail",
            "template_values",
            models.JSONField(default=dict, help_text="Further values for its template, by name."),
        ),
    ]
