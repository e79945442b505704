"""The law itself: offences, penalties, gaps and cases of use under the first three minimum standards."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from tiptracker.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_last_day"),
        ("dialogues", "0036_evidence_without_recommendation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LawEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("standard", models.PositiveSmallIntegerField(verbose_name="minimum standard")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("offence", "Offence"),
                            ("penalty", "Penalty"),
                            ("gap", "Gap"),
                            ("case", "Case of use"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("citation", models.CharField(max_length=300, verbose_name="law and section")),
                ("text", models.TextField(verbose_name="what it says, or what happened")),
                ("from_on", models.DateField(blank=True, null=True, verbose_name="in force from")),
                ("until_on", models.DateField(blank=True, null=True, verbose_name="in force until")),
                ("source", models.CharField(max_length=400, verbose_name="source")),
                ("reason", models.TextField(blank=True, verbose_name="reason for the change")),
                ("recorded_at", models.DateTimeField()),
                (
                    "country",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.country"
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="law_entries",
                        to="dialogues.evidence",
                        verbose_name="evidence",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="dialogues.lawentry",
                        verbose_name="earlier entry",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "law entries",
                "ordering": ("standard", "kind", "citation", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("standard__range", (1, 3))),
                        name="law_entry_is_under_one_of_the_first_three_standards",
                    ),
                    models.CheckConstraint(
                        condition=Q(from_on__isnull=True) | Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                        name="law_entry_ends_after_it_begins",
                        violation_error_message="The end date is before the start date. Correct one of them.",
                    ),
                    models.CheckConstraint(
                        condition=~Q(citation="") & ~Q(text="") & ~Q(source=""),
                        name="law_entry_has_its_citation_text_and_source",
                    ),
                    models.CheckConstraint(
                        condition=Q(replaces__isnull=True, reason="") | (Q(replaces__isnull=False) & ~Q(reason="")),
                        name="law_entry_that_replaces_another_says_why",
                    ),
                ],
            },
        ),
        AppendOnly("lawentry", ("citation", "text", "source", "reason")),
    ]
