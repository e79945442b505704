"""Say in a newcomer's words what a kept commitment does for a benchmark. Only labels change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0030_answers_on_paper"),
    ]

    operations = [
        migrations.AlterField(
            model_name="commitmentbenchmark",
            name="reach",
            field=models.CharField(
                choices=[("meets", "Meets the whole benchmark"), ("contributes", "A step towards the benchmark")],
                max_length=12,
            ),
        ),
    ]
