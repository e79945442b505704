"""Names of fields and help texts in plain words; nothing changes in the database."""

from django.db import migrations, models

import tiptracker.mail.models


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0002_kinds_of_requests"),
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
                ],
                help_text="The name of its template.",
                max_length=40,
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Waiting to be sent"),
                    ("sent", "Sent"),
                    ("refused", "Refused by the mail server"),
                    ("given_up", "Not sent: too many tries"),
                    ("not_needed", "Not sent: no longer needed"),
                ],
                default=tiptracker.mail.models.MailState["QUEUED"],
                max_length=10,
            ),
        ),
    ]
