import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly

HELD = "OLD.cleared_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL"
WITHDRAWAL = ("withdrawn_at", "withdrawn_by", "withdrawn_reason", "file", "withdrawn_for")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_people"),
        ("reports", "0005_briefings_are_issued"),
    ]

    operations = [
        LiftAppendOnly("briefing", when=HELD, once=WITHDRAWAL),
        migrations.RemoveConstraint("briefing", "briefings_have_their_own_version"),
        migrations.AddField(
            "briefing",
            "ministry",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.ministry",
            ),
        ),
        migrations.AddField("briefing", "has_sources", models.BooleanField(default=True)),
        migrations.AlterField(
            "briefing",
            "kind",
            models.CharField(
                choices=[
                    ("ambassador", "Ambassador's briefing"),
                    ("ministry", "Ministry's page"),
                    ("washington", "Input for Washington"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            "briefing",
            models.UniqueConstraint(
                "edition",
                "kind",
                "has_sources",
                "as_of",
                "version",
                condition=Q(ministry__isnull=True),
                name="briefings_have_their_own_version",
            ),
        ),
        migrations.AddConstraint(
            "briefing",
            models.UniqueConstraint(
                "edition",
                "as_of",
                "ministry",
                "version",
                condition=Q(ministry__isnull=False),
                name="a_ministrys_pages_have_their_own_version",
            ),
        ),
        migrations.AddConstraint(
            "briefing",
            models.CheckConstraint(
                name="ministry_set_exactly_for_a_ministrys_page",
                condition=Q(kind="ministry", ministry__isnull=False) | (~Q(kind="ministry") & Q(ministry__isnull=True)),
            ),
        ),
        migrations.AddConstraint(
            "briefing",
            models.CheckConstraint(
                name="only_input_for_washington_leaves_sources_out",
                condition=Q(has_sources=True) | Q(kind="washington"),
            ),
        ),
        AppendOnly("briefing", when=HELD, once=WITHDRAWAL),
    ]
