import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly

HASH = r"^[0-9a-f]{64}$"
CLEARED = "OLD.cleared_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_runs_and_issued_briefings_are_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        LiftAppendOnly("briefing", when=CLEARED),
        migrations.AddField("briefing", "withdrawn_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "briefing",
            "withdrawn_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "briefing",
            "withdrawn_reason",
            models.CharField(blank=True, default="", max_length=300, verbose_name="why it was withdrawn"),
            preserve_default=False,
        ),
        migrations.RemoveConstraint("briefing", "a_briefings_file_has_its_hash"),
        migrations.RemoveConstraint("briefing", "only_a_briefing_with_its_file_is_cleared"),
        migrations.AddConstraint(
            "briefing",
            models.CheckConstraint(
                name="a_briefings_file_has_its_hash",
                condition=(Q(file="") & Q(sha256="") & Q(withdrawn_at__isnull=True))
                | (~Q(file="") & Q(withdrawn_at__isnull=True) & Q(sha256__regex=HASH))
                | (Q(file="") & Q(withdrawn_at__isnull=False) & Q(sha256__regex=HASH)),
            ),
        ),
        migrations.AddConstraint(
            "briefing",
            models.CheckConstraint(
                name="only_a_briefing_with_its_file_is_cleared",
                condition=Q(cleared_at__isnull=True) | ~Q(file="") | Q(withdrawn_at__isnull=False),
            ),
        ),
        migrations.AddConstraint(
            "briefing",
            models.CheckConstraint(
                name="withdrawn_by_somebody_at_a_time_for_a_reason",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ),
        AppendOnly(
            "briefing",
            when=f"{CLEARED} OR OLD.withdrawn_at IS NOT NULL",
            once=("withdrawn_at", "withdrawn_by", "withdrawn_reason", "file"),
        ),
    ]
