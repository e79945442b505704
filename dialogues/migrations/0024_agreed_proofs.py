"""A commitment says what will show that it is kept. What was agreed, its end, and what came are rows of their own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from tiptracker.audit.append_only import AppendOnly
from tiptracker.web.search import IndexWordForms


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0023_requests_for_information"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreedProof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("law", "Law or regulation"),
                            ("budget", "Budget or payment"),
                            ("court", "Court record"),
                            ("statistic", "Statistic"),
                            ("training", "Training"),
                            ("report", "Report"),
                            ("site_visit", "Site visit"),
                            ("press", "Press"),
                            ("statement", "Statement"),
                        ],
                        max_length=12,
                        verbose_name="type of evidence",
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="what will show it")),
                ("from_whom", models.CharField(max_length=200, verbose_name="from whom")),
                ("agreed_on", models.DateField(verbose_name="agreed on")),
                ("recorded_at", models.DateTimeField()),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreed_proofs",
                        to="dialogues.commitment",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("agreed_on", "recorded_at", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(text="") & ~Q(from_whom=""), name="agreed_proof_says_what_and_from_whom"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreedProofEnd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ended_on", models.DateField(verbose_name="ended on")),
                ("reason", models.TextField(verbose_name="reason")),
                ("recorded_at", models.DateTimeField()),
                (
                    "proof",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="end", to="dialogues.agreedproof"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(reason=""),
                        name="the_end_of_an_agreed_proof_has_its_reason",
                        violation_error_message="Write why this proof is no longer needed.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreedProofMatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_match", models.BooleanField(default=True)),
                ("recorded_at", models.DateTimeField()),
                (
                    "evidence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proof_matches",
                        to="dialogues.evidence",
                    ),
                ),
                (
                    "proof",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="matches",
                        to="dialogues.agreedproof",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"ordering": ("recorded_at", "pk")},
        ),
        AppendOnly("agreedproof", ("text", "from_whom")),
        AppendOnly("agreedproofend", ("reason",)),
        AppendOnly("agreedproofmatch"),
        IndexWordForms("AgreedProof", "text", "from_whom"),
    ]
