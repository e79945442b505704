"""Rename the readable part of an API token to prefix. The log keeps the former name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_requests_about_accounts")]

    operations = [
        migrations.RenameField("apitoken", "beginning", "prefix"),
        migrations.AlterField("apitoken", "prefix", models.CharField("beginning", max_length=10)),
    ]
