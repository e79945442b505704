import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly

HASH = r"^[0-9a-f]{64}$"
HELD = "OLD.cleared_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL"
WITHDRAWAL = ("withdrawn_at", "withdrawn_by", "withdrawn_reason", "file", "withdrawn_for")


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_briefings_are_withdrawn_for_a_redaction")]

    operations = [
        LiftAppendOnly("briefing", when=HELD, once=WITHDRAWAL),
        migrations.RemoveConstraint("briefing", "cleared_by_somebody_at_a_time"),
        migrations.AddField(
            "briefing",
            "content_sha256",
            models.CharField(blank=True, default="", max_length=64, verbose_name="hash of what it says"),
            preserve_default=False,
        ),
        migrations.AddField(
            "briefing",
            "run",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reports.readinessrun",
            ),
        ),
        migrations.AddField(
            "briefing",
            "log_number",
            models.PositiveBigIntegerField(help_text="The newest entry of the log when it was issued.", null=True),
        ),
        migrations.AddField(
            "briefing",
            "log_hash",
            models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "briefing",
            models.CheckConstraint(
                name="what_is_cleared_is_cleared_by_somebody",
                condition=Q(cleared_at__isnull=True) | Q(cleared_by__isnull=False),
            ),
        ),
        migrations.AddConstraint(
            "briefing",
            models.CheckConstraint(
                name="an_issued_briefing_keeps_its_facts_and_the_logs_head",
                condition=Q(cleared_at__isnull=True)
                | Q(
                    run__isnull=False,
                    content_sha256__regex=HASH,
                    log_number__isnull=False,
                    log_hash__regex=HASH,
                ),
            ),
        ),
        AppendOnly("briefing", when=HELD, once=WITHDRAWAL),
    ]
