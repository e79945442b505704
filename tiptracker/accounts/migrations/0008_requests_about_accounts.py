import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tiptracker.choices
from tiptracker.audit.append_only import AppendOnly, HoldColumns


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_names_are_no_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="country",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="ministry",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="user",
            name="role_given_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="role_given_by",
            field=models.ForeignKey(
                editable=False,
                help_text="The administrator who gave the role, or the address of an account without a password.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.CreateModel(
            name="AccountRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("address", "Another e-mail address"), ("second_step", "Removal of the second step")],
                        max_length=20,
                    ),
                ),
                ("old_email", models.EmailField(max_length=254, verbose_name="e-mail address until now")),
                ("new_email", models.EmailField(blank=True, max_length=254, verbose_name="new e-mail address")),
                ("asked_at", models.DateTimeField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="account_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-asked_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="AccountRequestStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("consented", "Consented"),
                            ("stopped", "Stopped"),
                            ("done", "Done"),
                            ("reverted", "Reverted"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="accounts.accountrequest"
                    ),
                ),
            ],
            options={
                "ordering": ("at", "pk"),
            },
        ),
        migrations.AddConstraint(
            model_name="accountrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", tiptracker.choices.AccountRequestKind["ADDRESS"]),
                        models.Q(("new_email", ""), _negated=True),
                    ),
                    models.Q(("kind", tiptracker.choices.AccountRequestKind["SECOND_STEP"]), ("new_email", "")),
                    _connector="OR",
                ),
                name="request_names_a_new_address_exactly_for_another_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="accountrequeststep",
            constraint=models.UniqueConstraint(
                models.F("request"), models.F("kind"), name="each_step_of_a_request_is_taken_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="accountrequeststep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            tiptracker.choices.AccountRequestStepKind["CONSENTED"],
                            tiptracker.choices.AccountRequestStepKind["STOPPED"],
                            tiptracker.choices.AccountRequestStepKind["DONE"],
                            tiptracker.choices.AccountRequestStepKind["REVERTED"],
                        ],
                    )
                ),
                name="request_step_is_known",
            ),
        ),
        AppendOnly("accountrequest"),
        AppendOnly("accountrequeststep"),
        HoldColumns("ministry", ("country",)),
        HoldColumns("country", ("code",)),
        # The log of Django's admin site. Our own log has the same entries.
        migrations.RunSQL("DROP TABLE IF EXISTS django_admin_log", migrations.RunSQL.noop),
    ]
