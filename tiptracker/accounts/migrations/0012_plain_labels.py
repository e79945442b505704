"""Names of fields and help texts in plain words; nothing changes in the database."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import tiptracker.choices


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_search_words"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="country",
            options={"ordering": ("name",), "verbose_name": "country", "verbose_name_plural": "countries"},
        ),
        migrations.AlterModelOptions(
            name="district",
            options={"ordering": ("name",), "verbose_name": "district", "verbose_name_plural": "districts"},
        ),
        migrations.AlterModelOptions(
            name="ministry",
            options={"ordering": ("name",), "verbose_name": "ministry", "verbose_name_plural": "ministries"},
        ),
        migrations.AlterModelOptions(
            name="officeholder",
            options={
                "ordering": ("ministry", models.OrderBy(models.F("from_on"), descending=True, nulls_last=True)),
                "verbose_name": "office holder",
                "verbose_name_plural": "office holders",
            },
        ),
        migrations.AlterField(
            model_name="accountrequest",
            name="kind",
            field=models.CharField(
                choices=[("address", "New e-mail address"), ("second_step", "Removal of the second step")],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="accountrequest",
            name="old_email",
            field=models.EmailField(max_length=254, verbose_name="old e-mail address"),
        ),
        migrations.AlterField(
            model_name="accountrequeststep",
            name="kind",
            field=models.CharField(
                choices=[
                    ("consented", "Approved"),
                    ("stopped", "Cancelled"),
                    ("done", "Completed"),
                    ("reverted", "Undone"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="apitoken",
            name="digest",
            field=models.CharField(max_length=64, unique=True, verbose_name="SHA-256"),
        ),
        migrations.AlterField(
            model_name="apitoken",
            name="expires_on",
            field=models.DateField(verbose_name="last day"),
        ),
        migrations.AlterField(
            model_name="apitoken",
            name="name",
            field=models.CharField(max_length=60, verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="apitoken",
            name="scope",
            field=models.CharField(
                choices=[("read", "Read only"), ("submit", "Read and submit")], max_length=10, verbose_name="access"
            ),
        ),
        migrations.AlterField(
            model_name="country",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                help_text="The person at the embassy whose name and address the ministries see.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="contact_of",
                to=settings.AUTH_USER_MODEL,
                verbose_name="contact person",
            ),
        ),
        migrations.AlterField(
            model_name="country",
            name="language",
            field=models.CharField(
                blank=True,
                help_text="For people who have chosen no language. Empty means English.",
                max_length=10,
                verbose_name="language",
            ),
        ),
        migrations.AlterField(
            model_name="country",
            name="name",
            field=models.CharField(max_length=100, verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="country",
            name="paper",
            field=models.CharField(
                choices=[("a4", "A4"), ("letter", "US Letter")],
                default=tiptracker.choices.Paper["A4"],
                help_text="The paper on which the post prints its documents.",
                max_length=6,
                verbose_name="paper size",
            ),
        ),
        migrations.AlterField(
            model_name="district",
            name="capital",
            field=models.CharField(blank=True, max_length=100, verbose_name="capital"),
        ),
        migrations.AlterField(
            model_name="district",
            name="country",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="districts",
                to="accounts.country",
                verbose_name="country",
            ),
        ),
        migrations.AlterField(
            model_name="district",
            name="name",
            field=models.CharField(max_length=100, verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="ministry",
            name="country",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="accounts.country", verbose_name="country"
            ),
        ),
        migrations.AlterField(
            model_name="ministry",
            name="name",
            field=models.CharField(max_length=200, verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="officeholder",
            name="ministry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="office_holders",
                to="accounts.ministry",
                verbose_name="ministry",
            ),
        ),
        migrations.AlterField(
            model_name="officeholder",
            name="name",
            field=models.CharField(max_length=200, verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="officeholder",
            name="source",
            field=models.CharField(blank=True, max_length=300, verbose_name="source"),
        ),
        migrations.AlterField(
            model_name="officeholder",
            name="title",
            field=models.CharField(default="Minister", max_length=100, verbose_name="title"),
        ),
        migrations.AlterField(
            model_name="user",
            name="countries",
            field=models.ManyToManyField(
                blank=True,
                help_text="The countries on which a person of an embassy works. Empty for other roles.",
                related_name="users",
                to="accounts.country",
                verbose_name="countries",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="language",
            field=models.CharField(
                blank=True,
                help_text="Empty means the language of the person’s country.",
                max_length=10,
                verbose_name="language",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="ministry",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="users",
                to="accounts.ministry",
                verbose_name="ministry",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="name",
            field=models.CharField(max_length=150, verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.CharField(
                choices=[
                    ("officer", "Officer"),
                    ("ambassador", "Ambassador"),
                    ("focal_point", "Focal point"),
                    ("observer", "Observer"),
                    ("administrator", "Administrator"),
                ],
                max_length=20,
                verbose_name="role",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="role_given_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="role set on"),
        ),
        migrations.AlterField(
            model_name="user",
            name="role_given_by",
            field=models.ForeignKey(
                editable=False,
                help_text="The administrator who set the role, or the address of an account without a password.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="role set by",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="valid_until_on",
            field=models.DateField(
                blank=True,
                help_text="The last day, unless an administrator renews the account.",
                null=True,
                verbose_name="may sign in until",
            ),
        ),
        migrations.AlterConstraint(
            model_name="country",
            name="country_named_once",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"),
                name="country_named_once",
                violation_error_message="Another country has this name. Enter another name.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="user",
            name="email_address_belongs_to_one_person",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"),
                name="email_address_belongs_to_one_person",
                violation_error_message="Another account has this e-mail address.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="user",
            name="ministry_set_exactly_for_focal_points",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ministry__isnull", False), ("role", tiptracker.choices.Role["FOCAL_POINT"])),
                    models.Q(
                        models.Q(("role", tiptracker.choices.Role["FOCAL_POINT"]), _negated=True),
                        ("ministry__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="ministry_set_exactly_for_focal_points",
                violation_error_message="Only a focal point belongs to a ministry.",
            ),
        ),
    ]
