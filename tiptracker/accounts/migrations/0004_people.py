from django.db import migrations


class Migration(migrations.Migration):
    """Call users “people”, as pages do. No table changes."""

    dependencies = [("accounts", "0003_api_tokens")]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={"ordering": ("name", "pk"), "verbose_name": "person", "verbose_name_plural": "people"},
        ),
    ]
