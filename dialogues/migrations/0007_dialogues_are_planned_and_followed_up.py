"""Dialogues can be planned. They keep an agenda of commitments and topics, next steps and files.

Existing dialogues count as held; their participants attended.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_people"),
        ("dialogues", "0006_what_is_put_right_and_what_changed_say_why"),
        ("recommendations", "0006_milestone_without_done_on"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DialogueFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("statement", "Statement"),
                            ("communique", "Communiqué"),
                            ("agenda", "Agenda"),
                            ("photograph", "Photograph"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                        verbose_name="what it is",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="NextStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="what is to be done")),
                ("office", models.CharField(blank=True, max_length=200, verbose_name="which office")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="by when")),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="NextStepDone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("done_on", models.DateField(verbose_name="done on")),
                ("result", models.TextField(blank=True, verbose_name="what came of it")),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "next steps done",
            },
        ),
        migrations.RemoveConstraint(
            model_name="dialogue",
            name="one_dialogue_a_day_and_place",
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="commitment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dialogues.commitment",
            ),
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="said",
            field=models.TextField(blank=True, verbose_name="what was said"),
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="topic",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="dialogue",
            name="called_off_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="dialogue",
            name="called_off_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="dialogue",
            name="called_off_reason",
            field=models.TextField(blank=True, verbose_name="why it was called off"),
        ),
        migrations.AddField(
            model_name="dialogue",
            name="entered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="dialogue",
            name="entered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="came",
            field=models.BooleanField(blank=True, null=True, default=True),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="participant",
            name="came",
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="agendaitem",
            name="note",
            field=models.TextField(blank=True, verbose_name="what to ask"),
        ),
        migrations.AlterField(
            model_name="agendaitem",
            name="recommendation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="recommendations.recommendation",
            ),
        ),
        migrations.AlterField(
            model_name="dialogue",
            name="recorded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="dialogue",
            name="recorded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.UniqueConstraint(
                models.F("dialogue"), models.F("commitment"), name="commitment_once_on_an_agenda"
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("commitment__isnull", True), ("recommendation__isnull", False), ("topic", "")),
                    models.Q(("commitment__isnull", False), ("recommendation__isnull", True), ("topic", "")),
                    models.Q(
                        ("commitment__isnull", True),
                        ("recommendation__isnull", True),
                        models.Q(("topic", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="an_item_is_a_recommendation_a_commitment_or_a_topic",
            ),
        ),
        migrations.AddConstraint(
            model_name="dialogue",
            constraint=models.UniqueConstraint(
                models.F("country"),
                models.F("held_on"),
                models.F("place"),
                condition=models.Q(models.Q(("place", "[redacted]"), _negated=True), ("called_off_at__isnull", True)),
                name="one_dialogue_a_day_and_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="dialogue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entered_at__isnull", False), ("entered_by__isnull", False)),
                    models.Q(("recorded_at__isnull", False), ("recorded_by__isnull", False)),
                    _connector="OR",
                ),
                name="a_dialogue_is_entered_or_recorded_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="dialogue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("called_off_at__isnull", True), ("called_off_by__isnull", True), ("called_off_reason", "")
                    ),
                    models.Q(
                        ("called_off_at__isnull", False),
                        ("called_off_by__isnull", False),
                        ("recorded_at__isnull", True),
                        models.Q(("called_off_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="what_is_called_off_has_its_reason_and_no_record",
            ),
        ),
        migrations.AddField(
            model_name="dialoguefile",
            name="dialogue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="files", to="dialogues.dialogue"
            ),
        ),
        migrations.AddField(
            model_name="dialoguefile",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="dialogues", to="dialogues.evidencefile"
            ),
        ),
        migrations.AddField(
            model_name="dialoguefile",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="nextstep",
            name="dialogue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="next_steps", to="dialogues.dialogue"
            ),
        ),
        migrations.AddField(
            model_name="nextstep",
            name="ministry",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.ministry",
            ),
        ),
        migrations.AddField(
            model_name="nextstep",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="nextstepdone",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="nextstepdone",
            name="step",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="done", to="dialogues.nextstep"
            ),
        ),
        migrations.AddConstraint(
            model_name="dialoguefile",
            constraint=models.UniqueConstraint(
                models.F("dialogue"), models.F("file"), name="a_file_once_at_a_dialogue"
            ),
        ),
        migrations.AddConstraint(
            model_name="nextstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="a_next_step_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="nextstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("ministry__isnull", True), ("office", ""), _connector="OR"),
                name="a_next_step_has_one_owner",
            ),
        ),
        AppendOnly("dialoguefile"),
        AppendOnly("nextstep", redactable=("text", "office")),
        AppendOnly("nextstepdone", redactable=("result",)),
    ]
