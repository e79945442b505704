"""Partners: organizations outside government, one row for each in its country."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Lower

from tiptracker.audit.append_only import HoldColumns


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_last_day"),
        ("dialogues", "0034_request_line_question"),
    ]

    operations = [
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("civil_society", "Civil society"),
                            ("international_organization", "International organization"),
                            ("other", "Other"),
                        ],
                        max_length=30,
                        verbose_name="kind",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "country",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.country",
                        verbose_name="country",
                    ),
                ),
            ],
            options={
                "ordering": (Lower("name"), "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        models.F("country"), Lower("name"), name="partner_named_once_in_its_country"
                    )
                ],
            },
        ),
        HoldColumns("partner", ("country",)),
    ]
