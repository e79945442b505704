"""A document holds the answers to the yearly questions. It is a Word file too, and may leave its sources out."""

from django.conf import settings
from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly

HELD = "OLD.cleared_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL"
WITHDRAWAL = ("withdrawn_at", "withdrawn_by", "withdrawn_reason", "file", "withdrawn_for")
EMPTIED = ("word", "content", "covering_note")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_last_day"),
        ("dialogues", "0034_request_line_question"),
        ("jobs", "0003_jobs_by_moment"),
        ("recommendations", "0021_questions"),
        ("reports", "0009_briefing_content"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        LiftAppendOnly("briefing", when=HELD, once=WITHDRAWAL, emptied=EMPTIED),
        migrations.RemoveConstraint(
            model_name="briefing",
            name="only_input_for_washington_leaves_sources_out",
        ),
        migrations.RemoveConstraint(
            model_name="briefing",
            name="only_input_for_washington_is_a_word_file_too",
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
                    ("answers", "Answers to the yearly questions"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="briefing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("word", ""), ("word_sha256", "")),
                    models.Q(
                        (
                            "kind__in",
                            ["washington", "answers"],
                        ),
                        ("word_sha256__regex", "^[0-9a-f]{64}$"),
                    ),
                    _connector="OR",
                ),
                name="only_what_goes_to_washington_is_a_word_file_too",
            ),
        ),
        migrations.AddConstraint(
            model_name="briefing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("has_sources", True),
                    ("kind__in", ["washington", "answers"]),
                    _connector="OR",
                ),
                name="only_what_goes_to_washington_leaves_sources_out",
            ),
        ),
        AppendOnly("briefing", when=HELD, once=WITHDRAWAL, emptied=EMPTIED),
    ]
