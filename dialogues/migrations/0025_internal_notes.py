"""An officer leaves an internal note on a recommendation, a commitment or a ministry, and it is marked as dealt with."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from tiptracker.audit.append_only import AppendOnly
from tiptracker.web.search import IndexWordForms


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_last_day"),
        ("dialogues", "0024_agreed_proofs"),
        ("recommendations", "0018_word_forms"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InternalNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="note")),
                ("recorded_at", models.DateTimeField()),
                (
                    "country",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.country"
                    ),
                ),
                (
                    "recommendation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="recommendations.recommendation",
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dialogues.commitment",
                    ),
                ),
                (
                    "ministry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.ministry",
                    ),
                ),
                (
                    "named",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "ordering": ("-recorded_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(recommendation__isnull=False, commitment__isnull=True, ministry__isnull=True)
                        | Q(recommendation__isnull=True, commitment__isnull=False, ministry__isnull=True)
                        | Q(recommendation__isnull=True, commitment__isnull=True, ministry__isnull=False),
                        name="an_internal_note_is_about_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=~Q(text=""),
                        name="an_internal_note_has_a_text",
                        violation_error_message="Write the note.",
                    ),
                    models.CheckConstraint(
                        condition=Q(named__isnull=True) | ~Q(named=F("recorded_by")),
                        name="an_internal_note_names_a_colleague",
                        violation_error_message="Choose a colleague, or nobody.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InternalNoteDone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="marks", to="dialogues.internalnote"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "undone_by",
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
                "verbose_name_plural": "internal notes done",
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(
                        F("note"), condition=Q(undone_at__isnull=True), name="an_internal_note_is_done_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                        | Q(undone_at__isnull=False, undone_by__isnull=False),
                        name="a_mark_of_a_note_is_taken_back_by_somebody",
                    ),
                ],
            },
        ),
        AppendOnly("internalnote", ("text",)),
        AppendOnly("internalnotedone", once=("undone_at", "undone_by")),
        IndexWordForms("InternalNote", "text"),
    ]
