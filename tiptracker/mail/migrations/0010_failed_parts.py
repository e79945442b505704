"""A mail can tell administrators of a part that has failed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0009_mails_by_state"),
    ]

    operations = [
        migrations.AlterField(
            model_name="mail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("invitation", "Invitation"),
                    ("password_reset", "Link to set a new password"),
                    ("sign_in_changed", "Notice of a changed sign-in"),
                    ("account_changed", "Notice of a changed account"),
                    ("request_made", "Notice of a requested change"),
                    ("address_confirm", "Link to confirm a new address"),
                    ("consent_asked", "Request for approval"),
                    ("request_done", "Notice of a completed change"),
                    ("administrator_added", "Notice of a new administrator"),
                    ("log_fault", "Notice of a fault in the activity log"),
                    ("status_failed", "Notice that a part of the installation has failed"),
                    ("notices", "Notices"),
                    ("dialogue", "Calendar entry"),
                    ("handover", "Notice of a handover"),
                    ("handover_called_off", "Notice of a cancelled handover"),
                    ("handover_done", "Notice that a successor has taken over"),
                ],
                help_text="The name of its template.",
                max_length=40,
            ),
        ),
    ]
