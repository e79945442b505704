from django.db import migrations, models

import tiptracker.choices


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_country_contact"),
    ]

    operations = [
        migrations.AddField(
            model_name="country",
            name="paper",
            field=models.CharField(
                choices=[("a4", "A4"), ("letter", "US Letter")],
                default=tiptracker.choices.Paper["A4"],
                help_text="What the post prints on.",
                max_length=6,
                verbose_name="paper of its documents",
            ),
        ),
    ]
