"""Notices of requests for information."""

from django.db import migrations, models

KINDS = [
    ("update_received", "Update received"),
    ("update_returned", "Update returned"),
    ("update_accepted", "Update accepted"),
    ("commitment_recorded", "New commitment"),
    ("commitment_changed", "Commitment changed"),
    ("due_date_proposed", "Due date proposed"),
    ("due_date_declined", "Proposed due date declined"),
    ("due_soon", "Commitment due soon"),
    ("overdue", "Commitment overdue"),
    ("long_overdue", "Commitment overdue by two weeks"),
    ("for_agenda", "Proposal for the next agenda"),
    ("request_made", "Request for information"),
    ("request_changed", "Request for information changed"),
    ("request_due_soon", "Request for information due soon"),
    ("request_overdue", "Request for information overdue"),
    ("request_long_overdue", "Request for information overdue by two weeks"),
    ("request_for_agenda", "Overdue request, for the next agenda"),
    ("dialogue_soon", "Dialogue soon"),
    ("briefing_to_clear", "Briefing to clear"),
    ("briefing_issued", "Briefing issued"),
    ("no_focal_point", "Ministry without a focal point"),
]


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_notices")]

    operations = [
        migrations.RemoveConstraint("notice", "notice_kind_is_known"),
        migrations.AlterField("notice", "kind", models.CharField(choices=KINDS, max_length=20)),
        migrations.AlterField("noticefrequency", "kind", models.CharField(choices=KINDS, max_length=20)),
        migrations.AddConstraint(
            "notice",
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind for kind, _ in KINDS]), name="notice_kind_is_known"
            ),
        ),
    ]
