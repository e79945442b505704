"""The label of a rule in plain words; nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recommendations", "0019_standard_indicators"),
    ]

    operations = [
        migrations.AlterField(
            model_name="benchmarkterms",
            name="rule",
            field=models.CharField(
                choices=[
                    ("assessed", "Assessed by the embassy"),
                    ("target", "Figure against a target"),
                    ("more_than_last_period", "More than the year before"),
                ],
                max_length=25,
                verbose_name="rule",
            ),
        ),
    ]
