from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="valid_until_on",
            field=models.DateField(
                blank=True,
                help_text="The last day, unless an administrator renews it.",
                null=True,
                verbose_name="may sign in until",
            ),
        ),
    ]
