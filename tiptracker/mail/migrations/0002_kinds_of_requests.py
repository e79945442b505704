from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0001_initial"),
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
                    ("request_made", "Notice of a change that was asked for"),
                    ("address_confirm", "Link to confirm a new address"),
                    ("consent_asked", "Request for consent"),
                    ("request_done", "Notice of a change that was carried out"),
                    ("administrator_added", "Notice of another administrator"),
                    ("log_fault", "Notice of a fault in the activity log"),
                ],
                help_text="The name of its template.",
                max_length=40,
            ),
        ),
    ]
