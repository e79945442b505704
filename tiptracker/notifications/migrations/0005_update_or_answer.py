"""Kinds of notices name answers to requests beside updates."""

from django.db import migrations, models

KINDS = [
    ("update_received", "Update or answer received"),
    ("update_returned", "Update or answer returned"),
    ("update_accepted", "Update or answer accepted"),
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
    dependencies = [("notifications", "0004_dialogue_invitations")]

    operations = [
        migrations.AlterField("notice", "kind", models.CharField(choices=KINDS, max_length=20)),
        migrations.AlterField("noticefrequency", "kind", models.CharField(choices=KINDS, max_length=20)),
    ]
