"""Forms for signing in, second steps and API tokens, with our own wording."""

from typing import Any, cast

from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as second_factor
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from tiptracker import text_rules
from tiptracker.accounts import one_time_codes
from tiptracker.accounts.models import User
from tiptracker.choices import Role, TokenScope
from tiptracker.languages.enabled import list_languages
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.web.frontend.forms import DayInput, TrackerForm

CODE_WIDGET_ATTRIBUTES = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}


ADDRESS_IN_SESSION = "address_to_sign_in"
"""Where a session keeps the e-mail address whose password was set in this browser just now."""


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail address and password (`login`, `password`)."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label=gettext("E-mail address"),
            widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        )
        self.fields["password"].label = gettext("Password")
        self.fields["password"].error_messages["required"] = gettext("Fill this in.")
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""
        if self.request and (address := self.request.session.get(ADDRESS_IN_SESSION)):
            self.fields["login"].initial = address
            del self.fields["login"].widget.attrs["autofocus"]
            self.fields["password"].widget.attrs["autofocus"] = True
        self.fields.pop("remember", None)


class PasswordReauthenticationForm(ReauthenticateForm):  # type: ignore[misc]
    """The user's own password (`password`), before an action that a person at a borrowed browser must not do."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = gettext("Password")
        self.fields["password"].error_messages["required"] = gettext("Fill this in.")
        self.fields["password"].widget.attrs.pop("placeholder", None)


class PasswordForgottenForm(TrackerForm):
    """The address of an account (`email`), which may or may not exist."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


class NewPasswordForm(TrackerForm):
    """A new password (`password`).

    It is typed once: beside the field, a button shows it (includes/new_password.html).
    """

    password = forms.CharField(
        max_length=text_rules.PASSWORD_MAX_LENGTH,
        label=gettext_lazy("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = gettext(
            "Use at least %(number)d characters. Do not use a common password, your name or your e-mail address."
        ) % {"number": text_rules.PASSWORD_MIN_LENGTH}

    def clean_password(self) -> str:
        typed: str = self.cleaned_data["password"]
        validate_password(typed, self.person)
        return typed


class LanguageForm(TrackerForm):
    """The language in which pages and mails speak (`language`); empty for the default."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, default: str, role: Role | None = None, **kwargs: Any) -> None:
        """Offer the languages that a person of this role may choose; without a role, all that anybody may choose.

        `default` is the label of the empty choice.
        """
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["language"]).choices = [("", default), *list_languages(role)]


class ApiTokenForm(TrackerForm):
    """A new API token: its name, what it may do, and its last day (`name`, `scope`, `expires_on`)."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("Say what you use the token for, such as “Weekly import”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("Access"),
        choices=TokenScope.choices(),
        initial=TokenScope.READ,
        widget=forms.RadioSelect,
    )
    expires_on = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput)


class _CodeFieldMixin:
    """A form in which the user types a code."""

    code_label = gettext_lazy("Code of your authenticator app, or a recovery code")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field: forms.Field = self.fields["code"]  # type: ignore[attr-defined]
        field.label, field.widget = self.code_label, forms.TextInput(attrs=CODE_WIDGET_ATTRIBUTES)
        field.error_messages["required"] = gettext("Fill this in.")


class _OneTimeCodeMixin(_CodeFieldMixin):
    """A form in which the user types a code, which works once."""

    def clean_code(self) -> str:
        """Check the code with the person locked, so that simultaneous codes of one person are checked in turn.

        The number of attempts is counted in the cache, which may be across the network, so outside the transaction.
        """
        person: User = self.user  # type: ignore[attr-defined]
        code: str = self.cleaned_data["code"]  # type: ignore[attr-defined]
        forget_attempts = check_rate_limit(person)
        with transaction.atomic():
            User.objects.get_queryset().select_for_update(no_key=True).get(pk=person.pk)
            own = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.WEBAUTHN)
            steps = list(own.order_by("pk"))  # each may be updated, and rows are locked in one order
            used = next((step for step in steps if one_time_codes.use_code(step, code)), None)
        if used:
            used.user = person
            self.authenticator = used
            forget_attempts()
            return code
        steps.sort(key=lambda step: step.type != Authenticator.Type.TOTP)
        for step in steps[:1]:  # one attempt has failed, whatever the number of steps
            self._emit_authentication_failed(step)  # type: ignore[attr-defined]
        raise get_adapter().validation_error("incorrect_code")


class CodeForm(_OneTimeCodeMixin, second_factor.AuthenticateForm):  # type: ignore[misc]
    """A code of the app or a recovery code (`code`), at sign-in."""


class CodeReauthenticationForm(_OneTimeCodeMixin, second_factor.ReauthenticateForm):  # type: ignore[misc]
    """A code of the app or a recovery code, before an action that a person at a borrowed browser must not do."""


class AuthenticatorAppForm(_CodeFieldMixin, ActivateTOTPForm):  # type: ignore[misc]
    """The first code (`code`) of an app that has just received the secret."""

    code_label = gettext_lazy("Code that the app shows now")


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """The credential that the browser created (`credential`), and the user's name for it (`name`)."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)  # the server requires it of every passkey
        self.fields["name"].label = gettext("Name of the passkey")
        self.fields["name"].required = True
        self.fields["name"].max_length = 60
        self.fields["name"].widget = forms.TextInput(attrs={"maxlength": 60})
