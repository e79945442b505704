"""A person can choose a language. A country has one for people who chose none."""

from django.db import migrations, models

from tiptracker.audit.append_only import HoldColumns


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_token_prefix")]

    operations = [
        migrations.AddField(
            "country",
            "language",
            models.CharField(
                "language", blank=True, help_text="For people who chose none; empty means English.", max_length=10
            ),
        ),
        migrations.AddField(
            "user",
            "language",
            models.CharField(
                "language", blank=True, help_text="Empty means the language of the person's country.", max_length=10
            ),
        ),
        HoldColumns("country", ("code",)),  # SQLite rebuilt the table above without its trigger
    ]
