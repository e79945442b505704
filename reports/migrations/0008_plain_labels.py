"""Names of fields and help texts in plain words; nothing changes in the database."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_plain_labels"),
        ("dialogues", "0016_plain_labels"),
        ("jobs", "0003_jobs_by_moment"),
        ("recommendations", "0016_plain_labels"),
        ("reports", "0007_briefings_are_picked_and_kept_ready"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="briefing",
            name="content_sha256",
            field=models.CharField(blank=True, max_length=64, verbose_name="checksum of the content"),
        ),
        migrations.AlterField(
            model_name="briefing",
            name="facts_up_to",
            field=models.DateTimeField(help_text="When its newest fact was recorded.", null=True),
        ),
        migrations.AlterField(
            model_name="briefing",
            name="log_number",
            field=models.PositiveBigIntegerField(
                help_text="The newest entry of the activity log when the briefing was issued.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="briefing",
            name="said",
            field=models.JSONField(help_text="Its content, for comparisons. Null once withdrawn.", null=True),
        ),
        migrations.AlterField(
            model_name="briefing",
            name="sections",
            field=models.JSONField(help_text="Chosen sections in order. Null: all, in the usual order.", null=True),
        ),
        migrations.AlterField(
            model_name="briefing",
            name="setting_sha256",
            field=models.CharField(
                blank=True,
                help_text="Checksum of what the file is made from. Equal files are made once.",
                max_length=64,
            ),
        ),
        migrations.AlterField(
            model_name="briefing",
            name="withdrawn_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="reason for the withdrawal"),
        ),
        migrations.AlterConstraint(
            model_name="briefing",
            name="nobody_clears_a_briefing_of_their_own",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cleared_by__isnull", True),
                    models.Q(("cleared_by", models.F("requested_by")), _negated=True),
                    _connector="OR",
                ),
                name="nobody_clears_a_briefing_of_their_own",
                violation_error_message="Another person has to clear a briefing that you requested.",
            ),
        ),
    ]
