import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import reports.models
from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly

HELD = "OLD.cleared_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL"
WITHDRAWAL = ("withdrawn_at", "withdrawn_by", "withdrawn_reason", "file", "withdrawn_for")
SAYS = ("word", "said", "covering_note")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_country_paper"),
        ("dialogues", "0008_drafts"),
        ("jobs", "0001_initial"),
        ("recommendations", "0006_milestone_without_done_on"),
        ("reports", "0006_briefings_of_several_kinds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        LiftAppendOnly("briefing", when=HELD, once=WITHDRAWAL),
        migrations.RemoveConstraint(
            model_name="briefing",
            name="briefings_have_their_own_version",
        ),
        migrations.AddField(
            model_name="briefing",
            name="covering_note",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="briefing",
            name="dialogue",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dialogues.dialogue",
            ),
        ),
        migrations.AddField(
            model_name="briefing",
            name="said",
            field=models.JSONField(help_text="What it says, for comparing; nothing once it is withdrawn.", null=True),
        ),
        migrations.AddField(
            model_name="briefing",
            name="sections",
            field=models.JSONField(help_text="Those picked, in their order; null: all, in the kind's own.", null=True),
        ),
        migrations.AddField(
            model_name="briefing",
            name="setting_sha256",
            field=models.CharField(
                blank=True,
                help_text="Hash of all that its file was made from: equal ones are made once.",
                max_length=64,
            ),
        ),
        migrations.AddField(
            model_name="briefing",
            name="word",
            field=models.FileField(blank=True, upload_to=reports.models.briefing_name),
        ),
        migrations.AddField(
            model_name="briefing",
            name="word_sha256",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="briefing",
            name="word_size",
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="briefing",
            name="kind",
            field=models.CharField(
                choices=[
                    ("ambassador", "Ambassador’s briefing"),
                    ("ministry", "Ministry’s page"),
                    ("dialogue", "Dialogue pack"),
                    ("washington", "Input for Washington"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="briefing",
            name="requested_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="briefing",
            constraint=models.UniqueConstraint(
                models.F("edition"),
                models.F("kind"),
                models.F("has_sources"),
                models.F("as_of"),
                models.F("version"),
                condition=models.Q(("dialogue__isnull", True), ("ministry__isnull", True)),
                name="briefings_have_their_own_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="briefing",
            constraint=models.UniqueConstraint(
                models.F("edition"),
                models.F("as_of"),
                models.F("dialogue"),
                models.F("version"),
                condition=models.Q(("dialogue__isnull", False)),
                name="a_dialogues_packs_have_their_own_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="briefing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dialogue__isnull", False), ("kind", "dialogue")),
                    models.Q(
                        models.Q(("kind", "dialogue"), _negated=True),
                        ("dialogue__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="dialogue_set_exactly_for_a_dialogues_pack",
            ),
        ),
        migrations.AddConstraint(
            model_name="briefing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("word", ""), ("word_sha256", "")),
                    models.Q(("kind", "washington"), ("word_sha256__regex", "^[0-9a-f]{64}$")),
                    _connector="OR",
                ),
                name="only_input_for_washington_is_a_word_file_too",
            ),
        ),
        migrations.AddConstraint(
            model_name="briefing",
            constraint=models.CheckConstraint(
                condition=models.Q(("cleared_by__isnull", True), ("requested_by__isnull", False), _connector="OR"),
                name="what_is_cleared_was_asked_for_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="briefing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True),
                    models.Q(("covering_note", ""), ("said__isnull", True), ("word", "")),
                    _connector="OR",
                ),
                name="what_is_withdrawn_says_nothing_any_more",
            ),
        ),
        AppendOnly("briefing", when=HELD, once=WITHDRAWAL, emptied=SAYS),
    ]
