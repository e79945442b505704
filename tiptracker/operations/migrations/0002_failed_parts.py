"""A part of the installation that has failed is told to administrators by mail."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0001_service_heartbeats"),
    ]

    operations = [
        migrations.CreateModel(
            name="PartFailure",
            fields=[
                (
                    "part",
                    models.CharField(
                        help_text="The name of its check.", max_length=40, primary_key=True, serialize=False
                    ),
                ),
                ("since", models.DateTimeField()),
                ("told_at", models.DateTimeField(help_text="When administrators were last told of it.", null=True)),
            ],
        ),
    ]
