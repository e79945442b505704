"""The sign-in form, in our words."""

from allauth.account.forms import LoginForm
from django.forms import EmailField, EmailInput


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail and password (`login`, `password`)."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = EmailField(
            label="E-mail address", widget=EmailInput(attrs={"autocomplete": "username", "autofocus": True})
        )
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields.pop("remember", None)
