from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0005_milestone_done")]

    operations = [migrations.RemoveField("milestone", "done_on")]
