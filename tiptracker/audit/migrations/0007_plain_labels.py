"""Names of fields and help texts in plain words; nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0006_log_verifications"),
    ]

    operations = [
        migrations.AlterField(
            model_name="logverification",
            name="fault",
            field=models.CharField(blank=True, help_text="Empty if the log has no fault.", max_length=200),
        ),
        migrations.AlterField(
            model_name="logverification",
            name="faulty_number",
            field=models.PositiveBigIntegerField(help_text="The first entry with a fault.", null=True),
        ),
        migrations.AlterField(
            model_name="logverification",
            name="number",
            field=models.PositiveBigIntegerField(help_text="The newest entry at that time; 0 for an empty log."),
        ),
    ]
