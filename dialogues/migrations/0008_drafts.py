import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0007_dialogues_are_planned_and_followed_up"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.JSONField(blank=True, default=dict)),
                ("writer", models.CharField(blank=True, max_length=36)),
                ("version", models.PositiveIntegerField(default=1)),
                ("saved_at", models.DateTimeField()),
                (
                    "commitment",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="draft",
                        to="dialogues.commitment",
                    ),
                ),
                (
                    "dialogue",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="draft",
                        to="dialogues.dialogue",
                    ),
                ),
                ("files", models.ManyToManyField(blank=True, related_name="drafts", to="dialogues.evidencefile")),
                (
                    "saved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("commitment__isnull", False), ("dialogue__isnull", True)),
                            models.Q(("commitment__isnull", True), ("dialogue__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_draft_is_of_one_commitment_or_of_one_dialogue",
                    )
                ],
            },
        ),
    ]
