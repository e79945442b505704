"""A figure can be broken down by origin, length of sentence and kind of official; nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0026_workbooks")]

    operations = [
        migrations.AlterField(
            "readingpart",
            "dimension",
            models.CharField(
                choices=[
                    ("form", "Sex or labour trafficking"),
                    ("sex", "Sex"),
                    ("age", "Age"),
                    ("origin", "Origin"),
                    ("sentence", "Length of the prison sentence"),
                    ("official", "Kind of official"),
                    ("district", "District"),
                ],
                max_length=10,
            ),
        ),
    ]
