"""A day belongs to at most one edition of a country. It decides which edition is current, and where a fact counts."""

from django.db import migrations

from tiptracker.audit.append_only import HoldColumns, RefuseInsert


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0011_indicator_has_a_ministry")]

    operations = [
        RefuseInsert(
            "edition",
            "tracking_periods_do_not_overlap",
            "EXISTS (SELECT 1 FROM recommendations_edition o WHERE o.country_id = NEW.country_id"
            " AND o.starts_on <= NEW.ends_on AND o.ends_on >= NEW.starts_on AND o.year <> NEW.year)",
            "the tracking periods of two editions of a country overlap",
        ),
        HoldColumns("edition", ("country", "year", "starts_on", "ends_on")),
    ]
