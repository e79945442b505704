"""People are invited to dialogues, with an entry for their calendar programs."""

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
    ("dialogue_invited", "Invitation to a dialogue"),
    ("dialogue_cancelled", "Invitation to a dialogue cancelled"),
    ("dialogue_soon", "Dialogue soon"),
    ("briefing_to_clear", "Briefing to clear"),
    ("briefing_issued", "Briefing issued"),
    ("no_focal_point", "Ministry without a focal point"),
    ("note_for_you", "Note for you"),
]


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_note_for_you")]

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
        migrations.AlterField(
            "notice",
            "stage",
            models.PositiveIntegerField(
                default=0,
                help_text="The number of days before or after the due date. Of a dialogue: a checksum of its place.",
            ),
        ),
        migrations.AddField(
            "notice",
            "sequence",
            models.PositiveIntegerField(
                default=0,
                help_text="How often the record had changed by then. Calendar programs keep the entry with the most.",
            ),
        ),
        migrations.RemoveIndex("notice", "undelivered_notices"),
        migrations.AddIndex(
            "notice",
            models.Index(
                "occurred_at", condition=models.Q(delivered_at=None, settled_at=None), name="undelivered_notices"
            ),
        ),
    ]
