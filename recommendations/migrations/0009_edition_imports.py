import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("recommendations", "0008_recommendations_are_retired"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EditionImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255, verbose_name="file")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256 of what was brought")),
                (
                    "text_status",
                    models.CharField(
                        choices=[("official", "Official"), ("reconstruction", "Reconstruction")],
                        max_length=15,
                        verbose_name="wording",
                    ),
                ),
                ("brought", models.JSONField(blank=True, default=dict)),
                ("begun_at", models.DateTimeField()),
                ("did", models.JSONField(blank=True, default=dict)),
                ("loaded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "begun_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="recommendations.edition",
                    ),
                ),
                (
                    "loaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-begun_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("loaded_at__isnull", True), ("loaded_by__isnull", True)),
                            models.Q(("loaded_at__isnull", False), ("loaded_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="import_is_loaded_by_somebody_at_some_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="import_has_its_hash"
                    ),
                ],
            },
        ),
        AppendOnly("editionimport", redactable=("name",), when="OLD.loaded_at IS NOT NULL"),
    ]
